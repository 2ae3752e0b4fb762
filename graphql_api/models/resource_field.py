from dataclasses import replace

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..schema.exposure.names import FIELD_NAME, camel_case, default_name
from ..schema.exposure.resource_field import RELATIONS
from ..schema.problems import RESERVED_FIELDS, FieldDefinition
from ..schema.values.scalars import VALUE_TYPES
from .odoo_fields import describe_field, describe_name

KEY_TYPES = ("char", "integer")


class GraphqlApiResourceField(models.Model):
    """A field of a resource: one Odoo field and what clients may do with it."""

    _name = "graphql_api.resource.field"
    _description = "API Resource Field"
    _inherit = ["graphql_api.exposure"]
    _order = "resource_id, sequence, id"
    _rec_name = "field_name"
    _rec_names_search = ("field_name", "api_name")

    resource_id = fields.Many2one(
        "graphql_api.resource", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(
        default=True, help="Archive a field to hide it; upgrades keep it hidden."
    )
    field_name = fields.Char(
        string="Field",
        required=True,
        help="Technical name of the field in Odoo. The field is not served if the model does not "
        "have it.",
    )
    api_name = fields.Char(
        string="Name",
        help="Name in REST (snake_case); GraphQL uses it in camelCase. If empty: the field's own "
        "name, without _id, or in the plural for _ids.",
    )
    effective_name = fields.Char(
        string="Name in the API",
        compute="_compute_effective_name",
        inverse="_inverse_effective_name",
        help="Name in REST (snake_case). Write another one to rename the field; empty it to get "
        "the field's own again.",
    )
    effective_graphql_name = fields.Char(
        string="In GraphQL", compute="_compute_effective_name", help="The name in camelCase."
    )
    former_names = fields.Char(
        help="Earlier names of the field in REST, separated by commas. They still work in both "
        "APIs, marked as deprecated.",
    )
    deprecation_reason = fields.Char(
        string="Deprecated",
        translate=False,
        help="Tells developers, in the schema, why they should not use the field any more, and "
        "what to use instead. The field still works.",
    )
    relation_resource_id = fields.Many2one(
        "graphql_api.resource",
        string="Leads To",
        ondelete="set null",
        help="Resource that the relation leads to, if several expose its model.",
    )
    shows_name = fields.Boolean(
        string="Name Only",
        help="For a relation: clients get only the names of the related records, as a text. They "
        "get the names even if they may not read the related records. For example, customers "
        "see who their salesperson is.",
    )
    readable = fields.Boolean(default=True, help="Clients may see this field.")
    filterable = fields.Boolean(
        default=True,
        help="Clients may filter and order by this field, if they may see it.",
    )
    writable = fields.Boolean(default=True, help="Clients may set this field.")
    is_key = fields.Boolean(
        string="Key",
        help="Upserts can find a record by this field. Choose fields whose values are unique: a "
        "reference, a code.",
    )

    status = fields.Char(
        compute="_compute_status", help="Whether the API serves the field; if not, why."
    )
    is_served = fields.Boolean(compute="_compute_status")

    field_id = fields.Many2one(
        "ir.model.fields",
        string="Odoo Field",
        compute="_compute_field_id",
        inverse="_inverse_field_id",
        domain="[('model', '=', parent.model)]",
        help="Choose it here, or write its technical name.",
    )

    @api.depends(
        "field_name",
        "api_name",
        "former_names",
        "active",
        "relation_resource_id",
        "shows_name",
        "resource_id.model",
    )
    def _compute_status(self):
        exposed = self.env["graphql_api.resource"]._get_exposed_models()

        def find_problem(field):
            problem = field._find_problem(exposed)
            if not problem and field.graphql_name in field._get_other_names():
                return self.env._("Another field has this name.")
            return problem

        self._set_status(find_problem)

    @api.depends("field_name", "api_name", "resource_id.model")
    def _compute_display_name(self):
        for field in self:
            field.display_name = field.rest_name

    @api.model
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        """Offer all fields where those of one resource are ticked."""
        limit = None if self.env.context.get("graphql_api_picker") else limit
        return super().name_search(name, domain, operator, limit)

    @api.depends("field_name", "resource_id.model")
    def _compute_field_id(self):
        for field in self:
            field.field_id = (
                self.env["ir.model.fields"]._get(field.resource_id.model, field.field_name)
                if field._get_odoo_field() is not None
                else False
            )

    @api.onchange("field_id")
    def _inverse_field_id(self):
        for field in self.filtered("field_id"):
            field.field_name = field.field_id.name

    @api.depends("field_name", "api_name", "resource_id.model")
    def _compute_effective_name(self):
        for field in self:
            field.effective_name = field.rest_name
            field.effective_graphql_name = field.graphql_name

    @api.onchange("effective_name")
    def _inverse_effective_name(self):
        for field in self:
            name = field.effective_name
            field.api_name = name if name and name != field._get_default_name() else False

    @api.constrains("field_name", "resource_id")
    def _check_field_name(self):
        if self._is_installing():
            return
        for field in self:
            if field.resource_id.model in self.env and field._get_odoo_field() is None:
                raise ValidationError(
                    self.env._(
                        "%(model)s has no field %(name)s.",
                        model=field.resource_id.model,
                        name=field.field_name,
                    )
                )

    @api.constrains("api_name", "former_names", "field_name", "shows_name", "resource_id", "active")
    def _check_name(self):
        for field in self:
            is_named = field.api_name or field.former_names or not self._is_installing()
            if is_named and (mistake := field._find_mistake()):
                raise ValidationError(mistake)
        if self._is_installing():
            return
        for resource in self.resource_id:
            names = {
                field: field._get_graphql_names() for field in resource.field_ids if field.active
            }
            for field in (self & resource.field_ids).filtered("active"):
                for other, others in names.items():
                    if other != field and (shared := names[field] & others):
                        raise ValidationError(
                            self.env._(
                                "%(field)s and %(other)s of %(resource)s would both be "
                                "%(name)s; give one of them another name.",
                                field=field.field_name,
                                other=other.field_name,
                                resource=resource.type_name,
                                name=min(shared),
                            )
                        )
        self.resource_id._check_conflicts()

    @property
    def rest_name(self) -> str:
        """The REST name, whether or not the field can be served."""
        return self.api_name or self._get_default_name()

    def _get_default_name(self) -> str:
        """Return the REST name of the field where no other one was chosen."""
        odoo_field = self._get_odoo_field()
        field_type = odoo_field.type if odoo_field is not None else ""
        return default_name(self.field_name or "", field_type)

    @property
    def graphql_name(self) -> str:
        return camel_case(self.rest_name)

    def _get_former_names(self) -> list[str]:
        """Return the REST names that the field had, and that go on working."""
        self.ensure_one()
        names = (name.strip() for name in (self.former_names or "").split(","))
        return [name for name in names if name and name != self.rest_name]

    def _get_graphql_names(self) -> set[str]:
        """Return all names of the field in GraphQL."""
        return {self.graphql_name, *map(camel_case, self._get_former_names())}

    def _get_odoo_field(self):
        """Return the Odoo field, None where there is none."""
        self.ensure_one()
        model = self.env.get(self.resource_id.model)
        return None if model is None else model._fields.get(self.field_name)

    def _get_other_names(self) -> set[str]:
        """Return the GraphQL names of the other active fields that come before this one.

        A field that is new and not saved yet comes last.
        """
        names = set()
        for field in self.resource_id.field_ids:
            if field == self or field._origin == self:
                break
            if field.active:
                names.add(field.graphql_name)
        return names

    def _find_mistake(self) -> str | None:
        """Return what is wrong with this field wherever it is; None for nothing."""
        self.ensure_one()
        for name in (self.rest_name, *self._get_former_names()):
            if not FIELD_NAME.match(name):
                return self.env._(
                    "%(name)s is not a field name: use lower case letters, digits and single "
                    "underscores, starting with a letter.",
                    name=name,
                )
            if name in RESERVED_FIELDS:
                return self.env._(
                    "Every resource has the name %(name)s already; choose another one.",
                    name=name,
                )
        odoo_field = self._get_odoo_field()
        if self.shows_name and odoo_field is not None and odoo_field.type not in RELATIONS:
            return self.env._("%(name)s is not a relation.", name=self.field_name)
        if self.shows_name and not self.api_name:
            return self.env._(
                "A field that shows names needs a name in the API of its own, like "
                "salesperson_name."
            )
        if odoo_field is not None and odoo_field.type not in (*RELATIONS, *VALUE_TYPES):
            return self.env._(
                "%(name)s has the type %(type)s, which the API does not support.",
                type=odoo_field.type,
                name=self.field_name,
            )
        return None

    def _find_problem(self, exposed: set[str]) -> str | None:
        """Return why the API does not serve this field, None where it does.

        :param exposed: names of the Odoo models that relations can lead to
        """
        self.ensure_one()
        if not self.active:
            return self.env._("Archived")
        if mistake := self._find_mistake():
            return mistake
        odoo_field = self._get_odoo_field()
        if odoo_field is None:
            return self.env._("The model has no such field.")
        if self._leads_somewhere() and odoo_field.comodel_name not in exposed:
            # Nothing outside of a resource is reachable.
            return self.env._(
                "Leads to %(model)s, which no resource exposes.", model=odoo_field.comodel_name
            )
        return None

    def _leads_somewhere(self) -> bool:
        """Tell whether clients can follow the field to other records."""
        odoo_field = self._get_odoo_field()
        return odoo_field is not None and odoo_field.type in RELATIONS and not self.shows_name

    def _define(self) -> FieldDefinition | None:
        """Return what this record says of a field, None where it cannot be served."""
        odoo_field = self._get_odoo_field()
        if odoo_field is None or not self.active or self._find_mistake():
            return None
        if self.shows_name:
            described = describe_name(odoo_field)
        else:
            described = describe_field(self.env, odoo_field)
        return FieldDefinition(
            field=replace(
                described,
                name=self.rest_name,
                readable=self.readable,
                writable=self.writable and described.writable,
                filterable=self.filterable and self.readable and not self.shows_name,
                is_key=self.is_key and odoo_field.type in KEY_TYPES and described.searchable,
                deprecation_reason=self.deprecation_reason or None,
            ),
            former_names=tuple(self._get_former_names()),
            comodel=odoo_field.comodel_name if self._leads_somewhere() else None,
            target_id=self.relation_resource_id.id or None,
        )
