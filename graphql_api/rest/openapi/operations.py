"""What the operations on a resource have in common (OpenAPI, "Operation Object")."""

from ...http.dry_run import APPLIED_HEADER
from ...schema.exposure.resource import Resource
from .components import Json
from .responses import READ_ERRORS, RECORD_ERRORS, WRITE_ERRORS
from .routes import Routes

TOKEN = "Consistency-Token"
WRITTEN = (TOKEN, APPLIED_HEADER)
"""Headers of the responses to whatever changes records."""


class Operations:
    """Makes operations on resources, as far as a caller may use them."""

    def __init__(self, routes: Routes):
        self._routes = routes
        self._schema = routes.schema
        self._usable = routes.usable
        self._records = routes.records
        self._bodies = routes.bodies
        self._parameters = routes.parameters
        self._responses = routes.responses

    def may(self, resource: Resource, operation: str) -> bool:
        """Tell whether an operation is offered, and the caller may do it."""
        return resource.allows(operation) and self._usable.may(resource.type_name, operation)

    def read_responses(self, response: Json, *more: int) -> Json:
        """Return the responses to what reads: one that has an ETag, and errors.

        :param more: statuses of errors beside those of all reads
        """
        return {**self._responses.cached(response), **self._responses.errors(*READ_ERRORS, *more)}

    def write_errors(self, *more: int) -> Json:
        """Return the errors of what changes a record.

        :param more: further statuses
        """
        return self._responses.errors(*READ_ERRORS, *RECORD_ERRORS, *WRITE_ERRORS, *more)

    def updated(self, resource: Resource) -> Json:
        """Return the response to a change of a record."""
        name = resource.type_name
        record = self._records.written(name)
        return self._responses.shared(
            f"{name}Updated", record, "The record after the change.", "ETag", *WRITTEN
        )
