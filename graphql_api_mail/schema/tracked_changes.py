"""The changes of fields that Odoo has written into messages."""

from collections import defaultdict

import strawberry
from strawberry.scalars import JSON

from odoo.api import Environment
from odoo.models import BaseModel

from odoo.addons.graphql_api.schema.extension import batch_field, exposed_fields


@strawberry.type(description="A change of a field.")
class TrackedChange:
    field: str = strawberry.field(description="Its name in GraphQL.")
    label: str | None = strawberry.field(description="Its label in the caller's language.")
    old_value: JSON | None = strawberry.field(description="As Odoo shows it.")
    new_value: JSON | None = strawberry.field(description="As Odoo shows it.")


@strawberry.type
class MessageChanges:
    @batch_field(description="Changes of fields that the caller may see.")
    def changes(records: BaseModel, info: strawberry.Info) -> list[list[TrackedChange]]:
        found = find_changes(records, lambda model: exposed_fields(info, model))
        return [found[number] for number in records.ids]


def find_changes(messages: BaseModel, find_names) -> dict[int, list[TrackedChange]]:
    """Return the changes in messages, by the ids of the messages.

    Of those are left out that Odoo does not show the user, and those of fields that are not
    exposed.

    :param messages: ``mail.message`` records that the caller sees
    :param find_names: name of an Odoo model -> GraphQL names by names of Odoo's fields
    """
    changes: dict[int, list[TrackedChange]] = defaultdict(list)
    env: Environment = messages.env
    # Only administrators may read the table. Odoo's own page reads it like this: of messages that
    # the user sees, as far as the user may read the fields (mail/models/mail_message.py).
    trackings = env["mail.tracking.value"].sudo()
    trackings = trackings.search_fetch(
        [("mail_message_id", "in", messages.ids), ("field_id", "!=", False)], order="id"
    )
    names = {model: find_names(model) for model in set(trackings.field_id.mapped("model"))}
    shown = trackings._filter_has_field_access(env).filtered(
        lambda tracking: tracking.field_id.name in names[tracking.field_id.model]
    )
    for tracking in shown:
        field = env[tracking.field_id.model]._fields[tracking.field_id.name]
        if field.type == "properties":
            continue
        (old,) = tracking._format_display_value(field.type, new=False)
        (new,) = tracking._format_display_value(field.type, new=True)
        changes[tracking.mail_message_id.id].append(
            TrackedChange(
                field=names[field.model_name][field.name],
                label=field.get_description(env, ["string"])["string"],
                old_value=_value(old, field.type),
                new_value=_value(new, field.type),
            )
        )
    return changes


def _value(value, field_type: str):
    """Return a value as JSON has it: an empty one is null."""
    return value if value or field_type in ("boolean", "integer", "float", "monetary") else None
