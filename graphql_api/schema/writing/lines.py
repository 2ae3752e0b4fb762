"""Lines of documents: they are written while their document is open."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import chain
from typing import Any

from odoo.fields import Command

from ..access.context import Context
from ..exposure.errors import ApiError
from ..exposure.resource import Resource
from ..exposure.resource_field import ResourceField
from .input_problems import InputPath, blamed


class ChangedLines:
    """The lines that the inputs of one mutation change, and the documents that they name."""

    def __init__(self, context: Context):
        self._context = context
        self._lines: dict[str, list[tuple[Any, InputPath]]] = defaultdict(list)
        self._documents: dict[str, list[tuple[Any, InputPath]]] = defaultdict(list)

    def add(self, resource: Resource, lines: Any, path: InputPath) -> None:
        """Note records that are changed, which may be lines."""
        if resource.document:
            self._lines[resource.type_name].append((lines, path))

    def add_document(
        self, resource: Resource, field: ResourceField, document_id: int, path: InputPath
    ) -> None:
        """Note the record that a many2one field is set to, which may be a line's document."""
        if resource.document and resource.document.field == field.field:
            model = self._context.env[resource.model]._fields[field.field].comodel_name
            document = self._context.env[model].browse(document_id)
            self._documents[resource.type_name].append((document, path))

    def add_list(
        self,
        field: ResourceField,
        target: Resource,
        commands: list[tuple],
        path: InputPath,
        records: Any,
    ) -> None:
        """Note what Odoo's commands for a list change, where it may be a list of lines.

        :param target: the resource of the records in the list
        :param records: those that have the list; None for a new one
        """
        if not target.document:
            return
        if field.type == "one2many" and records is not None:
            if field.inverse == target.document.field:
                self._documents[target.type_name].append((records, path))
            else:
                self._lines[target.type_name].append((records.mapped(field.field), path))
        changing = {Command.DELETE}
        if field.type == "one2many":
            changing |= {Command.LINK, Command.SET}
        ids = [
            number
            for command, one, many in commands
            if command in changing
            for number in (many if command == Command.SET else [one])
        ]
        self.add(target, self._context.env[target.model].browse(ids), path)

    def check(self) -> None:
        """Refuse to change lines of documents that are closed.

        :raise ApiError: VALIDATION_FAILED
        """
        for name in dict.fromkeys([*self._lines, *self._documents]):
            resource = self._context.resources[name]
            model = self._context.env[resource.model]
            lines, named = self._lines[name], self._documents[name]
            # All lines are read at once.
            everything = model.union(*(some for some, _path in lines))
            documents = _documents_of(resource, model.browse(everything.ids))
            documents = documents.union(*(some for some, _path in named))
            places = chain(named, ((_documents_of(resource, some), path) for some, path in lines))
            _check_open(self._context, resource, documents, places)


def check_deletion(context: Context, resource: Resource, records: Any) -> None:
    """Refuse to delete lines of documents that are closed.

    :raise ApiError: VALIDATION_FAILED
    """
    if resource.document:
        _check_open(context, resource, _documents_of(resource, records))


def _documents_of(resource: Resource, lines: Any) -> Any:
    """Return the documents that records of a resource are lines of."""
    assert resource.document, "only lines of documents have documents"
    return lines[resource.document.field]


def _check_open(
    context: Context,
    resource: Resource,
    documents: Any,
    places: Iterable[tuple[Any, InputPath]] = (),
) -> None:
    """Refuse changes of lines where a document of theirs is closed.

    :param resource: that of the lines
    :param places: documents, and where the input is that changes lines of theirs
    :raise ApiError: VALIDATION_FAILED
    """
    assert resource.document, "only lines of documents have documents"
    closed = documents - documents.filtered_domain(list(resource.document.open))
    if not closed:
        return
    relations = [
        field.relation
        for field in resource.fields.values()
        if field.field == resource.document.field and field.relation in context.resources
    ]
    name = "The document"
    if relations:
        numbers = ", ".join(map(str, closed.ids[:20]))
        name = f"{relations[0]} {numbers}"
    message = f"{name} is closed: {resource.type_name} records of it cannot be changed."
    errors = [blamed(path, message) for some, path in places if path and some & closed]
    raise ApiError("VALIDATION_FAILED", message, errors=errors)
