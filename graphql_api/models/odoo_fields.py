from odoo.api import Environment
from odoo.fields import Field

from ..schema.exposure.resource_field import ResourceField
from ..schema.grouping.aggregates import NUMBER_TYPES
from ..schema.grouping.group_keys import DATE_TYPES, GROUPED_TYPES
from ..schema.values.scalars import VALUE_TYPES


def describe_field(env: Environment, field: Field) -> ResourceField:
    """Return all that can be done with an Odoo field, under its own name.

    It is the same for everybody, in the language of the source.

    :param env: of the superuser; others would be told what they may do
    """
    return ResourceField(
        name=field.name,
        field=field.name,
        type=field.type,
        description=" ".join(filter(None, [field.string, field.help])),
        writable=is_writable(field),
        searchable=field._description_searchable,
        sortable=field._description_sortable(env),
        stored=bool(field.store),
        # Odoo fills lists itself; PostgreSQL knows no list that must not be empty.
        required=bool(field.required) and field.type not in ("one2many", "many2many"),
        has_default=_has_default(env, field),
        inverse=getattr(field, "inverse_name", None),
        delegate=field.related.split(".")[0] if field.inherited else None,
        unlink_deletes=_unlink_deletes(env, field),
        selection=_static_selection(field),
        groupable=field.type in GROUPED_TYPES and _is_column(env, field),
        aggregatable=_is_aggregatable(env, field),
        currency=field.get_currency_field(env[field.model_name])
        if field.type == "monetary"
        else None,
        model_of=_model_of(env, field),
    )


def describe_name(field: Field) -> ResourceField:
    """Return what can be done with the names of what a relation of Odoo leads to: read them."""
    return ResourceField(
        name=field.name,
        field=field.name,
        type="char",
        description=f"{field.string}: name only.",
        filterable=False,
        searchable=False,
        sortable=False,
        stored=False,
        has_default=True,
        shows_name=True,
    )


def _model_of(env, field) -> str | None:
    """Return the field with the id of a record whose model a field holds, None for others."""
    if field.type != "char" or "model" not in field.name:
        return None
    return next(
        (
            other.name
            for other in env[field.model_name]._fields.values()
            if other.type == "many2one_reference" and other.model_field == field.name
        ),
        None,
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
    if field.type == "many2many":
        # Odoo proposes the taxes of a line, and keeps what is set instead.
        return bool(field.store and not field.related)
    if field.type == "one2many":
        # Commands on a computed list would be new records in memory, for Odoo's forms.
        return bool(field.store and not field.related and not field.compute)
    return field.type == "many2one" or VALUE_TYPES[field.type].parser is not None


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
