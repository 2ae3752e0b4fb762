"""Values of properties that clients send, each checked by what its definition says.

Both forms are taken in which they can be sent: an object of names and values, and the list that
is read.
"""

from collections.abc import Callable, Iterator
from types import UnionType
from typing import Any

from ..access.access import find_visible
from ..access.context import Context
from ..access.properties import visible_properties
from ..access.references import exposing
from ..exposure.names import OwnName
from ..values.scalars import (
    SCALAR_MAP,
    VALUE_TYPES,
    Date,
    DateTime,
)
from .input_problems import InputPath, InputProblems
from .named_records import NamedRecords

Converter = Callable[[Any, dict], Any]
"""(value that a client sent, definition of the property) -> what Odoo stores.

A ValueError says what is wrong with the value.
"""

_READ_ONLY = "It can only be read."


class PropertiesReader:
    """Converts what was sent for one properties field to what the ORM stores, by name.

    :param definitions: of the properties, as Odoo keeps them; the caller knows only those whose
        model is exposed
    :param stored: the values that the record has, as Odoo keeps them; empty for a new record
    :param problems: gets what is wrong
    :param named: gets the records that values name
    """

    def __init__(
        self,
        context: Context,
        definitions: list[dict],
        stored: dict,
        problems: InputProblems,
        named: NamedRecords,
    ):
        self._context = context
        self._definitions = {
            item["name"]: item
            for item in definitions
            if item.get("type") not in _RELATIONS or exposing(context, item.get("comodel"))
        }
        self._stored = stored
        self._problems = problems
        self._named = named

    def convert(self, value: Any, path: InputPath) -> dict:
        """Return the values by name.

        :param value: an object, or a list of objects with "name" and "value"
        """
        found: dict = {}
        for name, item, where in self._items(value, path):
            definition = self._definitions.get(name)
            if definition is None:
                self._problems.refuse(where, f"There is no property {name[:40]!r}.")
            elif name in found:
                self._problems.refuse(where, f"The property {name[:40]!r} is there twice.")
            else:
                found[name] = None
                self._convert_one(definition, item, where, found)
        return found

    def _items(self, value: Any, path: InputPath) -> Iterator[tuple[str, Any, InputPath]]:
        if isinstance(value, dict):
            for name, item in value.items():
                yield name, item, (*path, OwnName(name))
            return
        for index, item in enumerate(value):
            name = item["name"]
            if name not in self._definitions:
                yield name, None, (*path, index, "name")
                continue
            self._check_definition(self._definitions[name], item, (*path, index))
            if "value" in item:
                yield name, item["value"], (*path, index, "value")

    def _check_definition(self, definition: dict, item: dict, path: InputPath) -> None:
        """Refuse to change what a property is; that is done where it is defined."""
        sent = {key: part for key, part in item.items() if key not in ("name", "value")}
        if sent:
            ((shown,),) = visible_properties(self._context, [[_with_pairs(definition)]])
            for key, part in sent.items():
                if key not in shown or _ids(part) != _ids(shown[key]):
                    self._problems.refuse((*path, OwnName(key)), _READ_ONLY)

    def _convert_one(self, definition: dict, item: Any, path: InputPath, found: dict) -> None:
        name, kind = definition["name"], definition["type"]
        stored = self._stored.get(name)
        if kind in _RELATIONS:
            self._convert_records(definition, item, path, found)
        elif kind == "separator" or kind not in _CONVERTERS:
            del found[name]
            if item not in (None, False, stored):
                self._problems.refuse(path, _READ_ONLY)
        elif item is None or (item is False and kind != "boolean"):
            found[name] = False
        elif type(item) is type(stored) and item == stored:
            # It may be of before the definition was changed.
            found[name] = stored
        else:
            try:
                found[name] = _CONVERTERS[kind](item, definition)
            except ValueError as error:
                self._problems.refuse(path, str(error))

    def _convert_records(self, definition: dict, item: Any, path: InputPath, found: dict) -> None:
        name, many = definition["name"], definition["type"] == "many2many"
        items = item if many else [item]
        if item is None or item is False:
            items = []
        elif not isinstance(items, list):
            self._problems.refuse(path, "Expected a list of ids, or of pairs of an id and a name.")
            return
        ids = []
        for index, part in enumerate(items):
            number = _id(part)
            where = (*path, index) if many else path
            if number is None:
                self._problems.refuse(where, "Expected an id, or a pair of an id and a name.")
            else:
                self._named.add_of_model(definition["comodel"], number, where)
                ids.append(number)
        # What the caller does not see in them was not sent for that reason: it stays.
        hidden = self._hidden(definition)
        if many:
            found[name] = list(dict.fromkeys([*ids, *hidden]))
        elif ids:
            found[name] = ids[0]
        elif hidden:
            del found[name]
        else:
            found[name] = False

    def _hidden(self, definition: dict) -> list[int]:
        """Return the ids in the stored value that the caller does not see."""
        stored = self._stored.get(definition["name"]) or []
        ids = stored if isinstance(stored, list) else [stored]
        if not ids:
            return []
        resource = exposing(self._context, definition["comodel"])
        assert resource, "definitions that lead to records that are not exposed are left out"
        visible = set(find_visible(self._context, resource, ids).ids)
        return [number for number in ids if number not in visible]


def _with_pairs(definition: dict) -> dict:
    """Return a definition in the form that properties are read in."""
    default = definition.get("default")
    if definition["type"] not in _RELATIONS or not default:
        return definition
    ids = default if isinstance(default, list) else [default]
    pairs = [(number, None) for number in ids]
    many = definition["type"] == "many2many"
    return {**definition, "default": pairs if many else pairs[0]}


def _ids(part: Any) -> Any:
    """Return a part of a definition in which records are ids alone, for a comparison."""
    if isinstance(part, list | tuple):
        if len(part) == 2 and _id(list(part)) is not None:
            return part[0]
        return [_ids(item) for item in part]
    return part


def _id(part: Any) -> int | None:
    """Return the id in what stands for a record: itself, or a pair with the name."""
    if isinstance(part, list) and len(part) == 2 and isinstance(part[1], str | None):
        part = part[0]
    if isinstance(part, int) and not isinstance(part, bool) and 0 < part < 2**31:
        return part
    return None


def _expect(item: Any, kind: type | UnionType, message: str) -> Any:
    if not isinstance(item, kind) or (isinstance(item, bool) and kind is not bool):
        raise ValueError(message)
    return item


def _boolean(item: Any, definition: dict) -> bool:
    return _expect(item, bool, "Expected true or false.")


def _integer(item: Any, definition: dict) -> int:
    if isinstance(item, float) and item.is_integer() and abs(item) < 2**63:
        item = int(item)
    return _expect(item, int, "Expected an integer of up to 64 bits.")


def _number(item: Any, definition: dict) -> float:
    _expect(item, int | float, "Expected a number.")
    return VALUE_TYPES["float"].parse(item, None, None)


def _text(item: Any, definition: dict) -> str | bool:
    return _expect(item, str, "Expected text.") or False


def _timestamp(scalar: Any, form: str) -> Converter:
    def convert(item: Any, definition: dict) -> str:
        parse: Any = SCALAR_MAP[scalar].parse_value
        timestamp = parse(item)
        return VALUE_TYPES["date"].parse(timestamp, None, None).strftime(form)

    return convert


def _key(item: Any, definition: dict) -> str:
    keys = [option[0] for option in definition.get("selection") or ()]
    return _one_of(item, keys)


def _keys(item: Any, definition: dict) -> list[str]:
    keys = [tag[0] for tag in definition.get("tags") or ()]
    items = _expect(item, list, "Expected a list.")
    return list(dict.fromkeys(_one_of(part, keys) for part in items))


def _one_of(item: Any, keys: list[str]) -> str:
    if not isinstance(item, str) or item not in keys:
        some = ", ".join(map(str, keys[:20]))
        raise ValueError(f"{str(item)[:40]!r} is not one of {some}{', ...' if keys[20:] else '.'}")
    return item


_RELATIONS = ("many2one", "many2many")

_CONVERTERS: dict[str, Converter] = {
    "boolean": _boolean,
    "integer": _integer,
    "float": _number,
    "monetary": _number,
    "char": _text,
    "text": _text,
    "html": _text,
    "date": _timestamp(Date, "%Y-%m-%d"),
    "datetime": _timestamp(DateTime, "%Y-%m-%d %H:%M:%S"),
    "selection": _key,
    "tags": _keys,
}
"""Type of a property -> how its values are converted."""
