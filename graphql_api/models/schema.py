from time import perf_counter

from odoo import api, models, tools

from ..http.monitoring import metrics
from ..schema.builder import Parts, build
from ..schema.execution.built_schema import BuiltSchema
from ..schema.exposure.policy import EVERYTHING, Rights
from .exposure import SCHEMA_CACHE, kept


class GraphqlApiSchema(models.AbstractModel):
    """The schema of this database, collected from resources and from installed addons.

    An addon adds to it by ``_inherit = "graphql_api.schema"`` and :meth:`_collect`.
    """

    _name = "graphql_api.schema"
    _description = "API Schema"

    @api.model
    def _collect(self) -> Parts:
        """Return what code adds to the schema. Extend the parts of ``super()``.

        Called once per registry and process, and again after every change of a resource.
        """
        return Parts()

    @api.model
    def _get_schema(self, rights: Rights = EVERYTHING) -> BuiltSchema:
        """Return the schema, built at its first use and kept with the registry.

        :param rights: what of it there is for a caller, nothing else is in the schema
        """
        schemas = self._get_kept()

        def make() -> BuiltSchema:
            # What a policy granted before it was changed is not asked for again.
            granted = self.env["graphql_api.policy"]._get_granted()
            for other in set(schemas) - granted - {EVERYTHING}:
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
        parts = neutral._collect() if rights.extensions else Parts()
        if rights.read_only:
            parts.mutations.clear()
        started = perf_counter()
        schema = build(rights.restrict(resources), logged, parts)
        metrics.count_schema_build(self.env.cr.dbname, perf_counter() - started)
        return schema
