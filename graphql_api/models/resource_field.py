from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..schema.names import FIELD_NAME, default_name
from ..schema.resource import AUTOMATIC_FIELDS, RELATIONS, ResourceField
from ..schema.scalars import VALUE_TYPES

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

    @api.constrains("api_name")
    def _check_api_name(self):
        for line in self.filtered("api_name"):
            if not FIELD_NAME.match(line.api_name):
                raise ValidationError(
                    self.env._(
                        "%(name)s is not a field name: use lower case letters, digits "
                        "and single underscores, starting with a letter.",
                        name=line.api_name,
                    )
                )
            if line.api_name in AUTOMATIC_FIELDS:
                raise ValidationError(
                    self.env._(
                        "%(name)s is a field that every resource has already.", name=line.api_name
                    )
                )

    def _to_field(self, resources_by_model) -> ResourceField | None:
        """Return this line as a plain value, None where it cannot be served.

        That is where the model lacks the field, or where the model at the other end of a
        relation is not a resource (nothing outside a resource is reachable).

        :param dict resources_by_model: model name -> active resource records
        """
        self.ensure_one()
        field = self.env[self.resource_id.model]._fields.get(self.field_name)
        if field is None:
            return None
        relation = None
        if field.type in RELATIONS:
            targets = resources_by_model.get(field.comodel_name, self.resource_id.browse())
            target = (self.relation_resource_id & targets) or targets[:1]
            if not target:
                return None
            relation = target.type_name
        return ResourceField(
            name=self.api_name or default_name(field.name, field.type),
            field=field.name,
            type=field.type,
            description=" ".join(filter(None, [field.string, field.help])),
            relation=relation,
            writable=self.writable and _is_writable(field),
            readable=self.readable,
            filterable=self.filterable and self.readable,
            searchable=field._description_searchable,
            sortable=field._description_sortable(self.env),
            stored=bool(field.store),
            required=bool(field.required),
            has_default=_has_default(self.env, field),
            is_key=self.is_key and field.type in KEY_TYPES and field._description_searchable,
            inverse=getattr(field, "inverse_name", None),
            delegate=field.related.split(".")[0] if field.inherited else None,
            unlink_deletes=_unlink_deletes(self.env, field),
            selection=_static_selection(field),
        )


def _has_default(env, field) -> bool:
    """Tell whether Odoo gives a new record a value that the client does not send."""
    if field.name in env[field.model_name]._inherits.values():
        return True  # The record behind it is created with the new one.
    while field.inherited:
        field = field.related_field
    return bool(field.default or field.compute or field.related)


def _is_writable(field) -> bool:
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
