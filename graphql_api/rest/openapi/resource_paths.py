"""The paths of one resource: its list, its records, their actions, files and reports."""

from collections.abc import Iterator

from ...schema.exposure.resource import Resource
from ...schema.reading.reports import SEGMENT
from ...schema.values.scalars import FILE_TYPES
from .components import Json, deprecated
from .file_operations import FileOperations
from .list_operations import ListOperations
from .record_operations import RecordOperations
from .routes import Routes
from .usable import act


class ResourcePaths:
    """Makes the path items of resources, as far as a caller may use them."""

    def __init__(self, routes: Routes):
        self._routes = routes
        self._lists = ListOperations(routes)
        self._records = RecordOperations(routes)
        self._files = FileOperations(routes)

    def paths(self, resource: Resource) -> dict[str, Json]:
        """Return path -> path item."""
        root = f"/api/{resource.collection}"
        paths = {
            root: self._lists.collection(resource),
            f"{root}/{{id}}": self._records.record(resource),
        }
        if self._lists.has_groups(resource):
            paths[f"{root}/aggregate"] = {"get": self._lists.aggregate(resource)}
        for field in resource.fields.values():
            if field.type in FILE_TYPES:
                paths[f"{root}/{{id}}/{field.name}"] = {
                    method: deprecated(operation, field.deprecation_reason)
                    for method, operation in self._files.file(resource, field).items()
                }
        for field in resource.fields.values():
            if self._lists.is_paged(resource, field):
                paths[f"{root}/{{id}}/{field.name}"] = {"get": self._lists.related(resource, field)}
        for action in resource.actions.values():
            if self._routes.usable.may(resource.type_name, act(action)):
                paths[f"{root}/{{id}}/{action.name}"] = self._records.action(resource, action)
                of_many = paths.setdefault(f"{root}/{action.name}", {})
                of_many |= self._records.action(resource, action, many=True)
        if reports := self._routes.usable.reports_of(resource):
            paths.setdefault(f"{root}/{{id}}/{SEGMENT}", {})["get"] = self._files.reports(resource)
            for report in reports:
                path = f"{root}/{{id}}/{SEGMENT}/{report.name}.pdf"
                paths[path] = {"get": self._files.report(resource, report)}
        for operations in paths.values():
            self._add_dry_runs(operations)
        for path, operations in self._of_features(resource):
            paths[path] = paths.get(path, {}) | operations
        shared = self._routes.parameters.shared()
        result = {}
        for path, operations in paths.items():
            if operations:
                ids = [self._routes.parameters.record_id()] if "{id}" in path else []
                result[path] = {"parameters": [*ids, *shared], **operations}
        return result

    def _of_features(self, resource: Resource) -> Iterator[tuple[str, Json]]:
        """Yield path and operations of what addons offer of a resource."""
        for feature in self._routes.schema.features_of(resource):
            if feature.describe and all(
                self._routes.usable.may(resource.type_name, each) for each in feature.operations
            ):
                yield from feature.describe(self._routes, resource).items()

    def _add_dry_runs(self, operations: Json) -> None:
        """Add to whatever changes records how to see what it would do.

        :param operations: method -> operation
        """
        for method, operation in operations.items():
            if method != "get":
                prefer = self._routes.parameters.prefer()
                operation["parameters"] = [*operation["parameters"], prefer]
