"""What a request uses of what is exposed: names of the schema, never a value of the client's.

A document is valid only where all that it names is there. So all of it counts as used, also what
``@skip`` leaves out, and beside the operation that is executed the others of its document.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLObjectType,
    InlineFragmentNode,
    NullValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    type_from_ast,
    value_from_ast_untyped,
)

from ..exposure.action import RECORDS
from ..exposure.names import snake_case
from ..exposure.resource import ATTACHMENTS, Resource
from ..exposure.resource_field import ResourceField
from .built_schema import BuiltSchema
from .documents import ParsedDocument

READ_FIELD, WRITE_FIELD = "read_field", "write_field"
SEARCH, ACTION, REPORT, ADDITION = "search", "action", "report", "addition"
"""Kinds of a :class:`Use`, beside the operations: ``ADDITION`` is what an addon adds in code."""

DISPLAY_NAME = "display_name"
"""The name of the field that Odoo composes of others."""

_SHOWN_ANYWAY = frozenset(["id", "version", "__typename"])
"""What is shown of a record that may not be read, too: of one that has been written."""

_WRITTEN = ("CreateInput", "UpdateInput", "NestedUpdateInput", "Key")
_COMPARED = ("Filter", "RelationFilter", "Order", "GroupBy", "GroupOrder", "Key")
"""How the names of inputs end whose fields are written, and whose fields are read."""


class Use(NamedTuple):
    """What a request needs a right for.

    :param type_name: of the resource; empty for a root field that an addon adds
    :param kind: an operation, or one of the constants of this module
    :param name: REST name of the field or report, name of the action; empty where there is none
    """

    type_name: str
    kind: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class DocumentUsage:
    """What a document uses, and what depends on the variables of a request.

    :param uses: whatever the variables are
    :param inputs: variables whose values name fields, with their types
    :param lists: variables that are what to do with a list, with the field that leads to it
    :param conditions: a variable, whether it must have a value, and what is used then
    :param has_others: whether it reads what has no :class:`Use`: the caller, external ids
    """

    uses: frozenset[Use]
    has_others: bool
    inputs: tuple[tuple[str, Any], ...] = ()
    lists: tuple[tuple[str, ResourceField], ...] = ()
    conditions: tuple[tuple[str, bool, frozenset[Use]], ...] = ()


def request_uses(schema: BuiltSchema, parsed: ParsedDocument, variables: dict) -> frozenset[Use]:
    """Return what a request has used.

    :param parsed: a document that fits the schema; what it uses by itself is kept with it
    """
    return _request_usage(schema, parsed, variables)[0]


def complete_uses(
    schema: BuiltSchema, parsed: ParsedDocument, variables: dict
) -> frozenset[Use] | None:
    """Return what a request has used, None where it also reads what has no :class:`Use`."""
    uses, has_others = _request_usage(schema, parsed, variables)
    return None if has_others else uses


def _request_usage(
    schema: BuiltSchema, parsed: ParsedDocument, variables: dict
) -> tuple[frozenset[Use], bool]:
    if parsed.usage is None:
        parsed.usage = _document_usage(schema, parsed.document, parsed.operation)
    usage = parsed.usage
    if not usage.inputs and not usage.lists and not usage.conditions:
        return usage.uses, usage.has_others
    reader = _Reader(schema)
    for name, input_type in usage.inputs:
        reader.read_input(input_type, variables.get(name))
    for name, field in usage.lists:
        for operation in variables.get(name) or ():
            reader.uses |= _list_uses(field, operation)
    for name, has_value, uses in usage.conditions:
        if bool(variables.get(name)) is has_value:
            reader.uses |= uses
    return usage.uses | reader.uses, usage.has_others or reader.has_others


def field_uses(resource: Resource, field: ResourceField, kind: str = READ_FIELD) -> set[Use]:
    """Return the uses of a field; a relation needs the resource that it leads to."""
    uses = {Use(resource.type_name, kind, field.alias_of or field.name)}
    if kind == READ_FIELD:
        uses.add(Use(resource.type_name, "read"))
    if field.relation:
        uses.add(Use(field.relation, "read"))
    return uses


def _document_usage(
    schema: BuiltSchema, document: DocumentNode, executed: OperationDefinitionNode
) -> DocumentUsage:
    variables = [
        variable
        for definition in document.definitions
        if isinstance(definition, OperationDefinitionNode)
        for variable in definition.variable_definitions or ()
    ]
    reader = _Reader(schema, [variable.variable.name.value for variable in variables])
    inputs: list[tuple[str, Any]] = []
    with_default: set[str] = set()
    for definition in document.definitions:
        if isinstance(definition, FragmentDefinitionNode):
            parent = schema.graphql_schema.type_map[definition.type_condition.name.value]
            reader.read_selection(parent, definition.selection_set)
        elif isinstance(definition, OperationDefinitionNode):
            root = schema.graphql_schema.get_root_type(definition.operation)
            reader.read_selection(root, definition.selection_set)
            for variable in definition.variable_definitions or ():
                input_type: Any = type_from_ast(schema.graphql_schema, variable.type)
                if variable.default_value is not None:
                    with_default.add(variable.variable.name.value)
                    reader.read_input(input_type, value_from_ast_untyped(variable.default_value))
                named = get_named_type(input_type)
                if definition is executed and isinstance(named, GraphQLInputObjectType):
                    inputs.append((variable.variable.name.value, input_type))
    conditions = []
    for condition in reader.conditions:
        if condition[0] in with_default:
            reader.uses |= condition[2]
        else:
            conditions.append(condition)
    return DocumentUsage(
        frozenset(reader.uses),
        reader.has_others,
        tuple(inputs),
        tuple(reader.lists),
        tuple(conditions),
    )


class _Variable(NamedTuple):
    """What stands for the value of a variable in a document."""

    name: str


class _Reader:
    """Collects ``uses``, ``has_others``, ``lists`` and ``conditions`` of :class:`DocumentUsage`.

    :param variables: the names of a document's variables
    """

    def __init__(self, schema: BuiltSchema, variables: Iterable[str] = ()):
        self._schema = schema
        self._graphql = schema.graphql_schema
        self._variables = {name: _Variable(name) for name in variables}
        self._members = schema.derive(_known_members)
        self.uses: set[Use] = set()
        self.has_others = False
        self.lists: list[tuple[str, ResourceField]] = []
        self.conditions: list[tuple[str, bool, frozenset[Use]]] = []

    def read_selection(self, parent: Any, selection_set: SelectionSetNode | None) -> None:
        """Add what is selected of a type; fragments that are defined are read by themselves."""
        for node in selection_set.selections if selection_set else ():
            if isinstance(node, FieldNode):
                self._read_field(parent, node)
            elif isinstance(node, InlineFragmentNode):
                condition = node.type_condition
                own = self._graphql.type_map[condition.name.value] if condition else parent
                self.read_selection(own, node.selection_set)

    def _read_field(self, parent: GraphQLObjectType, node: FieldNode) -> None:
        name = node.name.value
        definition = None if name.startswith("__") else self._graphql.get_field(parent, name)
        if definition is None:  # of the schema itself
            return
        if parent is self._graphql.query_type:
            self.uses |= self._query_uses(name)
        elif parent is self._graphql.mutation_type:
            self.uses |= self._mutation_uses(name)
        elif (resource := self._schema.resources.get(parent.name)) is not None:
            self.uses |= self._record_uses(resource, name)
        else:
            self._read_group_field(parent.name, name)
        for argument in node.arguments or ():
            value = value_from_ast_untyped(argument.value, self._variables)
            self.read_input(definition.args[argument.name.value].type, value)
        self._read_list_arguments(definition, node)
        self.read_selection(get_named_type(definition.type), node.selection_set)

    def _query_uses(self, name: str) -> set[Use]:
        if name == "me":
            self.has_others = True
            return set()
        for resource in self._schema.resources.values():
            names = (resource.single_name, resource.list_name, resource.aggregate_name)
            if name in names and "read" in resource.operations:
                return {Use(resource.type_name, "read")}
        return self._feature_uses(name, "queries") or {Use("", ADDITION, snake_case(name))}

    def _mutation_uses(self, name: str) -> set[Use]:
        for resource in self._schema.resources.values():
            type_name, plural_name = resource.type_name, resource.plural_name
            for end in (type_name, plural_name):
                operation = name.removesuffix(end)
                if operation == name:
                    continue
                if operation == "upsert":
                    return {Use(type_name, "create"), Use(type_name, "update")}
                if operation in ("create", "update", "delete") and resource.allows(operation):
                    return {Use(type_name, operation)}
                for action in resource.actions.values():
                    if name == resource.action_name(action, many=end == plural_name):
                        uses = {Use(type_name, ACTION, action.name)}
                        if action.result == RECORDS:
                            uses.add(Use(action.result_type, "read"))
                        return uses
        return self._feature_uses(name, "mutations") or {Use("", ADDITION, snake_case(name))}

    def _feature_uses(self, name: str, of: str) -> set[Use]:
        """Return the uses of a root field of an addon's feature, none where it is of no feature.

        :param of: ``queries`` or ``mutations``
        """
        for resource in self._schema.resources.values():
            for feature in self._schema.features_of(resource):
                if any(each.name(resource) == name for each in getattr(feature, of)):
                    return {Use(resource.type_name, operation) for operation in feature.operations}
        return set()

    def _record_uses(self, resource: Resource, name: str) -> set[Use]:
        if name in _SHOWN_ANYWAY:
            return set()
        field = self._schema.fields.get((resource.type_name, name))
        if field is not None and field.readable:
            return field_uses(resource, field)
        uses = {Use(resource.type_name, "read")}
        match name:
            case "createDate" | "writeDate":
                pass
            case "externalId":
                self.has_others = True
            case "displayName":
                uses.add(Use(resource.type_name, READ_FIELD, DISPLAY_NAME))
            case "reports" if resource.reports:
                uses.add(Use(resource.type_name, REPORT))
            case _ if name == ATTACHMENTS and resource.attachments:
                uses |= field_uses(resource, resource.attachments)
            case _:
                uses.add(Use(resource.type_name, ADDITION, snake_case(name)))
        return uses

    def _read_group_field(self, parent_name: str, name: str) -> None:
        """Add the use of a field of groups, where the type is one of theirs."""
        for end in ("Aggregate", "GroupKeys"):
            resource = self._schema.resources.get(parent_name.removesuffix(end))
            if resource is None or not parent_name.endswith(end):
                continue
            field = self._schema.fields.get((resource.type_name, name))
            if field is not None:
                self.uses |= field_uses(resource, field)
                # Amounts of money are added up beside their currency alone.
                for other in resource.fields.values():
                    if end == "Aggregate" and field.currency and other.field == field.currency:
                        self.uses |= field_uses(resource, other)

    def _read_list_arguments(self, definition: GraphQLField, node: FieldNode) -> None:
        """Add what a list uses that is searched, and one that is in its default order."""
        given = {argument.name.value: argument.value for argument in node.arguments or ()}
        named: Any = get_named_type(definition.type)
        if "nodes" in getattr(named, "fields", ()):
            named = get_named_type(named.fields["nodes"].type)
        type_name = named.name.removesuffix("Aggregate")
        resource = self._schema.resources.get(type_name)
        if resource is None:
            return
        if "search" in definition.args:
            self._add_by_value(given.get("search"), True, {Use(type_name, SEARCH)})
        if "orderBy" in definition.args and named.name == type_name:
            ordered = (resource.fields.get(name) for name, _direction in resource.order)
            uses = [field_uses(resource, field) for field in ordered if field and field.filterable]
            self._add_by_value(given.get("orderBy"), False, set().union(*uses))

    def _add_by_value(self, node: Any, has_value: bool, uses: set[Use]) -> None:
        """Add what is used where an argument has a value, or where it has none."""
        if isinstance(node, VariableNode):
            self.conditions.append((node.name.value, has_value, frozenset(uses)))
        elif (node is not None and not isinstance(node, NullValueNode)) is has_value:
            self.uses |= uses

    def read_input(self, input_type: Any, value: Any) -> None:
        """Add the fields that a value of an input type names.

        :param value: as JSON has it, with a :class:`_Variable` for what is not known yet
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
        if isinstance(value, _Variable):
            self.lists.append((value.name, field))
        elif isinstance(value, dict):
            for operation in value:
                self.uses |= _list_uses(field, operation)


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


def _list_uses(field: ResourceField, operation: str) -> set[Use]:
    """Return what an operation on a list does with its records (see ``relation_operations``)."""
    if operation in ("create", "update", "delete"):
        needed = [operation]
    elif operation in ("upsert", "replace"):
        needed = ["create", "update"]
        if operation == "replace" and field.type != "many2many":
            needed.append("delete")
    elif field.type == "many2many":
        needed = []
    else:
        needed = ["update"]
        if field.unlink_deletes and operation != "link":
            needed.append("delete")
    return {Use(field.target, name) for name in needed}
