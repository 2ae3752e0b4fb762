"""Actions: public methods that a resource lists, as mutations and routes."""

from unittest.mock import patch

from psycopg2.errors import UniqueViolation

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ...schema.exposure.names import camel_case
from ..cases.documents import remove_documents
from ..cases.server import ServerCase, committed
from ..cases.writing import WriteCase

TESTED_ELSEWHERE = {
    ("Invoice", "create-credit-note"),  # test_sales_actions
    ("Invoice", "register-payment"),  # test_action_arguments
    ("Lead", "convert"),  # tests/days
    ("Lead", "restore"),  # tests/days
    ("Product", "count"),  # tests/days/test_warehouse.py
    ("Product", "scrap"),  # tests/days/test_warehouse.py
    ("PurchaseOrder", "create-bill"),  # tests/days/test_purchase.py
    ("PurchaseOrder", "send"),  # tests/days/test_purchase.py
    ("PurchaseOrder", "send-rfq"),  # tests/days/test_purchase.py
    ("Refund", "register-payment"),  # test_action_arguments
    ("SaleOrder", "create-invoice"),  # test_action_arguments
    ("SaleOrder", "send"),  # tests/days/test_sales.py
    ("Transfer", "return"),  # tests/days/test_warehouse.py
    ("VendorBill", "register-payment"),  # tests/days/test_purchase.py
    ("VendorRefund", "register-payment"),  # test_action_arguments
}
"""Actions of the catalog, by type and name, that other tests call on a server of their own."""


class ActionCase(WriteCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        new_test_user(
            cls.env,
            "worker",
            groups="base.group_user,sales_team.group_sale_salesman_all_leads,"
            "account.group_account_invoice,stock.group_stock_user",
            lang="en_US",
        )
        cls.partner = cls.env["res.partner"].create({"name": "Zpartner"})
        cls.product = cls.env["product.product"].create(
            {"name": "Zproduct", "type": "consu", "list_price": 10}
        )
        cls.product.taxes_id = False

    def new_order(self):
        return self.env["sale.order"].create(
            {
                "partner_id": self.partner.id,
                "order_line": [Command.create({"product_id": self.product.id})],
            }
        )

    def new_invoice(self):
        return self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.partner.id,
                "invoice_date": "2026-01-01",
                "invoice_line_ids": [
                    Command.create({"product_id": self.product.id, "price_unit": 5})
                ],
            }
        )

    def new_lead(self):
        return self.env["crm.lead"].create({"name": "Zlead", "type": "opportunity"})

    def new_transfer(self, done=2):
        """Return a delivery of two pieces of which some are picked."""
        kind = self.env["stock.warehouse"].search([], limit=1).out_type_id
        places = {
            "location_id": kind.default_location_src_id.id,
            "location_dest_id": self.env.ref("stock.stock_location_customers").id,
        }
        move = {"product_id": self.product.id, "product_uom_qty": 2, **places}
        transfer = self.env["stock.picking"].create(
            {"picking_type_id": kind.id, "move_ids": [Command.create(move)], **places}
        )
        transfer.action_confirm()
        transfer.move_ids.write({"quantity": done, "picked": True})
        return transfer

    def act(self, api, record, type_name, collection, action, **kwargs):
        """Call an action by one of the APIs."""
        if api == "rest":
            path = f"/api/{collection}/{record.id}/{action}?fields=id"
            shown = self.write_rest("POST", path, **kwargs)
            self.assertEqual(shown, {"id": record.id})
            return
        name = camel_case(action) + type_name
        data = self.graphql(f'mutation {{ {name}(id: "{record.id}") {{ id }} }}', **kwargs)
        self.assertEqual(data, {name: {"id": str(record.id)}})


@tagged("post_install", "-at_install")
class TestCatalogActions(ActionCase):
    def test_all(self):
        """One after the other as the catalog lists them, for a user who may."""
        for api in ("graphql", "rest"):
            for make, type_name, collection, steps in (
                (
                    self.new_order,
                    "SaleOrder",
                    "sale-orders",
                    [
                        ("confirm", "state", "sale"),
                        ("cancel", "state", "cancel"),
                        ("set-to-draft", "state", "draft"),
                    ],
                ),
                (
                    self.new_invoice,
                    "Invoice",
                    "invoices",
                    [("post", "state", "posted"), ("reset-to-draft", "state", "draft")],
                ),
                (self.new_transfer, "Transfer", "transfers", [("validate", "state", "done")]),
                (
                    self.new_lead,
                    "Lead",
                    "leads",
                    [("mark-lost", "active", False), ("mark-won", "won_status", "won")],
                ),
            ):
                record = make()
                for action, field, value in steps:
                    with self.subTest(action, api=api):
                        self.act(api, record, type_name, collection, action, login="worker")
                        self.assertEqual(record[field], value)

    def test_answer(self):
        """The record as it is afterwards; REST adds its ETag."""
        order = self.new_order()
        data = self.graphql(
            f'mutation {{ confirmSaleOrder(id: "{order.id}") {{ name state amountTotal }} }}'
        )
        self.assertEqual(
            data["confirmSaleOrder"], {"name": order.name, "state": "sale", "amountTotal": 10.0}
        )
        response = self.http("POST", f"/api/sale-orders/{order.id}/cancel")
        self.assertEqual(response.json()["data"]["state"], "cancel")
        current = self.http("GET", f"/api/sale-orders/{order.id}")
        self.assertEqual(current.headers["ETag"], response.headers["ETag"])
        self.assertEqual(current.json(), response.json())

    def test_not_possible(self):
        """What the model refuses is refused with its words."""
        order = self.new_order()
        order.action_confirm()
        path = f"/api/sale-orders/{order.id}/confirm"
        body = self.refuse_rest("POST", path, status=422, code="VALIDATION_FAILED")
        self.assertIn("confirm", body["message"])
        self.refuse_rest("POST", "/api/sale-orders/2000000000/confirm", status=404)
        self.refuse_rest("POST", "/api/sale-orders/abc/confirm", status=404)
        self.refuse_rest("POST", path, {"force": True}, status=400, code="BAD_USER_INPUT")

    def test_question_of_odoo(self):
        """A transfer of less than was asked for makes Odoo ask about the rest."""
        transfer = self.new_transfer(done=1)
        path = f"/api/transfers/{transfer.id}/validate"
        body = self.refuse_rest("POST", path, status=422, code="VALIDATION_FAILED")
        self.assertIn("question", body["message"])
        self.assertNotEqual(transfer.state, "done")

    def test_answer_that_is_not_the_end(self):
        """A wizard, a report or a download cannot be completed here: nothing is kept."""
        order = self.new_order()
        model = self.env.registry["sale.order"]
        for answer, word in (
            ({"type": "ir.actions.act_window", "target": "new", "name": "Why?"}, "Why?"),
            (
                {"type": "ir.actions.act_window", "res_model": "sale.mass.cancel.orders"},
                "question",
            ),
            ({"type": "ir.actions.report", "report_name": "sale.report"}, "report"),
            ({"type": "ir.actions.act_url", "url": "/secret"}, "download"),
        ):

            def write_and_answer(orders, answer=answer):
                orders.client_order_ref = "written"
                return answer

            with self.subTest(word), patch.object(model, "action_confirm", write_and_answer):
                path = f"/api/sale-orders/{order.id}/confirm"
                body = self.refuse_rest("POST", path, status=422, code="VALIDATION_FAILED")
                self.assertIn(word, body["message"])
                self.assertNotIn("/secret", body["message"])
                query = f"mutation {{ confirmSaleOrder(id: {order.id}) {{ id }} }}"
                self.refuse_graphql(query, code="VALIDATION_FAILED")

    def test_question_about_a_notification(self):
        """It is left out; one that is asked all the same is like any other."""
        order = self.new_order()
        model = self.env.registry["sale.order"]
        question = {
            "type": "ir.actions.act_window",
            "target": "new",
            "res_model": "confirm.stock.sms",
        }
        path = f"/api/sale-orders/{order.id}/confirm"

        def ask_unless_told(orders):
            orders.client_order_ref = str(orders.env.context.get("skip_sms"))
            return question if not orders.env.context.get("skip_sms") else True

        with patch.object(model, "action_confirm", ask_unless_told):
            self.write_rest("POST", path)
        self.assertEqual(order.client_order_ref, "True")
        with patch.object(model, "action_confirm", lambda orders: question):
            self.refuse_rest("POST", path, status=422, code="VALIDATION_FAILED")

    def test_record_that_is_only_read(self):
        """An action needs the right to change the record, even if its method changes nothing."""
        order = self.new_order()
        rights = self.env["ir.model.access"].search([("model_id.model", "=", "sale.order")])
        rights.perm_write = False
        model = self.env.registry["sale.order"]
        with patch.object(model, "action_confirm", lambda orders: True):
            path = f"/api/sale-orders/{order.id}/confirm"
            self.refuse_rest("POST", path, login="worker", status=403, code="FORBIDDEN")
            query = f"mutation {{ confirmSaleOrder(id: {order.id}) {{ id }} }}"
            self.refuse_graphql(query, login="worker", code="FORBIDDEN")

    def test_answer_that_only_shows_something(self):
        """Where Odoo's client would show a record or a message, the action is done."""
        order = self.new_order()
        model = self.env.registry["sale.order"]
        for answer in (
            True,
            None,
            {"type": "ir.actions.act_window", "res_model": "sale.order", "res_id": order.id},
            {"type": "ir.actions.client", "tag": "display_notification"},
            {"type": "ir.actions.act_window_close"},
            {
                "type": "ir.actions.act_window",
                "target": "new",
                "res_model": "account.autopost.bills.wizard",
            },
        ):

            def write_and_answer(orders, answer=answer):
                orders.client_order_ref = f"{answer}"
                return answer

            with self.subTest(answer), patch.object(model, "action_confirm", write_and_answer):
                self.write_rest("POST", f"/api/sale-orders/{order.id}/confirm")
                self.assertEqual(order.client_order_ref, f"{answer}")


@tagged("post_install", "-at_install")
class TestActionsOnServer(ServerCase):
    """Actions for real: Odoo leaves questions, mails and background work out under test.

    The customer has a phone number, and the company has not been asked yet whether it wants text
    messages about deliveries.
    """

    NAME = "Zaction on a server"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with committed() as env:
            env = cls.environment(env)
            cls.company = {
                name: env.company[name]
                for name in (
                    "has_received_warning_stock_sms",
                    "stock_text_confirmation",
                    "stock_confirmation_type",
                )
            }
            env.company.write(
                {
                    "has_received_warning_stock_sms": False,
                    "stock_text_confirmation": True,
                    "stock_confirmation_type": "sms",
                }
            )
            values = {"name": cls.NAME, "phone": "+32 2 290 34 90", "email": "z@example.com"}
            cls.partner = env["res.partner"].create(values).id
            values = {"name": cls.NAME, "type": "consu", "list_price": 10, "taxes_id": False}
            cls.product = env["product.product"].create(values).id
        cls.addClassCleanup(cls.remove_all)

    @staticmethod
    def environment(env):
        """Return the environment of the user who asks."""
        return env(user=env.ref("base.user_admin"))

    @classmethod
    def remove_all(cls):
        with committed() as env:
            env = cls.environment(env)
            env.company.write(cls.company)
            remove_documents(env, cls.partner, cls.product)

    def send(self, method, path, body=None):
        response = self.client().send_request(method, f"/api/{path}", json=body)
        self.assertLess(response.status_code, 300, response.text)
        return response.json()["data"]

    def act(self, api, collection, type_name, number, action):
        """Call an action by one of the APIs."""
        if api == "rest":
            return self.send("POST", f"{collection}/{number}/{action}")
        name = camel_case(action) + type_name
        query = f'mutation {{ {name}(id: "{number}") {{ id }} }}'
        response = self.client().send_request("POST", "/api/graphql", json={"query": query})
        self.assertEqual(response.json().get("data"), {name: {"id": str(number)}}, response.text)
        return None

    def new_order(self):
        line = {"product": self.product, "quantity": 3}
        values = {"customer": self.partner, "order_lines": {"create": [line]}}
        return self.send("POST", "sale-orders", values)["id"]

    def new_transfer(self):
        order = self.new_order()
        self.send("POST", f"sale-orders/{order}/confirm")
        (transfer,) = self.send("GET", f"sale-orders/{order}?fields=transfers.id")["transfers"]
        return transfer["id"]

    def new_draft_transfer(self):
        (kind, *_others) = self.send("GET", "transfer-types?filter[code][eq]=outgoing&fields=id")
        move = {"product": self.product, "product_uom_qty": 2}
        values = {
            "transfer_type": kind["id"],
            "contact": self.partner,
            "moves": {"create": [move]},
        }
        return self.send("POST", "transfers", values)["id"]

    def new_invoice(self, collection="invoices"):
        values = {
            "customer": self.partner,
            "invoice_date": "2026-01-01",
            "invoice_lines": {"create": [{"product": self.product, "price_unit": 5}]},
        }
        return self.send("POST", collection, values)["id"]

    def new_refund(self):
        return self.new_invoice("refunds")

    def new_bill(self, collection="vendor-bills"):
        values = {
            "vendor": self.partner,
            "invoice_date": "2026-01-01",
            "lines": {"create": [{"product": self.product, "price_unit": 5, "taxes": {"set": []}}]},
        }
        return self.send("POST", collection, values)["id"]

    def new_vendor_refund(self):
        return self.new_bill("vendor-refunds")

    def new_payment(self):
        values = {"partner": self.partner, "amount": 5, "date": "2026-01-01"}
        return self.send("POST", "payments", values)["id"]

    def new_purchase(self):
        line = {"product": self.product, "quantity": 3, "price_unit": 5, "taxes": {"set": []}}
        values = {"vendor": self.partner, "order_lines": {"create": [line]}}
        return self.send("POST", "purchase-orders", values)["id"]

    def new_lead(self):
        return self.send("POST", "leads", {"name": self.NAME, "customer": self.partner})["id"]

    def test_catalog(self):
        """Each action of the catalog gives its business result."""
        entry = [
            ("post", {"state": "posted"}),
            ("reset-to-draft", {"state": "draft"}),
            ("cancel", {"state": "cancel"}),
        ]
        cases = (
            (
                "SaleOrder",
                "sale-orders",
                self.new_order,
                [
                    ("confirm", {"state": "sale"}),
                    ("lock", {"locked": True}),
                    ("unlock", {"locked": False}),
                    ("cancel", {"state": "cancel"}),
                    ("set-to-draft", {"state": "draft"}),
                ],
            ),
            (
                "Transfer",
                "transfers",
                self.new_transfer,
                [
                    ("unreserve", {"state": "confirmed"}),
                    ("check-availability", {"state": "assigned"}),
                    ("validate", {"state": "done"}),
                ],
            ),
            (
                "Transfer",
                "transfers",
                self.new_draft_transfer,
                [("confirm", {"state": "assigned"}), ("cancel", {"state": "cancel"})],
            ),
            ("Invoice", "invoices", self.new_invoice, entry),
            ("Refund", "refunds", self.new_refund, entry),
            ("VendorBill", "vendor-bills", self.new_bill, entry),
            ("VendorRefund", "vendor-refunds", self.new_vendor_refund, entry),
            (
                "Payment",
                "payments",
                self.new_payment,
                [
                    ("post", {"state": "in_process"}),
                    ("reset-to-draft", {"state": "draft"}),
                    ("cancel", {"state": "canceled"}),
                ],
            ),
            (
                "PurchaseOrder",
                "purchase-orders",
                self.new_purchase,
                [
                    ("confirm", {"state": "purchase"}),
                    ("lock", {"locked": True}),
                    ("unlock", {"locked": False}),
                    ("cancel", {"state": "cancel"}),
                    ("set-to-draft", {"state": "draft"}),
                    ("approve", {"state": "purchase"}),
                ],
            ),
            ("Lead", "leads", self.new_lead, [("mark-won", {"won_status": "won"})]),
            ("Lead", "leads", self.new_lead, [("mark-lost", {"won_status": "lost"})]),
        )
        called = {
            (type_name, name) for type_name, *_more, steps in cases for name, _values in steps
        }
        with committed() as env:
            ids = env["ir.model.data"].search(
                [("module", "=", "graphql_api"), ("model", "=", "graphql_api.resource.action")]
            )
            actions = env["graphql_api.resource.action"].browse(ids.mapped("res_id"))
            served = actions.filtered(lambda action: action.active and action.is_served)
            listed = {(action.resource_id.type_name, action.name) for action in served}
        self.assertEqual(called | TESTED_ELSEWHERE, listed)
        for api in ("rest", "graphql"):
            for type_name, collection, make, steps in cases:
                number = make()
                for action, expected in steps:
                    with self.subTest(action, api=api):
                        self.act(api, collection, type_name, number, action)
                        fields = ",".join(expected)
                        found = self.send("GET", f"{collection}/{number}?fields={fields}")
                        self.assertEqual({name: found[name] for name in expected}, expected)

    def test_delivery(self):
        """All that was ordered is delivered, and nobody has answered the question."""
        transfer = self.new_transfer()
        self.act("rest", "transfers", "Transfer", transfer, "validate")
        with committed() as env:
            env = self.environment(env)
            moves = env["stock.picking"].browse(transfer).move_ids
            self.assertEqual(moves.mapped("quantity"), [3])
            self.assertEqual(moves.sale_line_id.qty_delivered, 3)
            self.assertFalse(env.company.has_received_warning_stock_sms)
            self.assertTrue(env.company.stock_text_confirmation)
            self.assertFalse(env["sms.sms"].search([("partner_id", "=", self.partner)]))


@tagged("post_install", "-at_install")
class TestListedActions(ActionCase):
    """Nothing can be called but what a resource lists."""

    def actions(self, *names):
        return self.env["graphql_api.resource.action"].search(
            [("resource_id.type_name", "=", "SaleOrder"), ("name", "in", names)]
        )

    def new_action(self, name, method, install_mode=False):
        actions = self.env["graphql_api.resource.action"].with_context(install_mode=install_mode)
        return actions.create({"resource_id": self.sale_order.id, "name": name, "method": method})

    @property
    def sale_order(self):
        return self.env["graphql_api.resource"].search([("type_name", "=", "SaleOrder")])

    def mutations(self):
        schema = self.env["graphql_api.schema"]._get_schema().graphql_schema
        fields = schema.mutation_type.fields
        return {name for name in fields if name.endswith(("SaleOrder", "SaleOrders"))}

    def test_method_that_cannot_be_an_action(self):
        for method in (
            "_action_cancel",
            "__init__",
            "unlink",
            "write",
            "create",
            "copy",
            "read",
            "search",
            "sudo",
            "with_user",
            "browse",
            "action_archive",
            "export_data",
            "name",
            "env",
        ):
            with self.subTest(method), self.assertRaises(ValidationError):
                self.new_action("later", method)

    def test_name_that_cannot_be_an_action(self):
        for name in ("create", "update", "upsert", "delete", "Confirm", "a_b", "a--b", "", "a/b"):
            with (
                self.subTest(name),
                self.assertRaises(ValidationError),
                self.env.cr.savepoint(),
            ):
                self.new_action(name, "action_lock")
        with (
            self.assertRaises(UniqueViolation),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.new_action("confirm", "action_lock")

    def test_own_action(self):
        """An administrator adds a line, and the action is there."""
        order = self.new_order()
        self.new_action("lock-for-good", "action_lock")
        for api in ("graphql", "rest"):
            order.locked = False
            self.act(api, order, "SaleOrder", "sale-orders", "lock-for-good")
            self.assertTrue(order.locked)

    def test_method_that_is_not_there(self):
        """A line whose method no addon has, or that became private, offers nothing."""
        self.new_action("later", "action_of_another_addon", install_mode=True)
        expected = self.mutations()
        self.assertNotIn("laterSaleOrder", expected)
        for method in ("_action_cancel", "unlink", "sudo", "env"):
            line = self.actions("later")
            self.env.cr.execute(
                "UPDATE graphql_api_resource_action SET method = %s WHERE id = %s",
                [method, line.id],
            )
            line.invalidate_recordset()
            self.env.registry.clear_cache("routing")
            self.assertEqual(self.mutations(), expected)
            path = f"/api/sale-orders/{self.new_order().id}/later"
            self.refuse_rest("POST", path, status=404, code="NOT_FOUND")

    def test_unreachable_by_any_name(self):
        self.assertEqual(
            self.mutations(),
            {
                *(f"{verb}SaleOrder" for verb in ("create", "update", "upsert", "delete")),
                *(f"{verb}SaleOrders" for verb in ("create", "update", "upsert", "delete")),
                *(
                    f"{camel_case(action.name)}SaleOrder{plural}"
                    for action in self.sale_order.action_ids
                    for plural in ("", "s")
                ),
            },
        )
        order = self.new_order()
        for name in (
            "action_confirm",
            "_action_cancel",
            "action-confirm",
            "unlink",
            "write",
            "delete",
            "create",
            "setToDraft",
            "set_to_draft",
            "Confirm",
            "confirm%00",
            "confirm%20",
            "%2e%2e%2fconfirm",
        ):
            with self.subTest(name), self.nothing_written():
                response = self.http("POST", f"/api/sale-orders/{order.id}/{name}")
                self.assertIn(response.status_code, (404, 405))

    def test_archived_action(self):
        """It is gone at once, and there again at once."""
        order = self.new_order()
        path = f"/api/sale-orders/{order.id}/confirm"
        query = f"mutation {{ confirmSaleOrder(id: {order.id}) {{ id }} }}"
        self.actions("confirm").active = False
        self.refuse_rest("POST", path, status=404, code="NOT_FOUND")
        self.refuse_graphql(query, code="GRAPHQL_VALIDATION_FAILED")
        action = self.env["graphql_api.resource.action"].with_context(active_test=False)
        action.search([("name", "=", "confirm")]).active = True
        self.graphql(query)
        self.assertEqual(order.state, "sale")
