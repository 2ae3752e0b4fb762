"""What the routes of the API have in common; addons make theirs with it."""

from typing import Any

from . import replica

FEATURE = "feature"
"""The option of ``odoo.http.route`` with the name of the feature of resources that a route below
a collection serves (see :class:`..schema.addons.features.Feature`)."""

READ_ROUTE: dict[str, Any] = {
    "type": "graphql_api",
    "auth": "graphql_api",
    "readonly": replica.reads,
    "save_session": False,
}
"""Options of a route that changes nothing, whatever its method is; a replica may serve it."""

WRITE_ROUTE: dict[str, Any] = {**READ_ROUTE, "readonly": False}
"""Options of a route that changes records."""

SCHEMA_ROUTE: dict[str, Any] = {**READ_ROUTE, "readonly": True}
"""Options of a route that shows the schema and no record; a replica may always serve it."""


def only_reads(endpoint: Any) -> bool:
    """Tell whether a route is one that changes nothing, by its endpoint."""
    return getattr(endpoint, "routing", {}).get("readonly") is replica.reads
