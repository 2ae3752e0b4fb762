"""Execution by columns: what records of one place of a selection need is read for all at once.

graphql-core resolves field by field and record by record. Here, where a field's value is a
recordset, the records become a :class:`Level`, which loads each selected field once. Everything
else goes graphql-core's way.

This module alone depends on the inner methods of graphql-core's executor and on Strawberry's
execution context: it hides them from the levels. The manifest bounds their versions, and tests
compare what both ways of execution answer.
"""

from typing import Any, cast

from graphql import (
    GraphQLLeafType,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLResolveInfo,
    OperationType,
    get_nullable_type,
)
from graphql.execution.values import get_argument_values
from graphql.pyutils import Path as ResponsePath
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.arguments import convert_arguments

from odoo.models import BaseModel

from ..access.loaders import Loader
from ..exposure.errors import (
    REFUSED,
    RETRIED,
    ResponseTooLarge,
    constraint_message,
    from_database,
)
from .level_fields import SelectedField, size_of
from .levels import Level


class TransactionalExecutor(StrawberryGraphQLCoreExecutionContext):
    """graphql-core's executor, which stops at errors after which the transaction cannot go on.

    In a mutation that is any error, also in a field that may be null: what an operation keeps,
    it keeps as a whole.

    It counts the bytes of the response while that is made, as some values are there once and stand
    in many places.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._response_size = 0
        self._max_response_size = self.context_value.limits.max_response_size

    def count(self, size: int) -> None:
        """Add bytes to the response.

        :raise ResponseTooLarge: it has more than the caller's limit
        """
        self._response_size += size
        if self._response_size > self._max_response_size:
            raise ResponseTooLarge(self._max_response_size)

    # graphql-core calls its static method on the instance.
    def complete_leaf_value(  # type: ignore[override]
        self, return_type: GraphQLLeafType, result: Any
    ) -> Any:
        value = super().complete_leaf_value(return_type, result)
        self.count(size_of(value))
        return value

    def handle_field_error(self, raw_error, return_type, field_details_list, path):
        if self.operation.operation == OperationType.MUTATION and not self.may_be_null(
            raw_error, path
        ):
            if isinstance(raw_error, REFUSED):
                env = self.context_value.env
                raw_error = from_database(raw_error, constraint_message(raw_error, env))
            # Nothing is null instead of an error.
            return_type = GraphQLNonNull(get_nullable_type(return_type))
        if isinstance(raw_error, RETRIED):
            raise raw_error
        return super().handle_field_error(raw_error, return_type, field_details_list, path)

    def may_be_null(self, raw_error: Exception, path: ResponsePath) -> bool:
        """Tell whether a mutation is kept although a field of what it returns has an error."""
        return False

    def complete_object_value(self, return_type, *args):
        """Complete an object; those of the schema itself are many, and no reading stops at them."""
        if return_type.name.startswith("__"):
            self.context_value.check_deadline()
        return super().complete_object_value(return_type, *args)


class ColumnarExecutor(TransactionalExecutor):
    """Completes records by columns, everything else as graphql-core does.

    Beside the methods of graphql-core that it overrides are those by which the levels use
    graphql-core and Strawberry; the section of the GraphQL specification is in quotes.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._levels: dict = {}

    def complete_iterable_value(self, item_type, field_details_list, info, path, items, *args):
        """Complete a list of records ("Value Completion")."""
        node_type = get_nullable_type(item_type)
        if not isinstance(items, BaseModel) or not self.is_resource(node_type):
            return super().complete_iterable_value(
                item_type, field_details_list, info, path, items, *args
            )
        if not items:
            return []
        fields = self.collect_fields(node_type, field_details_list)
        level = Level(self, node_type, fields, items, path)
        return level.complete_list(range(len(items)), item_type, field_details_list, path)

    def complete_object_value(self, return_type, field_details_list, info, path, result, *args):
        """Complete one record, for which all that were read with it are loaded."""
        if not isinstance(result, BaseModel) or not result.id or not self.is_resource(return_type):
            return super().complete_object_value(
                return_type, field_details_list, info, path, result, *args
            )
        prefetch_ids = result._prefetch_ids
        # The prefetch ids are kept beside the level: their identity stays unique.
        key = (return_type.name, id(field_details_list), id(prefetch_ids))
        if key not in self._levels:
            ids = dict.fromkeys([result.id, *filter(None, prefetch_ids)])
            fields = self.collect_fields(return_type, field_details_list)
            level = Level(self, return_type, fields, result.browse(ids), path)
            self._levels[key] = (prefetch_ids, level)
        level = self._levels[key][1]
        return level.complete(level.positions[result.id], path)

    def is_resource(self, output_type: GraphQLNamedType) -> bool:
        """Tell whether values of a type are records of a resource."""
        return getattr(output_type, "name", None) in self.context_value.resources

    def collect_fields(self, object_type: GraphQLObjectType, details: list) -> list[SelectedField]:
        """Return what is selected of an object, in order ("Field Collection").

        :param details: the field that the object is the value of
        """
        collected = self.collect_subfields(object_type, details).grouped_field_set
        return [
            SelectedField(name, own, object_type, definition)
            for name, own in collected.items()
            if (definition := self.schema.get_field(object_type, own[0].node.name.value))
        ]

    def coerce_arguments(self, field: SelectedField) -> dict[str, Any]:
        """Return the arguments of a field by their GraphQL names ("Coercing Field Arguments").

        :raise GraphQLError: a variable has not the type of the argument
        """
        if not field.definition.args:
            return {}
        first = field.details[0]
        return get_argument_values(
            field.definition,
            first.node,
            self.variable_values,
            first.fragment_variable_values,
            self.hide_suggestions,
        )

    def convert_arguments(
        self,
        field: SelectedField,
        loader: Loader,
        values: dict[str, Any],
        parent_path: ResponsePath,
    ) -> dict[str, Any]:
        """Return coerced arguments as a loader takes them: Strawberry's, by Python name.

        :param parent_path: that of a record
        """
        if not values and not loader.takes_info:
            return values
        path = parent_path.add_key(field.name, field.parent_type.name)
        definition = field.definition.extensions[GraphQLCoreConverter.DEFINITION_BACKREF]
        converter = cast(Any, self.schema)._strawberry_schema.schema_converter
        info = converter.config.info_class(
            _raw_info=self._resolve_info(field, path), _field=definition
        )
        arguments = convert_arguments(
            values, definition.arguments, converter.scalar_registry, converter.config, info
        )
        return {**arguments, "info": info} if loader.takes_info else arguments

    def complete(self, field: SelectedField, entry: Any, path: ResponsePath) -> Any:
        """Return what the response shows of a loader's entry ("Value Completion").

        :raise Exception: the entry, where it is one, and what its conversion raises
        """
        info = self._resolve_info(field, path)
        return self.complete_value(field.definition.type, field.details, info, path, entry, None)

    def resolve(self, field: SelectedField, record: BaseModel, path: ResponsePath) -> Any:
        """Return what the response shows of a field without a loader ("Executing Fields").

        Its errors are recorded.
        """
        return self.execute_field(field.parent_type, record, field.details, path, None)

    def _resolve_info(self, field: SelectedField, path: ResponsePath) -> GraphQLResolveInfo:
        nodes = [details.node for details in field.details]
        return self.build_resolve_info(field.definition, nodes, field.parent_type, path)
