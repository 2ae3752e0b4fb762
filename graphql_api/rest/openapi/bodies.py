"""What requests carry: the values of records to create and to change."""

from graphql import (
    GraphQLInputObjectType,
    GraphQLList,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_required_input_field,
)

from ...schema.access.odoo_models import ATTACHMENT
from ...schema.execution.built_schema import BuiltSchema
from ...schema.exposure.action import Action, Argument
from ...schema.exposure.resource import UPSERT, Resource
from ...schema.exposure.resource_field import ResourceField
from ...schema.values.scalars import FILE_TYPES
from .components import (
    Components,
    Json,
    deprecated,
    described,
    nullable,
)
from .usable import Usable
from .values import (
    FORM_FILE,
    RECORD_ID,
    leaf_example,
    leaf_schema,
)

_NESTED = {"create": "CreateInput", "update": "NestedUpdateInput"}
"""What is done with the records of a list -> the input that each of them takes."""

_NEEDED = {
    "create": ("create",),
    "update": ("update",),
    "delete": ("delete",),
    "upsert": ("create", "update"),
    "replace": ("create", "update"),
}
"""What is done with the records of a list -> the operations of their resource that it takes."""

_EXAMPLE_FIELDS = 3


class BodySchemas:
    """Schemas of the input types, as far as a caller may write them."""

    def __init__(self, schema: BuiltSchema, usable: Usable, components: Components):
        self._schema = schema
        self._usable = usable
        self._components = components

    def body(self, resource: Resource, operation: str) -> Json:
        """Return the request body that creates or updates.

        :param operation: ``create`` or ``update``
        """
        suffix = f"{operation.capitalize()}Input"
        one = self._input(resource, suffix)
        media: Json = {"schema": one}
        if operation == "create":
            size = self._usable.page_size(resource.type_name)
            media["schema"] = {"oneOf": [one, {"type": "array", "items": one, "maxItems": size}]}
        if example := self._example(resource, suffix):
            media["example"] = example
        content = {"application/json": media}
        if form := self._form(resource, suffix):
            content["multipart/form-data"] = {"schema": form}
        return {"required": True, "content": content}

    def arguments(self, resource: Resource, action: Action, many: bool) -> Json | None:
        """Return the request body of an action, None where it takes none.

        :param many: whether it has the ids of the records, too
        """
        shape = action.arguments
        one = self._input(shape, "Input") if shape is not None else None
        ids: Json = {}
        if many:
            size = self._usable.page_size(resource.type_name)
            ids = {"type": "array", "items": dict(RECORD_ID), "maxItems": size}
            ids = described(ids, "The records, all of them or none.")
            with_ids: Json = {"type": "object", "properties": {"ids": ids}, "required": ["ids"]}
            if shape is not None:
                arguments = self._object(shape, "Input")
                with_ids["properties"] |= arguments["properties"]
                with_ids["required"] += arguments.get("required", [])
            one = {**with_ids, "additionalProperties": False}
        if one is None:
            return None
        media: Json = {"schema": one}
        if shape is not None and (example := self._example(shape, "Input")) and not many:
            media["example"] = example
        content = {"application/json": media}
        if shape is not None and (form := self._form(shape, "Input")):
            if many:
                form["properties"] = {"ids": ids, **form["properties"]}
                form["required"] = ["ids", *form.get("required", [])]
            content["multipart/form-data"] = {"schema": form}
        return {"required": many or action.needs_input, "content": content}

    def _fields(self, resource: Resource, suffix: str):
        """Yield the fields of an input that the caller may set, each with GraphQL's."""
        fields = self._type(resource, suffix).fields
        for field in resource.writable_fields:
            input_field = fields.get(field.graphql_name)
            if (
                input_field is not None
                and (resource.type_name, field.name) in self._usable.writable
            ):
                yield field, input_field
        attachments = resource.attachments
        if attachments and (input_field := fields.get(attachments.name)) is not None:
            yield attachments, input_field

    def _type(self, resource: Resource, suffix: str) -> GraphQLInputObjectType:
        return self._schema.graphql_schema.type_map[f"{resource.type_name}{suffix}"]

    def _input(self, resource: Resource, suffix: str) -> Json:
        return self._components.refer(
            "schemas", f"{resource.type_name}{suffix}", lambda: self._object(resource, suffix)
        )

    def _object(self, resource: Resource, suffix: str) -> Json:
        properties: Json = {}
        required = []
        if suffix == _NESTED["update"]:
            properties["id"] = described(RECORD_ID, "Which record to change.")
            required.append("id")
        for field, input_field in self._fields(resource, suffix):
            value = self._value(field, get_nullable_type(input_field.type))
            if value is None:
                continue
            if is_required_input_field(input_field):
                required.append(field.name)
            else:
                value = nullable(value)
            value = described(value, input_field.description)
            properties[field.name] = deprecated(value, field.deprecation_reason)
        result: Json = {
            "type": "object",
            "properties": properties,
            "additionalProperties": False,
        }
        if required:
            result["required"] = required
        return described(result, self._type(resource, suffix).description)

    def _value(self, field: ResourceField, graphql_type) -> Json | None:
        """Return the schema of a value; None where nothing can be sent."""
        if isinstance(field, Argument) and field.creates:
            if not self._usable.may(field.target, "create"):
                return None
            items = self._input(self._schema.resources[field.target], _NESTED["create"])
            return {"type": "array", "items": items}
        if isinstance(field, Argument) and field.to_many:
            items = self._input(field.lines, "Input") if field.lines else dict(RECORD_ID)
            return {"type": "array", "items": items}
        if field.to_many:
            return self._list(field, graphql_type)
        if field.relation:
            return dict(RECORD_ID)
        return leaf_schema(graphql_type)

    def _list(self, field: ResourceField, graphql_type: GraphQLInputObjectType) -> Json | None:
        target = self._schema.resources[field.target]
        properties: Json = {}
        for operation, input_field in graphql_type.fields.items():
            needed = _NEEDED.get(operation, ())
            if not all(self._usable.may(target.type_name, name) for name in needed):
                continue
            items = self._items(target, operation)
            size = self._usable.page_size(target.type_name)
            value = {"type": ["array", "null"], "items": items, "maxItems": size}
            properties[operation] = described(value, input_field.description)
        if not properties:
            return None
        return self._components.refer(
            "schemas",
            graphql_type.name,
            lambda: {
                "type": "object",
                "properties": properties,
                "additionalProperties": False,
                "description": graphql_type.description,
            },
        )

    def _items(self, target: Resource, operation: str) -> Json:
        """Return the schema of what an operation on a list takes for each record."""
        if operation in ("upsert", "replace"):
            name = f"{target.type_name}NestedUpsertInput"
            return self._components.refer("schemas", name, lambda: self._upsert(target, name))
        suffix = _NESTED.get(operation)
        return self._input(target, suffix) if suffix else dict(RECORD_ID)

    def _upsert(self, target: Resource, name: str) -> Json:
        fields = self._schema.graphql_schema.type_map[name].fields
        key = {
            "type": "object",
            "properties": self.keys(target),
            "additionalProperties": False,
            "minProperties": 1,
            "maxProperties": 1,
        }
        return {
            "type": "object",
            "properties": {
                "by": described(nullable(key), fields["by"].description),
                "input": self._input(target, "CreateInput"),
            },
            "required": ["input"],
            "additionalProperties": False,
            "description": self._type(target, "NestedUpsertInput").description,
        }

    def keys(self, resource: Resource) -> Json:
        """Return the schemas of what finds the record of an upsert, by the names of the keys."""
        keys = self._type(resource, "Key")
        return {
            self._schema.rest_input_name(keys.name, name): described(
                leaf_schema(get_nullable_type(field.type)), field.description
            )
            for name, field in keys.fields.items()
        }

    def upsert(self, resource: Resource) -> Json:
        """Return the request body that upserts one record, or all of a list."""
        one, item = self._input(resource, "CreateInput"), self._items(resource, UPSERT)
        size = self._usable.page_size(resource.type_name)
        many = {"type": "array", "items": item, "maxItems": size}
        media: Json = {"schema": {"oneOf": [one, many]}}
        return {"required": True, "content": {"application/json": media}}

    def _form(self, resource: Resource, suffix: str) -> Json | None:
        """Return the schema of a form with files; None where there is no file to send."""
        properties, required, files = {}, [], 0
        for field, input_field in self._fields(resource, suffix):
            leaf = get_nullable_type(input_field.type)
            if self._takes_files(field):
                value = {"type": "array", "items": FORM_FILE}
                properties[field.name] = described(value, input_field.description)
                files += 1
                continue
            if isinstance(leaf, GraphQLList) and is_leaf_type(get_named_type(leaf)):
                value = self._value(field, leaf) or {}
                properties[field.name] = described(value, input_field.description)
            if isinstance(leaf, GraphQLList) or not is_leaf_type(leaf):
                continue
            files += field.type in FILE_TYPES
            value = FORM_FILE if field.type in FILE_TYPES else self._value(field, leaf) or {}
            value = described(value, input_field.description)
            properties[field.name] = deprecated(value, field.deprecation_reason)
            if is_required_input_field(input_field):
                required.append(field.name)
        if not files:
            return None
        form: Json = {"type": "object", "properties": properties, "additionalProperties": False}
        return {**form, "required": required} if required else form

    def _takes_files(self, field: ResourceField) -> bool:
        """Tell whether a form can add files to a list."""
        is_new = isinstance(field, Argument) and field.creates
        if field.field and not is_new:
            return False
        target = self._schema.resources[field.target]
        return target.model == ATTACHMENT and self._usable.may(field.target, "create")

    def _example(self, resource: Resource, suffix: str) -> Json:
        """Return a body with what is required and a few values more; empty if it would not fit."""
        required, optional = {}, {}
        for field, input_field in self._fields(resource, suffix):
            needed = is_required_input_field(input_field)
            value = None if field.to_many else leaf_example(get_named_type(input_field.type))
            if value is None and needed:
                return {}
            if value is None:
                continue
            if needed:
                required[field.name] = value
            elif not (field.relation or field.deprecation_reason or field.type == "boolean"):
                optional[field.name] = value
        more = list(optional.items())[: max(0, _EXAMPLE_FIELDS - len(required))]
        return {**required, **dict(more)}
