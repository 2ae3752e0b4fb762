"""From Odoo's names to the API's: snake_case in REST, camelCase in GraphQL."""

import re
from functools import lru_cache

GRAPHQL_NAME = re.compile(r"^[_A-Za-z][_0-9A-Za-z]*$")
TYPE_NAME = re.compile(r"^[A-Z][A-Za-z0-9]*$")
COLLECTION_NAME = re.compile(r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")
FIELD_NAME = re.compile(r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$")
ACTION_NAME = COLLECTION_NAME

EXTERNAL_ID = "external_id"
"""What every resource has: Odoo's external id, the key of an upsert, read and filtered by."""

EXTERNAL_ID_FILTER = "ExternalIdFilter"
"""The input type with the operators on external ids."""

EXTERNAL_ID_EXAMPLE = "my_app.customer_5"

_MAX_KEPT_LENGTH = 63
"""The longest names that are kept: PostgreSQL has no longer ones, but clients may send them."""


def snake_case(graphql_name: str) -> str:
    """Return the REST name of a field that no resource names.

    >>> snake_case("createDate")
    'create_date'
    """
    return re.sub(r"(?<=[a-z0-9])([A-Z])", lambda match: "_" + match[1].lower(), graphql_name)


def camel_case(name: str) -> str:
    """Return the GraphQL name of a snake_case or kebab-case name.

    >>> camel_case("sale-orders"), camel_case("image_1920")
    ('saleOrders', 'image1920')
    """
    return _camel_case(name) if len(name) <= _MAX_KEPT_LENGTH else _camel_case.__wrapped__(name)


@lru_cache(maxsize=4096)
def _camel_case(name: str) -> str:
    first, *rest = re.split(r"[_-]", name)
    return first + "".join(part[:1].upper() + part[1:] for part in rest)


def pascal_case(name: str) -> str:
    """Return a snake_case name as the name of a GraphQL type.

    >>> pascal_case("invoice_status")
    'InvoiceStatus'
    """
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def lower_first(name: str) -> str:
    """Return a type's name as the name of the field that reads one record.

    >>> lower_first("SaleOrder")
    'saleOrder'
    """
    return name[:1].lower() + name[1:]


def upper_first(name: str) -> str:
    """Return a name with a capital first letter.

    >>> upper_first("saleOrders")
    'SaleOrders'
    """
    return name[:1].upper() + name[1:]


def plural(noun: str) -> str:
    """Return the regular English plural of a snake_case noun.

    >>> plural("category"), plural("address"), plural("day")
    ('categories', 'addresses', 'days')
    """
    if re.search(r"[^aeiou]y$", noun):
        return noun[:-1] + "ies"
    if re.search(r"(s|x|z|ch|sh)$", noun):
        return noun + "es"
    return noun + "s"


def default_name(field_name: str, field_type: str) -> str:
    """Return the REST name of an Odoo field that the resource does not name itself.

    >>> default_name("country_id", "many2one"), default_name("tag_ids", "many2many")
    ('country', 'tags')
    """
    if field_type == "many2one":
        return field_name.removesuffix("_id")
    if field_name.endswith("_ids"):
        return plural(field_name.removesuffix("_ids"))
    return field_name


class OwnName(str):
    """A name in a path that a client or a definition in Odoo chose: the same in both APIs."""


class FieldPath(str):
    """A path with points between its parts, in REST names; ``in_graphql`` is its other form."""

    in_graphql: str

    @classmethod
    def of(cls, path) -> "FieldPath":
        """Return the path of these parts: REST names, numbers, own names."""
        text = cls(".".join(map(str, path)))
        text.in_graphql = ".".join(
            part if isinstance(part, OwnName) else camel_case(str(part)) for part in path
        )
        return text
