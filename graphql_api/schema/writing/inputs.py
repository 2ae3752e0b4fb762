"""Input types of mutations, a few per resource, made from the same fields as its object type."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import strawberry

from ..exposure.action import Argument
from ..exposure.names import EXTERNAL_ID, pascal_case
from ..exposure.resource import Resource
from ..exposure.resource_field import RELATIONS, ResourceField
from ..values.definitions import LazyMapping
from ..values.input_objects import (
    add_input_field,
    add_resource_field,
    define_input,
    new_input,
)
from ..values.scalars import value_type

RELATION_OPERATIONS = {
    "create": "New records to add.",
    "update": "Records of the list to change.",
    "delete": "Records of the list to delete.",
    "link": "Existing records to add.",
    "unlink": "Records to remove from the list.",
    "set": "The records that the list has afterwards; others are removed from it.",
    "upsert": "Records that are found by their keys are changed, others are created. Safe to "
    "repeat.",
    "replace": "All that the list has afterwards. Records are found by their keys as with "
    "upsert; without a key they are created. Others are deleted, or removed from the list if it "
    "does not own its records.",
}
"""What an input can do with the records of a one2many or many2many field."""


class InputTypes:
    """The inputs of one schema; each by the name of its type, where the resource allows it.

    ``create`` and ``update`` are what mutations take, ``keys`` how an upsert finds its record,
    ``nested_upserts`` what upserts in a list take, ``arguments`` what actions take, each by the
    name of the action and its type.
    ``resources`` has the resource whose fields an input sets, by the name of the input.

    :param resources: type name -> :class:`Resource`
    :param enums: (type name, field name) -> Strawberry enum of a selection
    """

    def __init__(self, resources: dict[str, Resource], enums: Mapping[tuple[str, str], type]):
        self._resources = resources
        self._enums = enums
        self._parents = _parents(resources.values())
        self.create = LazyMapping(self._allowing("create"), self._create)
        self.update = LazyMapping(self._allowing("update"), self._update)
        self.nested_updates = LazyMapping(self._allowing("update"), self._nested_update)
        self.keys = LazyMapping((name for name in self.create if name in self.update), self._key)
        self.nested_upserts = LazyMapping(self.keys, self._nested_upsert)
        self._shapes = {
            shape.type_name: shape
            for resource in resources.values()
            for shape in resource.argument_shapes
        }
        self.arguments = LazyMapping(self._shapes, self._arguments)
        self.attachment_lists = LazyMapping(
            {
                resource.attachments.target
                for resource in resources.values()
                if resource.attachments
                and resource.takes_attachments
                and self._attachment_operations(resource.attachments)
            },
            self._attachment_list,
        )
        self._lists: dict[str, type] = {}
        self.resources = {
            f"{name}{suffix}": resources[name]
            for names, suffix in (
                (self.create, "CreateInput"),
                (self.update, "UpdateInput"),
                (self.nested_updates, "NestedUpdateInput"),
                (self.keys, "Key"),
            )
            for name in names
        } | {f"{name}Input": shape for name, shape in self._shapes.items()}

    def _allowing(self, operation: str) -> Iterator[str]:
        """Yield the names of the types that allow an operation, if only in a list of another."""
        for name, resource in self._resources.items():
            if resource.allows(operation) or any(
                resource.allows(operation, inverse) for inverse in self._parents.get(name, ())
            ):
                yield name

    def _create(self, name: str) -> type:
        return define_input(
            new_input(f"{name}CreateInput"),
            lambda cls: self._fill(self._resources[name], cls, creates=True),
            f"A new {name} record.",
        )

    def _update(self, name: str) -> type:
        return define_input(
            new_input(f"{name}UpdateInput"),
            lambda cls: self._fill(self._resources[name], cls),
            f"Changes to a {name} record. Fields that are left out stay as they are; null clears "
            f"a field.",
        )

    def _nested_update(self, name: str) -> type:
        def add_fields(cls: type) -> None:
            add_input_field(cls, "id", strawberry.ID, "Which record to change.", required=True)
            self._fill(self._resources[name], cls)

        return define_input(
            new_input(f"{name}NestedUpdateInput"),
            add_fields,
            f"Changes to a {name} record of a list.",
        )

    def _arguments(self, name: str) -> type:
        shape = self._shapes[name]

        def add_fields(cls: type) -> None:
            for argument in shape.arguments.values():
                note = "" if argument.default is None else f"(Default: {argument.default}.)"
                annotation = self._argument(shape, argument)
                add_resource_field(cls, argument, annotation, note, argument.needs_value)

        return define_input(new_input(f"{name}Input"), add_fields, shape.description or None)

    def _argument(self, shape: Resource, argument: Argument) -> Any:
        item: Any
        if argument.lines is not None:
            item = self.arguments[argument.lines.type_name]
            return list[item]
        if argument.creates:
            item = self.create[argument.target]
            return list[item]
        if argument.to_many:
            return list[strawberry.ID]
        return self._annotation(shape, argument)

    def _fill(self, resource: Resource, cls: type, creates: bool = False) -> None:
        parents = self._parents.get(resource.type_name, ())
        names = {
            field.field: field.graphql_name
            for field in resource.writable_fields
            if field.alias_of is None
        }
        for field in resource.writable_fields:
            annotation = self._annotation(resource, field)
            if annotation is None:
                continue
            required = creates and resource.needs_value(field)
            note = ""
            # Within the list of its parent a record gets the parent by itself, and an existing
            # record behind the new one has its own values.
            if required and field.field in parents:
                note, required = "(Required outside of it.)", False
            elif required and field.delegate in names:
                note, required = f"(Required without {names[field.delegate]}.)", False
            elif required and len(resource.names_of(field)) > 1:
                note, required = "(Required, under one of its names.)", False
            add_resource_field(cls, field, annotation, note, required)
        takes = resource.takes_attachments and resource.attachments
        if takes and takes.target in self.attachment_lists:
            add_resource_field(cls, takes, self.attachment_lists[takes.target])

    def _annotation(self, resource: Resource, field: ResourceField) -> Any:
        if field.to_many:
            return self._relation(resource, field)
        if field.type in RELATIONS:
            return strawberry.ID
        return self._enums.get((resource.type_name, field.name), value_type(field).annotation)

    def _relation(self, resource: Resource, field: ResourceField) -> type | None:
        """Return the input for a list, None where nothing can be done with it."""
        operations = relation_operations(field, self._resources[field.target])
        if not operations:
            return None
        name = list_input_name(resource, field)
        if name not in self._lists:
            self._lists[name] = define_input(
                new_input(name),
                lambda cls: self._add_operations(cls, field.target, operations),
                f"Changes to the list {field.graphql_name}.",
            )
        return self._lists[name]

    def _attachment_operations(self, field: ResourceField) -> list[str]:
        return relation_operations(field, self._resources[field.target])

    def _attachment_list(self, name: str) -> type:
        """Return the input for the attachments of any record."""
        (field,) = {
            resource.attachments for resource in self._resources.values() if resource.attachments
        }

        return define_input(
            new_input(f"{name}ListInput"),
            lambda cls: self._add_operations(cls, name, self._attachment_operations(field)),
            "Changes to the files of a record.",
        )

    def _add_operations(self, cls: type, type_name: str, operations: list[str]) -> None:
        """Add what can be done with a list of records of a type to its input."""
        for operation in operations:
            item: Any = self._item(type_name, operation)
            add_input_field(cls, operation, list[item], RELATION_OPERATIONS[operation])

    def list_input(self, name: str) -> type | None:
        """Return the input for a list that has this name."""
        for resource in self._resources.values():
            if name.startswith(resource.type_name):
                for field in resource.writable_fields:
                    if field.to_many and list_input_name(resource, field) == name:
                        return self._relation(resource, field)
        return None

    def _item(self, type_name: str, operation: str) -> type:
        families = {
            "create": self.create,
            "update": self.nested_updates,
            "upsert": self.nested_upserts,
            "replace": self.nested_upserts,
        }
        family = families.get(operation)
        return strawberry.ID if family is None else family[type_name]

    def _nested_upsert(self, name: str) -> type:
        def add_fields(cls: type) -> None:
            add_input_field(
                cls, "by", self.keys[name], "The key that finds the record. Upserts need it."
            )
            add_input_field(cls, "input", self.create[name], "Its values.", required=True)

        return define_input(
            new_input(f"{name}NestedUpsertInput"),
            add_fields,
            f"A {name} record of a list, found by a key or new.",
        )

    def _key(self, name: str) -> type:
        resource = self._resources[name]

        def add_fields(cls: type) -> None:
            for field in resource.fields.values():
                if field.is_key:
                    add_resource_field(cls, field, self._annotation(resource, field))
            add_input_field(
                cls,
                EXTERNAL_ID,
                str,
                "Your application's id of the record, my_app.customer_5; "
                "or its external id in Odoo.",
            )

        return define_input(
            new_input(f"{name}Key"),
            add_fields,
            f"The key of one {name}: send exactly one of these.",
            one_of=True,
        )


def list_input_name(resource: Resource, field: ResourceField) -> str:
    """Return the name of the input for a list: ``SaleOrderLinesInput``."""
    return f"{resource.type_name}{pascal_case(field.name)}Input"


def _parents(resources: Iterable[Resource]) -> dict[str, set[str]]:
    """Return the Odoo fields that a list of another resource fills, by type name."""
    parents: dict[str, set[str]] = defaultdict(set)
    for resource in resources:
        for field in resource.writable_fields:
            if field.relation and field.inverse:
                parents[field.relation].add(field.inverse)
    return parents


def relation_operations(field: ResourceField, target: Resource) -> list[str]:
    """Return what clients may do with a list, as the resource of its records allows.

    Adding a record to a one2many, or taking it off, changes the record itself. Where it cannot
    be without its parent, taking it off deletes it.
    """
    operations = ("create", "update", "delete")
    allowed = [name for name in operations if target.allows(name, field.inverse)]
    if not field.field:  # attachments: it is their own fields that say whose they are
        return allowed
    if field.type == "many2many" or target.allows("update"):
        allowed.append("link")
        if not field.unlink_deletes or target.allows("delete"):
            allowed += ["unlink", "set"]
    if "create" in allowed and "update" in allowed:
        allowed.append("upsert")
        if field.type == "many2many" or "delete" in allowed:
            allowed.append("replace")
    return allowed
