"""Bodies of REST requests -> inputs of the mutations of the same schema."""

from collections.abc import Callable
from typing import Any

from graphql import (
    GraphQLID,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    Undefined,
    get_nullable_type,
    is_leaf_type,
    is_required_input_field,
)

from odoo.http import request

from ..http.uploads import is_multipart, read_files, read_repeated
from ..schema.access.odoo_models import ATTACHMENT
from ..schema.execution.built_schema import BuiltSchema
from ..schema.execution.operation_size import check_input_size
from ..schema.exposure.action import Argument
from ..schema.exposure.errors import ApiError
from ..schema.exposure.names import FIELD_NAME, camel_case
from ..schema.exposure.resource import ATTACHMENTS
from ..schema.exposure.resource_field import ResourceField
from ..schema.writing.input_problems import InputPath
from .values import convert_leaf, leaf_problem


class BodyReader:
    """Turns bodies into inputs, collecting all that is wrong with their names and types.

    :param introspection: whether messages may list the names that would be right

    ``problems`` are these, as ``{"field", "message"}``; the input that is read is without them.
    """

    def __init__(self, schema: BuiltSchema, introspection: bool):
        self._schema = schema
        self._introspection = introspection
        self.problems: list[dict] = []

    def parse(
        self,
        input_type: GraphQLInputObjectType,
        prepare: Callable[[dict], dict] | None = None,
    ) -> dict | list:
        """Return the input that the request carries, or a list of inputs.

        :param prepare: gets a JSON object and returns the one that counts
        :raise ApiError: BAD_USER_INPUT, UNSUPPORTED_MEDIA_TYPE
        """
        httprequest = request.httprequest
        if is_multipart(httprequest):
            value = self._form(input_type)
        elif httprequest.mimetype == "application/json":
            value = request.dispatcher.api_request.json
        else:
            raise ApiError(
                "UNSUPPORTED_MEDIA_TYPE",
                "Send JSON (Content-Type: application/json), or a form with files "
                "(multipart/form-data).",
            )
        check_input_size(value)
        if isinstance(value, list):
            return [self._convert(item, input_type, (index,)) for index, item in enumerate(value)]
        if isinstance(value, dict):
            if prepare and not is_multipart(httprequest):
                value = prepare(value)
            return self.convert(value, input_type)
        raise ApiError("BAD_USER_INPUT", "The body must be a JSON object, or a list of them.")

    def convert(self, value: dict, input_type: GraphQLInputObjectType) -> dict:
        """Return the input that a JSON object is, with REST's names, without its problems.

        :raise ApiError: QUERY_TOO_COMPLEX where it is too large or nested too deeply
        """
        check_input_size(value)
        return self._convert(value, input_type, ())

    def parse_object(self, input_type: GraphQLInputObjectType, is_empty: bool = False) -> dict:
        """Return the one input that the request carries.

        :param is_empty: whether there is no body; that is an object without members
        :raise ApiError: BAD_USER_INPUT, UNSUPPORTED_MEDIA_TYPE
        """
        value = self._convert({}, input_type, ()) if is_empty else self.parse(input_type)
        if isinstance(value, list):
            raise ApiError("BAD_USER_INPUT", "The body must be one JSON object.")
        return value

    def _form(self, input_type: GraphQLInputObjectType) -> dict:
        """Return the fields and files of a form; a text is read as the type of its field says.

        Parts with the name of a list of attachments are new files in it; a list of ids has a part
        for each.
        """
        httprequest = request.httprequest
        value: dict = {}
        for name, texts in httprequest.form.lists():
            field = input_type.fields.get(camel_case(name))
            kind = get_nullable_type(field.type) if field else None
            leaf = get_nullable_type(kind.of_type) if isinstance(kind, GraphQLList) else kind
            if (len(texts) > 1 and leaf is kind) or (leaf and not is_leaf_type(leaf)):
                raise ApiError("BAD_USER_INPUT", f"{name[:80]} takes one value in a form.")
            values = [convert_leaf(text, leaf, name) if leaf else text for text in texts]
            value[name] = values if leaf is not kind else values[0]
        lists = {
            name: field
            for name, field in self._lists_of_attachments(input_type).items()
            if name in httprequest.files
        }
        value |= read_files(httprequest, lists)
        for name, field in lists.items():
            if name in value:
                message = f"Send each file of {name} in a part of this name."
                raise ApiError("BAD_USER_INPUT", message)
            files = read_repeated(httprequest, name)
            new = [self._attachment(field, *file) for file in files]
            value[name] = new if isinstance(field, Argument) else {"create": new}
        return value

    def _lists_of_attachments(self, input_type: GraphQLInputObjectType) -> dict[str, ResourceField]:
        """Return the lists of an input to which a form can add files, by their REST names."""
        resource = self._schema.input_resources.get(input_type.name)
        if resource is None:
            return {}
        lists: dict[str, ResourceField] = {
            name: argument
            for name, argument in resource.arguments.items()
            if argument.creates and self._schema.resources[argument.target].model == ATTACHMENT
        }
        if resource.attachments and ATTACHMENTS in input_type.fields:
            lists[ATTACHMENTS] = resource.attachments
        return lists

    def _attachment(self, field: ResourceField, name: str, content: bytes) -> dict:
        """Return a file as a new attachment in a list, by the names that its fields have."""
        target = self._schema.resources[field.target]
        names = {field.field: field.name for field in target.writable_fields}
        values = {"name": name, "datas": content}
        return {names[field]: value for field, value in values.items() if field in names}

    def _convert(self, value: Any, input_type: GraphQLInputType, path: InputPath) -> Any:
        if isinstance(input_type, GraphQLNonNull):
            if value is None:
                return self._refuse(path, "A value is required, not null.")
            input_type = input_type.of_type
        if value is None:
            return None
        if isinstance(input_type, GraphQLList):
            if not isinstance(value, list):
                return self._refuse(path, "Expected a list.")
            items = [
                self._convert(item, input_type.of_type, (*path, index))
                for index, item in enumerate(value)
            ]
            return Undefined if Undefined in items else items
        if isinstance(input_type, GraphQLInputObjectType):
            return self._convert_object(value, input_type, path)
        if input_type is GraphQLID and _is_reference(value):
            value = value["id"]
        problem = leaf_problem(value, input_type, self._introspection)
        return self._refuse(path, problem) if problem else value

    def _convert_object(
        self, value: Any, input_type: GraphQLInputObjectType, path: InputPath
    ) -> Any:
        if not isinstance(value, dict):
            names = f" with {self._some(input_type)}" if self._introspection else ""
            return self._refuse(path, f"Expected an object{names}.")
        result, sent = {}, set()
        for name, item in value.items():
            graphql_name = camel_case(name) if FIELD_NAME.match(name) else ""
            sent.add(graphql_name)
            field = input_type.fields.get(graphql_name)
            if field is None:
                self._refuse((*path, name[:80]), self._unknown(name, graphql_name, input_type))
            else:
                converted = self._convert(item, field.type, (*path, name))
                if converted is not Undefined:
                    result[graphql_name] = converted
        for graphql_name, field in input_type.fields.items():
            if graphql_name not in sent and is_required_input_field(field):
                name = self._schema.rest_input_name(input_type.name, graphql_name)
                self._refuse((*path, name), "A value is required.")
        return result

    def _unknown(self, name: str, graphql_name: str, input_type: GraphQLInputObjectType) -> str:
        resource = self._schema.input_resources.get(input_type.name)
        if resource is None and not self._introspection:
            return f"{name[:80]!r} is not expected here."
        if resource is None:
            return f"Expected {self._some(input_type)}, not {name[:80]!r}."
        if resource.type_name not in self._schema.resources:
            return f"There is no argument {name[:80]!r}."
        if graphql_name in self._schema.graphql_schema.type_map[resource.type_name].fields:
            return f"{name[:80]} can only be read."
        return f"{resource.type_name} has no field {name[:80]!r}."

    def _some(self, input_type: GraphQLInputObjectType) -> str:
        names = [self._schema.rest_input_name(input_type.name, name) for name in input_type.fields]
        return ", ".join([*names[:10], "..."] if names[10:] else names)

    def _refuse(self, path: InputPath, message: str) -> Any:
        self.problems.append({"field": ".".join(map(str, path)), "message": message})
        return Undefined


def _is_reference(value: Any) -> bool:
    """Tell whether a value is a related record as it is read: ``{"id": 20, "name": "Belgium"}``."""
    return isinstance(value, dict) and "id" in value and set(value) <= {"id", "name"}
