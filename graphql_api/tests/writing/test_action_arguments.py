"""Actions with arguments: dialogs of Odoo that clients fill in, and parameters of methods."""

from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..cases.server import ServerCase, committed
from .test_actions import ActionCase


class ArgumentCase(ActionCase):
    @classmethod
    def new_action(cls, type_name, name, arguments=(), dialogs=(), **values):
        """Make an action of a resource.

        :param arguments: values of its arguments
        :param dialogs: values of the dialogs that may come
        """
        resource = cls.env["graphql_api.resource"].search([("type_name", "=", type_name)])
        action = cls.env["graphql_api.resource.action"].with_context(install_mode=True)
        return action.create(
            {
                "resource_id": resource.id,
                "name": name,
                "argument_ids": [Command.create(argument) for argument in arguments],
                "dialog_ids": [Command.create(dialog) for dialog in dialogs],
                **values,
            }
        )

    def posted_invoice(self):
        invoice = self.new_invoice()
        invoice.action_post()
        return invoice

    def confirmed_order(self):
        order = self.new_order()
        order.action_confirm()
        return order


@tagged("post_install", "-at_install")
class TestCatalogArguments(ArgumentCase):
    def test_register_payment(self):
        """Part of an invoice, then the rest of it."""
        invoice = self.posted_invoice()
        mutation = (
            "mutation ($id: ID!, $input: RegisterPaymentInvoiceInput) {"
            " registerPaymentInvoice(id: $id, input: $input) { id amountResidual } }"
        )
        data = self.graphql(mutation, {"id": str(invoice.id), "input": {"amount": 2}})
        self.assertEqual(data["registerPaymentInvoice"]["amountResidual"], 3.0)
        body = {"payment_date": "2026-01-05", "communication": "rest"}
        path = f"/api/invoices/{invoice.id}/register-payment?fields=amount_residual"
        self.assertEqual(self.write_rest("POST", path, body), {"amount_residual": 0.0})
        payments = self.env["account.payment"].search([("partner_id", "=", self.partner.id)])
        self.assertEqual(sorted(payments.mapped("amount")), [2.0, 3.0])
        self.assertIn("rest", payments.mapped("memo"))

    def test_register_payments(self):
        """Each of several invoices, of which one cannot be paid: none is."""
        invoices = self.posted_invoice() + self.posted_invoice()
        path = "/api/invoices/register-payment"
        draft = self.new_invoice()
        with self.nothing_written():
            ids = [*invoices.ids, draft.id]
            body = self.refuse_rest("POST", path, {"ids": ids, "amount": 1}, status=422)
            self.assertEqual(body["code"], "VALIDATION_FAILED")
        data = self.write_rest(
            "POST", f"{path}?fields=amount_residual", {"ids": invoices.ids, "amount": 1}
        )
        self.assertEqual(data, [{"amount_residual": 4.0}] * 2)
        ids = [str(number) for number in invoices.ids]
        data = self.graphql(
            "mutation ($ids: [ID!]!) { registerPaymentInvoices(ids: $ids) { id amountResidual } }",
            {"ids": ids[::-1]},
        )
        expected = [{"id": number, "amountResidual": 0.0} for number in ids[::-1]]
        self.assertEqual(data["registerPaymentInvoices"], expected)

    def test_create_invoice(self):
        """Of a down payment, then of the rest: records of another resource."""
        order = self.confirmed_order()
        path = f"/api/sale-orders/{order.id}/create-invoice?fields=id,amount_total,state"
        (down,) = self.write_rest("POST", path, {"method": "percentage", "percentage": 40})
        self.assertEqual((down["amount_total"], down["state"]), (4.0, "draft"))
        self.env["account.move"].browse(down["id"]).action_post()
        order.order_line.filtered("product_id")[:1].qty_delivered = 1
        mutation = (
            "mutation ($id: ID!, $input: CreateInvoiceSaleOrderInput) {"
            " createInvoiceSaleOrder(id: $id, input: $input) { amountTotal } }"
        )
        data = self.graphql(mutation, {"id": str(order.id), "input": {"method": "delivered"}})
        self.assertEqual(data, {"createInvoiceSaleOrder": [{"amountTotal": 6.0}]})

    def test_create_invoices(self):
        """Orders of one customer become one invoice, or one each."""
        for consolidated, count in ((True, 1), (False, 2)):
            orders = self.confirmed_order() + self.confirmed_order()
            orders.order_line.qty_delivered = 1
            body = {"ids": orders.ids, "consolidated": consolidated}
            data = self.write_rest("POST", "/api/sale-orders/create-invoice?fields=id", body)
            self.assertEqual(len(data), count)

    def test_validate_with_backorder_and_without(self):
        for backorder in (True, False):
            transfer = self.new_transfer(done=1)
            path = f"/api/transfers/{transfer.id}/validate"
            body = self.refuse_rest("POST", path, {}, status=422, code="VALIDATION_FAILED")
            self.assertIn("backorder", body["message"])
            self.write_rest("POST", path, {"backorder": backorder})
            self.assertEqual(transfer.state, "done")
            self.assertEqual(bool(transfer.backorder_ids), backorder)

    def test_mark_lost(self):
        """With a reason where the resource of reasons is there, with a note, with nothing."""
        lead = self.new_lead()
        self.write_rest("POST", f"/api/leads/{lead.id}/mark-lost", {"feedback": "<b>late</b>"})
        self.assertFalse(lead.active)
        self.assertIn("late", "".join(lead.message_ids.mapped("body")))
        leads = self.new_lead() + self.new_lead()
        data = self.graphql(
            "mutation ($ids: [ID!]!) { markLostLeads(ids: $ids) { active } }",
            {"ids": [str(number) for number in leads.ids]},
        )
        self.assertEqual(data["markLostLeads"], [{"active": False}] * 2)

    def test_many_cost_no_more_queries(self):
        """What Odoo does at once with many records takes no query for each of them."""
        counts = []
        for size in (2, 2, 6):
            leads = self.env["crm.lead"].union(*(self.new_lead() for _number in range(size)))
            mutation = "mutation ($ids: [ID!]!) { markLostLeads(ids: $ids) { id } }"
            ids = [str(number) for number in leads.ids]
            counts.append(self.query_count(mutation, {"ids": ids}))
        self.assertLess(counts[2] - counts[1], 5 * 4)


@tagged("post_install", "-at_install")
class TestBadArguments(ArgumentCase):
    def test_inputs(self):
        """What is wrong is said of each argument, and nothing is kept."""
        invoice = self.posted_invoice()
        path = f"/api/invoices/{invoice.id}/register-payment"
        for body, field in (
            ({"amounts": 1}, "amounts"),
            ({"amount": "much"}, "amount"),
            ({"amount": 1e300}, "amount"),
            ({"currency": 2000000000}, "currency"),
            ({"currency": "x"}, "currency"),
            ({"difference": "dissolve"}, "difference"),
            ({"payment_date": "yesterday"}, "payment_date"),
            ({"line_ids": []}, "line_ids"),
        ):
            with self.subTest(body), self.nothing_written():
                response = self.refuse_rest("POST", path, body, status=400, code="BAD_USER_INPUT")
                self.assertEqual([error["field"] for error in response["errors"]], [field])
        for body in ([{}], "text", {"ids": [invoice.id]}):
            self.refuse_rest("POST", path, body, status=400, code="BAD_USER_INPUT")
        many = "/api/invoices/register-payment"
        for body in ({}, {"ids": 5}, {"ids": [None]}, {"ids": ["x"]}, {"ids": [[5]]}, []):
            with self.subTest(body):
                self.refuse_rest("POST", many, body, status=400, code="BAD_USER_INPUT")
        body = {"ids": [invoice.id, 2000000000]}
        self.refuse_rest("POST", many, body, status=404, code="NOT_FOUND")
        self.assertEqual(self.write_rest("POST", many, {"ids": []}), [])

    def test_inputs_of_graphql(self):
        invoice = self.posted_invoice()
        for text, code in (
            ("{amounts: 1}", "GRAPHQL_VALIDATION_FAILED"),
            ('{amount: "much"}', "GRAPHQL_VALIDATION_FAILED"),
            ("{amount: 1e300}", "BAD_USER_INPUT"),
            ("{currency: 2000000000}", "BAD_USER_INPUT"),
            ("{amount: -1}", "VALIDATION_FAILED"),
        ):
            with self.subTest(text), mute_logger("odoo.sql_db"):
                mutation = f"registerPaymentInvoice(id: {invoice.id}, input: {text})"
                query = f"mutation {{ {mutation} {{ id }} }}"
                self.refuse_graphql(query, code=code)

    def test_amounts(self):
        """Odoo's own refusals, in its words."""
        order = self.confirmed_order()
        path = f"/api/sale-orders/{order.id}/create-invoice"
        for body in (
            {"method": "percentage", "percentage": -5},
            {"method": "percentage"},
            {"method": "fixed", "amount": 0},
        ):
            with self.subTest(body):
                self.refuse_rest("POST", path, body, status=422, code="VALIDATION_FAILED")
        invoice = self.posted_invoice()
        path = f"/api/invoices/{invoice.id}/register-payment"
        with mute_logger("odoo.sql_db"):
            self.refuse_rest("POST", path, {"amount": -1}, status=422, code="VALIDATION_FAILED")
        self.write_rest("POST", path, {})
        self.refuse_rest("POST", path, {}, status=422, code="VALIDATION_FAILED")

    def test_a_wizard_whose_defaults_fail(self):
        lead = self.new_lead()
        model = self.env.registry["crm.lead.lost"]

        def fail(self, names):
            raise UserError(self.env._("Not today."))

        with patch.object(model, "default_get", fail):
            path = f"/api/leads/{lead.id}/mark-lost"
            body = self.refuse_rest("POST", path, {}, status=422, code="VALIDATION_FAILED")
            self.assertEqual(body["message"], "Not today.")

    def test_rights(self):
        """Who may not change the record, or use the wizard, does nothing."""
        invoice = self.posted_invoice()
        path = f"/api/invoices/{invoice.id}/register-payment"
        rights = self.env["ir.model.access"].search(
            [("model_id.model", "=", "account.payment.register")]
        )
        rights.perm_create = False
        self.refuse_rest("POST", path, {}, login="worker", status=403, code="FORBIDDEN")
        rights.perm_create = True
        rights = self.env["ir.model.access"].search([("model_id.model", "=", "account.move")])
        rights.perm_write = False
        self.refuse_rest("POST", path, {}, login="worker", status=403, code="FORBIDDEN")

    def test_allowed_methods(self):
        response = self.http("OPTIONS", "/api/invoices/register-payment")
        self.assertEqual(response.headers["Allow"], "POST, OPTIONS")
        self.refuse_rest("POST", "/api/invoices/no-such-action", {}, status=404)
        response = self.http("POST", f"/api/invoices/{self.new_invoice().id}", json={})
        self.assertEqual(response.status_code, 405)


@tagged("post_install", "-at_install")
class TestArgumentsOnServer(ServerCase):
    """Dialogs for real: Odoo leaves some of them out under test."""

    NAME = "Zarguments on a server"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with committed() as env:
            env = env(user=env.ref("base.user_admin"))
            cls.partner = env["res.partner"].create({"name": cls.NAME}).id
            values = {"name": cls.NAME, "type": "consu", "list_price": 10, "taxes_id": False}
            cls.product = env["product.product"].create(values).id
        cls.addClassCleanup(cls.remove_all)

    @classmethod
    def remove_all(cls):
        with committed() as env:
            env = env(user=env.ref("base.user_admin"))
            partner, product = env["res.partner"].browse(cls.partner), cls.product
            of_partner = [("partner_id", "=", partner.id)]
            env["account.payment.register"].sudo().search(of_partner).unlink()
            payments = env["account.payment"].search(of_partner)
            payments.action_draft()
            payments.unlink()
            invoices = env["account.move"].search([("partner_id", "=", partner.id)])
            invoices.filtered(lambda invoice: invoice.state == "posted").button_draft()
            invoices.with_context(force_delete=True).unlink()
            transfers = env["stock.picking"].search([("partner_id", "=", partner.id)])
            # Odoo keeps the moves that are done.
            for table in ("stock_move_line", "stock_move"):
                env.cr.execute(f"DELETE FROM {table} WHERE product_id = %s", [product])
            env.invalidate_all()
            transfers.unlink()
            orders = env["sale.order"].search([("partner_id", "=", partner.id)])
            orders._action_cancel()
            orders.unlink()
            env["product.product"].browse(product).product_tmpl_id.unlink()
            partner.unlink()

    def send(self, method, path, body=None, status=200, headers=None):
        response = self.client().send_request(method, f"/api/{path}", json=body, headers=headers)
        self.assertEqual(response.status_code, status, response.text)
        return response.json().get("data")

    def graphql(self, mutation, variables):
        request = {"query": mutation, "variables": variables}
        response = self.client().send_request("POST", "/api/graphql", json=request)
        body = response.json()
        self.assertNotIn("errors", body)
        return body["data"]

    def new_order(self):
        line = {"product": self.product, "quantity": 3}
        values = {"customer": self.partner, "order_lines": {"create": [line]}}
        order = self.send("POST", "sale-orders", values, 201)["id"]
        self.send("POST", f"sale-orders/{order}/confirm")
        return order

    def test_from_order_to_payment(self):
        """Two of three are delivered, a part is paid in advance, the rest is invoiced and paid."""
        order = self.new_order()
        (transfer,) = self.send("GET", f"sale-orders/{order}?fields=transfers.id")["transfers"]
        path = f"transfers/{transfer['id']}"
        (move,) = self.send("GET", f"{path}?fields=moves.id")["moves"]
        with committed() as env:
            record = env["stock.move"].browse(move["id"])
            record.write({"quantity": 2, "picked": True})
        self.send("POST", f"{path}/validate", {}, 422)
        done = self.send("POST", f"{path}/validate?fields=state", {"backorder": True})
        self.assertEqual(done, {"state": "done"})
        transfers = self.send("GET", f"sale-orders/{order}?fields=transfers.state")["transfers"]
        self.assertEqual(len(transfers), 2)
        body = {"method": "fixed", "amount": 5}
        key = {"Idempotency-Key": "arguments-1"}
        path = f"sale-orders/{order}/create-invoice?fields=id,amount_total"
        (down,) = self.send("POST", path, body, headers=key)
        self.assertEqual(self.send("POST", path, body, headers=key), [down])
        self.assertEqual(down["amount_total"], 5.0)
        data = self.graphql(
            "mutation ($order: ID!, $down: ID!) {"
            " postInvoice(id: $down) { id }"
            " registerPaymentInvoice(id: $down, input: {amount: 5}) { amountResidual }"
            " createInvoiceSaleOrder(id: $order) { id amountTotal } }",
            {"order": order, "down": down["id"]},
        )
        self.assertEqual(data["registerPaymentInvoice"], {"amountResidual": 0.0})
        (invoice,) = data["createInvoiceSaleOrder"]
        self.assertEqual(invoice["amountTotal"], 25.0)
        self.send("POST", f"invoices/{invoice['id']}/post")
        ids = [int(invoice["id"])]
        (paid,) = self.send(
            "POST", "invoices/register-payment?fields=amount_residual", {"ids": ids}
        )
        self.assertEqual(paid, {"amount_residual": 0.0})
