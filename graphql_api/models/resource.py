import ast
import logging
import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..schema.exposure.names import COLLECTION_NAME, TYPE_NAME
from ..schema.exposure.resource import RESERVED_COLLECTIONS, Resource
from ..schema.problems import NameConflict, SchemaNames, types_in_code

_logger = logging.getLogger(__name__)

OPERATIONS = ("read", "create", "update", "delete")


class GraphqlApiResource(models.Model):
    """What the API exposes: an Odoo model under a type name and a collection name."""

    _name = "graphql_api.resource"
    _description = "API Resource"
    _inherit = ["graphql_api.exposure", "graphql_api.lines"]
    _order = "collection"
    _rec_name = "type_name"

    type_name = fields.Char(
        string="Type",
        required=True,
        help="GraphQL type of one record, in PascalCase singular: SaleOrder.",
    )
    collection = fields.Char(
        required=True, help="REST collection, in lower case plural: sale-orders."
    )
    model = fields.Char(
        required=True,
        help="Technical name of the Odoo model. While it is not installed, the resource is "
        "not there.",
    )
    description = fields.Char(
        translate=False,
        help="What the type is, for those who write clients: it is in the schema. Left empty: "
        "Odoo's name of the model.",
    )
    active = fields.Boolean(
        default=True, help="Archive a resource to close it; an upgrade keeps it closed."
    )
    allow_read = fields.Boolean(
        string="Read",
        default=True,
        help="Clients may list and read records. Without it they see nothing of a record but its "
        "id and version, through relations of other resources neither.",
    )
    allow_create = fields.Boolean(
        string="Create",
        default=True,
        help="Clients may create records, as far as the user's rights in Odoo allow it.",
    )
    allow_update = fields.Boolean(
        string="Update",
        default=True,
        help="Clients may set writable fields, as far as the user's rights in Odoo allow it.",
    )
    allow_delete = fields.Boolean(
        string="Delete",
        default=True,
        help="Clients may delete records, as far as the user's rights in Odoo allow it.",
    )
    domain = fields.Char(
        default="[]", help="Records outside this domain cannot be reached in any way."
    )
    defaults = fields.Json(
        string="Default Values", help="Values for new records that a client does not send."
    )
    order = fields.Char(
        default="id asc",
        help="Default order of lists, by names of the API: date_order desc, name asc. "
        "The id always comes last.",
    )
    default_page_size = fields.Integer(
        default=80, help="Number of records in a list where a client does not say how many."
    )
    max_page_size = fields.Integer(
        string="Maximum Page Size",
        default=1000,
        help="Number of records that a client may ask for at once.",
    )
    is_installed = fields.Boolean(compute="_compute_is_installed")
    field_ids = fields.One2many(
        "graphql_api.resource.field",
        "resource_id",
        string="Fields",
        context={"active_test": False},
    )
    action_ids = fields.One2many(
        "graphql_api.resource.action",
        "resource_id",
        string="Actions",
        context={"active_test": False},
    )

    _page_size_range = models.Constraint(
        "CHECK(default_page_size BETWEEN 1 AND max_page_size)",
        "The default page size lies between 1 and the maximum page size.",
    )

    def _check_names(self) -> None:
        """Refuse names that no schema can have.

        :raise ValidationError:
        """
        for resource in self:
            if not TYPE_NAME.match(resource.type_name):
                raise ValidationError(
                    self.env._(
                        "%(name)s is not a type name: use letters and digits, starting with a "
                        "capital, like SaleOrder.",
                        name=resource.type_name,
                    )
                )
            if not COLLECTION_NAME.match(resource.collection):
                raise ValidationError(
                    self.env._(
                        "%(name)s is not a collection name: use lower case letters, digits and "
                        "single hyphens, like sale-orders.",
                        name=resource.collection,
                    )
                )
            if resource.collection in RESERVED_COLLECTIONS:
                raise ValidationError(
                    self.env._(
                        "/api/%(name)s is a route of the API itself; choose another collection.",
                        name=resource.collection,
                    )
                )

    def _get_domain(self) -> list:
        """Return the domain as a list; a domain is plain values, nothing is evaluated.

        :raise ValidationError: where it is none, or none of the installed model
        """
        self.ensure_one()
        try:
            domain = list(ast.literal_eval(self.domain or "[]"))
        except Exception as error:
            raise ValidationError(
                self.env._(
                    "The domain of %(name)s is not a list of plain values; it cannot have "
                    "variables such as uid or functions such as context_today().",
                    name=self.type_name,
                )
            ) from error
        model = self.env.get(self.model)
        if model is not None:
            try:
                Domain(domain).validate(model.sudo())
            except Exception as error:
                raise ValidationError(
                    self.env._(
                        "The domain of %(name)s is not valid: %(error)s",
                        name=self.type_name,
                        error=error,
                    )
                ) from error
        return domain

    def _get_order(self) -> tuple[tuple[str, str], ...]:
        """Return the default order as (name in the API, "ASC" or "DESC") pairs.

        :raise ValidationError: where it is none
        """
        self.ensure_one()
        terms = []
        for term in filter(None, (part.strip() for part in (self.order or "").split(","))):
            match = re.fullmatch(r"([a-z0-9_]+)(?:\s+(asc|desc))?", term, re.IGNORECASE)
            if not match:
                raise ValidationError(
                    self.env._("%(term)s is not an order: write a name and asc or desc.", term=term)
                )
            terms.append((match[1], (match[2] or "asc").upper()))
        return tuple(terms)

    def _get_defaults(self) -> dict:
        """Return values of Odoo fields for new records.

        :raise ValidationError: where they are no object
        """
        self.ensure_one()
        if not isinstance(self.defaults or {}, dict):
            raise ValidationError(
                self.env._(
                    "The defaults of %(name)s are not an object of fields and values.",
                    name=self.type_name,
                )
            )
        return dict(self.defaults or {})

    @api.model
    def _get_active(self):
        """Return all resources that are not archived, in the order of their collections."""
        # How a database sorts text depends on its collation.
        return self.with_context(active_test=True).search(Domain.TRUE).sorted("collection")

    def _get_installed(self):
        """Return those of these resources whose model is there."""
        return self.filtered("is_installed")

    @api.depends("model")
    def _compute_is_installed(self):
        for resource in self:
            model = self.env.get(resource.model)
            resource.is_installed = model is not None and not model._abstract

    def _find_problems(self) -> dict[int, str]:
        """Return why the schema cannot have some of these resources, by their ids."""
        return self._examine(self._get_installed())[1]

    def _examine(self, installed) -> tuple[dict[int, Resource], dict[int, str]]:
        """Return these resources as plain values, and why the schema cannot have the others.

        Both are by ids. Of two resources that want the same name, the first has it.

        :param installed: the resources that relations can lead to
        """
        code = self.env["graphql_api.schema"].sudo()._collect()
        names = SchemaNames(types_in_code(code))
        values, problems = {}, {}
        for resource in self:
            try:
                resource._check_names()
                value = resource._to_resource(installed)
                names.add(value)
                values[resource.id] = value
            except ValidationError as error:
                problems[resource.id] = error.args[0]
            except NameConflict as conflict:
                problems[resource.id] = resource._describe_conflict(conflict)
        return values, problems

    def _describe_conflict(self, conflict: NameConflict) -> str:
        return self.env._(
            "%(resource)s would add the %(kind)s %(name)s to the schema, which %(owner)s has "
            "already. Choose another type, collection or name.",
            resource=self.type_name,
            kind=conflict.kind,
            name=conflict.name,
            owner=conflict.owner or self.env._("the API itself or an addon"),
        )

    @api.model
    def _get_resources(self) -> list[Resource]:
        """Return what is exposed in this database, as plain values.

        A resource is left out while its model is missing, a field while the model has none
        of that name or while its relation leads to a model that is not exposed. What would
        make the schema invalid is left out with a warning in the log.
        """
        installed = self._get_active()._get_installed()
        values, problems = installed.sorted("id")._examine(installed)
        for resource in installed:
            if resource.id in problems:
                _logger.warning("%s is not served: %s", resource.model, problems[resource.id])
        served = installed.filtered(lambda resource: resource.id not in problems)
        for line in served.field_ids.filtered("active"):
            if mistake := line._find_mistake():
                _logger.warning("%s is not served: %s", line.resource_id.type_name, mistake)
        if problems:
            # Relations lead to nothing that is not served.
            return [resource._to_resource(served) for resource in served]
        return [values[resource.id] for resource in served]

    def _to_resource(self, installed) -> Resource:
        """Return this resource as a plain value; without fields while its model is missing.

        :param installed: the resources that relations can lead to
        :raise ValidationError: where it has no valid domain, order or defaults
        """
        self.ensure_one()
        model = self.env.get(self.model)
        lines: dict = {}
        for line in self.field_ids:
            # The first of a name counts: a line of a later catalog does not replace an own one.
            if (field := line._to_field(installed)) is not None:
                lines.setdefault(field.graphql_name, (line, field))
        fields_by_graphql_name = {name: field for name, (_line, field) in lines.items()}
        for line, field in lines.values():
            for name in line._get_former_names():
                former = field.under_former_name(name)
                fields_by_graphql_name.setdefault(former.graphql_name, former)
        return Resource(
            type_name=self.type_name,
            collection=self.collection,
            model=self.model,
            description=self.description or (model._description if model is not None else ""),
            domain=tuple(self._get_domain()),
            order=self._get_order(),
            default_page_size=self.default_page_size,
            max_page_size=self.max_page_size,
            operations=frozenset(
                operation for operation in OPERATIONS if self[f"allow_{operation}"]
            ),
            defaults=self._get_defaults(),
            document=self._get_document(),
            fields={field.name: field for field in fields_by_graphql_name.values()},
            actions={
                action.name: action
                for line in self.action_ids
                if (action := line._to_action()) is not None
            },
        )
