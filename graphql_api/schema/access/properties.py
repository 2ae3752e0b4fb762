"""Properties that lead to records: only to those that the caller may see."""

from collections import defaultdict
from typing import Any

from .context import Context
from .display_names import names_of_model

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
    names = {model: names_of_model(context, model, numbers) for model, numbers in ids.items()}
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
