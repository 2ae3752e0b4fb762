"""Properties that lead to records: only to those that the caller may see."""

from collections import defaultdict
from typing import Any

from .access import Context, find_visible
from .display_names import read_display_names
from .references import exposing

_KEYS = ("value", "default")


def visible_properties(context: Context, rows: list) -> list:
    """Return the properties of records without what the caller may not see in them.

    A property whose model is not exposed is left out. A record that is hidden counts as one
    that does not exist, as which Odoo shows those that were deleted.

    :param rows: lists of properties as Odoo reads them, or None
    """
    ids: dict[str, set[int]] = defaultdict(set)
    for item in (item for row in rows for item in row or ()):
        if item.get("comodel"):
            ids[item["comodel"]].update(number for key in _KEYS for number in _ids(item.get(key)))
    names = {model: _names(context, model, numbers) for model, numbers in ids.items()}
    return [
        [_shown(item, names) for item in row or () if _is_known(item, names)] or None
        for row in rows
    ]


def _is_known(item: dict, names: dict) -> bool:
    return not item.get("comodel") or names[item["comodel"]] is not None


def _shown(item: dict, names: dict) -> dict:
    if not item.get("comodel"):
        return item
    found = names[item["comodel"]]
    # The domain, for Odoo's forms, may compare what is not exposed.
    shown = {key: value for key, value in item.items() if key != "domain"}
    for key in _KEYS:
        pairs = [(number, found[number]) for number in _ids(item.get(key)) if number in found]
        if key in item:
            many = item.get("type") == "many2many"
            shown[key] = pairs if many else (pairs[0] if pairs else False)
    return shown


def _ids(value: Any) -> list[int]:
    """Return the ids in a value: a pair of id and name, or a list of such pairs."""
    pairs = value if isinstance(value, list) else [value]
    return [pair[0] for pair in pairs if isinstance(pair, list | tuple) and len(pair) == 2]


def _names(context: Context, model: str, numbers: set[int]) -> dict[int, str] | None:
    """Return the names of the visible records by id, None where the model is not exposed."""
    resource = exposing(context, model)
    if resource is None:
        return None
    if not numbers or not context.env[model].has_access("read"):
        return {}
    found = find_visible(context, resource, numbers, ["display_name"])
    return dict(zip(found.ids, read_display_names(context, resource, found), strict=True))
