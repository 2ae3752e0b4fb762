"""For each action of the catalog, a record on which it works, and its arguments.

An action that is added to the catalog gets one here. ``test_dry_run.py`` runs all of them, and
fails where an action has no example.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from .administrator import Administrator


@dataclass(frozen=True)
class Example:
    """An action that succeeds.

    :param make: makes a record in Odoo; returns its id
    :param arguments: what the action gets as ``input`` over GraphQL; over REST it is the body, with
        the names in snake case
    """

    make: Callable[[Administrator], int]
    arguments: dict = field(default_factory=dict)


def _create(odoo: Administrator, model: str, **values) -> int:
    (record_id,) = odoo.call(model, "create", vals_list=[values])
    return record_id


def _find(odoo: Administrator, model: str, *domain) -> int:
    (record_id,) = odoo.call(model, "search", domain=list(domain), limit=1)
    return record_id


def _customer(odoo: Administrator) -> int:
    return _create(odoo, "res.partner", name="Zcustomer", email="customer@example.com")


def _product(odoo: Administrator) -> int:
    return _create(odoo, "product.product", name="Zproduct", list_price=10)


def _quotation(odoo: Administrator) -> int:
    line = {"product_id": _product(odoo), "product_uom_qty": 2}
    return _create(
        odoo, "sale.order", partner_id=_customer(odoo), order_line=[[0, 0, line]], note="Z"
    )


def _order(odoo: Administrator) -> int:
    order = _quotation(odoo)
    odoo.call("sale.order", "action_confirm", ids=[order])
    return order


def _cancelled_order(odoo: Administrator) -> int:
    order = _quotation(odoo)
    odoo.call("sale.order", "action_cancel", ids=[order])
    return order


def _draft_invoice(odoo: Administrator) -> int:
    line = {"product_id": _product(odoo), "quantity": 2, "price_unit": 5}
    return _create(
        odoo,
        "account.move",
        move_type="out_invoice",
        partner_id=_customer(odoo),
        invoice_date="2026-01-01",
        invoice_line_ids=[[0, 0, line]],
    )


def _posted_invoice(odoo: Administrator) -> int:
    invoice = _draft_invoice(odoo)
    odoo.call("account.move", "action_post", ids=[invoice])
    return invoice


def _opportunity(odoo: Administrator) -> int:
    return _create(odoo, "crm.lead", name="Zlead", type="opportunity", partner_id=_customer(odoo))


def _delivery(odoo: Administrator) -> int:
    """Make a delivery of which a part is picked."""
    kind = _find(odoo, "stock.picking.type", ["code", "=", "outgoing"])
    source = odoo.call("stock.picking.type", "read", ids=[kind], fields=["default_location_src_id"])
    places = {
        "location_id": source[0]["default_location_src_id"][0],
        "location_dest_id": _find(odoo, "stock.location", ["usage", "=", "customer"]),
    }
    move = {"product_id": _product(odoo), "product_uom_qty": 2, **places}
    values = {"picking_type_id": kind, "partner_id": _customer(odoo), "move_ids": [[0, 0, move]]}
    delivery = _create(odoo, "stock.picking", **values, **places)
    odoo.call("stock.picking", "action_confirm", ids=[delivery])
    moves = odoo.call("stock.move", "search", domain=[["picking_id", "=", delivery]])
    odoo.call("stock.move", "write", ids=moves, vals={"quantity": 1, "picked": True})
    return delivery


EXAMPLES = {
    ("Invoice", "post"): Example(_draft_invoice),
    ("Invoice", "register-payment"): Example(_posted_invoice, {"amount": 4}),
    ("Invoice", "reset-to-draft"): Example(_posted_invoice),
    ("Lead", "mark-lost"): Example(_opportunity, {"feedback": "Z"}),
    ("Lead", "mark-won"): Example(_opportunity),
    ("SaleOrder", "cancel"): Example(_quotation),
    ("SaleOrder", "confirm"): Example(_quotation),
    ("SaleOrder", "create-invoice"): Example(_order, {"method": "percentage", "percentage": 10}),
    ("SaleOrder", "set-to-draft"): Example(_cancelled_order),
    ("Transfer", "validate"): Example(_delivery, {"backorder": True}),
}
"""Type and action -> its example."""
