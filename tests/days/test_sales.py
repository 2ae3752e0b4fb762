"""The day of a salesperson: from a quotation to the paid invoice."""

import sys

import pytest

pytestmark = [pytest.mark.server, pytest.mark.pdf]

_NOWHERE = "http://127.0.0.1:9"
"""Without Odoo's styles, PDFs are in fonts of the machine, whose text can be read."""

_CUSTOMER = "Working Day Customer"
_EMAIL = "desk@example.com"
_PRICES = "Working Day Prices"
_DESK, _CHAIR = "Working Day Desk", "Working Day Chair"
_LOW_TAX, _HIGH_TAX = "Working Day 6%", "Working Day 21%"
_WRITE_OFF = "Working Day Differences"
_TILL = "Working Day Till"
_SECTION, _NOTE = "Furniture", "Delivered before noon."


def test_day(days, api):
    days.check(sys.modules[__name__], api)


def prepare(env):
    """Make what others have made before: prices, taxes, products and their stock."""
    parameters = env["ir.config_parameter"]
    parameters.set_param("report.url", _NOWHERE)
    parameters.set_param("report.print_delay", "0")
    _low, high = env["account.tax"].create(
        [
            {"name": name, "amount": amount, "type_tax_use": "sale"}
            for name, amount in ((_LOW_TAX, 6), (_HIGH_TAX, 21))
        ]
    )
    products = env["product.product"].create(
        [
            {"name": name, "is_storable": True, "list_price": price, "taxes_id": high.ids}
            for name, price in ((_DESK, 250), (_CHAIR, 40))
        ]
    )
    place = env["stock.warehouse"].search([], limit=1).lot_stock_id
    for product in products:
        env["stock.quant"]._update_available_quantity(product, place, 20)
    rule = {
        "product_tmpl_id": products[0].product_tmpl_id.id,
        "applied_on": "1_product",
        "compute_price": "fixed",
        "fixed_price": 219.5,
    }
    env["product.pricelist"].create({"name": _PRICES, "item_ids": [(0, 0, rule)]})
    account = {"name": _WRITE_OFF, "code": "659999", "account_type": "expense"}
    env["account.account"].create(account)
    env["account.journal"].create({"name": _TILL, "code": "WDT", "type": "cash"})


def day(api):
    """Do it by an API."""

    def named(collection, name):
        (record,) = api.find(collection, "id", name=name)
        return record["id"]

    customer = api.create("customers", name=_CUSTOMER, email=_EMAIL)
    lines = [
        {"display_type": "line_section", "name": _SECTION},
        {"product": named("products", _DESK), "quantity": 4},
        {
            "product": named("products", _CHAIR),
            "quantity": 6,
            "discount": 10,
            "taxes": {"set": [named("taxes", _LOW_TAX)]},
        },
        {"display_type": "line_note", "name": _NOTE},
    ]
    values = {"customer": customer, "pricelist": named("pricelists", _PRICES)}
    order = api.create("sale-orders", **values, order_lines={"create": lines})
    api.act("sale-orders", order, "send")
    quotation = api.read("sale-orders", order, "name,state,amount_total")
    assert quotation["state"] == "sent"
    assert quotation["name"] in api.read_report("sale-orders", order, "order")
    api.act("sale-orders", order, "confirm")

    (first,) = api.read("sale-orders", order, "transfers.id")["transfers"]
    _deliver(api, first["id"], {_DESK: 3, _CHAIR: 6}, backorder=True)
    (down,) = api.act("sale-orders", order, "create-invoice", method="percentage", percentage=20)
    api.act("invoices", down, "post")
    api.act("invoices", down, "register-payment")
    transfers = api.read("sale-orders", order, "transfers.id,transfers.state")["transfers"]
    (second,) = (each["id"] for each in transfers if each["state"] != "done")
    _deliver(api, second, {_DESK: 1})

    (final,) = api.act("sale-orders", order, "create-invoice")
    api.act("invoices", final, "post")
    invoice = api.read("invoices", final, "name,amount_residual")
    assert invoice["name"] in api.read_report("invoices", final, "invoice")
    api.act(
        "invoices",
        final,
        "register-payment",
        journal=named("journals", _TILL),
        amount=round(invoice["amount_residual"] - 0.5, 2),
        communication="Paid in the shop",
        difference="reconcile",
        write_off_account=named("accounts", _WRITE_OFF),
        write_off_label="Rounded down",
    )
    assert api.read("invoices", final, "amount_residual") == {"amount_residual": 0}
    assert api.read("sale-orders", order, "invoice_status") == {"invoice_status": "invoiced"}


def _deliver(api, transfer, quantities, **arguments):
    moves = api.read("transfers", transfer, "moves.id,moves.product.name")["moves"]
    for move in moves:
        quantity = quantities[move["product"]["name"]]
        api.update("stock-moves", move["id"], quantity=quantity, picked=True)
    api.act("transfers", transfer, "validate", **arguments)


def in_odoo(env):
    """Do it by Odoo's methods."""

    def named(model, name):
        return env[model].search([("name", "=", name)])

    customer = env["res.partner"].create({"name": _CUSTOMER, "email": _EMAIL})
    tax = named("account.tax", _LOW_TAX)
    lines = [
        {"display_type": "line_section", "name": _SECTION},
        {"product_id": named("product.product", _DESK).id, "product_uom_qty": 4},
        {
            "product_id": named("product.product", _CHAIR).id,
            "product_uom_qty": 6,
            "discount": 10,
            "tax_ids": [(6, 0, tax.ids)],
        },
        {"display_type": "line_note", "name": _NOTE},
    ]
    order = env["sale.order"].create(
        {
            "partner_id": customer.id,
            "pricelist_id": named("product.pricelist", _PRICES).id,
            "order_line": [(0, 0, line) for line in lines],
        }
    )
    dialog = order.action_quotation_send()
    env[dialog["res_model"]].with_context(**dialog["context"]).create({}).action_send_mail()
    order.action_confirm()

    first = order.picking_ids
    _deliver_in_odoo(first, {_DESK: 3, _CHAIR: 6})
    down = _invoice_in_odoo(order, advance_payment_method="percentage", amount=20)
    _pay_in_odoo(down)
    _deliver_in_odoo(order.picking_ids - first, {_DESK: 1})

    final = _invoice_in_odoo(order)
    _pay_in_odoo(
        final,
        journal_id=named("account.journal", _TILL).id,
        amount=final.amount_residual - 0.5,
        communication="Paid in the shop",
        payment_difference_handling="reconcile",
        writeoff_account_id=named("account.account", _WRITE_OFF).id,
        writeoff_label="Rounded down",
    )


def _deliver_in_odoo(transfer, quantities):
    for move in transfer.move_ids:
        move.write({"quantity": quantities[move.product_id.name], "picked": True})
    dialog = transfer.button_validate()
    if dialog is not True:
        wizards = transfer.env[dialog["res_model"]].with_context(**dialog["context"])
        wizards.create({}).process()


def _invoice_in_odoo(order, **values):
    context = {"active_model": "sale.order", "active_ids": order.ids, "active_id": order.id}
    before = order.invoice_ids
    order.env["sale.advance.payment.inv"].with_context(**context).create(values).create_invoices()
    invoice = order.invoice_ids - before
    invoice.action_post()
    return invoice


def _pay_in_odoo(invoice, **values):
    dialog = invoice.action_register_payment()
    wizards = invoice.env[dialog["res_model"]].with_context(**dialog["context"])
    wizards.create(values).action_create_payments()


def figures(env):
    """Return what Odoo says at the end."""
    order = env["sale.order"].search([("partner_id.name", "=", _CUSTOMER)])
    messages = order.message_ids.filtered(lambda message: message.message_type == "comment")
    mails = env["mail.mail"].search([("mail_message_id", "in", messages.ids)])
    products = env["product.product"].search([("name", "in", (_DESK, _CHAIR))], order="name")
    quants = env["stock.quant"].search(
        [("product_id", "in", products.ids)], order="product_id, location_id"
    )
    return {
        "order": [order.name, order.state, order.invoice_status],
        "amounts": [order.amount_untaxed, order.amount_tax, order.amount_total],
        "lines": [
            [
                *(line.display_type, line.name, line.price_unit, line.discount),
                *(line.price_subtotal, line.tax_ids.mapped("name")),
                *(line.qty_delivered, line.qty_invoiced),
            ]
            for line in order.order_line
        ],
        "transfers": [
            [
                *(transfer.name, transfer.state, transfer.backorder_id.name),
                transfer.move_ids.mapped("quantity"),
            ]
            for transfer in order.picking_ids.sorted("name")
        ],
        "quants": [
            [
                *(quant.product_id.name, quant.location_id.complete_name),
                *(quant.quantity, quant.reserved_quantity),
            ]
            for quant in quants
        ],
        "invoices": [_entry(move) for move in order.invoice_ids.sorted("name")],
        "payments": [
            [
                *(payment.name, payment.state, payment.amount, payment.memo),
                *(payment.journal_id.name, _entry(payment.move_id)),
            ]
            for payment in env["account.payment"].search(
                [("partner_id.name", "=", _CUSTOMER)], order="id"
            )
        ],
        "messages": [
            [
                *(message.subject, message.partner_ids.mapped("name")),
                message.attachment_ids.mapped("name"),
            ]
            for message in messages
        ],
        "mails": [[mail.state, mail.recipient_ids.mapped("email")] for mail in mails],
    }


def _entry(move):
    """Return an entry with its lines: account, tax, debit and credit."""
    lines = sorted(
        [line.account_id.code or "", line.tax_line_id.name or "", line.debit, line.credit]
        for line in move.line_ids
    )
    return [move.name, move.state, move.payment_state, move.amount_total, lines]
