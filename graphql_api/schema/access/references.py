"""Values that name a record of any model: the exposed resource that the record belongs to."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ..exposure.resource import Resource
from .access import find_visible
from .context import Context


def exposing(context: Context, model: str | None) -> Resource | None:
    """Return the resource that shows records of a model, None where there is none."""
    for resource in context.resources.values():
        if resource.model == model and "read" in resource.operations:
            return resource
    return None


def shown_types(context: Context, references: Sequence[tuple[str | None, int]]) -> list[str | None]:
    """Return the type of each record, where a resource shows its model; Odoo's name elsewhere.

    Where several resources show a model, it is the first that shows the record.

    :param references: model and id of each record
    """
    numbers: dict[str, set[int]] = defaultdict(set)
    for model, number in references:
        if model and number:
            numbers[model].add(number)
    types: dict[tuple[str | None, int], str] = {}
    for model, ids in numbers.items():
        exposing_it = [
            resource
            for resource in context.resources.values()
            if resource.model == model and "read" in resource.operations
        ]
        for resource in exposing_it:
            left = [number for number in ids if (model, number) not in types]
            if len(exposing_it) > 1 and left:
                left = find_visible(context, resource, left).ids
            types |= {(model, number): resource.type_name for number in left}
    return [types.get(reference) or shown_type(context, reference[0]) for reference in references]


def shown_type(context: Context, model: str | None) -> str | None:
    """Return the first type of a model's records, Odoo's name where no resource shows them."""
    resource = exposing(context, model)
    return resource.type_name if resource else model


def named_model(context: Context, name: str) -> str:
    """Return the Odoo model that a client names, by the type of its records or by Odoo's name."""
    resource = context.resources.get(name)
    return resource.model if resource and "read" in resource.operations else name


def records_in_values(
    model: Any, values: dict[str, Any], known: Iterable
) -> Iterator[tuple[str, str, int]]:
    """Yield the records that values name by a model and an id: (field, model, id).

    What does not change is left out: it was checked when it was set, or is hidden from the caller.

    :param values: what is written, as the ORM takes it
    :param known: the records that get the values, or the other values of a new one
    """
    for name, field in model._fields.items():
        if field.type == "reference" and values.get(name):
            if any(_text(_get(record, name)) != values[name] for record in known):
                model_name, _comma, number = values[name].partition(",")
                yield name, model_name, int(number)
        elif field.type == "many2one_reference":
            names = (field.model_field, name)
            if values.keys().isdisjoint(names):
                continue
            for record in known:
                stored = [_get(record, each) for each in names]
                model_name, number = (values.get(*pair) for pair in zip(names, stored, strict=True))
                if [model_name, number] != stored and number:
                    yield (name if name in values else field.model_field), model_name or "", number


def _get(known: Any, name: str) -> Any:
    return known.get(name, False) if isinstance(known, dict) else known[name]


def _text(value: Any) -> str | None:
    """Return a reference as the ORM takes it, of a record or as it stands in defaults."""
    return f"{value._name},{value.id}" if value and not isinstance(value, str) else value
