"""The records of any resource that were created last."""

import strawberry
from graphql import OperationType

from odoo.fields import Domain

from odoo.addons.graphql_api.rest.extension import READ_ERRORS, Call, RootField
from odoo.addons.graphql_api.schema.extension import (
    Feature,
    FeatureField,
    search,
    selected_columns,
)

NUMBER = 5


def _name(resource) -> str:
    return f"{resource.list_name}Latest"


def latest_field(resource, type_of):
    node = type_of("")

    def resolve(info: strawberry.Info) -> list[node]:
        columns = selected_columns(info.context, info, resource)
        return search(info.context, resource, Domain.TRUE, columns, order="id desc", limit=NUMBER)

    return strawberry.field(resolve, description="The records that were created last.")


def read_latest(collection: str, fields: str | None) -> list[dict]:
    call = Call(collection, LATEST.name)
    name = _name(call.resource)
    return call.run(RootField(OperationType.QUERY, name, (), call.projection(fields)), {})


def describe_latest(routes, resource):
    data = {"type": "array", "items": routes.records.record(resource.type_name)}
    response = routes.responses.success(data, "The records.", "ETag")
    operation = routes.operation(
        resource.type_name,
        f"list{resource.plural_name}Latest",
        f"The {resource.type_name} records that were created last",
        "",
        [routes.parameters.fields(), routes.parameters.if_none_match()],
        {**routes.responses.cached(response), **routes.responses.errors(*READ_ERRORS, 404)},
    )
    return {f"/api/{resource.collection}/{LATEST.name}": {"get": operation}}


LATEST = Feature(
    "latest",
    queries=(FeatureField(_name, latest_field),),
    describe=describe_latest,
)
