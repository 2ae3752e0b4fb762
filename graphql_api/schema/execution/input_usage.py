"""What the values of inputs use of what is exposed: filters, orders, and what is written."""

from typing import Any, NamedTuple

from graphql import (
    GraphQLInputObjectType,
    GraphQLList,
    get_named_type,
    get_nullable_type,
)

from ..exposure.resource import ATTACHMENTS, Resource
from ..exposure.resource_field import ResourceField
from .built_schema import BuiltSchema
from .uses import WRITE_FIELD, Use, field_uses, list_uses

_WRITTEN = ("CreateInput", "UpdateInput", "NestedUpdateInput", "Key")
_COMPARED = ("Filter", "RelationFilter", "Order", "GroupBy", "GroupOrder", "Key")
"""How the names of inputs end whose fields are written, and whose fields are read."""


class Variable(NamedTuple):
    """What stands for the value of a variable in a document."""

    name: str


class InputUsage:
    """Collects what inputs use.

    ``uses``, ``lists`` and ``has_others`` are what :class:`.uses.DocumentUsage` has by these
    names, as far as it comes of inputs.
    """

    def __init__(self, schema: BuiltSchema):
        self._schema = schema
        self._members = schema.derive(_known_members)
        self.uses: set[Use] = set()
        self.has_others = False
        self.lists: list[tuple[str, ResourceField]] = []

    def read_input(self, input_type: Any, value: Any) -> None:
        """Add the fields that a value of an input type names.

        :param value: as JSON has it, with a :class:`Variable` for what is not known yet
        """
        input_type = get_nullable_type(input_type)
        if isinstance(input_type, GraphQLList):
            for item in value if isinstance(value, list) else [value]:
                self.read_input(input_type.of_type, item)
        elif isinstance(input_type, GraphQLInputObjectType) and isinstance(value, dict):
            for name, item in value.items():
                self.has_others |= name == "externalId"
                member = self._find_member(input_type, name)
                self.uses |= member.uses
                if member.list_field is not None:
                    self._read_list(member.list_field, item)
                if member.input_type is not None:
                    self.read_input(member.input_type, item)

    def _find_member(self, input_type: GraphQLInputObjectType, name: str) -> "_Member":
        """Return what is known of a member of an input; it is found once for each schema."""
        key = (input_type.name, name)
        member = self._members.get(key)
        if member is None:
            # What a client has named, and the type has not, is not kept.
            definition = input_type.fields.get(name)
            if definition is None:
                return _Member()
            resource = self._schema.input_resources.get(input_type.name)
            member = _Member() if resource is None else self._read_member(resource, *key)
            if isinstance(get_named_type(definition.type), GraphQLInputObjectType):
                member = member._replace(input_type=definition.type)
            self._members[key] = member
        return member

    def _read_member(self, resource: Resource, input_name: str, name: str) -> "_Member":
        """Return the uses of a member of an input that has fields of a resource."""
        field = self._schema.fields.get((resource.type_name, name))
        if field is None:
            if name != ATTACHMENTS or not resource.attachments or not input_name.endswith("Input"):
                return _Member()
            field = resource.attachments
        end = input_name.removeprefix(resource.type_name)
        uses: set[Use] = set()
        if end in _COMPARED:
            uses |= field_uses(resource, field)
        if end in _WRITTEN:
            uses |= field_uses(resource, field, WRITE_FIELD)
        elif end == "Input" and field.relation:  # of an action
            uses.add(Use(field.relation, "read"))
        is_list = end in _WRITTEN and field.to_many
        return _Member(frozenset(uses), field if is_list else None)

    def _read_list(self, field: ResourceField, value: Any) -> None:
        """Add what is done with the records of a list."""
        if isinstance(value, Variable):
            self.lists.append((value.name, field))
        elif isinstance(value, dict):
            for operation in value:
                self.uses |= list_uses(field, operation)


class _Member(NamedTuple):
    """A member of an input object.

    :param list_field: leads to the list that the member says what to do with
    :param input_type: that of its values, where they are input objects
    """

    uses: frozenset[Use] = frozenset()
    list_field: ResourceField | None = None
    input_type: Any = None


def _known_members(_schema: BuiltSchema) -> dict[tuple[str, str], _Member]:
    """Return the members that are known of a schema, by the input's name and their own: none."""
    return {}
