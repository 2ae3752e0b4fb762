from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..schema.exposure.action import CHOICE, FIELD, PARAMETER, Argument
from ..schema.exposure.action_definitions import ArgumentDefinition
from ..schema.exposure.names import FIELD_NAME
from ..schema.exposure.resource_field import RELATIONS
from ..schema.values.scalars import FILE_TYPES, VALUE_TYPES
from ..schema.writing.methods import takes_parameter
from .json_text import parse_json
from .odoo_fields import describe_field

TYPES = [
    ("char", "Text"),
    ("integer", "Integer"),
    ("float", "Number"),
    ("boolean", "Yes or No"),
    ("date", "Date"),
    ("datetime", "Date and Time"),
    ("selection", "One of the Values"),
    ("many2one", "Record"),
    ("many2many", "Records"),
    ("one2many", "New Records"),
    ("json", "JSON"),
]
"""Odoo's types of fields that an argument can have which is no field of a wizard."""

_RESERVED = ("id", "ids", "input")
_NOT_TAKEN = ("reference", "many2one_reference", "properties")
_WITHOUT_DEFAULT = (*RELATIONS, *FILE_TYPES, "date", "datetime")


class GraphqlApiResourceActionArgument(models.Model):
    """An argument of an action, or of the lines in one of its lists."""

    _name = "graphql_api.resource.action.argument"
    _description = "API Action Argument"
    _inherit = ["graphql_api.exposure"]
    _order = "action_id, sequence, id"

    action_id = fields.Many2one(
        "graphql_api.resource.action", required=True, ondelete="cascade", index=True
    )
    resource_id = fields.Many2one(related="action_id.resource_id", store=True, index=True)
    parent_id = fields.Many2one(
        "graphql_api.resource.action.argument",
        string="Of the Lines In",
        ondelete="cascade",
        index=True,
        domain="[('action_id', '=', action_id), ('parent_id', '=', False)]",
        help="The argument for a list of the wizard, if this is an argument of the lines in that "
        "list.",
    )
    line_ids = fields.One2many(
        "graphql_api.resource.action.argument", "parent_id", string="Arguments of Its Lines"
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(
        default=True, help="Archive an argument to stop accepting it; upgrades keep it archived."
    )
    name = fields.Char(
        required=True,
        help="Name in REST (snake_case); GraphQL uses it in camelCase.",
    )
    parameter = fields.Char(
        string="Field or Parameter",
        help="Field of the wizard, or parameter of the method, that gets the value. If empty: "
        "the one with the same name.",
    )
    type = fields.Selection(
        TYPES,
        help="Type of the values. If empty: that of the wizard's field.",
    )
    values = fields.Char(
        help="Allowed values, separated by commas. For a selection field: those of its values "
        "that clients may use."
    )
    relation_resource_id = fields.Many2one(
        "graphql_api.resource",
        string="Records Of",
        ondelete="set null",
        help="Resource of the records that clients name; they can name only records that they "
        "may see.",
    )
    required = fields.Boolean(help="Clients must send it.")
    default = fields.Char(help='Value if the client sends none, in JSON: true, 5, "text".')
    is_key = fields.Boolean(
        string="Key",
        help="For arguments of lines: its value tells which of the proposed lines is meant.",
    )
    description = fields.Char(
        translate=False,
        help="Describes the argument to developers, in the schema. If empty: Odoo's own label "
        "and help.",
    )

    _name_unique = models.UniqueIndex(
        "(action_id, COALESCE(parent_id, 0), name)", "The action has an argument of this name."
    )

    status = fields.Char(
        compute="_compute_status", help="Whether the API accepts the argument; if not, why."
    )
    is_served = fields.Boolean(compute="_compute_status")

    @api.depends(
        "name",
        "parameter",
        "type",
        "values",
        "default",
        "active",
        "relation_resource_id.allow_create",
        "parent_id.parameter",
        "parent_id.name",
        "action_id.wizard_model",
        "action_id.method",
        "action_id.resource_id.model",
        "action_id.dialog_ids.argument",
    )
    def _compute_status(self):
        exposed = self.env["graphql_api.resource"]._get_exposed_models()
        self._set_status(lambda argument: argument._find_problem(exposed))

    @api.constrains(
        "name", "parameter", "type", "values", "default", "active", "relation_resource_id"
    )
    def _check_argument(self):
        installing = self._is_installing()
        exposed = set() if installing else self.env["graphql_api.resource"]._get_exposed_models()
        for argument in self:
            problem = argument._find_mistake()
            if not problem and not installing and argument.active:
                problem = argument._find_problem(exposed)
            if problem:
                raise ValidationError(problem)
        if not installing:
            self.resource_id._check_conflicts()

    @property
    def use(self) -> str:
        """What becomes of its values: see :class:`.action.Argument`."""
        self.ensure_one()
        if self.parent_id:
            return FIELD
        if self.name in self.action_id.dialog_ids.mapped("argument"):
            return CHOICE
        return FIELD if self.action_id.wizard_model else PARAMETER

    def _get_odoo_name(self) -> str:
        return self.parameter or self.name or ""

    def _get_odoo_field(self):
        """Return the field of the wizard, or of its lines, None where there is none."""
        self.ensure_one()
        if self.use != FIELD:
            return None
        model = self.env.get(self.action_id.wizard_model)
        if self.parent_id and model is not None:
            parent = model._fields.get(self.parent_id._get_odoo_name())
            is_list = parent is not None and parent.type == "one2many"
            model = self.env[parent.comodel_name] if is_list else None
        return None if model is None else model._fields.get(self._get_odoo_name())

    def _get_values(self) -> tuple[str, ...]:
        return tuple(filter(None, (value.strip() for value in (self.values or "").split(","))))

    def _find_mistake(self) -> str | None:
        """Return what is wrong with this argument, wherever it is; None for nothing."""
        self.ensure_one()
        if not FIELD_NAME.match(self.name or "") or self.name in _RESERVED:
            return self.env._(
                "%(name)s is not the name of an argument: use lower case letters, digits and "
                "single underscores, starting with a letter, and none of %(taken)s.",
                name=self.name,
                taken=", ".join(_RESERVED),
            )
        try:
            parse_json(self.default)
        except ValueError as error:
            return self.env._("The default is not JSON: %(error)s", error=error)
        return None

    def _find_problem(self, exposed: set[str] | None = None) -> str | None:
        """Return why the API does not take this argument, None where it does.

        :param exposed: names of the Odoo models that relations can lead to; None to leave
            that open
        """
        self.ensure_one()
        if not self.active:
            return self.env._("Archived")
        if mistake := self._find_mistake():
            return mistake
        field = self._get_odoo_field()
        is_field = self.use == FIELD
        problem = self._find_field_problem(field) if is_field else self._find_type_problem()
        if problem:
            return problem
        if self.default and (field.type if field is not None else self.type) in _WITHOUT_DEFAULT:
            return self.env._("An argument of this type has no default.")
        comodel = self._get_comodel(field)
        if exposed is not None and comodel and comodel not in exposed:
            return self.env._("Leads to %(model)s, which no resource exposes.", model=comodel)
        return None

    def _find_field_problem(self, field) -> str | None:
        if field is None:
            return self.env._("The wizard has no field %(name)s.", name=self._get_odoo_name())
        if field.readonly:
            return self.env._("The field %(name)s can only be read.", name=field.name)
        if field.type in _NOT_TAKEN or field.type not in (*RELATIONS, *VALUE_TYPES):
            return self.env._(
                "%(name)s has the type %(type)s, which the API does not support.",
                type=field.type,
                name=field.name,
            )
        if field.type == "one2many" and not self.parent_id:
            lines = [line for line in self.line_ids if not line._find_problem()]
            if not any(line.is_key for line in lines):
                return self.env._(
                    "A list needs arguments for its lines, and at least one of them must be a key."
                )
        if self.parent_id and field.type in ("one2many", "many2many"):
            return self.env._("Arguments of lines can only be single values or records.")
        return None

    def _find_type_problem(self) -> str | None:
        if not self.type:
            return self.env._("Choose the type of its values.")
        if self.type == "selection" and not self._get_values():
            return self.env._("Write the allowed values.")
        if self.type in RELATIONS and not self.relation_resource_id:
            return self.env._("Choose the resource of the records that clients name.")
        if self.type == "one2many" and not self.relation_resource_id.allow_create:
            return self.env._("Clients may not create records of this resource.")
        if self.type == "one2many" and self.use != PARAMETER:
            return self.env._("Only a method can have an argument for new records.")
        action = self.action_id
        model = self.env.get(action.resource_id.model)
        if self.use == PARAMETER and (
            not action.method
            or not hasattr(type(model), action.method)
            or not takes_parameter(model, action.method, self._get_odoo_name())
        ):
            return self.env._("The method has no parameter %(name)s.", name=self._get_odoo_name())
        return None

    def _get_comodel(self, field) -> str | None:
        """Return the model whose records the argument names."""
        if field is not None:
            return field.comodel_name if field.type in ("many2one", "many2many") else None
        return self.relation_resource_id.model if self.type in RELATIONS else None

    def _define(self) -> ArgumentDefinition:
        """Return this argument as a plain value; it has no problem."""
        field = self._get_odoo_field()
        values = self._get_values() or None
        if field is not None:
            described = describe_field(self.env, field)
            kind, description = field.type, described.description
            required = described.required and not described.has_default
            values = values or described.selection
        else:
            kind, description, required = self.type, "", False
        lines = ()
        line_model = field.comodel_name if field is not None and kind == "one2many" else ""
        if line_model:
            lines = tuple(
                line._define() for line in self.line_ids if line.active and not line._find_problem()
            )
        return ArgumentDefinition(
            argument=Argument(
                name=self.name,
                field=self._get_odoo_name(),
                type=kind,
                description=self.description or description,
                required=self.required or required or self.is_key,
                selection=values if kind == "selection" else None,
                is_key=self.is_key,
                writable=True,
                use=self.use,
                default=parse_json(self.default),
            ),
            comodel=self._get_comodel(field),
            target_id=self.relation_resource_id.id or None,
            lines=lines,
            line_model=line_model,
        )
