import logging
from collections.abc import Collection
from time import perf_counter
from typing import NamedTuple

from odoo import api, models, tools
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ..http.monitoring import metrics
from ..schema.access.context import Context
from ..schema.builder import Parts, build
from ..schema.execution.built_schema import BuiltSchema
from ..schema.execution.uses import Use
from ..schema.execution.validators import Validators
from ..schema.exposure.policy import EVERYTHING, Rights
from ..schema.exposure.resource import RESERVED_COLLECTIONS, Resource
from ..schema.problems import NameConflict, ResourceDefinition, compile_exposure, types_in_code
from ..schema.writing.preferences import MeMutation
from .exposure import DEFINITION_CACHE, SCHEMA_CACHE, kept

_logger = logging.getLogger(__name__)

_PARTS = (
    "graphql_api.resource.field",
    "graphql_api.resource.action",
    "graphql_api.resource.action.argument",
    "graphql_api.resource.action.dialog",
    "graphql_api.resource.report",
)
"""The models whose records, with a ``resource_id``, say what a resource is."""


class Exposure(NamedTuple):
    """What is exposed: the resources that are served, and why others are not; both by ids.

    ``owners`` has for what wants a name that is taken the id of the resource that has it.
    """

    resources: dict[int, Resource]
    problems: dict[int, str]
    owners: dict[int, int]


class GraphqlApiSchema(models.AbstractModel):
    """The schema of this database, collected from resources and from installed addons.

    An addon adds to it by ``_inherit = "graphql_api.schema"`` and :meth:`_collect`.
    """

    _name = "graphql_api.schema"
    _description = "API Schema"

    _knows_changes = False
    """Whether an addon overrides :meth:`_validators`."""

    @api.model
    def _collect(self) -> Parts:
        """Return what code adds to the schema. Extend the parts of ``super()``.

        Called for each schema that is built, and to compare names with those of resources.
        """
        return Parts(mutations=[MeMutation])

    @api.model
    def _validators(self, context: Context, uses: frozenset[Use], scope: str) -> Validators | None:
        """Return what tells whether a response to GET has changed, None where only the work can.

        An addon that knows what has changed in the database overrides it.

        :param uses: all that the request reads
        :param scope: a digest of what it asks for, whoever asks
        """
        return None

    @api.model
    def _get_reserved_collections(self) -> set[str]:
        """Return the names that no collection can have: routes have their addresses."""
        return RESERVED_COLLECTIONS | self._collect().reserved_collections

    @api.model
    def _get_schema(self, rights: Rights = EVERYTHING) -> BuiltSchema:
        """Return the schema, built at its first use and kept with the registry.

        :param rights: what of it there is for a caller, nothing else is in the schema
        """
        schemas = self._get_kept()

        def make() -> BuiltSchema:
            # What a policy granted before it was changed is not asked for again. Others, which
            # nobody has used since that change, are made again.
            policies = self.env["graphql_api.policy"]._get_kept().values()
            used = {policy.rights for policy in list(policies)}
            for other in set(schemas) - used - {EVERYTHING}:
                schemas.pop(other, None)
            return self._build(rights)

        return kept(self.env, SCHEMA_CACHE, schemas, rights, make)

    @api.model
    @tools.ormcache(cache=SCHEMA_CACHE)
    def _get_kept(self) -> dict[Rights, BuiltSchema]:
        """Return the schemas that this process has built, until what is exposed changes."""
        return {}

    @api.model
    def _build(self, rights: Rights) -> BuiltSchema:
        # What is exposed is configuration, the same for every caller, hence sudo; descriptions
        # come in the language of the source.
        neutral = self.sudo().with_context(lang="en_US", active_test=True)
        resources = neutral.env["graphql_api.resource"]._get_resources()
        logged = {
            resource.type_name for resource in resources if self.env[resource.model]._log_access
        }
        parts = neutral._collect()
        if not rights.extensions:
            parts = parts.without_extensions()
        for type_name in [*parts.granted_fields]:
            if not rights.reads_all_of(type_name):
                del parts.granted_fields[type_name]
        if rights.read_only:
            parts.mutations.clear()
            parts.granted_mutations.clear()
        started = perf_counter()
        schema = build(rights.restrict(resources), logged, parts)
        metrics.count_schema_build(self.env.cr.dbname, perf_counter() - started)
        return schema

    @api.model
    def _compile_exposure(self, last=()) -> Exposure:
        """Return what is exposed, as this transaction sees it.

        Of two resources that want the same name, the one with the lower id has it.

        :param last: resources that get only the names which no other resource wants
        """
        definitions, problems = self._get_definitions(SQL("resource.active"))
        kept = self._get_kept_definitions()
        for gone in set(kept).difference(each.id for each in definitions):
            kept.pop(gone, None)
        last_ids = {resource.id for resource in last}
        definitions.sort(key=lambda each: (each.id in last_ids, not each.is_installed, each.id))
        # What code adds is the same for everybody, hence sudo.
        parts = self.sudo()._collect()
        resources, conflicts = compile_exposure(definitions, types_in_code(parts), parts.features)
        defined = {each.id: each.resource for each in definitions}
        owners = {}
        for resource_id, conflict in conflicts.items():
            resource = defined[resource_id]
            # Others that are refused may have the owner's type name, and another model.
            models = {
                other_id: each.model
                for other_id, each in defined.items()
                if each.type_name == conflict.owner and other_id != resource_id
            }
            problems[resource_id] = self._describe_conflict(resource, conflict, models.values())
            if models:
                owners[resource_id] = max(models, key=lambda each: models[each] == resource.model)
        return Exposure(resources, problems, owners)

    @api.model
    def _describe_conflict(
        self, resource: Resource, conflict: NameConflict, owner_models: Collection[str]
    ) -> str:
        """Say which name is taken, who has it, and what can be done.

        :param owner_models: the Odoo models that other resources of the owner's type expose
        """
        if resource.model in owner_models:
            return self.env._(
                "%(model)s is exposed already, as %(owner)s, which has the %(kind)s %(name)s. "
                "Change %(owner)s instead, or choose another type and collection to expose the "
                "model once more.",
                model=resource.model,
                owner=conflict.owner,
                kind=conflict.kind,
                name=conflict.name,
            )
        return self.env._(
            "%(resource)s (%(model)s) needs the %(kind)s %(name)s in the schema, and %(owner)s has "
            "it already. Choose another type, collection or name.",
            model=resource.model,
            resource=resource.type_name,
            kind=conflict.kind,
            name=conflict.name,
            owner=conflict.owner or self.env._("the API itself or an addon"),
        )

    @api.model
    def _get_definitions(self, condition: SQL) -> tuple[list[ResourceDefinition], dict[int, str]]:
        """Return resources as their records define them, and by ids what is wrong with others.

        Each process examines a record once, and again when it is changed.

        :param condition: selects rows of the table ``resource``
        """
        # What is exposed is configuration, the same for whoever changes it, hence sudo.
        records = self.env["graphql_api.resource"].sudo()
        kept = self._get_kept_definitions()
        versions = self._get_versions(condition)
        found, changed, problems = [], [], {}
        for resource_id, version in versions.items():
            known, definition = kept.get(resource_id, (None, None))
            if known == version:
                found.append(definition)
            else:
                changed.append(resource_id)
        for resource in records.browse(changed):
            _logger.debug("%s is examined.", resource.type_name)
            try:
                definition = resource._define()
            except ValidationError as error:
                problems[resource.id] = error.args[0]
                continue
            kept[resource.id] = versions[resource.id], definition
            found.append(definition)
        return found, problems

    @api.model
    @tools.ormcache(cache=DEFINITION_CACHE)
    def _get_kept_definitions(self) -> dict[int, tuple[tuple, ResourceDefinition]]:
        """Return the definitions that this process keeps: id -> version and definition."""
        return {}

    @api.model
    def _get_versions(self, condition: SQL) -> dict[int, tuple]:
        """Return the versions of resources that this transaction sees, by ids.

        A version stands for one state of a resource's row and of the rows of its fields, actions
        and reports, with all that belongs to these. Each state of a row has another ``xmin`` (the
        transaction that wrote it) or another ``ctid`` (its place in the table) than all others;
        PostgreSQL, "System Columns". Unlike ``write_date``, that tells two changes of one
        transaction apart.
        """
        resources = self.env["graphql_api.resource"]
        resources.flush_model()
        versions = []
        for name in _PARTS:
            model = self.env[name]
            model.flush_model()
            versions.append(
                SQL(
                    "(SELECT sum(hashtextextended(concat_ws(' ', id, xmin, ctid), 0)) FROM %s "
                    "WHERE resource_id = resource.id)",
                    SQL.identifier(model._table),
                )
            )
        rows = self.env.execute_query(
            SQL(
                "SELECT resource.id, resource.xmin::text, resource.ctid::text, %s "
                "FROM %s AS resource WHERE %s",
                SQL(", ").join(versions),
                SQL.identifier(resources._table),
                condition,
            )
        )
        return {resource_id: tuple(version) for resource_id, *version in rows}
