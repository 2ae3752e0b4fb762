"""Strategies for the inputs of mutations, made from the input types of the executable schema.

:class:`Inputs` generates inputs that fit and inputs that do not, knows under which names they
are read back, and what the answer to that has to be.
"""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    get_nullable_type,
)
from hypothesis import strategies as st

from odoo.tools import float_round

from ...schema.exposure.resource import ATTACHMENTS
from ...schema.values.scalars import FILE_TYPES

LEFT_OUT = {
    ("Customer", "vat"): "its check digits depend on the country",
    ("Product", "template"): "a template without attributes has one product, and no second",
    ("Product", "type"): "a combo needs its choices",
    ("SaleOrderLine", "displayType"): "a section or a note has no product",
    ("Project", "saleOrderLine"): "only what is sold as a service can be done in a project",
    ("Task", "saleOrderLine"): "as for a project",
}
"""(type, field) -> why what fits the schema is not generated: Odoo would refuse most of it."""

PROPERTIES = [
    {"name": "yes", "type": "boolean"},
    {"name": "whole", "type": "integer"},
    {"name": "part", "type": "float"},
    {"name": "price", "type": "monetary"},
    {"name": "word", "type": "char"},
    {"name": "words", "type": "text"},
    {"name": "page_html", "type": "html"},
    {"name": "day", "type": "date"},
    {"name": "moment", "type": "datetime"},
    {"name": "size", "type": "selection", "selection": [["s", "Small"], ["l", "Large"]]},
    {"name": "marks", "type": "tags", "tags": [["a", "A", 1], ["b", "B", 2]]},
    {"name": "who", "type": "many2one", "comodel": "res.partner"},
    {"name": "all", "type": "many2many", "comodel": "res.partner"},
]
"""The definition of properties that inputs are generated for: one of each type."""

WITH_PROPERTIES = {"Customer"}
"""Types whose properties have this definition; those of others depend on another record."""

ALSO_NEEDED = {
    "Customer": ("name",),
    "Lead": ("name",),
    "Product": ("name",),
    "SaleOrderLine": ("product", "quantity"),
    # Without a project a task is its creator's own: with other rules for all that is shared.
    "Task": ("project",),
}
"""Type -> fields that Odoo asks for in a new record, though the database does not."""

RANGES = {("Lead", "probability"): (0, 100), ("SaleOrderLine", "discount"): (0, 100)}
"""(type, field) -> the numbers that Odoo accepts."""

DECIDES_LIST = {("Customer", "active"), ("Lead", "type")}
"""(type, field): with other values than the usual ones a record is missing in Odoo's own lists."""

ADDRESS = frozenset(["street", "street2", "zip", "city", "state", "country"])

NOT_COMPARED = {
    "Customer": [
        (frozenset(["website"]), None, "http:// is put before what is no address of the web"),
        (ADDRESS, {"parent", "children"}, "a contact and its company share their address"),
        (frozenset(["companyRegistry"]), {"parent"}, "it is the company's"),
    ],
    "Lead": [
        (frozenset(["website"]), None, "as for a customer"),
    ],
    "Project": [
        (frozenset(["dateStart", "date"]), None, "it has both days or none"),
        (frozenset(["isFavorite"]), {"active"}, "an archived project is nobody's favorite"),
    ],
    "Task": [
        (frozenset(["state"]), None, "a task waits for those that block it"),
        (frozenset(["company"]), None, "it is the project's"),
    ],
}
"""Type -> (fields, with which others, why Odoo may keep another value than the one written)."""

PICTURE = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5E"
    "rkJggg=="
)
"""One pixel, as base64."""

MISSING = 2**31 - 1
"""An id that no record has."""

RECORDS = {"create": "CreateInput", "update": "NestedUpdateInput"}
"""What is done with a list by objects, not by ids -> the input type of the objects."""

UPSERTS = ("upsert", "replace")
"""What is done with a list by objects that have a key and an input."""

_PARAGRAPH = re.compile(r"<p>[a-z ]*</p>")
_MAX_OPTIONAL = 5


@dataclass(frozen=True)
class Broken:
    """An input with one value that does not fit: where and what it is."""

    value: Any
    path: tuple
    wrong: Any


class Inputs:
    """Inputs for one caller.

    :param schema: the built schema
    :param env: the caller's environment; what it sees is what inputs refer to
    """

    def __init__(self, schema, env):
        self._schema = schema
        self._env = env
        self._types = schema.graphql_schema.type_map
        self._ids: dict[str, list[str]] = {}
        self._hidden: dict[str, list[str]] = {}
        self._strategies: dict = {}

    # What fits

    def valid(self, name: str, depth: int = 2, inverse: str | None = None, members=None):
        """Return a strategy of inputs that fit.

        :param name: of the input type
        :param depth: levels of objects; the last has no lists
        :param inverse: the Odoo field that the list gives to the records created in it
        :param members: name of a list -> ids of the records that it has
        """
        return self._valid(name, depth, inverse, members).map(_with_keys)

    def with_upserts(self, name: str):
        """Return a strategy of inputs that have one list, sent by ``upsert`` or ``replace``.

        Each record in it has a key.
        """
        resource = self._schema.input_resources[name]
        choices = []
        for key, input_field in self._types[name].fields.items():
            field = self.field(resource, key)
            operations = getattr(get_nullable_type(input_field.type), "fields", {})
            if field is None or not self.ids(field.relation or "Customer"):
                continue
            below = f"{field.relation}CreateInput"
            for operation in UPSERTS:
                if operation in operations:
                    items = self._keyed(self._valid(below, 1, field.inverse))
                    lists = st.lists(items, min_size=1, max_size=3)
                    choices.append(
                        lists.map(lambda part, key=key, name=operation: {key: {name: part}})
                    )
        return st.one_of(choices).map(_with_keys)

    def _valid(self, name: str, depth: int, inverse: str | None, members=None):
        if members:
            return self._objects(self._types[name], depth, inverse, members)
        key = (name, depth, inverse)
        if key not in self._strategies:
            self._strategies[key] = self._objects(self._types[name], depth, inverse, {})
        return self._strategies[key]

    def _objects(self, input_type: GraphQLInputObjectType, depth: int, inverse, members: dict):
        resource = self._schema.input_resources[input_type.name]
        creates = input_type.name.endswith("CreateInput")
        needed = set()
        strategies = {}
        for name, input_field in input_type.fields.items():
            field = self.field(resource, name)
            if field is None or field.field == inverse:
                continue
            if field.type == "properties" and resource.type_name not in WITH_PROPERTIES:
                continue
            if inverse and (resource.type_name, name) in DECIDES_LIST:
                continue
            if field.relation and not self.ids(field.relation):
                continue  # there is nothing to name
            also = name in ALSO_NEEDED.get(resource.type_name, ())
            if creates and (also or resource.needs_value(field)):
                needed.add(name)
            elif (resource.type_name, name) in LEFT_OUT:
                continue
            if field.to_many:
                if depth > 1:
                    strategies[name] = self._lists(
                        field, input_field.type, depth, members.get(name)
                    )
                continue
            values = self._leaves(resource, field, input_field.type)
            strategies[name] = values if field.required or also else values | st.none()
        optional = sorted(set(strategies) - needed)
        chosen = st.lists(st.sampled_from(optional), unique=True, max_size=_MAX_OPTIONAL)
        return chosen.flatmap(
            lambda names: st.fixed_dictionaries(
                {name: strategies[name] for name in (*sorted(needed), *names)}
            )
        )

    def _lists(self, field, input_type, depth: int, members: list[str] | None):
        """Return a strategy of what can be done with the list of a new or changed record."""
        operations = get_nullable_type(input_type).fields
        choices = {}
        if not field.field:
            return st.lists(_attachments(), min_size=1, max_size=2).map(lambda a: {"create": a})
        if "create" in operations:
            below = self._valid(f"{field.relation}CreateInput", depth - 1, field.inverse)
            choices["create"] = st.lists(below, min_size=1, max_size=2)
            for name in set(UPSERTS) & set(operations):
                items = self._keyed(below)
                if name == "replace":
                    items |= below.map(lambda value: {"input": value})
                choices[name] = st.lists(items, min_size=1, max_size=2)
        if field.type == "many2many":
            ids = self.ids(field.relation)
            choices["link"] = st.lists(st.sampled_from(ids), min_size=1, max_size=3, unique=True)
            choices["set"] = st.lists(st.sampled_from(ids), max_size=3, unique=True)
        if members:
            below = self._valid(f"{field.relation}NestedUpdateInput", depth - 1, field.inverse)
            updates = st.tuples(st.sampled_from(members), below).map(lambda p: {"id": p[0], **p[1]})
            choices["update"] = st.lists(
                updates, min_size=1, max_size=len(members), unique_by=lambda update: update["id"]
            )
            for name in {"unlink", "delete"} & set(operations):
                choices[name] = st.lists(st.sampled_from(members), min_size=1, unique=True)
        return st.sampled_from(sorted(choices)).flatmap(
            lambda name: st.fixed_dictionaries({name: choices[name]})
        )

    @staticmethod
    def _keyed(below):
        """Return a strategy of upserts; :func:`_with_keys` gives each its key."""
        return below.map(lambda value: {"by": None, "input": value})

    def _leaves(self, resource, field, input_type):
        input_type = get_nullable_type(input_type)
        if isinstance(input_type, GraphQLEnumType):
            return st.sampled_from(sorted(input_type.values))
        model_field = self._env[resource.model]._fields[field.field]
        match input_type.name:
            case "ID":
                return st.sampled_from(self.ids(field.relation))
            case "Boolean":
                return st.booleans()
            case "Int":
                return st.integers(-(2**31), 2**31 - 1) | st.integers(0, 100)
            case "BigInt":
                return st.integers(-(2**53), 2**53)
            case "Float":
                low, high = RANGES.get((resource.type_name, field.graphql_name), (-1e9, 1e9))
                return st.floats(low, high) | st.integers(int(max(0, low)), int(min(1000, high)))
            case "Date":
                return _days().map(date.isoformat)
            case "DateTime":
                return _moments()
            case "Upload":
                return st.sampled_from([PICTURE, f"data:image/png;base64,{PICTURE}"])
        if field.type == "properties":
            return st.fixed_dictionaries({}, optional=self._properties())
        if field.type == "json":
            return _json_values()
        if field.type == "selection":
            return st.sampled_from(sorted(model_field.get_values(self._env)))
        if field.type == "html":
            return st.text("abc ", max_size=20).map(lambda text: f"<p>{text}</p>")
        # One readable character at least: a name of blanks is none.
        characters = st.characters(exclude_characters="\x00", exclude_categories=["Cs"])
        size = getattr(model_field, "size", None) or 40
        return st.text(characters, max_size=size - 1).map(lambda text: f"a{text}")

    def _properties(self) -> dict:
        """Return a strategy for each property, of what it can be in the form that is read."""
        text = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]))
        customers = st.sampled_from([int(number) for number in self.ids("Customer")])
        moments = st.datetimes(datetime(1001, 1, 1), datetime(9998, 1, 1))
        return {
            "yes": st.booleans(),
            "whole": st.integers(-(2**63) + 1, 2**63 - 1),
            "part": st.floats(-1e15, 1e15) | st.integers(-100, 100),
            "price": st.floats(-1e15, 1e15),
            "word": text | st.none(),
            "words": text | st.none(),
            "page_html": st.text("abc ", max_size=20).map(lambda text: f"<p>{text}</p>"),
            "day": _days().map(date.isoformat) | st.none(),
            "moment": moments.map(lambda moment: f"{moment:%Y-%m-%d %H:%M:%S}"),
            "size": st.sampled_from(["s", "l", None]),
            "marks": st.lists(st.sampled_from(["a", "b"]), unique=True),
            "who": customers | st.none(),
            "all": st.lists(customers, unique=True, max_size=3),
        }

    def ids(self, type_name: str) -> list[str]:
        """Return ids of some records that the caller sees, of its company or of none."""
        if type_name not in self._ids:
            resource = self._schema.resources[type_name]
            model = self._env[resource.model]
            domain = list(resource.domain)
            if type_name == "Company":
                domain.append(("id", "=", self._env.company.id))
            if "company_id" in model._fields:
                domain.append(("company_id", "in", [False, self._env.company.id]))
            found = model.search(domain, limit=20, order="id")
            self._ids[type_name] = [str(number) for number in found.ids]
        return self._ids[type_name]

    def hidden(self, type_name: str) -> list[str]:
        """Return ids that the caller must not use: of no record, or of one that it cannot see."""
        if type_name not in self._hidden:
            resource = self._schema.resources[type_name]
            model = self._env[resource.model].with_context(active_test=False)
            visible = model.search(list(resource.domain))
            hidden = model.sudo().search([("id", "not in", visible.ids)], limit=20, order="id desc")
            self._hidden[type_name] = [str(number) for number in (*hidden.ids, MISSING)]
        return self._hidden[type_name]

    @staticmethod
    def field(resource, graphql_name: str):
        """Return the field of a resource by its name in GraphQL, None where it has none.

        The list of its attachments counts as one.
        """
        found = (f for f in resource.fields.values() if f.graphql_name == graphql_name)
        attachments = resource.attachments if graphql_name == ATTACHMENTS else None
        return next(found, attachments)

    # What does not fit

    def broken(self, name: str, depth: int = 2):
        """Return a strategy of inputs in which one thing is wrong, as :class:`Broken`."""
        return self.valid(name, depth).flatmap(lambda value: self._broken(name, value))

    def _broken(self, name: str, value):
        places = list(self._places(self._types[name], value, ()))
        return st.sampled_from(places).flatmap(
            lambda place: self._faults(place[1]).map(
                lambda fault: Broken(
                    _replaced(value, (*place[0], fault[0]), fault[1]),
                    (*place[0], fault[0]),
                    fault[1],
                )
            )
        )

    def _places(self, input_type, value, path: tuple) -> Iterator[tuple[tuple, Any]]:
        """Yield the objects of an input: their path and type."""
        yield path, input_type
        for name, item in value.items():
            below = get_nullable_type(input_type.fields[name].type)
            if isinstance(item, dict) and isinstance(below, GraphQLInputObjectType):
                yield from self._places(below, item, (*path, name))
            elif isinstance(item, list) and isinstance(below, GraphQLList):
                element = get_nullable_type(below.of_type)
                if isinstance(element, GraphQLInputObjectType):
                    for index, part in enumerate(item):
                        yield from self._places(element, part, (*path, name, index))

    def _faults(self, input_type):
        """Return a strategy of (name, value) pairs that make an object wrong."""
        if input_type.name not in self._strategies:
            self._strategies[input_type.name] = self._new_faults(input_type)
        return self._strategies[input_type.name]

    def _new_faults(self, input_type):
        resource = self._schema.input_resources.get(input_type.name)
        choices = [st.tuples(st.sampled_from(["nonsense", "id_", "__typename", ""]), st.just(5))]
        for name, field in input_type.fields.items():
            values = self._unfit(resource, resource and self.field(resource, name), field.type)
            choices.append(st.tuples(st.just(name), values))
        return st.one_of(choices)

    def _unfit(self, resource, field, input_type):
        """Return a strategy of values that a field cannot have."""
        if isinstance(input_type, GraphQLNonNull):
            return st.none() | self._unfit(resource, field, input_type.of_type)
        if isinstance(input_type, GraphQLList):
            element = get_nullable_type(input_type.of_type)
            # Not a single id: GraphQL takes it for a list of one.
            wrong = st.sampled_from([True, "x", [[]], [None], ["0"], [{"nonsense": 1}]])
            if isinstance(element, GraphQLInputObjectType):
                return wrong
            return wrong | st.sampled_from([["x"], ["-1"], [str(MISSING)], [True], [1.5]])
        if isinstance(input_type, GraphQLInputObjectType):
            some = [5, "x", True, [5], {"nonsense": []}]
            if field is None:
                return st.sampled_from(some)
            some.append(None)
            target = field.relation
            for operation in input_type.fields:
                some += [{operation: "x"}, {operation: True}, {operation: {"nonsense": 1}}]
                if operation == "create":
                    some.append({operation: [{"nonsense": 1}]})
                elif operation == "update":
                    some += [
                        {operation: [{}]},
                        {operation: [{"id": (self.ids(target) or ["1"])[0], "id_": 1}]},
                    ]
                    some += [{operation: [{"id": number}]} for number in self.hidden(target)]
                else:
                    some += [{operation: [number]} for number in ("0", "x", *self.hidden(target))]
            return st.sampled_from(some)
        wrong = st.sampled_from(self._unfit_leaves(resource, field, input_type))
        if field and field.required:
            return wrong | st.none()
        return wrong

    def _unfit_leaves(self, resource, field, input_type) -> list:
        objects = [{}, {"eq": 5}, [], ["x"], [5, 6]]
        if isinstance(input_type, GraphQLEnumType):
            return ["no_such_key", "", 5, True, *objects]
        match input_type.name:
            case "ID":
                hidden = self.hidden(field.relation) if field else [str(MISSING)]
                return ["", "0", "-1", "x", "1.0", "\u0661", 2**31, 1.5, True, *hidden, *objects]
            case "Boolean":
                return ["true", "", 0, 1, 0.5, *objects]
            case "Int":
                return ["5", "", 1.5, True, 2**31, -(2**31) - 1, 1e300, *objects]
            case "BigInt":
                return ["5", "", 1.5, True, 2**63, -(2**63) - 1, 1e300, *objects]
            case "Float":
                return ["5", "", True, 1.1e15, -1e300, 10**400, *objects]
            case "Date":
                days = ["2026-02-30", "2026-13-01", "0001-01-01", "9999-12-31", "+002026-11-23"]
                return ["", "x", *days, "2026-11-23T08:00:00Z", "20261123", 5, True, *objects]
            case "DateTime":
                moments = ["2026-02-30T08:00:00Z", "2026-11-23T24:60:00Z", "0001-01-01T00:00:00Z"]
                moments += ["9999-12-31T23:59:59-12:00", "2026-11-23T08:00:00+99:00", "2026-11-23"]
                return ["", "x", *moments, 5, True, *objects]
            case "Upload":
                return ["%%%", "a", 5, True, *objects]
            case "JSON":
                some = [5, "x", True, [1], [{"value": 1}], {"a": {"b": 1}}, {"a": "\x00"}]
                if resource and resource.type_name in WITH_PROPERTIES:
                    some += [{"whole": "x"}, {"yes": 1}, {"size": "x"}, {"marks": ["x"]}]
                    some += [{"who": MISSING}, {"all": [MISSING]}, {"day": "2026-02-30"}]
                return some
        texts = ["a\x00b", 5, 1.5, True, *objects]
        if field and field.type == "selection":
            texts += ["no such key", "", "\u0661"]
        return texts

    # What is read back

    def selection(self, name: str, *values: dict) -> str:
        """Return the selection that reads back what inputs set, without its braces."""
        parts = ["id"]
        resource = self._schema.input_resources[name]
        for key in sorted({key for value in values for key in value}):
            field = self.field(resource, key)
            if field is None:
                continue
            if field.to_many:
                lists = [value[key] for value in values if key in value]
                items = [item for part in lists for name in RECORDS for item in part.get(name, ())]
                upserts = [
                    item for part in lists for name in UPSERTS for item in part.get(name, ())
                ]
                items += [item["input"] for item in upserts]
                below = self.selection(f"{field.relation}CreateInput", *items) if items else "id"
                below += " externalId" if upserts else ""
                parts.append(f"{key}(includeArchived: true, orderBy: [{{id: ASC}}]) {{ {below} }}")
            elif field.relation:
                parts.append(f"{key} {{ id }}")
            elif field.type in FILE_TYPES:
                parts.append(f"{key} {{ size mimetype }}")
            else:
                parts.append(key)
        return " ".join(parts)

    def differences(
        self, name: str, sent: dict, read: dict, path: tuple = (), inverse: str | None = None
    ) -> Iterator[tuple]:
        """Yield (path, sent, read) where what is read is not what was sent.

        :param inverse: the Odoo field that the list gave to a record created in it
        """
        resource = self._schema.input_resources[name]
        given = set(sent) | {f.graphql_name for f in resource.fields.values() if f.field == inverse}
        spared = {
            key
            for keys, others, _why in NOT_COMPARED.get(resource.type_name, ())
            if others is None or others & given
            for key in keys
        }
        for key, item in sent.items():
            field = self.field(resource, key)
            where = (*path, key)
            if field is None or key in spared:  # no field: the id of a nested update
                continue
            if field.to_many:
                yield from self._list_differences(field, item, read[key], where)
            elif not self._is_same(resource, field, item, read[key]):
                yield where, item, read[key]

    def _list_differences(self, field, sent: dict, read: list, path: tuple) -> Iterator[tuple]:
        named = set(sent.get("link", ())) | set(sent.get("set", ()))
        gone = set(sent.get("unlink", ())) | set(sent.get("delete", ()))
        found = {record["id"]: record for record in read}
        if named - set(found) or gone & set(found) or ("set" in sent and named != set(found)):
            yield path, sent, list(found)
        # Records of a list are created in the order of the input, and read in that of their ids.
        created = sent.get("create", ())
        yield from self._upsert_differences(field, sent, read, path)
        pairs = [("create", *pair) for pair in zip(reversed(created), reversed(read), strict=False)]
        pairs += [("update", item, found.get(item["id"])) for item in sent.get("update", ())]
        if len(created) > len(read) or any(record is None for _name, _item, record in pairs):
            yield path, sent, list(found)
            return
        for operation, item, record in pairs:
            yield from self.differences(
                field.relation + RECORDS[operation], item, record, path, field.inverse
            )

    def _upsert_differences(self, field, sent: dict, read: list, path: tuple) -> Iterator[tuple]:
        upserts = [item for name in UPSERTS for item in sent.get(name, ())]
        if "replace" in sent and len(read) != len(upserts):
            yield path, sent, read
            return
        found = {record.get("externalId"): record for record in read}
        for item in upserts:
            if "by" not in item:
                continue
            record = found.get(item["by"]["externalId"])
            if record is None:
                yield path, item, list(found)
                continue
            name = f"{field.relation}CreateInput"
            yield from self.differences(name, item["input"], record, path, field.inverse)

    def _is_same(self, resource, field, sent, read) -> bool:
        if field.relation:
            return (read and read["id"]) == sent
        if field.type in FILE_TYPES:
            return (read is None) == (sent is None)
        if sent is None and field.type == "properties":
            return not any(item.get("value") for item in read or ())
        if sent is None:
            # Odoo knows no empty boolean and no empty number.
            return read == {"boolean": False, "integer": 0, "float": 0, "monetary": 0}.get(
                field.type
            )
        model_field = self._env[resource.model]._fields[field.field]
        match field.type:
            case "properties" if isinstance(sent, list):
                return read == sent
            case "properties":
                found = {item["name"]: item.get("value") for item in read or ()}
                return all(
                    _without_names(found[name]) == _without_names(item)
                    for name, item in sent.items()
                )
            case "char" | "text":
                return read == (sent or None)
            case "html":
                # Markup is sanitized; what needs no change stays as it is.
                return read == sent if _PARAGRAPH.fullmatch(sent) else isinstance(read, str)
            case "datetime":
                return read == _in_utc(sent)
            case "float":
                digits = model_field.get_digits(self._env)
                if not digits:
                    return read == sent
                return abs(read - float_round(sent, precision_digits=digits[1])) < 1e-6
            case "monetary":
                # Rounded to a hundredth of the currency when it is written.
                return abs(read - sent) <= 0.005 + 1e-6
        return read == sent

    def as_input(self, name: str, read: dict) -> dict:
        """Return what was read as an input that changes nothing; without lists and files."""
        resource = self._schema.input_resources[name]
        values = {}
        for key, item in read.items():
            field = self.field(resource, key)
            if field is None or field.to_many or field.type in FILE_TYPES:
                continue
            if (resource.type_name, key) in LEFT_OUT or (item is None and field.required):
                continue
            values[key] = item["id"] if field.relation and item else item
        return values

    # The same content for REST

    def rest_body(self, name: str, value: dict) -> dict:
        """Return an input as REST takes it: snake_case names, integers for ids."""
        resource = self._schema.input_resources[name]
        body = {}
        for key, item in value.items():
            field = self.field(resource, key)
            if field is None:
                body[key] = int(item)
            elif field.to_many and item is not None:
                body[field.name] = {
                    operation: [
                        self._rest_element(field, operation, element) for element in elements
                    ]
                    for operation, elements in item.items()
                }
            elif field.relation and item is not None:
                body[field.name] = int(item)
            else:
                body[field.name] = item
        return body

    def _rest_element(self, field, operation: str, element):
        """Return what REST takes of a list for one of its records."""
        if operation in RECORDS:
            return self.rest_body(field.relation + RECORDS[operation], element)
        if operation not in UPSERTS:
            return int(element)
        by = element.get("by")
        key = {"by": {"external_id": by["externalId"]}} if by else {}
        return {**key, "input": self.rest_body(f"{field.relation}CreateInput", element["input"])}


def _attachments():
    """Return a strategy of files."""
    names = st.text("abc.", min_size=1, max_size=20).map(lambda text: f"a{text}")
    return st.fixed_dictionaries({"name": names, "content": st.just(PICTURE)})


def _with_keys(value: dict) -> dict:
    """Return an input in which each upsert has a key of its own."""
    numbers = itertools.count()

    def visit(item):
        if isinstance(item, list):
            return [visit(part) for part in item]
        if not isinstance(item, dict):
            return item
        keyed = item.keys() == {"by", "input"}
        by = {"by": {"externalId": f"zgenerated.{next(numbers)}"}} if keyed else {}
        return {**{key: visit(part) for key, part in item.items()}, **by}

    return visit(value)


def _days():
    return st.dates(date(1900, 1, 1), date(2100, 1, 1)) | st.dates(
        date(1000, 1, 1), date(9998, 12, 31)
    )


def _moments():
    """Return a strategy of moments as texts: without an offset, in UTC, with any other offset."""
    offsets = st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m)))
    moments = st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)) | st.datetimes(
        datetime(1001, 1, 1), datetime(9998, 1, 1)
    )
    texts = st.tuples(moments, st.none() | offsets).map(
        lambda pair: pair[0].replace(tzinfo=pair[1]).isoformat()
    )
    return texts | moments.map(lambda moment: f"{moment.isoformat()}Z")


def _json_values():
    """Return a strategy of what a JSON field keeps; what is empty is null."""
    leaves = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text("ab\u00e9")
    below = st.recursive(
        leaves, lambda parts: st.lists(parts) | st.dictionaries(st.text("ab"), parts)
    )
    return st.dictionaries(st.text("ab", min_size=1), below, min_size=1, max_size=3)


def _without_names(value):
    """Return the value of a property with ids for records, and nothing for what is empty."""
    if isinstance(value, list | tuple):
        if len(value) == 2 and isinstance(value[1], str) and isinstance(value[0], int):
            return value[0]
        return [_without_names(item) for item in value] or None
    # A new record has no property of 0 that is an amount of money.
    return value or None


def _in_utc(text: str) -> str:
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    if moment.tzinfo:
        moment = moment.astimezone(timezone.utc).replace(tzinfo=None)
    return moment.replace(microsecond=0).isoformat() + "Z"


def _replaced(value, path: tuple, item):
    """Return a copy of nested objects and lists with one value replaced or added."""
    if not path:
        return item
    first, *rest = path
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[first] = _replaced(copy[first] if rest else None, tuple(rest), item)
    return copy
