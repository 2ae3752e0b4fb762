"""Odoo's name search, limited to what the caller may see."""

from odoo.fields import Domain

from .access import Context
from .errors import ApiError
from .resource import Resource


def search_domain(context: Context, resource: Resource, text: str) -> Domain:
    """Return the records that Odoo finds under a name.

    Odoo's search of a name also looks into other fields (``_rec_names_search``: a partner's
    VAT number, say). Where one of them is not exposed or not readable, only the others are
    compared, so that a match tells nothing about a hidden value.

    :raise ApiError: BAD_USER_INPUT where no field is left
    """
    model = context.model(resource)
    names = model._rec_names_search or [model._rec_name]
    exposed = {field.field for field in resource.fields.values() if field.filterable}
    # A record's display name is always visible; these are where it comes from.
    exposed |= {"display_name", "complete_name", model._rec_name}
    allowed = [
        name
        for name in names
        if name in exposed and name in model._fields and context.may_read(resource, name)
    ]
    if len(allowed) == len(names):
        return Domain("display_name", "ilike", text)
    if not allowed:
        raise ApiError("BAD_USER_INPUT", f"{resource.collection} cannot be searched by name.")
    return Domain.OR(Domain(name, "ilike", text) for name in allowed)
