"""The day of a customer in the portal: a quotation is accepted, another one declined.

What was accepted is invoiced, and the customer's transfer is entered by the salesperson."""

import base64
import sys

import pytest

pytestmark = [pytest.mark.server, pytest.mark.pdf]

_CUSTOMER = "Joel Willis"
_SIGNATURE = "R0lGODlhAQABAIAAAAAAAP///ywAAAAAAQABAAACAUwAOw=="  # one pixel
_PRODUCT = {"name": "Working Day Lamp", "list_price": 35.0}
_WANTED, _UNWANTED = "Working Day Wanted", "Working Day Unwanted"
_DATE = "2026-01-15"
_REASON = "Working Day: too many lamps"
_ADDRESS = {"phone": "+1 201 555 0100", "street": "2 High Street", "zip": "07003"}


def test_day(days, api):
    days.check(sys.modules[__name__], api, "admin", "portal")


def day(salesperson, customer):
    """Do it by an API."""
    (partner,) = salesperson.find("customers", "id", name=_CUSTOMER)
    product = salesperson.create("products", **_PRODUCT)
    wanted, unwanted = (
        salesperson.create(
            "sale-orders",
            customer=partner["id"],
            client_order_ref=reference,
            require_signature=True,
            require_payment=False,
            order_lines={"create": [{"product": product, "quantity": quantity}]},
        )
        for reference, quantity in ((_WANTED, 2), (_UNWANTED, 200))
    )
    names = "state,is_expired,salesperson_name,order_lines.quantity,order_lines.product_name"
    seen = customer.read("sale-orders", wanted, names)
    assert seen == {
        "state": "draft",
        "is_expired": False,
        "salesperson_name": "Mitchell Admin",
        "order_lines": [{"quantity": 2.0, "product_name": _PRODUCT["name"]}],
    }
    report = customer.send("GET", f"/api/sale-orders/{wanted}/report/order.pdf")
    assert report.content.startswith(b"%PDF"), report.text
    customer.act("sale-orders", wanted, "accept", name=_CUSTOMER, signature=_SIGNATURE)
    customer.act("sale-orders", unwanted, "decline", message=_REASON)
    refused = customer.send("POST", f"/api/sale-orders/{wanted}/confirm", json={})
    assert refused.status_code == 403, refused.text

    half = {"method": "percentage", "percentage": 50}
    (invoice,) = salesperson.act("sale-orders", wanted, "create-invoice", **half)
    salesperson.update("invoices", invoice, invoice_date=_DATE)
    salesperson.act("invoices", invoice, "post")
    seen = customer.read("invoices", invoice, "payment_state,salesperson_name")
    assert seen == {"payment_state": "not_paid", "salesperson_name": "Mitchell Admin"}
    report = customer.send("GET", f"/api/invoices/{invoice}/report/invoice-without-payment.pdf")
    assert report.content.startswith(b"%PDF"), report.text
    body = {"payment_date": _DATE}
    refused = customer.send("POST", f"/api/invoices/{invoice}/register-payment", json=body)
    assert refused.status_code == 403, refused.text
    salesperson.act("invoices", invoice, "register-payment", **body)
    seen = customer.read("invoices", invoice, "amount_residual")
    assert seen == {"amount_residual": 0.0}

    customer.act("customers", partner["id"], "edit-address", **_ADDRESS)
    assert customer.read("customers", partner["id"], "street") == {"street": _ADDRESS["street"]}


def in_odoo(env):
    """Do it by Odoo's methods, which its pages for customers call in this order."""
    partner = env["res.partner"].search([("name", "=", _CUSTOMER)])
    product = env["product.product"].create(_PRODUCT)
    orders = [
        env["sale.order"].create(
            {
                "partner_id": partner.id,
                "client_order_ref": reference,
                "require_signature": True,
                "require_payment": False,
                "order_line": [
                    (0, 0, {"product_id": product.id, "product_uom_qty": quantity}),
                ],
            }
        )
        for reference, quantity in ((_WANTED, 2), (_UNWANTED, 200))
    ]
    env.flush_all()
    wanted, unwanted = (order.with_user(1) for order in orders)
    wanted.write(
        {
            "signed_by": _CUSTOMER,
            "signed_on": wanted.create_date,
            "signature": _SIGNATURE,
        }
    )
    wanted._validate_order()
    report = env["ir.actions.report"].sudo()
    pdf, _kind = report._render_qweb_pdf("sale.action_report_saleorder", wanted.ids)
    message = {
        "author_id": partner.id,
        "message_type": "comment",
        "subtype_xmlid": "mail.mt_comment",
    }
    body = f"Order signed by {_CUSTOMER}"
    wanted.message_post(attachments=[(f"{wanted.name}.pdf", pdf)], body=body, **message)
    unwanted._action_cancel()
    unwanted.message_post(body=_REASON, **message)

    active = {"active_model": "sale.order", "active_ids": wanted.ids}
    wizard = env["sale.advance.payment.inv"].with_context(**active)
    wizard.create({"advance_payment_method": "percentage", "amount": 50}).create_invoices()
    invoice = wanted.with_env(env).invoice_ids
    invoice.invoice_date = _DATE
    invoice.action_post()
    payment = invoice.action_register_payment()["context"]
    wizard = env["account.payment.register"].with_context(**payment)
    wizard.create({"payment_date": _DATE}).action_create_payments()

    partner.write(_ADDRESS)


def figures(env):
    """Return what Odoo says at the end."""
    orders = env["sale.order"].search(
        [("client_order_ref", "in", (_WANTED, _UNWANTED))], order="client_order_ref"
    )
    partner = env["res.partner"].search([("name", "=", _CUSTOMER)])
    return {
        "address": [partner[name] for name in (*_ADDRESS, "city")],
        "orders": [
            {
                "order": [order.client_order_ref, order.state, order.invoice_status],
                "amounts": [order.amount_untaxed, order.amount_tax, order.amount_total],
                "signed": [order.signed_by, bool(order.signed_on)],
                "signature": base64.b64encode(order.signature or b"").decode(),
                "invoices": [
                    [invoice.state, invoice.payment_state, invoice.amount_total]
                    for invoice in order.invoice_ids
                ],
                "transfers": [
                    [transfer.state, transfer.move_ids.mapped("product_uom_qty")]
                    for transfer in order.picking_ids
                ],
                "messages": sorted(
                    [
                        message.author_id.name,
                        message.subtype_id.name or "",
                        len(message.attachment_ids),
                    ]
                    for message in order.message_ids
                    if message.message_type in ("comment", "email_outgoing", "auto_comment")
                ),
                "reason": [
                    _REASON in (body or "") for body in order.message_ids.mapped("body")
                ].count(True),
            }
            for order in orders
        ],
    }
