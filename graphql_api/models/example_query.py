"""The query that *Open in GraphiQL* begins with: records with the fields that matter most."""

from collections.abc import Mapping

from ..schema.exposure.resource import Resource
from ..schema.exposure.resource_field import ResourceField
from ..schema.values.scalars import VALUE_TYPES

_FIELDS = 10
_RECORDS = 10
_OF_A_KIND = 2
"""How many dates, amounts and so on there are at most before other fields come."""

_NAMES = ("name", "ref", "reference", "code", "default_code")
_AMOUNT_WORDS = ("amount", "price", "revenue")
_LONG_TYPES = ("binary", "image", "html", "text", "json", "properties")


def example_query(resource: Resource, resources: Mapping[str, Resource]) -> str:
    """Return a GraphQL query of the first records of a resource.

    :param resources: all that the schema has, by type name
    """
    fields = [
        field
        for field in resource.fields.values()
        if field.readable
        and field.deprecation_reason is None
        and (_is_partner(field, resources) or _is_plain(field))
    ]
    chosen, kinds = [], [_kind(field) for field in fields]
    for kind in range(5):
        group = [field for field, each in zip(fields, kinds, strict=True) if each == kind]
        chosen += sorted(group, key=_order)[:_OF_A_KIND]
    chosen += [field for field in fields if field not in chosen]
    lines = ["id", "displayName"]
    for field in chosen[:_FIELDS]:
        selected = "" if _is_plain(field) else " { id displayName }"
        lines.append(f"{field.graphql_name}{selected}")
    selection = "\n      ".join(lines)
    return (
        f"{{\n  {resource.list_name}(first: {_RECORDS}) {{\n"
        f"    nodes {{\n      {selection}\n    }}\n  }}\n}}\n"
    )


def _is_plain(field: ResourceField) -> bool:
    return field.shows_name or (field.type in VALUE_TYPES and field.type not in _LONG_TYPES)


def _is_partner(field: ResourceField, resources: Mapping[str, Resource]) -> bool:
    """Tell whether a field leads to the one contact that the record is about."""
    return (
        field.type == "many2one"
        and field.field == "partner_id"
        and not field.shows_name
        and field.target in resources
    )


def _kind(field: ResourceField) -> int:
    """Return 0 for names, 1 for states, 2 for dates, 3 for amounts, 4 for the partner, 5 else."""
    if field.field in _NAMES:
        return 0
    if field.field in ("state", "stage_id", "status") or field.field.endswith("_state"):
        return 1
    if field.type in ("date", "datetime"):
        return 2
    if field.type == "monetary" or (
        field.type == "float" and any(word in field.field for word in _AMOUNT_WORDS)
    ):
        return 3
    return 4 if field.type == "many2one" and field.field == "partner_id" else 5


def _order(field: ResourceField) -> tuple[int, bool, bool]:
    """Return what sorts the fields of a kind: the name, the date, the total before others."""
    rank = _NAMES.index(field.field) if field.field in _NAMES else 0
    is_usual = "total" in field.field or "date" in field.field or field.field == "state"
    return rank, not is_usual, field.field.startswith("activity_")
