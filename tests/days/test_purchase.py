"""The day of a buyer: from a request for quotation to the paid bills."""

import sys

import pytest

pytestmark = [pytest.mark.server, pytest.mark.pdf]

_VENDOR = "Working Day Vendor"
_LINES = (("Working Day Steel", 10, 4.0), ("Working Day Screws", 3, 20.0))
_FIRST_RECEIPT = (6, 3)
_DATE = "2026-01-15"


def test_day(days, api):
    days.check(sys.modules[__name__], api)


def day(api):
    """Do it by an API."""
    vendor = api.create("customers", name=_VENDOR, email="steel@example.com")
    products = [
        api.create("products", name=name, is_storable=True) for name, _quantity, _price in _LINES
    ]
    lines = [
        {"product": product, "quantity": quantity, "price_unit": price}
        for product, (_name, quantity, price) in zip(products, _LINES, strict=True)
    ]
    order = api.create("purchase-orders", vendor=vendor, order_lines={"create": lines})
    api.act("purchase-orders", order, "send-rfq")
    assert api.read("purchase-orders", order, "state")["state"] == "sent"
    api.act("purchase-orders", order, "confirm")
    api.act("purchase-orders", order, "send")

    def bill():
        number = api.act("purchase-orders", order, "create-bill")
        api.update("vendor-bills", number, invoice_date=_DATE)
        api.act("vendor-bills", number, "post")
        return number

    (receipt,) = api.read("purchase-orders", order, "transfers.id,transfers.moves.id")["transfers"]
    moves = sorted(receipt["moves"], key=lambda move: move["id"])
    for move, quantity in zip(moves, _FIRST_RECEIPT, strict=True):
        api.update("stock-moves", move["id"], quantity=quantity, picked=True)
    api.act("transfers", receipt["id"], "validate", backorder=True)
    first = bill()
    (rest,) = api.read("transfers", receipt["id"], "backorders.id")["backorders"]
    api.act("transfers", rest["id"], "validate")
    bill()
    api.act("vendor-bills", first, "register-payment", payment_date=_DATE)
    assert api.read("purchase-orders", order, "invoice_status")["invoice_status"] == "invoiced"


def in_odoo(env):
    """Do it by Odoo's methods."""
    vendor = env["res.partner"].create({"name": _VENDOR, "email": "steel@example.com"})
    products = [
        env["product.product"].create({"name": name, "is_storable": True})
        for name, _quantity, _price in _LINES
    ]
    env.invalidate_all()  # their taxes in other companies, which the next request does not see
    lines = [
        (0, 0, {"product_id": product.id, "product_qty": quantity, "price_unit": price})
        for product, (_name, quantity, price) in zip(products, _LINES, strict=True)
    ]
    order = env["purchase.order"].create({"partner_id": vendor.id, "order_line": lines})

    def send(**context):
        question = order.with_context(**context).action_rfq_send()
        wizard = env[question["res_model"]].with_context(**question["context"]).create({})
        wizard.action_send_mail()

    def bill():
        created = env["account.move"].browse(order.action_create_invoice()["res_id"])
        created.invoice_date = _DATE
        created.action_post()
        return created

    send(send_rfq=True)
    order.button_confirm()
    send()
    receipt = order.picking_ids
    for move, quantity in zip(receipt.move_ids.sorted("id"), _FIRST_RECEIPT, strict=True):
        move.write({"quantity": quantity, "picked": True})
    question = receipt.button_validate()
    wizard = env[question["res_model"]].with_context(**question["context"]).create({})
    wizard.process()
    first = bill()
    receipt.backorder_ids.button_validate()
    bill()
    payment = first.action_register_payment()["context"]
    wizard = env["account.payment.register"].with_context(**payment)
    wizard.create({"payment_date": _DATE}).action_create_payments()


def figures(env):
    """Return what Odoo says at the end."""
    orders = env["purchase.order"].search([("partner_id.name", "=", _VENDOR)])
    return [
        {
            "order": [order.state, order.invoice_status, order.receipt_status],
            "amounts": [order.amount_untaxed, order.amount_tax, order.amount_total],
            "lines": [
                [line.product_qty, line.qty_received, line.qty_invoiced]
                for line in order.order_line.sorted("id")
            ],
            "mails": [
                [message.partner_ids.mapped("email"), "quotation" in message.body]
                for message in order.message_ids.sorted("id")
                if message.message_type == "comment"
            ],
            "transfers": [
                [transfer.state, transfer.move_ids.sorted("id").mapped("quantity")]
                for transfer in order.picking_ids.sorted("id")
            ],
            "quants": [
                [quant.product_id.name, quant.location_id.complete_name, quant.quantity]
                for quant in env["stock.quant"].search(
                    [("product_id", "in", order.order_line.product_id.ids)], order="id"
                )
            ],
            "bills": [
                [
                    bill.state,
                    str(bill.invoice_date),
                    bill.amount_residual,
                    bill.payment_state,
                    [
                        [line.account_id.code, line.debit, line.credit]
                        for line in bill.line_ids.sorted("id")
                    ],
                ]
                for bill in order.invoice_ids.sorted("id")
            ],
        }
        for order in orders
    ]
