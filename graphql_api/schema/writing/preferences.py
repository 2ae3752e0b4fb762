"""``updateMe``: what users change of themselves, with no right to change users."""

from typing import Any

import strawberry

from odoo.exceptions import AccessError

from ..access.context import Context
from ..access.odoo_models import USER
from ..addons.binding import resource_type
from ..exposure.resource import Resource
from ..exposure.resource_field import ResourceField
from ..values.scalars import Upload
from .input_reader import InputReader

User = resource_type("User")

_PREFERENCES = Resource(
    type_name="Me",
    collection="",
    model=USER,
    operations=frozenset(),
    fields={
        field.name: field
        for field in (
            ResourceField("lang", "lang", "selection", required=True),
            ResourceField("tz", "tz", "selection"),
            ResourceField("signature", "signature", "html"),
            ResourceField("avatar", "image_1920", "binary"),
        )
    },
)
"""The fields of the input: of Odoo's, some that it lets users write of themselves."""


@strawberry.input(
    description="Preferences of a user. Fields that are left out stay as they are; "
    "null clears a field."
)
class MeUpdateInput:
    lang: str | None = strawberry.field(
        default=strawberry.UNSET, description="One of the installed languages, like nl_BE."
    )
    tz: str | None = strawberry.field(
        default=strawberry.UNSET, description="A time zone, like Europe/Brussels."
    )
    signature: str | None = strawberry.field(
        default=strawberry.UNSET, description="The signature below the user's messages, in HTML."
    )
    avatar: Upload | None = strawberry.field(
        default=strawberry.UNSET, description="A picture of the user."
    )


@strawberry.type
class MeMutation:
    @strawberry.mutation(description="Change preferences of the user who sends the request.")
    def update_me(self, info: strawberry.Info, input: MeUpdateInput) -> User:
        return update_me(info.context, input)


def update_me(context: Context, value: Any) -> Any:
    """Change preferences of the caller; return its user.

    Odoo's own ``write`` lets users write such fields of themselves
    (odoo/addons/base/models/res_users.py, ``SELF_WRITEABLE_FIELDS``).

    :param value: a :class:`MeUpdateInput`
    :raise ApiError: BAD_USER_INPUT
    """
    user = context.env[USER].browse(context.env.uid)
    values = _PreferencesReader(context).preferences(value)
    if not values.keys() <= user._self_accessible_fields()[1]:
        raise AccessError(context.env._("You are not allowed to change these preferences."))
    user.write(values)
    context.env.flush_all()
    context.env.invalidate_all()
    return user


class _PreferencesReader(InputReader):
    """Reads preferences as an input of a resource is read."""

    def preferences(self, value: Any) -> dict[str, Any]:
        """Return the values to write on the caller.

        :raise ApiError: BAD_USER_INPUT
        """
        values = self._values(_PREFERENCES, value, ("input",), None, None)
        self.check()
        return values

    def _check_field(self, resource: Resource, field: ResourceField) -> None:
        """Leave the rights to Odoo's ``write``, which has others for one's own user."""
