"""Lines of documents: they are written while their document is open."""

from collections.abc import Iterable
from typing import Any

from ..access.access import Context
from ..exposure.errors import ApiError
from ..exposure.resource import Resource
from .blame import InputPath


def check_open(
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
    paths = [path for some, path in places if path and some & closed]
    errors = [{"field": ".".join(map(str, path)), "message": message} for path in paths]
    raise ApiError("VALIDATION_FAILED", message, errors=errors)


def documents_of(resource: Resource, lines: Any) -> Any:
    """Return the documents that records of a resource are lines of."""
    return lines[resource.document.field]
