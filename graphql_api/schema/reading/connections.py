"""Connections and edges of a list, as the Relay specification has them.

https://relay.dev/graphql/connections.htm
"""

from typing import Any

import strawberry

from .pagination import PageInfo


def edge_type(type_name: str, node: type) -> type:
    """Return the type of a record and its cursor."""
    cls = type(f"{type_name}Edge", (), {})
    cls.__annotations__ = {"cursor": str, "node": node}
    return strawberry.type(cls, description=f"A {type_name} in its list.")


def connection_type(type_name: str, node: Any, edge: Any) -> type:
    """Return the type of a page, which shows a :class:`.pagination.Page`.

    :param node: the type of the records
    :param edge: of :func:`edge_type`
    """

    class Connection:
        @strawberry.field(description="The number of records in the whole list.")
        def total_count(self) -> int:
            return self.total_count

        @strawberry.field
        def page_info(self: Any) -> PageInfo:
            return self

        @strawberry.field
        def nodes(self: Any) -> list[node]:
            return self.records

        @strawberry.field
        def edges(self: Any) -> list[edge]:
            cursors = self.cursors
            return [edge(cursor=cursors[record.id], node=record) for record in self.records]

    Connection.__name__ = f"{type_name}Connection"
    return strawberry.type(Connection, description=f"A page of a list of {type_name} records.")
