import ast
import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..schema.names import COLLECTION_NAME, TYPE_NAME
from ..schema.resource import RESERVED_COLLECTIONS, Resource

OPERATIONS = ("read", "create", "update", "delete")


class GraphqlApiResource(models.Model):
    """What the API exposes: an Odoo model under a type name and a collection name."""

    _name = "graphql_api.resource"
    _description = "API Resource"
    _inherit = ["graphql_api.exposure"]
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
    description = fields.Char(translate=False)
    active = fields.Boolean(
        default=True, help="Archive a resource to close it; an upgrade keeps it closed."
    )
    allow_read = fields.Boolean(string="Read", default=True)
    allow_create = fields.Boolean(string="Create", default=True)
    allow_update = fields.Boolean(string="Update", default=True)
    allow_delete = fields.Boolean(string="Delete", default=True)
    domain = fields.Char(
        default="[]", help="Records outside this domain cannot be reached in any way."
    )
    defaults = fields.Json(help="Values for new records that a client does not send.")
    order = fields.Char(
        default="id asc",
        help="Default order of lists, by names of the API: date_order desc, name asc. "
        "The id always comes last.",
    )
    default_page_size = fields.Integer(default=80)
    max_page_size = fields.Integer(default=1000)
    field_ids = fields.One2many("graphql_api.resource.field", "resource_id", string="Fields")
    action_ids = fields.One2many("graphql_api.resource.action", "resource_id", string="Actions")

    _type_name_unique = models.Constraint("UNIQUE(type_name)", "Another resource has this type.")
    _collection_unique = models.Constraint(
        "UNIQUE(collection)", "Another resource has this collection."
    )
    _page_size_range = models.Constraint(
        "CHECK(default_page_size BETWEEN 1 AND max_page_size)",
        "The default page size lies between 1 and the maximum page size.",
    )

    @api.constrains("type_name", "collection")
    def _check_names(self):
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

    @api.constrains("domain", "model")
    def _check_domain(self):
        for resource in self.filtered(lambda resource: resource.model in self.env):
            try:
                Domain(resource._get_domain()).validate(self.env[resource.model])
            except Exception as error:
                raise ValidationError(
                    self.env._(
                        "The domain of %(name)s is not valid: %(error)s",
                        name=resource.type_name,
                        error=error,
                    )
                ) from error

    @api.constrains("order")
    def _check_order(self):
        for resource in self:
            resource._get_order()

    def _get_domain(self) -> list:
        """Return the domain as a list; a domain is plain values, nothing is evaluated."""
        self.ensure_one()
        return list(ast.literal_eval(self.domain or "[]"))

    def _get_order(self) -> tuple[tuple[str, str], ...]:
        """Return the default order as (name in the API, "ASC" or "DESC") pairs."""
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

    @api.model
    def _get_resources(self) -> list[Resource]:
        """Return what is exposed in this database, as plain values.

        A resource is left out while its model is missing, a field while the model has none
        of that name or while its relation leads to a model that is not exposed.
        """
        records = self.search(Domain.TRUE).filtered(lambda record: record.model in self.env)
        by_model = {
            model: records.filtered(lambda record, model=model: record.model == model)
            for model in set(records.mapped("model"))
        }
        return [record._to_resource(by_model) for record in records]

    def _to_resource(self, resources_by_model) -> Resource:
        self.ensure_one()
        fields_by_name: dict = {}
        for line in self.field_ids:
            # The first of a name counts: a line of a later catalog does not replace an own one.
            if (field := line._to_field(resources_by_model)) is not None:
                fields_by_name.setdefault(field.name, field)
        return Resource(
            type_name=self.type_name,
            collection=self.collection,
            model=self.model,
            description=self.description or self.env[self.model]._description,
            domain=tuple(self._get_domain()),
            order=self._get_order(),
            default_page_size=self.default_page_size,
            max_page_size=self.max_page_size,
            operations=frozenset(
                operation for operation in OPERATIONS if self[f"allow_{operation}"]
            ),
            defaults=dict(self.defaults or {}),
            fields=fields_by_name,
            actions={
                action.name: action
                for line in self.action_ids
                if (action := line._to_action()) is not None
            },
        )
