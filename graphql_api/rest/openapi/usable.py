"""What of a schema a caller may use, by its own rights in Odoo: what its document shows."""

from dataclasses import dataclass

from ...schema.access.context import OPERATION_RIGHTS, Context
from ...schema.execution.built_schema import BuiltSchema
from ...schema.exposure.action import FIELD, Action
from ...schema.exposure.resource import Report, Resource
from ...schema.reading.reports import printable_reports


def act(action: Action) -> str:
    """Return how calling an action stands beside the operations of its resource."""
    return f"act with {action.access}"


@dataclass(frozen=True, slots=True)
class Usable:
    """What a caller may use, as plain values that can be compared.

    ``operations`` are pairs of a type name and an operation or :func:`act`; ``readable`` pairs of
    a type name and a GraphQL field name; ``writable`` pairs of a type name and a REST name.
    ``reports`` are pairs of a type name and the REST name of a report. ``page_sizes`` are pairs of
    a type name and how many records a page may have.
    """

    operations: frozenset[tuple[str, str]]
    readable: frozenset[tuple[str, str]]
    writable: frozenset[tuple[str, str]]
    reports: frozenset[tuple[str, str]]
    page_sizes: frozenset[tuple[str, int]]

    def may(self, type_name: str, operation: str) -> bool:
        """Tell whether an operation is open to the caller."""
        return (type_name, operation) in self.operations

    def reports_of(self, resource: Resource) -> list[Report]:
        """Return the reports that the caller may print, of records that it sees."""
        name = resource.type_name
        return [
            report for report in resource.reports.values() if (name, report.name) in self.reports
        ]

    def page_size(self, type_name: str) -> int:
        """Return how many records a page of a resource may have."""
        return dict(self.page_sizes)[type_name]


def find_usable(schema: BuiltSchema, context: Context) -> Usable:
    """Return what the caller of a request may use."""
    operations: set[tuple[str, str]] = set()
    readable: set[tuple[str, str]] = set()
    writable: set[tuple[str, str]] = set()
    reports: set[tuple[str, str]] = set()
    odoo_fields = schema.derive(_odoo_fields)
    for type_name, resource in schema.resources.items():
        for operation in OPERATION_RIGHTS:
            if context.may(resource, operation) and (
                operation not in ("create", "update") or resource.writable_fields
            ):
                operations.add((type_name, operation))
        for action in resource.actions.values():
            if context.may_act(resource, action):
                operations.add((type_name, act(action)))
        readable |= {
            (type_name, name)
            for name, shown in odoo_fields[type_name].items()
            if all(context.may_read(resource, each) for each in shown)
        }
        writable |= {
            (type_name, field.name)
            for field in resource.writable_fields
            if context.may_write(resource, field.field)
        }
        if resource.reports and context.may(resource, "read"):
            reports |= {(type_name, name) for name in printable_reports(context, resource)}
        for shape in resource.argument_shapes:
            writable |= {
                (shape.type_name, argument.name)
                for argument in shape.arguments.values()
                if argument.use != FIELD or context.may_write(shape, argument.field)
            }
    sizes = {(name, context.max_page_size(resource)) for name, resource in schema.resources.items()}
    return Usable(
        frozenset(operations),
        frozenset(readable),
        frozenset(writable),
        frozenset(reports),
        frozenset(sizes),
    )


def _odoo_fields(schema: BuiltSchema) -> dict[str, dict[str, tuple[str, ...]]]:
    """Return what each field shows: type name -> GraphQL name -> names in Odoo.

    As plain values, as the schema that serves requests is to be left without types that no request
    needs.
    """
    complete = schema.complete()
    return {
        type_name: {
            name: tuple(complete.odoo_fields(type_name, name))
            for name in complete.graphql_schema.type_map[type_name].fields
        }
        for type_name in complete.resources
    }
