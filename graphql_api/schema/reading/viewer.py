"""The ``me`` query: who is asking, and in which companies, language and time zone."""

from collections.abc import Mapping
from typing import Optional

import strawberry

from ..access.access import find_visible
from ..access.context import Context
from ..access.odoo_models import COMPANY, USER
from ..exposure.resource import Resource
from .selection import selected_columns


@strawberry.type(description="What the caller may do with a resource.")
class MeResource:
    type: str = strawberry.field(description="The type of its records.")
    collection: str | None = strawberry.field(
        description="Its collection in REST; null if its records have no address of their own."
    )
    operations: list[str] = strawberry.field(
        description="The allowed ones of read, create, update and delete."
    )
    actions: list[str] = strawberry.field(
        description="The allowed actions, by their names in REST."
    )


def me_query(resources: dict[str, Resource], types: Mapping[str, type]) -> type:
    """Return the query class with ``me``; a part whose model is not exposed is left out.

    :param resources: type name -> :class:`Resource`
    :param types: type name -> Strawberry type
    """
    by_model = {
        resource.model: resource for resource in resources.values() if "read" in resource.operations
    }
    namespace: dict = {"__annotations__": {}}
    if user := by_model.get(USER):
        namespace["user"] = _user_field(user, types[user.type_name])
    if company := by_model.get(COMPANY):
        namespace["company"] = _company_field(company, types[company.type_name])
        namespace["companies"] = _companies_field(company, types[company.type_name])
    namespace["lang"] = strawberry.field(_lang, description="The language of responses.")
    namespace["tz"] = strawberry.field(_tz, description="The time zone for grouping by date.")
    namespace["policy"] = strawberry.field(
        _policy, description="The name of the key's policy; null if it has none."
    )
    namespace["resources"] = strawberry.field(
        _resources,
        description="The resources that the caller may use, and what it may do with each.",
    )
    viewer = strawberry.type(
        type("Me", (), namespace), name="Me", description="The user who sends the request."
    )

    class MeQuery:
        @strawberry.field(description="The user who sends the request.")
        def me(self) -> viewer:
            return viewer()

    return strawberry.type(MeQuery)


def _user_field(resource: Resource, user_type: type):
    def user(root, info: strawberry.Info) -> Optional[user_type]:  # noqa: UP045 - run-time type
        context: Context = info.context
        columns = selected_columns(context, info, resource)
        return find_visible(context, resource, [context.env.uid], columns) or None

    return strawberry.field(user)


def _company_field(resource: Resource, company_type: type):
    def company(root, info: strawberry.Info) -> Optional[company_type]:  # noqa: UP045
        context: Context = info.context
        columns = selected_columns(context, info, resource)
        return find_visible(context, resource, [context.env.company.id], columns) or None

    return strawberry.field(company, description="The current company; new records belong to it.")


def _companies_field(resource: Resource, company_type: type):
    def companies(root, info: strawberry.Info) -> list[company_type]:
        context: Context = info.context
        columns = selected_columns(context, info, resource)
        return list(find_visible(context, resource, context.env.companies.ids, columns))

    return strawberry.field(
        companies, description="The companies whose records the responses show."
    )


def _lang(root, info: strawberry.Info) -> str | None:
    return info.context.env.lang


def _tz(root, info: strawberry.Info) -> str | None:
    env = info.context.env
    return env.context.get("tz") or env.user.tz or None


def _policy(root, info: strawberry.Info) -> str | None:
    return info.context.policy.name


def _resources(root, info: strawberry.Info) -> list[MeResource]:
    context: Context = info.context
    found = []
    for resource in context.resources.values():
        operations = context.operations(resource)
        actions = [
            name for name, action in resource.actions.items() if context.may_act(resource, action)
        ]
        if operations or actions:
            collection = resource.collection if resource.is_root else None
            found.append(
                MeResource(
                    type=resource.type_name,
                    collection=collection,
                    operations=operations,
                    actions=actions,
                )
            )
    return found
