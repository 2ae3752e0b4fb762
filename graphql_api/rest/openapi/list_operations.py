"""The operations on lists: a collection, groups of its records, and a list of one record."""

from ...schema.exposure.names import pascal_case
from ...schema.exposure.resource import Resource
from ...schema.exposure.resource_field import ResourceField
from .components import Json
from .groups import Groups
from .operations import WRITTEN, Operations
from .responses import RECORD_ERRORS
from .routes import Routes


class ListOperations(Operations):
    """Makes the operations on lists of records."""

    def __init__(self, routes: Routes):
        super().__init__(routes)
        self._groups = Groups(routes.schema, routes.usable)

    def collection(self, resource: Resource) -> Json:
        """Return method -> operation of the collection; none where the caller may use none."""
        name = resource.type_name
        operations = {}
        if self.may(resource, "read"):
            data = {"type": "array", "items": self._records.record(name)}
            meta = self._responses.meta()
            page = self._responses.success(data, "A page.", "ETag", "Link", meta=meta)
            operations["get"] = self._routes.operation(
                resource.type_name,
                f"list{resource.plural_name}",
                f"List {name} records",
                resource.description,
                [*self._parameters.page(resource), self._parameters.if_none_match()],
                self.read_responses(page),
            )
            for describe in self._schema.describe_lists:
                describe(self._routes, resource, operations["get"])
        if self.may(resource, "create"):
            one = self._records.written(name)
            created = self._responses.success(
                {"oneOf": [one, {"type": "array", "items": one}]},
                "The new record, or the new records in the order of the body. One record has the "
                "headers Location and ETag.",
                *("ETag", "Location", "Idempotency-Replayed", *WRITTEN),
            )
            operations["post"] = self._routes.operation(
                resource.type_name,
                f"create{name}",
                f"Create {name} records",
                "An object creates one record. A list creates a record for each of its objects, "
                "or none at all.",
                [self._parameters.fields(), self._parameters.idempotency_key()],
                {"201": created, **self.write_errors(415)},
                self._bodies.body(resource, "create"),
            )
        if self.may(resource, "create") and self.may(resource, "update"):
            operations["put"] = self._upsert(resource)
        return operations

    def _upsert(self, resource: Resource) -> Json:
        name = resource.type_name
        one = self._records.written(name)
        changed = self._responses.success(
            {"oneOf": [one, {"type": "array", "items": one}]},
            "The existing record after the change, or the records in the order of the body.",
            *("ETag", "Idempotency-Replayed", *WRITTEN),
        )
        created = self._responses.success(
            one, "The new record.", *("ETag", "Location", "Idempotency-Replayed", *WRITTEN)
        )
        return self._routes.operation(
            resource.type_name,
            f"upsert{name}",
            f"Upsert {name} records",
            "With one key in the query: the record with this key is changed, or created if there "
            "is none. Without a key: the body is a list, and each item has its own key in `by`. "
            "It is safe to repeat.",
            [
                self._parameters.fields(),
                *self._parameters.keys(self._bodies.keys(resource)),
                self._parameters.idempotency_key(),
            ],
            {"200": changed, "201": created, **self.write_errors(415)},
            self._bodies.upsert(resource),
        )

    def has_groups(self, resource: Resource) -> bool:
        """Tell whether there are groups of the records that the caller may see."""
        return self.may(resource, "read") and self._groups.exist(resource)

    def aggregate(self, resource: Resource) -> Json:
        """Return the operation that groups the records."""
        name = resource.type_name
        data = {"type": "array", "items": self._records.record(f"{name}Aggregate")}
        meta = self._responses.group_meta()
        keys, aggregates = self._groups.keys(resource), self._groups.aggregates(resource)
        return self._routes.operation(
            resource.type_name,
            f"aggregate{resource.plural_name}",
            f"Count {name} records in groups, with sums and other aggregates",
            "Without `limit` all groups are returned. If there are more than a page may have, "
            "that is an error: page with `limit` and `offset`.",
            [
                *self._parameters.groups(resource, keys, aggregates),
                self._parameters.if_none_match(),
            ],
            self.read_responses(self._responses.success(data, "The groups.", "ETag", meta=meta)),
        )

    def is_paged(self, resource: Resource, field: ResourceField) -> bool:
        """Tell whether a field leads to a list that the caller may page."""
        return (
            self.may(resource, "read")
            and self._schema.is_paged(field)
            and self._usable.may(field.relation or "", "read")
            and (resource.type_name, field.graphql_name) in self._usable.readable
        )

    def related(self, resource: Resource, field: ResourceField) -> Json:
        """Return the operation that pages the list of one record."""
        target = self._schema.resources[field.relation or ""]
        data = {"type": "array", "items": self._records.record(target.type_name)}
        meta = self._responses.related_meta()
        return self._routes.operation(
            resource.type_name,
            f"list{resource.type_name}{pascal_case(field.name)}",
            f"List the {field.name} of one {resource.type_name}",
            target.description,
            [*self._parameters.related_page(target), self._parameters.if_none_match()],
            self.read_responses(
                self._responses.shared(
                    f"{target.type_name}Related", data, "A page.", "ETag", meta=meta
                ),
                *RECORD_ERRORS,
            ),
        )
