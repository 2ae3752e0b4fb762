"""Quote to cash: what the actions of a salesperson do, and what they refuse."""

from odoo.fields import Command
from odoo.tests import tagged

from .test_action_arguments import ArgumentCase


class SalesCase(ArgumentCase):
    login = "worker"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner.email = "zpartner@example.com"
        cls.bare = cls.env["res.partner"].create({"name": "Zbare"})
        cls.other_company = cls.env["res.company"].create({"name": "Zother"})

    def refuse(self, record, collection, action, body=None, status=422, **kwargs):
        code = "VALIDATION_FAILED" if status == 422 else "BAD_USER_INPUT"
        path = f"/api/{collection}/{record.id}/{action}"
        kwargs.setdefault("code", code)
        return self.refuse_rest("POST", path, body or {}, status=status, **kwargs)

    def messages(self, record):
        return record.message_ids.filtered(lambda message: message.message_type == "comment")


@tagged("post_install", "-at_install")
class TestSend(SalesCase):
    def test_as_odoo_proposes(self):
        """The customer gets Odoo's mail, and the quotation is sent."""
        order = self.new_order()
        path = f"/api/sale-orders/{order.id}/send?fields=state"
        self.assertEqual(self.write_rest("POST", path, {}), {"state": "sent"})
        message = self.messages(order)
        self.assertEqual(message.partner_ids, self.partner)
        self.assertIn(order.name, message.subject)
        self.assertIn("quotation", message.body)
        mails = self.env["mail.mail"].search([("mail_message_id", "=", message.id)])
        self.assertEqual(mails.recipient_ids, self.partner)
        self.assertEqual(len(message.attachment_ids), 1)

    def test_text_and_recipients(self):
        """A text of one's own is sent as it is: no template, no script."""
        order = self.new_order()
        other = self.partner.copy({"name": "Zsecond", "email": "second@example.com"})
        text = '<p>Dear <t t-out="object.access_token"/>{{ 6 * 7 }}</p><script>alert(1)</script>'
        data = self.graphql(
            "mutation ($id: ID!, $input: SendSaleOrderInput) {"
            " sendSaleOrder(id: $id, input: $input) { state } }",
            {
                "id": str(order.id),
                "input": {
                    "subject": "{{ object.access_token }}",
                    "body": text,
                    "recipients": [str(other.id)],
                },
            },
        )
        self.assertEqual(data["sendSaleOrder"], {"state": "sent"})
        message = self.messages(order)
        self.assertEqual(message.subject, "{{ object.access_token }}")
        self.assertEqual(message.partner_ids, other)
        self.assertIn("{{ 6 * 7 }}", message.body)
        self.assertNotIn("script", message.body)
        self.assertNotIn(order.access_token or "no token", message.body)

    def test_several(self):
        """Each order is sent by itself, or none is."""
        orders = self.new_order() + self.new_order()
        path = "/api/sale-orders/send?fields=state"
        data = self.write_rest("POST", path, {"ids": orders.ids})
        self.assertEqual(data, [{"state": "sent"}] * 2)
        orders = self.new_order() + self.new_order()
        orders[1].partner_id = self.bare
        self.refuse_rest("POST", "/api/sale-orders/send", {"ids": orders.ids}, status=422)

    def test_refused(self):
        order = self.new_order()
        for body, field in (
            ({"recipients": [2000000000]}, "recipients.0"),
            ({"recipients": "all"}, "recipients"),
            ({"subject": ["a"]}, "subject"),
            ({"template": 1}, "template"),
            ({"composition_mode": "mass_mail"}, "composition_mode"),
        ):
            with self.subTest(body):
                self.refuse(order, "sale-orders", "send", body, 400, fields=[field])
        for body in ({"recipients": [self.bare.id]}, {"recipients": []}):
            with self.subTest(body):
                refused = self.refuse(order, "sale-orders", "send", body)
                self.assertIn("recipient", refused["message"])
        order.action_cancel()
        self.env.cr.flush()  # what Odoo writes of it
        self.assertIn("state", self.refuse(order, "sale-orders", "send")["message"])


@tagged("post_install", "-at_install")
class TestOrderStates(SalesCase):
    def test_wrong_states(self):
        """Odoo's form shows no button for these, and its methods would do them."""
        order = self.new_order()
        self.refuse(order, "sale-orders", "lock")
        for method in ("percentage", "delivered"):
            body = {"method": method, "percentage": 50}
            self.refuse(order, "sale-orders", "create-invoice", body)
        order.action_confirm()
        order.action_lock()
        self.env.cr.flush()  # what Odoo writes of it
        self.assertIn("locked", self.refuse(order, "sale-orders", "cancel")["message"])
        self.write_rest("POST", f"/api/sale-orders/{order.id}/unlock", {})
        self.write_rest("POST", f"/api/sale-orders/{order.id}/cancel", {})
        self.assertEqual(order.state, "cancel")
        self.refuse(order, "sale-orders", "confirm")

    def test_of_another_company(self):
        """What the caller does not see is not there."""
        orders = self.env["sale.order"].with_context(allowed_company_ids=self.other_company.ids)
        order = orders.create({"partner_id": self.partner.id})
        for action in ("send", "lock", "cancel", "create-invoice"):
            with self.subTest(action):
                self.refuse(order, "sale-orders", action, status=404, code="NOT_FOUND")


@tagged("post_install", "-at_install")
class TestCreditNote(SalesCase):
    def test_credit_note(self):
        invoice = self.posted_invoice()
        path = f"/api/invoices/{invoice.id}/create-credit-note"
        fields = "id,move_type,state,amount_total,invoice_date,ref"
        body = {"reason": "broken", "date": "2026-02-03", "journal": invoice.journal_id.id}
        data = self.write_rest("POST", f"{path}?fields={fields}", body)
        note = self.env["account.move"].browse(data.pop("id"))
        self.assertEqual(note.reversed_entry_id, invoice)
        self.assertIn("broken", data.pop("ref"))
        expected = {
            "move_type": "out_refund",
            "state": "draft",
            "amount_total": 5.0,
            "invoice_date": "2026-02-03",
        }
        self.assertEqual(data, expected)
        invoices = self.posted_invoice() + self.posted_invoice()
        data = self.graphql(
            "mutation ($ids: [ID!]!) { createCreditNoteInvoices(ids: $ids) { amountTotal } }",
            {"ids": [str(number) for number in invoices.ids]},
        )
        self.assertEqual(data["createCreditNoteInvoices"], [{"amountTotal": 5.0}] * 2)

    def test_refused(self):
        draft = self.new_invoice()
        self.assertIn("state", self.refuse(draft, "invoices", "create-credit-note")["message"])
        invoice = self.posted_invoice()
        bank = self.env["account.journal"].search([("type", "=", "bank")], limit=1)
        foreign = self.env["account.journal"].create(
            {
                "name": "Zforeign",
                "code": "ZF",
                "type": "sale",
                "company_id": self.other_company.id,
            }
        )
        for body, field in (
            ({"date": "soon"}, "date"),
            ({"journal": foreign.id}, "journal"),
            ({"moves": []}, "moves"),
        ):
            with self.subTest(body):
                self.refuse(invoice, "invoices", "create-credit-note", body, 400, fields=[field])
        self.refuse(invoice, "invoices", "create-credit-note", {"journal": bank.id})
        self.refuse(invoice, "invoices", "cancel")


@tagged("post_install", "-at_install")
class TestPayments(SalesCase):
    def test_write_off(self):
        """The rest goes to an account, and the invoice is paid."""
        invoice = self.posted_invoice()
        path = f"/api/invoices/{invoice.id}/register-payment"
        body = {"amount": 4, "difference": "reconcile"}
        refused = self.refuse(invoice, "invoices", "register-payment", body)
        self.assertIn("write_off_account", refused["message"])
        company = self.env.company
        account = self.env["account.account"].search(
            [("account_type", "=", "expense"), ("company_ids", "in", company.ids)], limit=1
        )
        body |= {"write_off_account": account.id, "write_off_label": "Zrest"}
        data = self.write_rest("POST", f"{path}?fields=amount_residual", body)
        self.assertEqual(data, {"amount_residual": 0.0})
        line = self.env["account.move.line"].search([("name", "=", "Zrest")])
        self.assertEqual((line.account_id, line.debit), (account, 1.0))

    def test_other_company(self):
        invoice = self.posted_invoice()
        account = self.env["account.account"].create(
            {
                "name": "Zforeign",
                "code": "ZF1",
                "account_type": "expense",
                "company_ids": [Command.set(self.other_company.ids)],
            }
        )
        body = {"amount": 4, "difference": "reconcile", "write_off_account": account.id}
        self.refuse(
            invoice, "invoices", "register-payment", body, 400, fields=["write_off_account"]
        )

    def test_too_much(self):
        """As in Odoo, what is paid beyond the invoice stays with the customer."""
        invoice = self.posted_invoice()
        path = f"/api/invoices/{invoice.id}/register-payment?fields=amount_residual,payments.amount"
        data = self.write_rest("POST", path, {"amount": 7})
        self.assertEqual(data, {"amount_residual": 0.0, "payments": [{"amount": 7.0}]})

    def test_wrong_states(self):
        payment = self.env["account.payment"].create(
            {"partner_id": self.partner.id, "amount": 3, "payment_type": "inbound"}
        )
        self.refuse(payment, "payments", "reset-to-draft")
        self.write_rest("POST", f"/api/payments/{payment.id}/post", {})
        self.refuse(payment, "payments", "post")
        self.refuse(payment, "payments", "cancel")
        self.write_rest("POST", f"/api/payments/{payment.id}/reset-to-draft", {})
        self.write_rest("POST", f"/api/payments/{payment.id}/cancel", {})
        self.assertEqual(payment.state, "canceled")
        self.refuse(payment, "payments", "post")
