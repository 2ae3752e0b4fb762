"""Display names, as far as the caller may know what Odoo composes them of."""

from collections.abc import Iterable, Iterator
from itertools import chain

from ..exposure.resource import Resource
from ..exposure.resource_field import RELATIONS, ResourceField
from .access import find_visible
from .cached_values import cached_values
from .context import Context
from .odoo_models import DISPLAY_NAMES, OWNERS
from .references import exposing


def read_related_names(context: Context, records, field_name: str) -> list[str | None]:
    """Return the names of what a relation of Odoo leads to, one text for each record.

    They are shown to whoever sees the records, as Odoo's pages for customers show who is in charge:
    also where the caller may read nothing of the others, hence sudo. The name is all that is read
    of them; of several there are commas between them. The caller has checked the access to the
    relation. Where the policy filters records of that model, the others have no names.
    """
    related = records.sudo().mapped(field_name)
    if not related or not related._rec_name:
        return [None] * len(records)
    related = _within_filters(context, related)
    shown = cached_values(related._fields[related._rec_name], related)
    names = dict(zip(related._ids, shown, strict=True))
    return [
        ", ".join(filter(None, map(names.get, record[field_name]._ids))) or None
        for record in records.sudo()
    ]


def _within_filters(context: Context, records):
    """Return those of the records that no record filter of the caller's policy leaves out."""
    filtered = [
        resource
        for resource in context.resources.values()
        if resource.model == records._name and context.is_filtered(resource)
    ]
    if not filtered:
        return records
    visible = [
        find_visible(context, resource, records._ids)._ids
        for resource in filtered
        if context.may(resource, "read")
    ]
    return records.browse(dict.fromkeys(chain.from_iterable(visible)))


def read_display_names(context: Context, resource: Resource, records) -> list:
    """Return what tells people one record from another, for each record.

    That is Odoo's display name. Where it shows a field that is not exposed or that the caller
    may not read, it is the name alone, and null where the model has none or where that is
    hidden too.
    """
    name = "display_name"
    if not is_shown(context, resource):
        name = records._rec_name
        if (
            not _knows(context, resource, name or "", frozenset())
            or records._fields[name].relational
        ):
            return [None] * len(records)
    return [value or None for value in cached_values(records._fields[name], records)]


def names_of_model(
    context: Context, model: str, numbers: Iterable[int]
) -> dict[int, str | None] | None:
    """Return the names of the visible records of a model by id, None where it is not exposed."""
    resource = exposing(context, model)
    if resource is None:
        return None
    if not numbers or not context.env[model].has_access("read"):
        return {}
    found = find_visible(context, resource, numbers, ["display_name"])
    return dict(zip(found.ids, read_display_names(context, resource, found), strict=True))


def read_owner_names(context: Context, records, names: list) -> list[str | None]:
    """Return the names of what records belong to, as far as the caller's policy lets it know them.

    :param records: of one of ``OWNERS``
    :param names: those that Odoo has composed with all rights, one for each record
    """
    if not context.policy.grants_parts:
        return names
    models, numbers = (
        cached_values(records._fields[each], records) for each in OWNERS[records._name]
    )
    owners = list(zip(models, numbers, strict=True))
    shown: dict[str, dict[int, str | None]] = {}
    for model in filter(None, dict.fromkeys(models)):
        resource = exposing(context, model)
        if resource is None or not is_shown(context, resource):
            ids = {number for name, number in owners if name == model}
            shown[model] = names_of_model(context, model, ids) or {}
    return [
        shown[model].get(number) if model in shown else name
        for (model, number), name in zip(owners, names, strict=True)
    ]


def is_shown(context: Context, resource: Resource, within: frozenset[str] = frozenset()) -> bool:
    """Tell whether the caller may know all that Odoo's display names show.

    :param within: names of the types whose display names are being decided about
    """
    name = resource.type_name
    if name in within:
        return True
    known = context.display_names.get(name)
    if known is None:
        known = all(
            _knows(context, resource, path, within | {name})
            for path in _components(context, resource)
        )
        if not within:
            context.display_names[name] = known
    return known


def _components(context: Context, resource: Resource):
    model = context.env[resource.model]
    if model._name in DISPLAY_NAMES:
        return DISPLAY_NAMES[model._name]
    declared, _context_keys = model._fields["display_name"].get_depends(model)
    return [path for path in declared if path != "id"]


def _knows(context: Context, resource: Resource, path: str, within: frozenset[str]) -> bool:
    """Tell whether the caller may follow a path of Odoo fields in what is exposed."""
    name, _dot, rest = path.partition(".")
    if name == "display_name":
        return is_shown(context, resource, within)
    fields = [
        field
        for field in resource.fields.values()
        if field.field == name and field.readable and not field.shows_name
    ]
    if not fields or not context.may_read(resource, name):
        return False
    if fields[0].type not in RELATIONS:
        return True
    target = context.resources[fields[0].target]
    # Odoo composes names of whatever record is at the other end.
    if context.is_filtered(target):
        return False
    return not rest or _knows(context, target, rest, within)


def composing_fields(
    context: Context, resource: Resource, within: frozenset[str] = frozenset()
) -> Iterator[tuple[Resource, ResourceField]]:
    """Yield the exposed fields that :func:`read_display_names` shows something of.

    :param within: names of the types whose fields are being found
    """
    if resource.type_name in within:
        return
    within |= {resource.type_name}
    rec_name = context.env[resource.model]._rec_name
    for path in [*_components(context, resource), *([rec_name] if rec_name else [])]:
        yield from _along(context, resource, path, within)


def _along(
    context: Context, resource: Resource, path: str, within: frozenset[str]
) -> Iterator[tuple[Resource, ResourceField]]:
    name, _dot, rest = path.partition(".")
    if name == "display_name":
        yield from composing_fields(context, resource, within)
        return
    for field in resource.fields.values():
        if field.field == name and field.readable and not field.alias_of:
            yield resource, field
            if rest and field.type in RELATIONS:
                yield from _along(context, context.resources[field.target], rest, within)
