"""What a request uses of what is exposed: names of the schema, never a value of the client's.

A document is valid only where all that it names is there. So all of it counts as used, also what
``@skip`` leaves out, and beside the operation that is executed the others of its document.
"""

from collections.abc import Iterable
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLObjectType,
    InlineFragmentNode,
    NullValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    type_from_ast,
    value_from_ast_untyped,
)

from ..exposure.action import RECORDS
from ..exposure.names import snake_case
from ..exposure.resource import ATTACHMENTS, Resource
from .built_schema import BuiltSchema
from .documents import ParsedDocument
from .input_usage import InputUsage, Variable
from .uses import (
    ACTION,
    ADDITION,
    DISPLAY_NAME,
    READ_FIELD,
    REPORT,
    SEARCH,
    DocumentUsage,
    Use,
    field_uses,
    list_uses,
)

_SHOWN_ANYWAY = frozenset(["id", "version", "__typename"])
"""What is shown of a record that may not be read, too: of one that has been written."""


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
    reader = InputUsage(schema)
    for name, input_type in usage.inputs:
        reader.read_input(input_type, variables.get(name))
    for name, field in usage.lists:
        for operation in variables.get(name) or ():
            reader.uses |= list_uses(field, operation)
    for name, has_value, uses in usage.conditions:
        if bool(variables.get(name)) is has_value:
            reader.uses |= uses
    return usage.uses | reader.uses, usage.has_others or reader.has_others


def _document_usage(
    schema: BuiltSchema, document: DocumentNode, executed: OperationDefinitionNode
) -> DocumentUsage:
    variables = [
        variable
        for definition in document.definitions
        if isinstance(definition, OperationDefinitionNode)
        for variable in definition.variable_definitions or ()
    ]
    reader = _DocumentReader(schema, [variable.variable.name.value for variable in variables])
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


class _DocumentReader(InputUsage):
    """Collects what selections use, and the inputs in them.

    ``conditions`` are those of :class:`DocumentUsage`.

    :param variables: the names of a document's variables
    """

    def __init__(self, schema: BuiltSchema, variables: Iterable[str]):
        super().__init__(schema)
        self._graphql = schema.graphql_schema
        self._variables = {name: Variable(name) for name in variables}
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
