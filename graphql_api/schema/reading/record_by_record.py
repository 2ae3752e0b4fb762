"""Loaders for graphql-core's own executor, which resolves one record after the other.

The first record that asks loads the field for all records that were read together, and the others
take their entries of that batch. The executor by columns asks the loaders itself.
"""

import inspect
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import strawberry
from graphql import get_named_type

from ..access.context import Context
from ..access.loaders import Loader
from ..exposure.resource import Resource
from .selection import selected_columns

LOADER = "graphql_api_loader"
"""Key in the metadata of a Strawberry field: how it is read for many records at once."""

_ROOT = inspect.Parameter("root", inspect.Parameter.POSITIONAL_OR_KEYWORD)
_INFO = inspect.Parameter(
    "info", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=strawberry.Info
)


@dataclass(frozen=True, slots=True)
class Batch:
    """What was loaded of a field for the records that were read together.

    ``prefetch_ids`` are Odoo's ids of these records: an object by which records know each other,
    kept here so that its identity stays unique. ``entries`` are those of the loader, by the id of
    the record, with records in the place of their ids.
    """

    prefetch_ids: Any
    entries: Mapping[int, Any]


def record_resolver(loader: Loader, returns: Any, parameters: Collection[inspect.Parameter] = ()):
    """Return the resolver of a field that has a loader.

    :param returns: the annotation of what the field returns
    :param parameters: the arguments of the field
    """

    def resolve(root, info: strawberry.Info, **arguments):
        entry = _batch(loader, root, info, arguments).entries[root.id]
        if isinstance(entry, Exception):
            raise entry
        return entry

    signature = inspect.Signature([_ROOT, _INFO, *parameters], return_annotation=returns)
    resolve.__signature__ = signature  # type: ignore[attr-defined]
    resolve.__annotations__ = {
        **{parameter.name: parameter.annotation for parameter in [_INFO, *parameters]},
        "return": returns,
    }
    return resolve


def _batch(loader: Loader, record, info: strawberry.Info, arguments: dict[str, Any]) -> Batch:
    context: Context = info.context
    prefetch_ids = record._prefetch_ids
    key = (_response_names(info.path), loader, id(prefetch_ids))
    batch = context.batches.get(key)
    if batch is None:
        ids = dict.fromkeys(filter(None, [record.id, *prefetch_ids]))
        records = record.browse(ids)
        target = context.resources.get(get_named_type(info._raw_info.return_type).name)
        columns = set() if target is None else selected_columns(context, info, target)
        if loader.takes_info:
            arguments = {**arguments, "info": info}
        entries, _failed = loader.entries(context, records, columns, arguments)
        if target is not None:
            entries = to_records(context, target, entries)
        batch = Batch(prefetch_ids, dict(zip(records._ids, entries, strict=True)))
        context.batches[key] = batch
    return batch


def _response_names(path) -> tuple[str, ...]:
    """Return a path of the response without the positions in lists."""
    names = []
    while path is not None:
        if isinstance(path.key, str):
            names.append(path.key)
        path = path.prev
    return tuple(names)


def to_records(context: Context, target: Resource, entries: list) -> list:
    """Return entries with records in the place of ids; they are known to each other.

    :param target: the resource that the ids are of
    """
    ids: dict[int, None] = {}
    for entry in entries:
        match entry:
            case int():
                ids[entry] = None
            case list():
                ids.update(dict.fromkeys(entry))
    records = context.env[target.model].browse(ids)
    by_id = dict(zip(ids, records, strict=True))

    def convert(entry):
        if isinstance(entry, list):
            return [by_id[record_id] for record_id in entry]
        return by_id[entry] if isinstance(entry, int) else entry

    return list(map(convert, entries))
