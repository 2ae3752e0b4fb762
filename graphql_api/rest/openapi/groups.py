"""What records can be grouped by, and what is told of groups."""

from graphql import GraphQLEnumType, GraphQLInputObjectType, get_named_type

from ...schema.execution.built_schema import BuiltSchema
from ...schema.exposure.resource import Resource
from .usable import Usable


class Groups:
    """The groups that there are of the records of resources, as far as a caller may see them."""

    def __init__(self, schema: BuiltSchema, usable: Usable):
        self._schema = schema
        self._usable = usable

    def exist(self, resource: Resource) -> bool:
        """Tell whether there are groups."""
        types = self._schema.graphql_schema.type_map
        return f"{resource.type_name}Aggregate" in types and bool(self.keys(resource))

    def keys(self, resource: Resource) -> list[str]:
        """Return what records can be grouped by, as ``group_by`` takes it."""
        keys = []
        for name, kind in self._readable(resource, "GroupBy"):
            periods = kind.values if isinstance(kind, GraphQLEnumType) else {}
            keys += [f"{name}:{period.lower()}" for period in periods] or [name]
        return keys

    def aggregates(self, resource: Resource) -> list[str]:
        """Return what groups can be sorted by beside their number of records."""
        return [
            f"{name}.{function}"
            for name, kind in self._readable(resource, "GroupOrder")
            if isinstance(kind, GraphQLInputObjectType)
            for function in kind.fields
        ]

    def _readable(self, resource: Resource, suffix: str):
        """Yield REST name and type of the readable fields of an input of the resource."""
        input_type = self._schema.graphql_schema.type_map[f"{resource.type_name}{suffix}"]
        for graphql_name, input_field in input_type.fields.items():
            field = self._schema.fields.get((resource.type_name, graphql_name))
            target = field.relation if field else None
            if (resource.type_name, graphql_name) in self._usable.readable and (
                target is None or self._usable.may(target, "read")
            ):
                name = self._schema.rest_name(resource.type_name, graphql_name)
                yield name, get_named_type(input_field.type)
