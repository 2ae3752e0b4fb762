"""Records that inputs name by their ids: each has to be one that the caller may see."""

from collections import defaultdict
from typing import Any

from ..access.access import find_visible, found_in_all_companies
from ..access.context import Context
from ..access.odoo_models import ATTACHMENT
from ..access.references import exposing, records_in_values
from ..exposure.errors import OTHER_COMPANIES, ApiError
from ..exposure.resource import Resource
from ..values.parsers import parse_id
from .input_problems import InputPath, InputProblems


class NamedRecords:
    """The records that the inputs of one mutation name, searched at once for each resource."""

    def __init__(self, context: Context, problems: InputProblems):
        self._context = context
        self._problems = problems
        self._named: dict[str, list[tuple[int, InputPath]]] = defaultdict(list)

    def add(self, type_name: str, item: Any, path: InputPath) -> int | None:
        """Note the record of a resource that a client names, and return its id.

        :param item: the id as the client sent it; None is returned for what is no id
        """
        try:
            number = self._read_id(type_name, item)
        except ApiError as error:
            self._problems.add(path, error)
            return None
        self._named[type_name].append((number, path))
        return number

    def _read_id(self, type_name: str, item: Any) -> int:
        find_id = self._context.find_id
        if find_id is not None and isinstance(item, str) and not item.isdecimal():
            number = find_id(type_name, item)
            if number is None:
                raise ApiError("BAD_USER_INPUT", f"{type_name} {item[:128]} not found.")
            return number
        return parse_id(item)

    def add_of_model(self, model: str, number: int, path: InputPath) -> None:
        """Note a record of an Odoo model; one that no resource exposes is refused."""
        target = exposing(self._context, model)
        if target is None:
            self._problems.refuse(path, f"{model[:40]!r} is not a model of the API.")
        else:
            self._named[target.type_name].append((number, path))

    def add_of_values(
        self, resource: Resource, values: dict[str, Any], path: InputPath, records: Any
    ) -> None:
        """Note the records that values name by a model and an id.

        :param values: as the ORM takes them
        :param records: those that get the values; None for a new one
        """
        if resource.model == ATTACHMENT:  # checked with all that it may belong to
            return
        model = self._context.env[resource.model]
        known = [resource.defaults] if records is None else records
        for field_name, target, number in records_in_values(model, values, known):
            names = [field.name for field in resource.fields.values() if field.field == field_name]
            self.add_of_model(target, number, (*path, *names[:1]))

    def check(self) -> None:
        """Refuse the records noted since the last check that the caller may not see."""
        noted, self._named = self._named, defaultdict(list)
        for type_name, named in noted.items():
            target = self._context.resources[type_name]
            numbers = {number for number, _path in named}
            try:
                hidden = numbers - set(find_visible(self._context, target, numbers).ids)
            except ApiError as error:
                self._problems.add(named[0][1], error)
                continue
            elsewhere = hidden and found_in_all_companies(self._context, target, hidden)
            for number, path in named:
                if number in hidden:
                    where = f" {OTHER_COMPANIES}" if number in elsewhere else "."
                    self._problems.refuse(path, f"{type_name} {number} not found{where}")
