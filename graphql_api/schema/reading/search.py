"""Odoo's name search, limited to what the caller may see."""

import re
from collections.abc import Iterator

from odoo.fields import Domain
from odoo.models import BaseModel

from ..access.access import search, visible_domain
from ..access.context import Context
from ..access.display_names import composing_fields, is_shown
from ..access.odoo_models import ALSO_SEARCHED, SEARCHED_FIRST, SEARCHED_IN_BRACKETS
from ..exposure.errors import ApiError
from ..exposure.resource import Resource
from ..exposure.resource_field import ResourceField
from ..values.parsers import check_text
from .conditions import to_domain


def list_domain(
    context: Context, resource: Resource, filter, text: str | None, archived: bool = False
) -> Domain:
    """Return the domain of a list's arguments ``filter``, ``search`` and ``includeArchived``.

    :raise ApiError: see :func:`.conditions.to_domain` and :func:`search_domain`
    """
    context.model(resource)
    domain = to_domain(context, filter)
    if text:
        domain &= search_domain(context, resource, check_text(text), domain, archived)
    return domain


def search_domain(
    context: Context, resource: Resource, text: str, domain: Domain, archived: bool
) -> Domain:
    """Return the condition on the records that Odoo's ``name_search`` finds.

    It finds them by their display names, and does more for some models: there it depends on
    what is found among the records.

    :param domain: the records that are searched
    :param archived: archived records are searched too
    :raise ApiError: BAD_USER_INPUT where there is no field to compare
    """

    def is_any(condition: Domain) -> bool:
        narrowed = domain & condition
        return bool(search(context, resource, narrowed, archived=archived, limit=1))

    def equals(name: str, value: str) -> Domain | None:
        return Domain(name, "=", value) if _may_compare(context, resource, name) else None

    named = _named(context, resource, text)
    if named is None:
        raise ApiError(
            "BAD_USER_INPUT",
            f"{resource.collection} cannot be searched by name.",
            argument="search",
        )
    for name in SEARCHED_FIRST.get(resource.model, ()):
        condition = equals(name, text)
        if condition is not None and is_any(condition):
            return condition
    code = SEARCHED_IN_BRACKETS.get(resource.model)
    if code and (match := re.search(r"\[(.*?)\]", text)) and not is_any(named):
        condition = equals(code, match[1])
        return named if condition is None else condition
    return named


def _named(context: Context, resource: Resource, text: str) -> Domain | None:
    """Return the condition that a display name has a text, as Odoo searches for it.

    Odoo looks into other fields too (``_rec_names_search``: a partner's VAT number, say). Where
    one of them is not exposed or not readable, only the others are compared, so that a match
    tells nothing about a hidden value. None where no field is left.
    """
    model = context.model(resource)
    declared = list(model._rec_names_search or [model._rec_name])
    also = ALSO_SEARCHED.get(model._name, ())
    names = [*declared, *(name for name in also if "." not in name)]
    if not is_shown(context, resource):
        names.append(model._rec_name)
    conditions = [_condition(context, resource, name, text) for name in names]
    allowed = [condition for condition in conditions if condition is not None]
    if len(allowed) == len(names) and _is_whole(context, resource, [*names, *also]):
        return Domain("display_name", "ilike", text)
    return Domain.OR(allowed) if allowed else None


def _is_whole(context: Context, resource: Resource, paths: list[str]) -> bool:
    """Tell whether Odoo's own search of display names compares nothing that is hidden.

    :param paths: what it compares; of the caller's own resource all may be compared
    """
    model = context.env[resource.model]
    away = [path for path in paths if "." in path or model._fields[path].relational]
    if model._name in ALSO_SEARCHED:
        return all(_is_open(context, resource, path) for path in away)
    return not away and type(model)._search_display_name is BaseModel._search_display_name


def _is_open(context: Context, resource: Resource, path: str) -> bool:
    """Tell whether any value at the end of a path may be compared, whatever record has it."""
    name, _dot, rest = path.partition(".")
    relation = _relation(context, resource, name)
    if relation is None:
        return False
    target = context.resources[relation.target]
    return not context.is_limited(target) and _may_compare(context, target, rest)


def _relation(context: Context, resource: Resource, name: str) -> ResourceField | None:
    """Return a relation under its exposed name, None where it must not be followed."""
    if not context.may_read(resource, name):
        return None
    for field in resource.fields.values():
        if field.field == name and field.filterable and field.relation:
            return field if context.may(context.resources[field.relation], "read") else None
    return None


def _may_compare(context: Context, resource: Resource, name: str) -> bool:
    """Tell whether the values of an Odoo field may be compared."""
    if name not in context.env[resource.model]._fields or not context.may_read(resource, name):
        return False
    if any(field.field == name and field.filterable for field in resource.fields.values()):
        return True
    # Who sees display names may search in where they come from.
    return name in ("display_name", "complete_name") and is_shown(context, resource)


def _condition(context: Context, resource: Resource, path: str | None, text: str) -> Domain | None:
    """Return the condition on what a path leads to, None where it must not be compared."""
    name, _dot, rest = (path or "").partition(".")
    model_field = context.env[resource.model]._fields.get(name)
    if model_field is None:
        return None
    if not model_field.relational:
        compared = _may_compare(context, resource, name)
        return Domain(name, "ilike", text) if compared else None
    # At the other end is searched what its own resource allows.
    relation = _relation(context, resource, name)
    if relation is None:
        return None
    target = context.resources[relation.target]
    found = _condition(context, target, rest, text) if rest else _named(context, target, text)
    if found is None:
        return None
    return Domain(name, "any", visible_domain(context, resource, relation, target, found))


def searched_fields(
    context: Context, resource: Resource, within: frozenset[str] = frozenset()
) -> Iterator[tuple[Resource, ResourceField]]:
    """Yield the exposed fields that :func:`search_domain` may compare, or decides by.

    :param within: names of the types whose fields are being found
    """
    if resource.type_name in within:
        return
    within |= {resource.type_name}
    yield from composing_fields(context, resource)
    model = context.env[resource.model]
    paths = [
        *(model._rec_names_search or [model._rec_name]),
        *ALSO_SEARCHED.get(resource.model, ()),
        *SEARCHED_FIRST.get(resource.model, ()),
        SEARCHED_IN_BRACKETS.get(resource.model),
    ]
    for path in filter(None, paths):
        yield from _searched_along(context, resource, path, within)


def _searched_along(
    context: Context, resource: Resource, path: str, within: frozenset[str]
) -> Iterator[tuple[Resource, ResourceField]]:
    name, _dot, rest = path.partition(".")
    for field in resource.fields.values():
        if field.field == name and field.filterable and not field.alias_of:
            yield resource, field
            if field.relation:
                target = context.resources[field.target]
                if rest:
                    yield from _searched_along(context, target, rest, within)
                else:
                    yield from searched_fields(context, target, within)
