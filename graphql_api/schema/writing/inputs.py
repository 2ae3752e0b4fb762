"""Input types of mutations, a few per resource, made from the same fields as its object type."""

from typing import Any

import strawberry

from ..exposure.names import EXTERNAL_ID, pascal_case
from ..exposure.resource import RELATIONS, Resource, ResourceField
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
    "unlink": "Records to take off the list.",
    "set": "The records that the list has from now on; others are taken off.",
}
"""What an input can do with the records of a one2many or many2many field."""


class InputTypes:
    """The inputs of one schema; each by the name of its type, where the resource allows it.

    ``create`` and ``update`` are what mutations take, ``keys`` how an upsert finds its record.
    ``resources`` has the resource whose fields an input sets, by the name of the input.

    :param resources: type name -> :class:`Resource`
    :param enums: (type name, field name) -> Strawberry enum of a selection
    """

    def __init__(self, resources: dict[str, Resource], enums: dict[tuple[str, str], type]):
        self._resources = resources
        self._enums = enums
        self._relations: dict[str, type] = {}
        self.resources: dict[str, Resource] = {}
        # All classes exist before any is filled: they refer to each other in circles.
        self.create = self._new("create", "CreateInput")
        self.update = self._new("update", "UpdateInput")
        self._nested_updates = self._new("update", "NestedUpdateInput")
        self.keys = {
            name: self._key(resource)
            for name, resource in resources.items()
            if resource.allows("create") and resource.allows("update")
        }
        for name, cls in self.create.items():
            self._fill(resources[name], cls, creates=True)
        for name, cls in self.update.items():
            self._fill(resources[name], cls)
        for name, cls in self._nested_updates.items():
            add_input_field(cls, "id", strawberry.ID, "Which record to change.", required=True)
            self._fill(resources[name], cls)
        for family, text in (
            (self.create, "A new {} record."),
            (self.update, "Changes of a {} record: what is absent stays, null clears."),
            (self._nested_updates, "Changes of a {} record of a list."),
        ):
            for name, cls in family.items():
                define_input(cls, text.format(name))
                self.resources[cls.__name__] = resources[name]

    def _new(self, operation: str, suffix: str) -> dict[str, type]:
        return {
            name: new_input(f"{name}{suffix}")
            for name, resource in self._resources.items()
            if resource.allows(operation)
            or any(resource.allows(operation, inverse) for inverse in self._parents(resource))
        }

    def _fill(self, resource: Resource, cls: type, creates: bool = False) -> None:
        parents = self._parents(resource)
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

    def _parents(self, resource: Resource) -> set[str]:
        """Return the Odoo fields that a list of another resource fills."""
        return {
            field.inverse
            for other in self._resources.values()
            for field in other.writable_fields
            if field.relation == resource.type_name and field.inverse
        }

    def _annotation(self, resource: Resource, field: ResourceField) -> Any:
        if field.to_many:
            return self._relation(resource, field)
        if field.type in RELATIONS:
            return strawberry.ID
        return self._enums.get((resource.type_name, field.name), value_type(field).annotation)

    def _relation(self, resource: Resource, field: ResourceField) -> type | None:
        """Return the input for a list, None where nothing can be done with it."""
        name = f"{resource.type_name}{pascal_case(field.name)}Input"
        if name not in self._relations:
            cls = new_input(name)
            for operation in relation_operations(field, self._resources[field.target]):
                item: Any = self._item(field.target, operation)
                add_input_field(cls, operation, list[item], RELATION_OPERATIONS[operation])
            if not cls._input_fields:
                return None
            self._relations[name] = define_input(
                cls, f"What to do with the list {field.graphql_name}."
            )
        return self._relations[name]

    def _item(self, type_name: str, operation: str) -> type:
        family = {"create": self.create, "update": self._nested_updates}.get(operation)
        return strawberry.ID if family is None else family[type_name]

    def _key(self, resource: Resource) -> type:
        cls = new_input(f"{resource.type_name}Key")
        for field in resource.fields.values():
            if field.is_key:
                add_resource_field(cls, field, self._annotation(resource, field))
        add_input_field(
            cls,
            EXTERNAL_ID,
            str,
            "Your application's id of the record, my_app.customer_5; or its external id in Odoo.",
        )
        return define_input(
            cls,
            f"What tells one {resource.type_name} from all others: exactly one key.",
            one_of=True,
        )


def relation_operations(field: ResourceField, target: Resource) -> list[str]:
    """Return what clients may do with a list, as the resource of its records allows.

    Adding a record to a one2many, or taking it off, changes the record itself. Where it cannot
    be without its parent, taking it off deletes it.
    """
    operations = ("create", "update", "delete")
    allowed = [name for name in operations if target.allows(name, field.inverse)]
    if field.type == "many2many" or target.allows("update"):
        allowed.append("link")
        if not field.unlink_deletes or target.allows("delete"):
            allowed += ["unlink", "set"]
    return allowed
