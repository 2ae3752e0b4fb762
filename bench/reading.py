"""What is read, said once for all peers, in the names of Odoo's fields."""

from __future__ import annotations

from dataclasses import dataclass

Selection = dict[str, "Selection"]
"""Odoo fields, each with what is read of the records at its other end; empty for values.
The id of every record is read as well."""

CUSTOMER, ORDER = "res.partner", "sale.order"

BOOLEANS = frozenset(["is_company"])
MOMENTS = frozenset(["create_date", "date_order"])

FOUR_FIELDS: Selection = {"name": {}, "email": {}, "phone": {}}
"""Four with the id."""

TEN_FIELDS: Selection = {
    "name": {},
    "email": {},
    "phone": {},
    "city": {},
    "partner_latitude": {},
    "is_company": {},
    "type": {},
    "create_date": {},
    "country_id": {"name": {}},
}
"""Ten with the id: char, float, boolean, selection, datetime, many2one."""

_PRODUCT: Selection = {"name": {}}
_ORDER: Selection = {"name": {}, "date_order": {}, "state": {}, "amount_total": {}}

ORDER_SCREEN: Selection = {
    **_ORDER,
    "partner_id": {"name": {}},
    "order_line": {"product_uom_qty": {}, "price_unit": {}, "product_id": _PRODUCT},
}

DEPTHS: dict[int, Selection] = {
    1: _ORDER,
    2: {**_ORDER, "order_line": {"product_uom_qty": {}, "price_unit": {}}},
    3: {
        **_ORDER,
        "order_line": {"product_uom_qty": {}, "price_unit": {}, "product_id": _PRODUCT},
    },
    4: {
        **_ORDER,
        "order_line": {
            "product_uom_qty": {},
            "price_unit": {},
            "product_id": {**_PRODUCT, "categ_id": {"name": {}}},
        },
    },
}


@dataclass(frozen=True)
class Place:
    """A record that a page begins after, in every way that peers can say it.

    ``offset`` is the number of records up to it, itself included; ``name`` and ``record_id``
    are its values of the order.
    """

    offset: int
    cursor: str
    record_id: int
    name: str


@dataclass(frozen=True)
class Read:
    """One thing to read.

    :param model: :data:`CUSTOMER` or :data:`ORDER`
    :param first: number of records
    :param order: an Odoo field, with a minus sign where it descends; the id comes last
    :param country: of orders, the code of the country of the customer
    :param after: where the page begins, None for the first page
    :param record_id: one record instead of a list
    :param total: the number of all records instead of a list
    :param times: how often the same list is read at once
    """

    model: str
    selection: Selection
    first: int = 80
    order: str = "-id"
    country: str | None = None
    after: Place | None = None
    record_id: int | None = None
    total: bool = False
    times: int = 1

    @property
    def order_terms(self) -> list[tuple[str, bool]]:
        """The order as fields, each with whether it descends."""
        name = self.order.removeprefix("-")
        terms = [(name, name != self.order)]
        return terms if name == "id" else [*terms, ("id", False)]
