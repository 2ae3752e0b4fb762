"""The day of a salesperson with leads: one is lost and found again, one becomes a paid invoice."""

import sys

import pytest

pytestmark = pytest.mark.server

_LOST = "Working Day Lost Lead"
_LEAD = {
    "name": "Working Day Lead",
    "type": "lead",
    "contact_name": "Working Day Contact",
    "partner_name": "Working Day Lead Company",
    "email_from": "lead@example.com",
}
_PRODUCT = {"name": "Working Day Advice", "type": "service", "list_price": 120.0}
_HOURS = 5
_REASON = "Too expensive"
_CALL = "Working Day Call"
_DEADLINE = "2030-01-31"
_FEEDBACK = "They want it"


def test_day(days, api):
    days.check(sys.modules[__name__], api)


def day(api):
    """Do it by an API."""
    (reason,) = api.find("lost-reasons", "id", name=_REASON)
    lost = api.create("leads", name=_LOST, type="opportunity")
    api.act("leads", lost, "mark-lost", reason=reason["id"], feedback="<p>No budget</p>")
    assert api.read("leads", lost, "active,lost_reason.name") == {
        "active": False,
        "lost_reason": {"name": _REASON},
    }
    api.act("leads", lost, "restore")

    lead = api.create("leads", **_LEAD)
    api.act("leads", lead, "convert", customer_action="create")
    api.act("leads", lead, "schedule-activity", summary=_CALL, date_deadline=_DEADLINE)
    (activity,) = api.find("activities", "id", summary=_CALL)
    api.act("activities", activity["id"], "complete", feedback=_FEEDBACK)

    found = api.read("leads", lead, "name,customer.id,user.id,team.id")
    product = api.create("products", **_PRODUCT)
    order = api.create(
        "sale-orders",
        opportunity=lead,
        origin=found["name"],
        **{name: found[name]["id"] for name in ("customer", "user", "team")},
        order_lines={"create": [{"product": product, "quantity": _HOURS}]},
    )
    api.act("sale-orders", order, "confirm")
    api.act("leads", lead, "mark-won")
    (invoice,) = api.act("sale-orders", order, "create-invoice", method="delivered")
    api.act("invoices", invoice, "post")
    api.act("invoices", invoice, "register-payment")
    assert api.read("invoices", invoice, "amount_residual")["amount_residual"] == 0


def in_odoo(env):
    """Do it by Odoo's methods."""
    lost = env["crm.lead"].create({"name": _LOST, "type": "opportunity"})
    reason = env["crm.lost.reason"].search([("name", "=", _REASON)])
    values = {"lost_reason_id": reason.id, "lost_feedback": "<p>No budget</p>"}
    env["crm.lead.lost"].create({"lead_ids": lost.ids, **values}).action_lost_reason_apply()
    lost.action_restore()

    lead = env["crm.lead"].create(_LEAD)
    active = {"active_model": "crm.lead", "active_id": lead.id, "active_ids": lead.ids}
    dialog = env["crm.lead2opportunity.partner"].with_context(**active)
    dialog.create({"name": "convert", "action": "create"}).action_apply()
    activity = lead.activity_schedule(summary=_CALL, date_deadline=_DEADLINE)
    activity.action_feedback(feedback=_FEEDBACK)

    product = env["product.product"].create(_PRODUCT)
    line = {"product_id": product.id, "product_uom_qty": _HOURS}
    quotation = lead.action_new_quotation()["context"]
    order = env["sale.order"].with_context(**quotation).create({"order_line": [(0, 0, line)]})
    order = order.with_env(env)
    order.action_confirm()
    lead.action_set_won()
    invoice = order._create_invoices()
    invoice.action_post()
    invoice.action_register_payment()
    payment = {"active_model": "account.move", "active_ids": invoice.ids}
    env["account.payment.register"].with_context(**payment).create({}).action_create_payments()


def figures(env):
    """Return what Odoo says at the end."""
    leads = env["crm.lead"].search([("name", "in", (_LOST, _LEAD["name"]))], order="name")
    return [
        {
            "lead": [lead.name, lead.type, lead.active, lead.won_status, lead.stage_id.name],
            "revenue": lead.expected_revenue,
            "salesperson": [lead.user_id.login, lead.team_id.name],
            "customer": [
                *(lead.partner_id.name, lead.partner_id.email, lead.partner_id.user_id.login),
                lead.partner_id.parent_id.name,
            ],
            "feedback": sum(_FEEDBACK in body for body in lead.message_ids.mapped("body")),
            "activities": len(lead.activity_ids),
            "orders": [
                [
                    *(order.state, order.invoice_status, order.origin, order.amount_total),
                    *(order.user_id.login, order.team_id.name),
                    *(order.partner_id.name, order.partner_invoice_id.name),
                ]
                for order in lead.order_ids
            ],
            "invoices": [
                [
                    *(invoice.state, invoice.payment_state, invoice.amount_residual),
                    *(invoice.team_id.name, invoice.invoice_user_id.login),
                    [
                        [line.account_id.code, line.debit, line.credit]
                        for line in invoice.line_ids.sorted("balance")
                    ],
                ]
                for invoice in lead.order_ids.invoice_ids
            ],
        }
        for lead in leads
    ]
