"""``updateMe``: what users change of themselves, with no right to change users."""

from typing import Any

import strawberry

from odoo.exceptions import AccessError

from ..access.access import Context
from ..access.odoo_models import USER
from ..addons.binding import resource_type
from ..exposure.errors import ApiError
from ..values.input_objects import given
from ..values.scalars import FILE_TYPES, VALUE_TYPES, Upload
from .input_problems import InputProblems

User = resource_type("User")

_FIELDS = {"lang": "lang", "tz": "tz", "signature": "signature", "avatar": "image_1920"}
"""Name of the input -> Odoo field, one that Odoo lets users write of themselves."""

_REQUIRED = ("lang",)


@strawberry.input(description="Preferences of a user: what is absent stays, null clears.")
class MeUpdateInput:
    lang: str | None = strawberry.field(
        default=strawberry.UNSET, description="One of the installed languages, nl_BE."
    )
    tz: str | None = strawberry.field(
        default=strawberry.UNSET, description="A time zone, Europe/Brussels."
    )
    signature: str | None = strawberry.field(
        default=strawberry.UNSET, description="What stands below messages of the user, in HTML."
    )
    avatar: Upload | None = strawberry.field(
        default=strawberry.UNSET, description="A picture of the user."
    )


@strawberry.type
class MeMutation:
    @strawberry.mutation(description="Change preferences of the user that is asking.")
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
    problems = InputProblems()
    values = {}
    for name, item in given(value):
        field = user._fields[_FIELDS[name]]
        path = ("input", name)
        if item is None:
            if name in _REQUIRED:
                problems.refuse(path, "A value is required; it cannot be cleared.")
            values[field.name] = False
            continue
        if field.type in FILE_TYPES:
            context.count_file(len(item))
        try:
            values[field.name] = VALUE_TYPES[field.type].parse(item, field, context.env)
        except ApiError as error:
            problems.add(path, error)
        except ValueError as error:
            problems.refuse(path, str(error))
    if problems or context.input_errors:
        raise problems.to_error()
    if not values.keys() <= user._self_accessible_fields()[1]:
        raise AccessError(context.env._("You are not allowed to change these preferences."))
    user.write(values)
    context.env.flush_all()
    context.env.invalidate_all()
    return user
