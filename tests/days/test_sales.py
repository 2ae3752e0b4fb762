"""The day of a salesperson: from a quotation to the delivered order."""

import sys

import pytest

pytestmark = pytest.mark.server

_CUSTOMER = "Working Day Customer"
_LINES = (("Working Day Desk", 4, 250.0), ("Working Day Chair", 6, 40.0))


def test_day(days, api):
    days.check(sys.modules[__name__], api)


def day(api):
    """Do it by an API."""
    customer = api.create("customers", name=_CUSTOMER, email="desk@example.com")
    products = [
        api.create("products", name=name, list_price=price) for name, _quantity, price in _LINES
    ]
    lines = [
        {"product": product, "quantity": quantity}
        for product, (_name, quantity, _price) in zip(products, _LINES, strict=True)
    ]
    order = api.create("sale-orders", customer=customer, order_lines={"create": lines})
    api.act("sale-orders", order, "confirm")
    assert api.read("sale-orders", order, "state")["state"] == "sale"


def in_odoo(env):
    """Do it by Odoo's methods."""
    customer = env["res.partner"].create({"name": _CUSTOMER, "email": "desk@example.com"})
    products = [
        env["product.product"].create({"name": name, "list_price": price})
        for name, _quantity, price in _LINES
    ]
    lines = [
        (0, 0, {"product_id": product.id, "product_uom_qty": quantity})
        for product, (_name, quantity, _price) in zip(products, _LINES, strict=True)
    ]
    order = env["sale.order"].create({"partner_id": customer.id, "order_line": lines})
    order.action_confirm()


def figures(env):
    """Return what Odoo says at the end."""
    orders = env["sale.order"].search([("partner_id.name", "=", _CUSTOMER)])
    return [
        {
            "order": order.name,
            "state": order.state,
            "invoice status": order.invoice_status,
            "amounts": [order.amount_untaxed, order.amount_tax, order.amount_total],
            "transfers": [
                [transfer.name, transfer.state, transfer.move_ids.mapped("quantity")]
                for transfer in order.picking_ids.sorted("name")
            ],
        }
        for order in orders
    ]
