"""Names and values of the API, beside Odoo's."""

import re

from bench.reading import BOOLEANS, CUSTOMER, MOMENTS, ORDER, Selection

TYPES = {CUSTOMER: "Customer", ORDER: "SaleOrder"}
SINGLE_FIELDS = {CUSTOMER: "customer", ORDER: "saleOrder"}
LIST_FIELDS = {CUSTOMER: "customers", ORDER: "saleOrders"}
COLLECTIONS = {CUSTOMER: "customers", ORDER: "sale-orders"}

_NAMES = {
    "country_id": "country",
    "partner_id": "customer",
    "order_line": "order_lines",
    "product_uom_qty": "quantity",
    "product_id": "product",
    "categ_id": "category",
}


def rest_name(field: str) -> str:
    """Return the REST name of an Odoo field."""
    return _NAMES.get(field, field)


def graphql_name(field: str) -> str:
    """Return the GraphQL name of an Odoo field."""
    return re.sub(r"_([a-z])", lambda match: match[1].upper(), rest_name(field))


def from_api(selection: Selection, record: dict | None, name_of) -> dict | None:
    """Return a record of our API under Odoo's names, with an integer id.

    :param name_of: Odoo field -> name in the record
    """
    if record is None:
        return None
    result = {"id": int(record["id"])}
    for field, below in selection.items():
        value = record[name_of(field)]
        if isinstance(value, list):
            value = [from_api(below, item, name_of) for item in value]
        elif below:
            value = from_api(below, value, name_of)
        result[field] = value
    return result


def from_odoo(selection: Selection, record: dict) -> dict:
    """Return a record as Odoo's own methods give it, in the form of :func:`from_api`."""
    result = {"id": record["id"]}
    for field, below in selection.items():
        result[field] = _from_odoo(field, below, record[field])
    return result


def _from_odoo(field: str, below: Selection, value):
    if below:
        if not value:
            return [] if isinstance(value, list) else None
        if isinstance(value, dict):
            return from_odoo(below, value)
        if isinstance(value[0], dict):
            return [from_odoo(below, item) for item in value]
        return {"id": value[0], "name": value[1]}
    if value is False and field not in BOOLEANS:
        return None
    if field in MOMENTS:
        return f"{value.replace(' ', 'T')}Z"
    return value
