"""Actions with arguments: dialogs of Odoo that clients fill in, and parameters of methods."""

from datetime import date, datetime, timedelta
from unittest.mock import patch

from odoo.exceptions import RedirectWarning, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..cases.documents import remove_documents
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

    def test_register_payment_of_bills_and_credit_notes(self):
        """Money goes out for a bill and a credit note of ours, and comes in for a vendor's."""
        for collection, kind, direction in (
            ("refunds", "out_refund", "outbound"),
            ("vendor-bills", "in_invoice", "outbound"),
            ("vendor-refunds", "in_refund", "inbound"),
        ):
            with self.subTest(collection):
                line = Command.create({"name": "Zline", "price_unit": 5, "tax_ids": False})
                move = self.env["account.move"].create(
                    {
                        "move_type": kind,
                        "partner_id": self.partner.id,
                        "invoice_date": "2026-01-01",
                        "invoice_line_ids": [line],
                    }
                )
                move.action_post()
                path = f"/api/{collection}/{move.id}/register-payment?fields=amount_residual"
                with mute_logger("odoo.sql_db"):
                    self.refuse_rest("POST", path, {"amount": -1}, status=422)
                paid = self.write_rest("POST", path, {"amount": 2})
                self.assertEqual(paid, {"amount_residual": 3.0})
                self.assertEqual(self.write_rest("POST", path), {"amount_residual": 0.0})
                payments = move.matched_payment_ids
                self.assertEqual(sorted(payments.mapped("amount")), [2.0, 3.0])
                self.assertEqual(set(payments.mapped("payment_type")), {direction})

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
        _cold, few, many = counts
        self.assertEqual(few, many)


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
class TestOwnActions(ArgumentCase):
    """Actions that an administrator adds."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.transfer_resource,) = cls.env["graphql_api.resource"].search(
            [("type_name", "=", "Transfer")]
        )
        cls.back = cls.new_action(
            "Transfer",
            "send-back",
            [{"name": "lines", "parameter": "product_return_moves"}],
            wizard_model="stock.return.picking",
            wizard_method="action_create_returns",
            result="records",
            result_resource_id=cls.transfer_resource.id,
            result_is_list=False,
        )
        parent = cls.back.argument_ids.id
        cls.back.argument_ids = [
            Command.create({"parent_id": parent, **values})
            for values in (
                {"name": "move", "parameter": "move_id", "is_key": True},
                {"name": "quantity"},
            )
        ]

    def done_transfer(self):
        transfer = self.new_transfer()
        transfer.button_validate()
        self.assertEqual(transfer.state, "done")
        return transfer

    def test_lines(self):
        """Proposed lines get what is sent; one record of a resource is returned."""
        transfer = self.done_transfer()
        path = f"/api/transfers/{transfer.id}/send-back?fields=id"
        body = {"lines": [{"move": transfer.move_ids.id, "quantity": 1.5}]}
        data = self.write_rest("POST", path, body)
        self.assertNotEqual(data["id"], transfer.id)
        self.assertEqual(
            self.env["stock.move"].search([("picking_id", "=", data["id"])]).product_uom_qty, 1.5
        )
        mutation = (
            "mutation ($id: ID!, $input: SendBackTransferInput) {"
            " sendBackTransfer(id: $id, input: $input) { id } }"
        )
        lines = [{"move": str(transfer.move_ids.id), "quantity": 0.5}]
        variables = {"id": str(transfer.id), "input": {"lines": lines}}
        self.assertTrue(self.graphql(mutation, variables)["sendBackTransfer"]["id"])

    def test_bad_lines(self):
        transfer, other = self.done_transfer(), self.done_transfer()
        path = f"/api/transfers/{transfer.id}/send-back"
        move = transfer.move_ids.id
        for lines, field in (
            ([{"move": other.move_ids.id, "quantity": 1}], "lines.0.move"),
            ([{"move": move, "quantity": 1}, {"move": move, "quantity": 1}], "lines.1.move"),
            ([{"quantity": 1}], "lines.0.move"),
            ([{"move": 2000000000, "quantity": 1}], "lines.0.move"),
            ([{"move": move, "quantity": "a"}], "lines.0.quantity"),
            ([{"move": move, "state": "done"}], "lines.0.state"),
            ({"create": []}, "lines"),
        ):
            with self.subTest(lines):
                body = {"lines": lines}
                self.refuse_rest("POST", path, body, status=400, fields=[field])
        self.refuse_rest("POST", path, {}, status=422, code="VALIDATION_FAILED")

    def test_a_single_record_at_a_time(self):
        """What Odoo refuses for several records is refused in its words; or done one by one."""
        transfers = self.done_transfer() + self.done_transfer()
        path = "/api/transfers/send-back?fields=id"
        body = self.refuse_rest("POST", path, {"ids": transfers.ids}, status=422)
        self.assertIn("one", body["message"])
        self.back.write({"one_by_one": True, "wizard_method": "action_create_returns_all"})
        data = self.write_rest("POST", path, {"ids": transfers.ids})
        self.assertEqual(len(data), 2)
        self.new_action("SaleOrder", "mail", method="action_quotation_send")
        orders = self.new_order() + self.new_order()
        model = self.env.registry["sale.order"]
        with patch.object(model, "action_quotation_send", lambda orders: orders.ensure_one()):
            path = "/api/sale-orders/mail"
            body = self.refuse_rest("POST", path, {"ids": orders.ids}, status=422)
            self.assertIn("one SaleOrder at a time", body["message"])

    def test_parameters(self):
        """A method gets ids of records, and values as the ORM has them."""
        countries = self.env["graphql_api.resource"].search([("type_name", "=", "Country")])
        action = self.new_action("SaleOrder", "annotate", method="action_lock", result="none")
        model = self.env.registry["sale.order"]
        calls = []

        def annotate(self, note, count=0, day=None, kind=None, country=None, more=None):
            calls.append((self.ids, note, count, day, kind, country, more))

        with patch.object(model, "action_lock", annotate):
            action.argument_ids = [
                Command.create({"name": name, "type": kind, **values})
                for name, kind, values in (
                    ("note", "char", {"required": True}),
                    ("count", "integer", {"default": "7"}),
                    ("day", "date", {}),
                    ("kind", "selection", {"values": "big, small"}),
                    ("country", "many2one", {"relation_resource_id": countries.id}),
                    ("more", "many2many", {"relation_resource_id": countries.id}),
                )
            ]
            self.assertEqual(set(action.argument_ids.mapped("status")), {"Served"})
            order = self.new_order()
            belgium = self.env.ref("base.be").id
            body = {"note": "a", "day": "2026-01-02", "kind": "big", "more": [belgium]}
            path = f"/api/sale-orders/{order.id}/annotate"
            self.assertIsNone(self.write_rest("POST", path, {**body, "country": {"id": belgium}}))
            day = date(2026, 1, 2)
            self.assertEqual(calls, [([order.id], "a", 7, day, "big", belgium, [belgium])])
            query = "mutation ($id: ID!) { annotateSaleOrder(id: $id, input: {note: %s}) }"
            data = self.graphql(query % '"b", kind: small', {"id": str(order.id)})
            self.assertEqual(data, {"annotateSaleOrder": True})
            self.assertEqual(calls[1][1:], ("b", 7, None, "small", None, None))
            for wrong, field in (
                ({}, "note"),
                ({"note": None}, "note"),
                ({"note": ""}, "note"),
                ({"note": "a", "kind": "huge"}, "kind"),
                ({"note": "a", "country": 2000000000}, "country"),
                ({"note": "a", "more": [2000000000]}, "more.0"),
                ({"note": "a", "count": 1.5}, "count"),
            ):
                with self.subTest(wrong):
                    self.refuse_rest("POST", path, wrong, status=400, fields=[field])
            self.refuse_graphql(
                f"mutation {{ annotateSaleOrder(id: {order.id}) }}",
                code="GRAPHQL_VALIDATION_FAILED",
            )
            self.assertEqual(len(calls), 2)
            key = self.policy_key({"SaleOrder": ["read", "actions"]})
            response = self.http(
                "POST", path, login=None, headers=key, json={"note": "c", "country": 1}
            )
            self.assertEqual(response.status_code, 400, response.text)
            response = self.http("POST", path, login=None, headers=key, json={"note": "c"})
            self.assertEqual(response.status_code, 200, response.text)
            action.argument_ids.filtered(lambda each: each.name == "country").required = True
            response = self.http("POST", path, login=None, headers=key, json={"note": "c"})
            self.assertEqual(response.status_code, 404, response.text)

    def policy_key(self, grants):
        """Return headers with a key of the administrator under a policy with these rights."""
        resources = self.env["graphql_api.resource"].search([("type_name", "in", list(grants))])
        rights = [
            {
                "resource_id": resource.id,
                **{f"allow_{name}": True for name in grants[resource.type_name]},
            }
            for resource in resources
        ]
        policy = self.env["graphql_api.policy"].create(
            {"name": "Test", "right_ids": [Command.create(right) for right in rights]}
        )
        key = self.env["graphql_api.key"]._generate(
            self.user("admin"), policy, "test", datetime.now() + timedelta(hours=1)
        )
        return {"Authorization": f"Bearer {key}"}

    def test_a_result_that_is_not_granted(self):
        key = self.policy_key({"SaleOrder": ["read", "actions"]})
        path = f"/api/sale-orders/{self.confirmed_order().id}/create-invoice"
        response = self.http("POST", path, login=None, headers=key, json={})
        self.assertEqual(response.status_code, 404, response.text)

    def test_results_that_are_not_seen(self):
        """Records outside of the domain of their resource are not returned, but made."""
        invoices = self.env["graphql_api.resource"].search([("type_name", "=", "Invoice")])
        invoices.domain = "[('state', '=', 'posted')]"
        order = self.confirmed_order()
        path = f"/api/sale-orders/{order.id}/create-invoice?fields=id"
        self.assertEqual(self.write_rest("POST", path, {}), [])
        self.assertEqual(order.invoice_ids.state, "draft")

    def test_a_dialog_that_nobody_named(self):
        """The error names it and what it asks for."""
        self.new_action("SaleOrder", "discount", method="action_open_discount_wizard")
        path = f"/api/sale-orders/{self.new_order().id}/discount"
        body = self.refuse_rest("POST", path, status=422, code="VALIDATION_FAILED")
        self.assertIn("sale.order.discount", body["message"])
        self.assertIn("discount_type", body["message"])
        self.assertNotIn("company_id", body["message"])

    def test_a_wizard_that_is_there_already(self):
        """Where Odoo has made the wizard, that one is filled in."""
        self.new_action(
            "Lead",
            "drop",
            [{"name": "feedback", "parameter": "lost_feedback"}],
            method="action_set_lost",
            wizard_model="crm.lead.lost",
            wizard_method="action_lost_reason_apply",
        )
        lead = self.new_lead()
        wizard = self.env["crm.lead.lost"].create({"lead_ids": lead.ids, "lost_feedback": "a"})
        window = {
            "type": "ir.actions.act_window",
            "res_model": wizard._name,
            "res_id": wizard.id,
            "target": "new",
            "context": "{'active_test': False}",
        }
        applied = []
        with (
            patch.object(self.env.registry["crm.lead"], "action_set_lost", lambda leads: window),
            patch.object(
                self.env.registry["crm.lead.lost"],
                "action_lost_reason_apply",
                lambda self: applied.append((self.id, str(self.lost_feedback))),
            ),
        ):
            self.write_rest("POST", f"/api/leads/{lead.id}/drop", {"feedback": "<p>b</p>"})
        self.assertEqual(applied, [(wizard.id, "<p>b</p>")])

    def test_records_that_the_form_does_not_offer(self):
        """A field's own domain holds for clients as it holds for people."""
        self.expose_model("account.journal", "Zjournal", "zjournals")
        invoice = self.posted_invoice()
        journal = invoice.journal_id
        path = f"/api/invoices/{invoice.id}/register-payment"
        body = {"journal": journal.id}
        self.refuse_rest("POST", path, body, status=400, fields=["journal"])
        bank = self.env["account.journal"].search([("type", "=", "bank")], limit=1)
        self.write_rest("POST", path, {"journal": bank.id})

    def expose_model(self, model, type_name, collection):
        self.env["graphql_api.resource"].create(
            {
                "model": model,
                "type_name": type_name,
                "collection": collection,
                "field_ids": [Command.create({"field_name": "name"})],
            }
        )


@tagged("post_install", "-at_install")
class TestDefinitions(ArgumentCase):
    """What an administrator may write, and what the status says of the rest."""

    def refuse(self, message, type_name="Lead", **values):
        with self.assertRaisesRegex(ValidationError, message), self.env.cr.savepoint():
            action = self.new_action(type_name, "drop", **values)
            action.with_context(install_mode=False)._check_method()
            action.argument_ids.with_context(install_mode=False)._check_argument()
            action.dialog_ids.with_context(install_mode=False)._check_dialog()

    def test_actions(self):
        wizard = {"wizard_model": "crm.lead.lost", "wizard_method": "action_lost_reason_apply"}
        for message, values in (
            ("method or a wizard", {}),
            ("needs the method", {"wizard_model": "crm.lead.lost"}),
            ("is not installed", wizard | {"wizard_model": "crm.no.such"}),
            ("has no method", wizard | {"wizard_method": "action_of_another"}),
            ("private", wizard | {"wizard_method": "_compute_display_name"}),
            ("every model", wizard | {"wizard_method": "unlink"}),
            ("not JSON", wizard | {"context": "{"}),
            ("not an object", wizard | {"context": "[]"}),
            ("Choose the resource", wizard | {"result": "records"}),
            ("no such method", {"method": "action_of_another"}),
            ("is not a domain", {"method": "action_set_won", "domain": "won"}),
            ("is not a domain", {"method": "action_set_won", "domain": "[('a',)]"}),
            (
                "crm.lead has no field no_such",
                {"method": "action_set_won", "domain": "[('no_such', '=', 1)]"},
            ),
            (
                "crm.lead.lost has no field no_such",
                wizard | {"wizard_domain": "[('no_such', '=', 1)]"},
            ),
        ):
            with self.subTest(message):
                self.refuse(message, **values)

    def test_arguments(self):
        wizard = {"wizard_model": "crm.lead.lost", "wizard_method": "action_lost_reason_apply"}
        method = {"method": "action_set_lost"}
        for message, argument, values in (
            ("not the name of an argument", {"name": "ids"}, wizard),
            ("not the name of an argument", {"name": "id"}, wizard),
            ("not the name of an argument", {"name": "lostFeedback"}, wizard),
            ("no field", {"name": "feedback"}, wizard),
            ("not JSON", {"name": "lost_feedback", "default": "late"}, wizard),
            ("no default", {"name": "lost_reason_id", "default": "5"}, wizard),
            ("can only be read", {"name": "create_date"}, wizard),
            ("no resource exposes", {"name": "lead_ids", "parameter": "lost_reason_id"}, wizard),
            ("Choose the type", {"name": "note"}, method),
            ("Write the allowed values", {"name": "note", "type": "selection"}, method),
            ("Choose the resource", {"name": "note", "type": "many2one"}, method),
            ("no parameter", {"name": "note", "type": "char"}, {"method": "action_set_won"}),
        ):
            with self.subTest(message, argument=argument):
                if message == "no resource exposes":
                    reasons = self.env["graphql_api.resource"].search(
                        [("model", "=", "crm.lost.reason")]
                    )
                    reasons.active = False
                self.refuse(message, arguments=[argument], **values)

    def test_dialogs(self):
        for message, dialog in (
            ("not installed", {"model": "crm.no.such", "method": "apply"}),
            ("no public method", {"model": "crm.lead.lost", "method": "_apply"}),
            ("no public method", {"model": "crm.lead.lost", "method": "unlink"}),
            (
                "no argument",
                {
                    "model": "crm.lead.lost",
                    "method": "action_lost_reason_apply",
                    "argument": "apply",
                },
            ),
        ):
            with self.subTest(message):
                self.refuse(message, method="action_set_lost", dialogs=[dialog])

    def test_status(self):
        """An argument that cannot be served is left out, or takes the action with it."""
        action = self.new_action(
            "Lead",
            "drop",
            [{"name": "note"}, {"name": "feedback", "parameter": "lost_feedback"}],
            wizard_model="crm.lead.lost",
            wizard_method="action_lost_reason_apply",
        )
        self.assertEqual(
            action.argument_ids.mapped("status"), ["The wizard has no field note.", "Served"]
        )
        self.assertEqual(action.status, "Served")
        self.assertEqual(self.arguments("DropLeadInput"), ["feedback"])
        note, feedback = action.argument_ids
        note.required = True
        self.assertEqual(action.status, "Its argument note: The wizard has no field note.")
        self.assertNotIn("DropLeadInput", self.type_map())
        note.active = False
        feedback.with_context(install_mode=False).name = "text"
        self.assertEqual(self.arguments("DropLeadInput"), ["text"])

    def type_map(self):
        return self.env["graphql_api.schema"]._get_schema().graphql_schema.type_map

    def arguments(self, name):
        return list(self.type_map()[name].fields)

    def test_names_that_are_taken(self):
        resources = self.env["graphql_api.resource"]
        fields = [Command.create({"field_name": "name"})]
        values = {"model": "res.bank", "collection": "zbanks", "field_ids": fields}
        with (
            self.assertRaisesRegex(RedirectWarning, "CreateInvoiceSaleOrderInput"),
            self.env.cr.savepoint(),
        ):
            resources.create({**values, "type_name": "CreateInvoiceSaleOrderInput"})
        resources.create({**values, "type_name": "DropLeadInput"})
        with (
            self.assertRaisesRegex(RedirectWarning, "DropLeadInput"),
            self.env.cr.savepoint(),
        ):
            action = self.new_action(
                "Lead",
                "drop",
                [{"name": "lost_feedback"}],
                wizard_model="crm.lead.lost",
                wizard_method="action_lost_reason_apply",
            )
            action.resource_id.with_context(install_mode=False)._check_conflicts()

    def test_proposals(self):
        """The fields of the wizard's form, closed until somebody opens them."""
        action = self.new_action(
            "Lead",
            "drop",
            [{"name": "feedback", "parameter": "lost_feedback"}],
            wizard_model="crm.lead.lost",
            wizard_method="action_lost_reason_apply",
        )
        for _time in range(2):
            action.propose_arguments()
            found = action.argument_ids.mapped(lambda each: (each.name, each.active))
            self.assertEqual(found, [("feedback", True), ("lost_reason", False)])
        self.assertEqual(self.arguments("DropLeadInput"), ["feedback"])


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
            remove_documents(env, cls.partner, cls.product)

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
        with committed() as env:
            env["graphql_api.idempotency"].search([("key", "=", "arguments-1")]).unlink()
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
