"""Odoo's name search, limited to what the caller may see."""

from odoo.fields import Domain
from odoo.models import BaseModel

from .access import Context, through
from .display_names import is_shown
from .errors import ApiError
from .filters import to_domain
from .resource import Resource
from .scalars import check_text

_ALSO_COMPARED = {
    "product.product": ("default_code", "barcode"),
    "product.template": ("default_code", "barcode"),
    "res.company": (),
    "res.country": ("code",),
    "res.partner.category": (),
    "res.users": ("login",),
    "stock.picking.type": (),
}
"""Model with a name search of its own -> fields that it compares beside the declared ones.

What a search that is not listed here compares cannot be known; then the declared fields are
compared one by one.
"""


def list_domain(context: Context, resource: Resource, filter, text: str | None) -> Domain:
    """Return the domain of a list's arguments ``filter`` and ``search``.

    :raise ApiError: see :func:`.filters.to_domain` and :func:`search_domain`
    """
    context.model(resource)
    domain = to_domain(context, filter)
    return domain & search_domain(context, resource, check_text(text)) if text else domain


def search_domain(context: Context, resource: Resource, text: str) -> Domain:
    """Return the records that Odoo finds under a name.

    Odoo's search of a name also looks into other fields (``_rec_names_search``: a partner's
    VAT number, say). Where one of them is not exposed or not readable, only the others are
    compared, so that a match tells nothing about a hidden value.

    :raise ApiError: BAD_USER_INPUT where no field is left
    """
    model = context.model(resource)
    names = [
        *(model._rec_names_search or [model._rec_name]),
        *_ALSO_COMPARED.get(model._name, ()),
    ]
    if not is_shown(context, resource):
        names.append(model._rec_name)
    conditions = [_condition(context, resource, name, text) for name in names]
    allowed = [condition for condition in conditions if condition is not None]
    if not allowed:
        raise ApiError("BAD_USER_INPUT", f"{resource.collection} cannot be searched by name.")
    relations = any(model._fields[name].relational for name in names if name in model._fields)
    known = model._name in _ALSO_COMPARED or not _has_own_search(model)
    if known and not relations and len(allowed) == len(names):
        return Domain("display_name", "ilike", text)
    return Domain.OR(allowed)


def _has_own_search(model) -> bool:
    """Tell whether the model replaces the ORM's search of display names."""
    return type(model)._search_display_name is not BaseModel._search_display_name


def _condition(context: Context, resource: Resource, name: str, text: str) -> Domain | None:
    """Return the condition on one of the names, None where it must not be compared."""
    model_field = context.env[resource.model]._fields.get(name)
    if model_field is None or not context.may_read(resource, name):
        return None
    lines = [line for line in resource.fields.values() if line.field == name and line.filterable]
    if model_field.relational:
        # Names at the other end are searched as their own resource allows.
        if not lines:
            return None
        target = context.resources[lines[0].relation]
        found = search_domain(context, target, text)
        return Domain(name, "any", through(context, resource, lines[0], target, found))
    # Who sees display names may search in where they come from.
    if lines or (name in ("display_name", "complete_name") and is_shown(context, resource)):
        return Domain(name, "ilike", text)
    return None
