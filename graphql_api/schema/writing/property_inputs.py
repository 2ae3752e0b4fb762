"""Properties in inputs: where their definitions come from, and what stays of those not sent."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from odoo.api import Environment

from ..access.context import Context
from ..exposure.resource import Resource
from ..exposure.resource_field import ResourceField
from .input_problems import InputPath, InputProblems
from .named_records import NamedRecords
from .property_values import PropertiesReader

_DIFFERENT = "The records have different properties; change them in separate requests."


class PropertyInputs:
    """The properties in the inputs of one mutation, converted when all other values are known.

    :param problems: gets what is wrong
    :param named: gets the records that values name
    """

    def __init__(self, context: Context, problems: InputProblems, named: NamedRecords):
        self._context = context
        self._problems = problems
        self._named = named
        self._sent: list[_Sent] = []
        self._new: list[_Sent] = []

    def add(
        self, resource: Resource, field: ResourceField, value: Any, values: dict, path: InputPath
    ) -> None:
        """Keep what was sent for a field.

        :param values: those that were read with it
        """
        self._new.append(_Sent(resource, field.field, value, values, path))

    def belong_to(
        self,
        values: dict,
        written: dict,
        records: Any,
        inverse: str | None = None,
        parents: Any = None,
    ) -> None:
        """Tell what the properties that were added with these values belong to.

        :param written: what will be written: the values, and others that are not sent
        :param records: the records that get them; None for a new one
        :param inverse: the field with the parent in whose list a new record is
        :param parents: the records that have this list
        """
        for sent in [sent for sent in self._new if sent.values is values]:
            sent.values, sent.records = written, records
            sent.inverse, sent.parents = inverse, parents
            self._new.remove(sent)
            self._sent.append(sent)

    def convert(self) -> None:
        """Put all that was kept into the values that it belongs to, in the ORM's form."""
        for sent in self._sent:
            field = self._context.env[sent.resource.model]._fields[sent.name]
            if sent.records is None:
                definitions = self._of_new_record(sent, field)
                # Defaults of the resource, in any form that Odoo takes.
                kept = field.convert_to_cache(sent.values.get(sent.name), None) or {}
            else:
                found = [_definitions(record, field, sent.values) for record in sent.records]
                if any(other != found[0] for other in found[1:]):
                    self._problems.refuse(sent.path, _DIFFERENT)
                    continue
                definitions, kept = found[0] if found else [], {}
                if len(sent.records) == 1:
                    kept = stored_properties(sent.records, field, sent.values)
            reader = PropertiesReader(self._context, definitions, kept, self._problems, self._named)
            sent.values[sent.name] = {**kept, **reader.convert(sent.value, sent.path)}

    def _of_new_record(self, sent: "_Sent", field: Any) -> list[dict]:
        """Return the definitions that a new record will have, by the container that it gets."""
        container, values = field.definition_record, sent.values
        model = self._context.env[sent.resource.model]
        if container == sent.inverse:
            found = [_of_container(model.env, field, parent.id) for parent in sent.parents or ()]
            return found[0] if found and all(other == found[0] for other in found) else []
        if container not in values:
            known = {n: item for n, item in values.items() if not isinstance(item, list | bytes)}
            number = model.new(known)[container].id
            if not number:
                return []
            if not model._fields[container].store:
                return _of_container(model.env, field, number)
            # Odoo drops properties whose container is not among the values.
            values[container] = number
        return _of_container(model.env, field, values[container]) if values[container] else []


@dataclass(slots=True, eq=False)
class _Sent:
    """What was sent for one properties field; the parameters are those of the methods above."""

    resource: Resource
    name: str
    value: Any
    values: dict
    path: InputPath
    records: Any = None
    inverse: str | None = None
    parents: Any = None


def _of_container(env: Environment, field: Any, container_id: int) -> list[dict]:
    """Return the definitions that a container has, each with its default as the value."""
    empty = {field.name: {}, field.definition_record: container_id}
    return field._add_default_values(env, empty) or []


def _definitions(record: Any, field: Any, values: dict) -> list[dict]:
    """Return the definitions for a record after values are written."""
    if field.definition_record in values:
        container = values[field.definition_record]
        return _of_container(record.env, field, container) if container else []
    return field._get_properties_definition(record) or []


def with_unsent(records: Any, values: dict) -> Iterator[tuple[Any, dict]]:
    """Yield (records, values to write): properties that were not sent stay as a record has them.

    :param values: what is written, with the properties that were sent
    """
    fields = [records._fields[name] for name in values]
    fields = [field for field in fields if field.type == "properties" and values[field.name]]
    if not fields or len(records) == 1:
        yield records, values
        return
    for record in records:
        own = {
            field.name: {**stored_properties(record, field, values), **values[field.name]}
            for field in fields
        }
        yield record, {**values, **own}


def stored_properties(record: Any, field: Any, values: dict) -> dict:
    """Return the properties that a record keeps when values are written, by name."""
    container = field.definition_record
    if container in values and values[container] != record[container].id:
        return {}
    return dict(record[field.name]._values or {})
