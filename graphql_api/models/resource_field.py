from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..schema.exposure.names import FIELD_NAME, camel_case, default_name
from ..schema.exposure.resource import RELATIONS, ResourceField
from ..schema.grouping.aggregates import NUMBER_TYPES
from ..schema.grouping.group_keys import DATE_TYPES, GROUPED_TYPES
from ..schema.problems import RESERVED_FIELDS
from ..schema.values.scalars import VALUE_TYPES

KEY_TYPES = ("char", "integer")


class GraphqlApiResourceField(models.Model):
    """A line of a resource: one Odoo field and what clients may do with it."""

    _name = "graphql_api.resource.field"
    _description = "API Resource Field"
    _inherit = ["graphql_api.exposure"]
    _order = "resource_id, sequence, id"
    _rec_name = "field_name"

    resource_id = fields.Many2one(
        "graphql_api.resource", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(
        default=True, help="Archive a field to hide it; an upgrade keeps it hidden."
    )
    field_name = fields.Char(
        string="Field",
        required=True,
        help="Technical name of the field in Odoo. Skipped while the model has no such field.",
    )
    api_name = fields.Char(
        string="Name",
        help="Name in REST (snake_case); GraphQL uses it in camelCase. "
        "Left empty: the field's own, without _id, the plural for _ids.",
    )
    former_names = fields.Char(
        help="Names that the field had in REST, with commas between them: they go on working in "
        "both APIs, marked as deprecated.",
    )
    deprecation_reason = fields.Char(
        string="Deprecated",
        translate=False,
        help="Why clients should not use the field any more, and what instead, for those who write "
        "them: it is in the schema. The field goes on working.",
    )
    relation_resource_id = fields.Many2one(
        "graphql_api.resource",
        string="Leads To",
        ondelete="set null",
        help="Resource that the relation leads to, where several expose its model.",
    )
    readable = fields.Boolean(default=True, help="Clients may see this field.")
    filterable = fields.Boolean(
        default=True,
        help="Clients may filter and order by this field, if they may see it.",
    )
    writable = fields.Boolean(default=True, help="Clients may set this field.")
    is_key = fields.Boolean(
        string="Key",
        help="An upsert may find its record by this field. Choose fields that differ from record "
        "to record: a reference, a code.",
    )

    status = fields.Char(
        compute="_compute_status", help="Whether the API serves the field, and why not."
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
        "resource_id.model",
    )
    def _compute_status(self):
        installed = self.resource_id._get_active()._get_installed()
        for line in self:
            problem = line._find_problem(installed)
            if not problem and line.graphql_name in line._get_other_names():
                problem = self.env._("Another line has this name.")
            line.status = problem or self.env._("Served")
            line.is_served = not problem

    @api.depends("field_name", "resource_id.model")
    def _compute_field_id(self):
        for line in self:
            line.field_id = (
                self.env["ir.model.fields"]._get(line.resource_id.model, line.field_name)
                if line._get_odoo_field() is not None
                else False
            )

    @api.onchange("field_id")
    def _inverse_field_id(self):
        for line in self.filtered("field_id"):
            line.field_name = line.field_id.name

    @api.constrains("field_name", "resource_id")
    def _check_field_name(self):
        if self._is_installing():
            return
        for line in self:
            if line.resource_id.model in self.env and line._get_odoo_field() is None:
                raise ValidationError(
                    self.env._(
                        "%(model)s has no field %(name)s.",
                        model=line.resource_id.model,
                        name=line.field_name,
                    )
                )

    @api.constrains("api_name", "former_names", "field_name", "resource_id", "active")
    def _check_name(self):
        for line in self:
            is_named = line.api_name or line.former_names or not self._is_installing()
            if is_named and (mistake := line._find_mistake()):
                raise ValidationError(mistake)
        if self._is_installing():
            return
        for line in self.filtered("active"):
            others = line.resource_id.field_ids.filtered("active") - line
            for other in others:
                if shared := line._get_graphql_names() & other._get_graphql_names():
                    raise ValidationError(
                        self.env._(
                            "%(field)s and %(other)s of %(resource)s would both be "
                            "%(name)s; give one of them another name.",
                            field=line.field_name,
                            other=other.field_name,
                            resource=line.resource_id.type_name,
                            name=min(shared),
                        )
                    )
        self.resource_id._check_conflicts()

    @property
    def rest_name(self) -> str:
        """The REST name, whether or not the field can be served."""
        if self.api_name:
            return self.api_name
        field = self._get_odoo_field()
        return default_name(self.field_name or "", field.type if field is not None else "")

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
        """Return the GraphQL names of the other active lines that come before this one.

        A line that is new and not saved yet comes last.
        """
        names = set()
        for line in self.resource_id.field_ids:
            if line == self or line._origin == self:
                break
            if line.active:
                names.add(line.graphql_name)
        return names

    def _find_mistake(self) -> str | None:
        """Return what is wrong with this line wherever it is; None for nothing."""
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
                    "%(name)s is a name that every resource has already; choose another one.",
                    name=name,
                )
        field = self._get_odoo_field()
        if field is not None and field.type not in (*RELATIONS, *VALUE_TYPES):
            return self.env._(
                "The API has no values of the type %(type)s, which %(name)s has.",
                type=field.type,
                name=self.field_name,
            )
        return None

    def _find_problem(self, installed) -> str | None:
        """Return why the API does not serve this line, None where it does.

        :param installed: the resources whose models are there
        """
        self.ensure_one()
        if not self.active:
            return self.env._("Archived")
        if mistake := self._find_mistake():
            return mistake
        field = self._get_odoo_field()
        if field is None:
            return self.env._("The model has no such field.")
        if field.type in RELATIONS and not self._get_target(installed):
            # Nothing outside of a resource is reachable.
            return self.env._(
                "Leads to %(model)s, which no resource exposes.", model=field.comodel_name
            )
        return None

    def _get_target(self, installed):
        """Return the resource that the relation leads to, empty where there is none."""
        model = self._get_odoo_field().comodel_name
        targets = installed.filtered(lambda resource: resource.model == model)
        return (self.relation_resource_id & targets) or targets[:1]

    def _to_field(self, installed) -> ResourceField | None:
        """Return this line as a plain value, None where it cannot be served.

        :param installed: the resources whose models are there
        """
        if self._find_problem(installed):
            return None
        field = self._get_odoo_field()
        target = self._get_target(installed) if field.type in RELATIONS else None
        return ResourceField(
            name=self.rest_name,
            field=field.name,
            type=field.type,
            description=" ".join(filter(None, [field.string, field.help])),
            relation=target.type_name if target else None,
            readable=self.readable,
            writable=self.writable and is_writable(field),
            filterable=self.filterable and self.readable,
            searchable=field._description_searchable,
            sortable=field._description_sortable(self.env),
            stored=bool(field.store),
            # Odoo fills lists itself; PostgreSQL knows no list that must not be empty.
            required=bool(field.required) and field.type not in ("one2many", "many2many"),
            has_default=_has_default(self.env, field),
            is_key=self.is_key and field.type in KEY_TYPES and field._description_searchable,
            inverse=getattr(field, "inverse_name", None),
            delegate=field.related.split(".")[0] if field.inherited else None,
            unlink_deletes=_unlink_deletes(self.env, field),
            selection=_static_selection(field),
            groupable=field.type in GROUPED_TYPES and _is_column(self.env, field),
            aggregatable=_is_aggregatable(self.env, field),
            currency=field.get_currency_field(self.env[field.model_name])
            if field.type == "monetary"
            else None,
            deprecation_reason=self.deprecation_reason or None,
        )


def _has_default(env, field) -> bool:
    """Tell whether Odoo gives a new record a value that the client does not send."""
    if field.name in env[field.model_name]._inherits.values():
        return True  # The record behind it is created with the new one.
    while field.inherited:
        field = field.related_field
    return bool(field.default or field.compute or field.related)


def _is_column(env, field) -> bool:
    """Tell whether the values are in the database, be it in the table of a parent."""
    return bool(field.store or field.inherited) and field._description_groupable(env)


def _is_aggregatable(env, field) -> bool:
    """Tell whether the database can sum up the values, or find the first and the last date."""
    if field.type in NUMBER_TYPES:
        return _is_column(env, field) and bool(field._description_aggregator(env))
    return field.type in DATE_TYPES and _is_column(env, field)


def is_writable(field) -> bool:
    """Tell whether clients can set a field at all."""
    if field.readonly:
        return False
    if field.type in RELATIONS and field.type != "many2one":
        # Commands on a computed list would be new records in memory, for Odoo's forms.
        return bool(field.store and not field.related and not field.compute)
    return field.type in RELATIONS or VALUE_TYPES[field.type].parser is not None


def _unlink_deletes(env, field) -> bool:
    """Tell whether a record that is taken off a list is deleted, or cannot be without one."""
    if field.type != "one2many" or not field.inverse_name:
        return False
    inverse = env[field.comodel_name]._fields[field.inverse_name]
    return bool(inverse.required or getattr(inverse, "ondelete", None) == "cascade")


def _static_selection(field) -> tuple[str, ...] | None:
    """Return the keys of a selection that is the same for everybody, else None.

    A related field takes its selection from the field at the end of the path; a method
    or a function may answer differently by user or by record (Odoo's fields_selection.py).
    """
    if field.type != "selection":
        return None
    while field.related_field is not None:
        field = field.related_field
    if not isinstance(field.selection, list):
        return None
    return tuple(key for key, _label in field.selection)
