"""An administrator makes a policy for the phones of salespeople, and tries it as two users."""

import json
from pathlib import Path

from odoo import Command

from ..cases.browser import BrowserCase

_POLICIES = "/odoo/action-graphql_api.action_policies"

_OWN = '[("user_id", "=", user)]'

_OPERATIONS = ("Read", "Create", "Update", "Delete", "Actions", "Reports")
"""The columns of a policy's table."""


class TestPolicyScreens(BrowserCase):
    def setUp(self):
        super().setUp()
        product = self.env["graphql_api.resource"].search([("type_name", "=", "Product")])
        product.field_ids = [Command.create({"field_name": "standard_price", "api_name": "cost"})]
        partners = self.env["res.partner"]
        salesman = self.user("demo")
        partners.search([("is_company", "=", True)], limit=3).user_id = salesman
        self.own_customers = partners.search_count([("user_id", "=", salesman.id)])
        self.admin_partner_id = self.user("admin").partner_id.id
        self.admin_name = self.user("admin").name
        self.order = self.env["sale.order"].create(
            {"partner_id": self.user("portal").partner_id.id, "user_id": salesman.id}
        )
        self.log_in()

    def test_a_policy_for_sales_phones(self):
        """Own customers, no cost prices, own orders, which one may confirm but not cancel."""
        with self.browser() as page:
            self.visit(_POLICIES)
            page.get_by_role("button", name="New", exact=True).click()
            page.get_by_role("textbox", name="Name").fill("Sales phone")
            page.get_by_label("Log Requests").check()
            self.add_line("Customer", "Update")
            self.add_line("Product")
            self.add_line("SaleOrder", "Create", "Update", "Actions")
            page.get_by_role("button", name="Save manually").click()
            self.settle()
            self.narrow_customers()
            self.narrow_products()
            self.narrow_orders()
            self.screenshot("policy-lines")
            key = self.try_as_salesman()
            self.try_as_customer()
        self.check_key({"Authorization": f"Bearer {key}"})
        with self.browser() as page:
            page.reload()
            self.narrow_from_the_log()

    def test_move_a_policy(self):
        """An exported policy is imported without what is missing; its changes are listed."""
        exported = self.export()
        document = json.loads(exported)
        (line,) = document["resources"]
        line["actions"].append("fly")
        document["resources"].append({**line, "type": "Spaceship"})
        with self.browser() as page:
            self.import_text("{")
            self.refused("This is not JSON")
            page.locator(".modal [name=text] textarea").fill(json.dumps(document))
            page.get_by_role("button", name="Import").last.click()
            dialog = page.locator(".modal")
            dialog.get_by_text("SaleOrder has no fly here.").wait_for()
            dialog.get_by_text("Spaceship is left out: there is no such resource.").wait_for()
            self.screenshot("policy-import", height=480)
            dialog.get_by_role("button", name="Open Policy").click()
            dialog.wait_for(state="detached")
            self.line("SaleOrder").get_by_text("actions: 1, filter").wait_for()
            self.line("SaleOrder").get_by_role("button", name="Details").click()
            self.filter_by(dialog, '[("user_id", "in", [user, False])]')
            self.save(dialog)
            page.get_by_role("tab", name="Changes").click()
            change = page.locator("[name=change_ids] .o_data_row").first
            change.get_by_text('→ [("user_id", "in", [user, False])]').wait_for()
            change.get_by_text(self.admin_name).wait_for()
            self.screenshot("policy-changes", height=900)

    def test_a_policy_that_is_closed(self):
        """The list and the form say why the keys of a policy are refused."""
        policy = self.env["graphql_api.policy"].create({"name": "Broken", "right_ids": []})
        order = self.env["graphql_api.resource"].search([("type_name", "=", "SaleOrder")])
        right = self.env["graphql_api.policy.right"].create(
            {"policy_id": policy.id, "resource_id": order.id}
        )
        # As if an addon with the field had been removed.
        self.env.cr.execute(
            "UPDATE graphql_api_policy_right SET record_filter = %s WHERE id = %s",
            ['[("x_gone", "=", 1)]', right.id],
        )
        self.env.invalidate_all()
        with self.browser() as page:
            self.visit(_POLICIES)
            row = self.row("Broken")
            row.get_by_text("x_gone").wait_for()
            row.get_by_role("cell", name="Broken").click()
            page.get_by_role("status").get_by_text("x_gone").wait_for()
            page.get_by_role("button", name="Try As").click()
            dialog = page.locator(".modal")
            dialog.get_by_text("The policy is closed:").wait_for()
            self.assertFalse(dialog.get_by_role("button", name="Open GraphiQL").count())

    def export(self) -> str:
        """Return what a small policy is downloaded as."""
        confirm = self.env.ref("graphql_api.sale_order__action_confirm")
        right = {
            "resource_id": confirm.resource_id.id,
            "allow_actions": True,
            "all_actions": False,
            "action_ids": confirm.ids,
            "record_filter": _OWN,
        }
        policy = self.env["graphql_api.policy"].create(
            {"name": "Orders", "right_ids": [Command.create(right)]}
        )
        with self.browser() as page:
            self.visit(f"{_POLICIES}/{policy.id}")
            with page.expect_download() as download:
                page.get_by_role("button", name="Export").click()
            text = Path(download.value.path()).read_text()
        return text

    def import_text(self, text: str):
        self.visit(_POLICIES)
        self._page.get_by_role("button", name="Import").first.click()
        self._page.locator(".modal [name=text] textarea").fill(text)
        self._page.get_by_role("button", name="Import").last.click()

    def check_key(self, headers: dict):
        """What the screens say is what the key of the salesman does."""
        body = self.rest("/api/customers?limit=1&total=true", headers=headers)
        self.assertEqual(body["meta"]["total"], self.own_customers)
        products = "/api/products?limit=1"
        self.assertNotIn("cost", self.rest(products, headers=headers)["data"][0])
        self.rest(f"{products}&fields=cost", headers=headers, status=400)
        self.assertIn("cost", self.rest(products)["data"][0])
        order = f"/api/sale-orders/{self.order.id}"
        self.rest(f"{order}/cancel", method="POST", headers=headers, status=404)
        body = self.rest(f"{order}/confirm", method="POST", headers=headers)
        self.assertEqual(body["data"]["state"], "sale")
        self.order.user_id = self.user("admin")
        self.rest(order, headers=headers, status=404)

    def try_as_salesman(self) -> str:
        dialog = self.open_trial()
        dialog.get_by_role("combobox", name="User").fill("Marc Demo")
        dialog.get_by_role("option", name="Marc Demo").first.click()
        self.settle()
        customers = self.row("Customer", dialog)
        customers.get_by_role("cell", name=str(self.own_customers), exact=True).wait_for()
        customers.get_by_text("Hidden by the policy's filter").wait_for()
        orders = self.row("SaleOrder", dialog)
        self.assertIn("confirm", orders.inner_text())
        self.assertNotIn("cancel", orders.inner_text())
        self.screenshot("policy-try")
        self.ask_why(dialog)
        return self.open_graphiql(dialog)

    def narrow_from_the_log(self):
        """Take away what the phone has not used."""
        page = self._page
        page.get_by_role("button", name="Suggest from the Log").click()
        dialog = page.locator(".modal:has([name=line_ids])")
        customers = self.row("Customer", dialog)
        customers.get_by_text("Update").wait_for()  # what goes
        self.settle()
        self.screenshot("policy-suggest")
        dialog.get_by_role("button", name="Accept as a Copy").click()
        page.get_by_text("Sales phone (suggested)").first.wait_for()
        self.line("SaleOrder").get_by_text("actions: 1").wait_for()
        update = _OPERATIONS.index("Update")
        self.assertFalse(self.line("Customer").get_by_role("checkbox").nth(update).is_checked())
        self.line("Customer").get_by_text("filter").wait_for()

    def ask_why(self, dialog):
        """Ask about one record: the administrator's own contact."""
        dialog.locator("[name=record_id] input").fill(str(self.admin_partner_id))
        dialog.locator("[name=resource_id] input").fill("Customer")
        dialog.get_by_role("option").first.click()
        dialog.get_by_text("The record does not match the policy's filter.").wait_for()

    def try_as_customer(self):
        dialog = self.open_trial()
        dialog.get_by_role("combobox", name="User").fill("Joel Willis")
        dialog.get_by_role("option", name="Joel Willis").first.click()
        self.settle()
        self.row("Product", dialog).get_by_text("read: Odoo grants it to").wait_for()
        customers = self.row("Customer", dialog)
        customers.get_by_text("Hidden by record rules").wait_for()
        customers.get_by_role("cell", name="0", exact=True).wait_for()
        self.screenshot("policy-try-customer")

    def open_trial(self):
        dialog = self._page.locator(".modal:has([name=line_ids])")
        if not dialog.count():
            self._page.get_by_role("button", name="Try As").click()
        dialog.wait_for()
        self.settle()
        return dialog

    def open_graphiql(self, dialog) -> str:
        """Open GraphiQL as the user of the trial; return the key that it has."""
        page = self._page
        with page.context.expect_page() as opened:
            dialog.get_by_role("button", name="Open GraphiQL").click()
            # Odoo wants to know that it is still the administrator who sits there.
            page.get_by_placeholder("Enter your password").fill("admin")
            page.get_by_role("button", name="Confirm Password").click()
        graphiql = opened.value
        graphiql.get_by_text("You, with a key of the policy").wait_for()
        graphiql.locator(".graphiql-query-editor .CodeMirror").wait_for()
        key = graphiql.evaluate("sessionStorage.getItem('graphql_api.key')")
        self.assertNotIn(key, graphiql.url + page.url + page.content())
        self.assertIsNone(page.evaluate("sessionStorage.getItem('graphql_api.key')"))
        self.settle()
        graphiql.close()
        dialog.wait_for()
        return key

    def add_line(self, type_name: str, *operations: str):
        """Add a resource, which is offered first, and turn on what may be done beside reading."""
        page = self._page
        page.get_by_role("button", name="Add a line").click()
        page.get_by_role("combobox").last.fill(type_name)
        option = page.get_by_role("option").first
        option.get_by_text(type_name, exact=True).wait_for()
        if type_name == "Customer":
            self.screenshot("policy-picker")
        option.click()
        self.settle()
        row = page.locator(".o_selected_row")
        for operation in operations:
            row.get_by_role("checkbox").nth(_OPERATIONS.index(operation)).click(force=True)

    def line(self, type_name: str):
        return self._page.locator("[name=right_ids] .o_data_row").filter(
            has=self._page.get_by_role("cell", name=type_name, exact=True)
        )

    def open_line(self, type_name: str):
        self.line(type_name).get_by_role("button", name="Details").click()
        dialog = self._page.locator(".modal")
        dialog.get_by_role("button", name="Save").wait_for()
        self.settle()
        return dialog

    def save(self, dialog):
        dialog.get_by_role("button", name="Save").click()
        dialog.wait_for(state="detached")
        self.settle()

    def filter_by(self, dialog, domain: str):
        dialog.get_by_role("tab", name="Filter").click()
        dialog.get_by_role("textbox", name="As Text").fill(domain)
        dialog.get_by_role("textbox", name="As Text").blur()
        dialog.get_by_text("record(s)").wait_for()
        # That the domain has more than plain values.
        notices = self._page.locator(".o_notification_close")
        notices.first.wait_for()
        for notice in reversed(notices.all()):
            notice.click()
        self.settle()

    def narrow_customers(self):
        dialog = self.open_line("Customer")
        self.filter_by(dialog, _OWN)
        self.screenshot("policy-filter")
        self.save(dialog)

    def narrow_products(self):
        dialog = self.open_line("Product")
        dialog.get_by_role("checkbox", name="All Fields").uncheck()
        self.settle()
        dialog.get_by_role("tab", name="Fields Read").click()
        dialog.get_by_role("checkbox", name="cost", exact=True).uncheck()
        self.screenshot("policy-fields")
        self.save(dialog)

    def narrow_orders(self):
        dialog = self.open_line("SaleOrder")
        self.filter_by(dialog, _OWN)
        dialog.get_by_role("tab", name="Actions").click()
        dialog.get_by_role("checkbox", name="All Actions").uncheck()
        self.settle()
        for name in ("cancel", "set-to-draft", "send", "lock", "unlock"):
            dialog.get_by_role("checkbox", name=name, exact=True).uncheck()
        self.save(dialog)
