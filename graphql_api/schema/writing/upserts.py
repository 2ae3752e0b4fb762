"""Upserts: which record a key matches, decided by one request at a time."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from odoo.fields import Domain

from ..access.access import search
from ..access.context import Context
from ..access.external_ids import check_external_id, find_external_ids
from ..exposure.errors import ApiError
from ..exposure.names import EXTERNAL_ID
from ..exposure.resource import Resource
from ..exposure.resource_field import ResourceField
from ..values.input_objects import given
from ..values.scalars import value_type
from .input_problems import InputPath, InputProblems, blamed, refused_input


@dataclass(slots=True)
class Match:
    """What a key stands for.

    ``record`` has the record that it matches, or none; ``input`` is the input with the value of
    the key in it; ``external_id`` is the name that a new record gets in Odoo.
    """

    record: Any
    input: Any
    external_id: str | None = None


class KeyProblem(NamedTuple):
    """What is wrong with a key, and where: ``("by", "ref")``."""

    path: InputPath
    error: ApiError

    def to_error(self) -> ApiError:
        """Return the error for the only key of a mutation."""
        if self.error.code != "BAD_USER_INPUT":
            return self.error
        return refused_input([blamed(self.path, self.error.message)])


Keys = dict[int, Any]
"""Position of an upsert among others -> the value of its key."""

Found = dict[int, Match | KeyProblem]


def match(context: Context, resource: Resource, key: Any, value: Any) -> Match:
    """Return what one upsert is about; see :func:`match_keys`.

    :raise ApiError: for a problem with the key
    """
    (found,) = match_keys(context, resource, [(key, value)])
    if isinstance(found, KeyProblem):
        raise found.to_error()
    return found


def match_items(
    context: Context,
    resource: Resource,
    items: Sequence[Any],
    path: InputPath,
    problems: InputProblems,
    within: Domain = Domain.TRUE,
) -> Iterator[tuple[int, Match]]:
    """Yield the positions of upserts in a list, with what each of them is about.

    :param items: inputs with ``input`` and, but for what is new anyway, ``by``
    :param path: of the list
    :param problems: gets what is wrong with a key, and items that stand for the same record;
        these are left out
    :param within: as for :func:`match_keys`
    """
    keyed = {index: (item.by, item.input) for index, item in enumerate(items) if item.by}
    try:
        matches = match_keys(context, resource, list(keyed.values()), within)
    except ApiError as error:
        problems.add(path, error)
        return
    found = dict(zip(keyed, matches, strict=True))
    keys: dict[tuple, int] = {}
    numbers: dict[int, int] = {}
    for index, item in enumerate(items):
        if not item.by:
            yield index, Match(None, item.input)
            continue
        match = found[index]
        if isinstance(match, KeyProblem):
            problems.add((*path, index, *match.path), match.error)
            continue
        (key,) = given(item.by)
        first = keys.setdefault(key, index)
        if match.record:
            first = min(first, numbers.setdefault(match.record.id, index))
        if first != index:
            message = f"It stands for the same {resource.type_name} as item {first}."
            problems.refuse((*path, index, "by"), message)
            continue
        yield index, match


def check_keyed(items: Sequence[Any], path: InputPath, problems: InputProblems) -> None:
    """Refuse items without a key, where each needs one."""
    for index, item in enumerate(items):
        if not item.by:
            problems.refuse(
                (*path, index, "by"), "A key is required; to add records without one, use create."
            )


def match_keys(
    context: Context,
    resource: Resource,
    upserts: Sequence[tuple[Any, Any]],
    within: Domain = Domain.TRUE,
) -> list[Match | KeyProblem]:
    """Return what upserts are about: the records that their keys match, where there are some.

    Until the transaction ends no other request decides on the same keys.

    :param upserts: key input, of which exactly one field is given, and create input of each
    :param within: the records that fields are compared of; one request alone changes which they
        are. External ids are looked up among all.
    """
    found: Found = {}
    groups: dict[str, Keys] = defaultdict(dict)
    for index, (key, _value) in enumerate(upserts):
        ((name, key_value),) = given(key)
        if key_value is None or key_value == "":
            found[index] = _refused(("by", name), "A key must have a value.")
        else:
            groups[name][index] = key_value
    for name, keys in groups.items():
        inputs = {index: upserts[index][1] for index in keys}
        if name == EXTERNAL_ID:
            found |= _by_external_id(context, resource, keys, inputs)
        else:
            field = resource.fields[name]
            found |= _by_field(context, resource, field, keys, inputs, within)
    return [found[index] for index in range(len(upserts))]


def _by_field(
    context: Context,
    resource: Resource,
    field: ResourceField,
    keys: Keys,
    inputs: dict[int, Any],
    within: Domain,
) -> Found:
    path = ("by", field.name)
    found: Found = {}
    operands: dict[int, Any] = {}
    model_field = context.env[resource.model]._fields[field.field]
    try:
        context.check_field(resource, field)
    except ApiError as error:
        return dict.fromkeys(keys, KeyProblem(path, error))
    for index, key_value in keys.items():
        try:
            operands[index] = value_type(field).parse(key_value, model_field, context.env)
        except ValueError as error:
            found[index] = _refused(path, str(error))
    values = list(dict.fromkeys(operands.values()))
    if within.is_true():
        names = (f"{resource.model}.{field.field}={value}" for value in values)
        context.env["graphql_api.upsert"]._lock(names)
    # Where there are more, one of the keys matches several, and nothing is written.
    domain = within & Domain(field.field, "in", values)
    columns = [field.field] if len(values) > 1 else []
    records = search(context, resource, domain, columns, archived=True, limit=2 * len(values))
    for index, operand in operands.items():
        own = records
        if len(values) > 1:
            own = records.filtered(lambda record, value=operand: record[field.field] == value)
        found[index] = _match_of(resource, field, own, keys[index], inputs[index])
    return found


def _match_of(
    resource: Resource, field: ResourceField, records: Any, key_value: Any, value: Any
) -> Match | KeyProblem:
    if len(records) > 1:
        message = (
            f"{field.graphql_name} matches several {resource.type_name} records; "
            "update the right one by its id."
        )
        return KeyProblem(("by", field.name), ApiError("CONFLICT", message))
    if not field.writable:
        return Match(records, value)
    # A new record has the value of the key.
    sent = dict(given(value))
    names = [name for name in resource.names_of(field) if name in sent]
    for name in names:
        if sent[name] != key_value:
            return _refused(("input", name), "It differs from the key of the upsert.")
    with_key = value if names else type(value)(**vars(value) | {field.name: key_value})
    return Match(records, with_key)


def _by_external_id(
    context: Context, resource: Resource, keys: Keys, inputs: dict[int, Any]
) -> Found:
    path = ("by", EXTERNAL_ID)
    found: Found = {}
    for index, key_value in keys.items():
        try:
            check_external_id(key_value)
        except ApiError as error:
            found[index] = KeyProblem(path, error)
    wanted = {index: key for index, key in keys.items() if index not in found}
    if not wanted:
        return found
    known = find_external_ids(context, resource, set(wanted.values()))
    model = context.env[resource.model]
    for index, key_value in wanted.items():
        external_id = known[key_value]
        if external_id.record_id is None and external_id.new_name is None:
            module = key_value.partition(".")[0]
            message = f"{module} is an addon of Odoo; choose a name of your own."
            found[index] = _refused(path, message)
        else:
            record = model.browse(external_id.record_id or ())
            found[index] = Match(record, inputs[index], external_id.new_name)
    return found


def _refused(path: InputPath, message: str) -> KeyProblem:
    return KeyProblem(path, ApiError("BAD_USER_INPUT", message))
