"""Reports: who may print what, and what is written in the PDFs."""

import base64
import contextlib
import os
import sys
from pathlib import Path
from unittest.mock import patch

from odoo.fields import Command
from odoo.sql_db import db_connect
from odoo.tests import new_test_user, tagged

from ...rest.rendering import slots
from ..cases import needs
from ..cases.api import ApiCase
from ..cases.pdf import NOWHERE, blank_pdf, read_text, styles_from
from ..cases.server import Server, ServerCase, api_key, committed, database, scoped_key

ORDER = "sale.action_report_saleorder"


@contextlib.contextmanager
def removed_again(*names: str):
    """Yield a dict for ids of records by their models, which are removed in the end.

    :param names: the models, in the order in which their records are removed
    """
    made: dict[str, list[int]] = {name: [] for name in names}
    try:
        yield made
    finally:
        with committed() as env:
            for name, ids in made.items():
                records = env[name].browse(ids).exists()
                if name == "sale.order":
                    records._action_cancel()
                if name == "account.move":
                    records.filtered(lambda move: move.state == "posted").button_draft()
                    records = records.with_context(force_delete=True)
                records.unlink()


@tagged("pdf")
class TestPdf(ServerCase):
    """On a server of its own: in a test, Odoo prints no PDFs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        needs.variable("GRAPHQL_API_WKHTMLTOPDF")
        with contextlib.ExitStack() as stack:
            cls.made = stack.enter_context(
                removed_again(
                    "stock.picking", "account.move", "sale.order", "res.users", "res.partner"
                )
            )
            with committed() as env:
                needs.database(env, "apps")
                cls.make_records(env)
            stack.enter_context(styles_from(NOWHERE))
            cls.keys = {
                login: stack.enter_context(api_key(login)) for login in ("zseller", "zguest")
            }
            cls.addClassCleanup(stack.pop_all().close)

    @classmethod
    def make_records(cls, env):
        partners = env["res.partner"].create(
            [{"name": "Zann English"}, {"name": "Zbob French", "lang": "fr_FR"}]
        )
        seller = new_test_user(
            env, "zseller", groups="sales_team.group_sale_salesman", email="zseller@example.com"
        )
        guest = new_test_user(env, "zguest", groups="base.group_portal")
        product = env["product.product"].search([("type", "=", "service")], limit=1)
        orders = env["sale.order"].create(
            [
                {
                    "partner_id": partner.id,
                    "user_id": seller.id,
                    "order_line": [Command.create({"product_id": product.id, "name": "Zservice"})],
                }
                for partner in (partners[0], partners[1], guest.partner_id)
            ]
        )
        orders[2].state = "sent"
        invoice = env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": partners[0].id,
                "invoice_line_ids": [Command.create({"name": "Zinvoiced", "price_unit": 12.5})],
            }
        )
        invoice.action_post()
        entry = env["account.move"].create({"move_type": "in_invoice"})
        kind = env["stock.picking.type"].search([("code", "=", "outgoing")], limit=1)
        goods = env["product.product"].search([("is_storable", "=", True)], limit=1)
        transfers = env["stock.picking"].create(
            [
                {
                    "picking_type_id": kind.id,
                    "partner_id": partner,
                    "move_ids": [Command.create({"product_id": goods.id, "product_uom_qty": 2})],
                }
                for partner in (partners[0].id, False)
            ]
        )
        cls.made["stock.picking"] += transfers.ids
        cls.transfers = transfers.ids
        cls.transfer_names = (transfers[0].name, goods.name)
        cls.made["res.partner"] += [*partners.ids, seller.partner_id.id, guest.partner_id.id]
        cls.made["res.users"] += [seller.id, guest.id]
        cls.made["sale.order"] += orders.ids
        cls.made["account.move"] += [invoice.id, entry.id]
        cls.orders = orders.ids
        cls.names = orders.mapped("name")
        cls.invoice, cls.invoice_name, cls.entry = invoice.id, invoice.name, entry.id

    def get(self, path: str, key: str | None = None, status: int = 200, **headers):
        response = self.client(key).send_request("GET", path, headers=headers)
        self.assertEqual(response.status_code, status, response.text[:500])
        return response

    def pdf(self, path: str, key: str | None = None, **headers):
        response = self.get(path, key, **headers)
        self.assertEqual(response.headers["Content-Type"], "application/pdf")
        self.assertTrue(response.content.startswith(b"%PDF-"))
        return read_text(response.content)

    def path(self, position: int) -> str:
        return f"/api/sale-orders/{self.orders[position]}/report/order.pdf"

    def test_order(self):
        text = self.pdf(self.path(0))
        for part in (f"Quotation # {self.names[0]}", "Zann English", "Zservice"):
            self.assertIn(part, text)
        self.assertIn("Zann English", self.pdf(self.path(0), self.keys["zseller"]))

    def test_language(self):
        """As Odoo prints it: mostly in the customer's language, else in that of the caller."""
        french, english = {"Accept-Language": "fr"}, {"Accept-Language": "en"}
        self.assertIn("Devis", self.pdf(self.path(1), **english))
        self.assertIn("Quotation", self.pdf(self.path(0), **french))
        path = f"/api/transfers/{self.transfers[1]}/report/delivery-slip.pdf"
        self.assertIn("Product", self.pdf(path, **english))
        self.assertIn("Produit", self.pdf(path, **french))

    def test_invoice(self):
        text = self.pdf(f"/api/invoices/{self.invoice}/report/invoice.pdf")
        for part in (self.invoice_name, "Zann English", "Zinvoiced", "12.50"):
            self.assertIn(part, text)

    def test_delivery_slip(self):
        text = self.pdf(f"/api/transfers/{self.transfers[0]}/report/delivery-slip.pdf")
        for name in (*self.transfer_names, "Zann English"):
            self.assertIn(name, text)

    def test_portal(self):
        """A customer prints what is for customers, of the own orders alone."""
        key = self.keys["zguest"]
        self.assertIn("Zservice", self.pdf(self.path(2), key))
        self.get(self.path(0), key, 404)
        with committed() as env:
            env.ref("graphql_api.sale_order__report_order").portal = False
        try:
            self.get(self.path(2), key, 403)
            self.assertEqual(self.get(self.path(2).rsplit("/", 1)[0], key).json()["data"], [])
        finally:
            with committed() as env:
                env.ref("graphql_api.sale_order__report_order").portal = True

    def test_headers(self):
        """HEAD has those of GET; the name is the one that Odoo gives."""
        client = self.client()
        response = self.get(self.path(0))
        head = client.send_request("HEAD", self.path(0))
        self.assertEqual(head.status_code, 200)
        self.assertEqual(head.content, b"")
        for name in ("ETag", "Content-Type", "Content-Disposition", "Content-Length"):
            self.assertEqual(head.headers[name], response.headers[name], name)
        self.assertIn(
            f"Quotation%20-%20{self.names[0]}.pdf", response.headers["Content-Disposition"]
        )

    def test_etag(self):
        """A PDF that has not changed is not made again; a change of what it shows changes it."""
        path = self.path(0)
        tag = self.get(path).headers["ETag"]
        before = self.server.log().count("The PDF report has been generated")
        self.assertEqual(self.get(path, status=304, **{"If-None-Match": tag}).content, b"")
        self.assertEqual(self.get(path).headers["ETag"], tag)
        self.get(path, status=412, **{"If-Match": '"other"'})
        self.assertGreater(self.server.log().count("The PDF report has been generated"), before)
        with committed() as env:
            env["sale.order"].browse(self.orders[0]).partner_id.street = "Zstreet 5"
        response = self.get(path, **{"If-None-Match": tag})
        self.assertIn("Zstreet 5", read_text(response.content))
        self.assertNotEqual(response.headers["ETag"], tag)
        other = self.get(path, **{"Accept-Language": "fr"})
        self.assertNotEqual(response.headers["ETag"], other.headers["ETag"])
        mine = self.get(path, self.keys["zseller"]).headers["ETag"]
        self.assertNotEqual(response.headers["ETag"], mine)

    def test_no_program_runs_for_what_the_client_has(self):
        """Without a slot for wkhtmltopdf, a client gets 304 for what it has, and else 503."""
        path = f"/api/invoices/{self.invoice}/report/invoice.pdf"
        tag = self.get(path).headers["ETag"]
        port = int(self.server.url.rsplit(":", 1)[1])
        with db_connect(database()).cursor() as cursor:
            for slot in slots(port):
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [slot])
            self.get(path, status=304, **{"If-None-Match": tag})
            response = self.get(path, status=503)
        self.assertEqual(response.json()["code"], "SERVICE_UNAVAILABLE")
        self.assertEqual(response.headers["Retry-After"], "2")
        self.get(path)

    def test_styles(self):
        """wkhtmltopdf gets the styles from the server that waits for it."""
        with styles_from(self.server.url):
            styled = self.get(self.path(0)).content
        self.assertRegex(self.server.log(), r'GET /web/assets/\S+report_assets\S+ HTTP/1.1" 200')
        self.assertNotEqual(len(styled), len(self.get(self.path(0)).content))

    def test_kept_pdf(self):
        """Odoo serves what it has kept before it looks at the record: that is seen to before."""
        with committed() as env:
            report = env.ref(ORDER)
            report.write({"attachment": "'z' + object.name", "attachment_use": True})
        try:
            key = self.keys["zseller"]
            read_only = self.enterContext(scoped_key("zseller", read_only=True))
            self.assertIn("Zann English", self.pdf(self.path(0), read_only))
            with committed() as env:
                self.assertFalse(self.find_kept(env))
            self.pdf(self.path(0), key)
            with committed() as env:
                kept = self.find_kept(env)
                self.assertEqual(len(kept), 1)
                kept.raw = blank_pdf()
                env["sale.order"].browse(self.orders[0]).user_id = env.ref("base.user_admin")
            response = self.get(self.path(0))
            self.assertEqual(read_text(response.content), "")
            tag = response.headers["ETag"]
            self.get(self.path(0), status=304, **{"If-None-Match": tag})
            self.get(self.path(0), key, 404)
            self.get(self.path(0), read_only, 404)
        finally:
            with committed() as env:
                env.ref(ORDER).write({"attachment": False, "attachment_use": False})
                self.find_kept(env).unlink()
                seller = env["res.users"].search([("login", "=", "zseller")])
                env["sale.order"].browse(self.orders[0]).user_id = seller

    def find_kept(self, env):
        return env["ir.attachment"].search(
            [("res_model", "=", "sale.order"), ("res_id", "=", self.orders[0])]
        )

    def test_odoo_refuses(self):
        """A UserError of Odoo while it renders."""
        with committed() as env:
            (model,) = env["graphql_api.resource"].search([("type_name", "=", "Invoice")])
            values = {
                "resource_id": model.id,
                "name": "zbill",
                "xml_id": "account.action_account_original_vendor_bill",
            }
            report = env["graphql_api.resource.report"].create(values)
            domain, model.domain = model.domain, "[]"
            report_domain = env.ref(values["xml_id"]).domain
            env.ref(values["xml_id"]).domain = False
            number = report.id
        try:
            path = f"/api/invoices/{self.entry}/report/zbill.pdf"
            body = self.get(path, status=422).json()
            self.assertEqual(body["code"], "VALIDATION_FAILED")
            self.assertIn("No original purchase document", body["message"])
        finally:
            with committed() as env:
                env["graphql_api.resource.report"].browse(number).unlink()
                env.ref(values["xml_id"]).domain = report_domain
                env["graphql_api.resource"].search([("type_name", "=", "Invoice")]).domain = domain

    def test_without_the_program(self):
        with (
            patch.dict(os.environ, {"PATH": str(Path(sys.executable).parent)}),
            Server() as server,
            server.client(self.key) as client,
        ):
            response = client.send_request("GET", self.path(0))
            self.assertEqual(response.status_code, 503)
            body = response.json()
            self.assertEqual(body["code"], "SERVICE_UNAVAILABLE")
            self.assertIn("apt-get install wkhtmltopdf", body["message"])
            listed = client.send_request("GET", self.path(0).rsplit("/", 1)[0])
            self.assertEqual(listed.status_code, 200)
            self.assertEqual(client.send_request("GET", "/api/health").status_code, 200)


@tagged("post_install", "-at_install")
class TestGrants(ApiCase):
    """What is granted, to whom, and where it is seen. Nothing is printed."""

    login = "admin"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = new_test_user(cls.env, "zseller", groups="sales_team.group_sale_salesman")
        cls.order = cls.env["sale.order"].create(
            {"partner_id": cls.env["res.partner"].create({"name": "Zann"}).id}
        )
        cls.resource = cls.env["graphql_api.resource"].search([("type_name", "=", "SaleOrder")])
        cls.root = f"/api/sale-orders/{cls.order.id}/report"

    def report(self, **values):
        return self.env["graphql_api.resource.report"].create(
            {"resource_id": self.resource.id, "name": "zreport", "xml_id": ORDER, **values}
        )

    def scoped(self, rights: dict, **policy) -> dict:
        """Return the headers of a key for sales orders with these rights."""
        values = {
            "name": "Test",
            "right_ids": [Command.create({"resource_id": self.resource.id, **rights})],
            **policy,
        }
        record = self.env["graphql_api.policy"].create(values)
        key = self.env["graphql_api.key"]._generate(self.user("admin"), record, "test", None)
        return {"headers": {"Authorization": f"Bearer {key}"}, "login": None}

    def assert_absent(self, **kwargs):
        """Nothing tells that there is a report."""
        self.rest(self.root, status=404, **kwargs)
        self.rest(f"{self.root}/order.pdf", status=404, **kwargs)
        query = "query ($id: ID!) { saleOrder(id: $id) { reports { url } } }"
        response = self.graphql_response(query, {"id": self.order.id}, **kwargs)
        self.assertEqual(
            response.json()["errors"][0]["extensions"]["code"], "GRAPHQL_VALIDATION_FAILED"
        )
        sdl = self.http("GET", "/api/graphql/schema.graphql", **kwargs).text
        self.assertNotIn("PdfReport", sdl)
        self.assertNotIn("/report", self.http("GET", "/api/openapi.json", **kwargs).text)

    def test_policy(self):
        """Denied by default; granted by name, in a policy that only reads too."""
        self.assert_absent(**self.scoped({}))
        self.assert_absent(**self.scoped({"allow_actions": True, "allow_update": True}))
        for policy in ({}, {"read_only": True}):
            granted = self.scoped({"allow_reports": True}, **policy)
            (report,) = self.rest(self.root, **granted)["data"]
            self.assertEqual(report["name"], "order")
            self.assertIn(
                "/api/sale-orders/{id}/report/order.pdf",
                self.rest_document(**granted)["paths"],
            )
        self.assert_absent(
            **self.scoped({"allow_read": False, "allow_reports": True, "allow_update": True})
        )

    def rest_document(self, **kwargs) -> dict:
        return self.http("GET", "/api/openapi.json", **kwargs).json()

    def test_list(self):
        url = f"{self.root}/order.pdf"
        body = self.rest(self.root)
        self.assertEqual(
            body["data"],
            [
                {
                    "name": "order",
                    "url": url,
                    "description": "The quotation or order, as the customer gets it.",
                }
            ],
        )
        rows = self.rest(f"/api/sale-orders/{self.order.id}?fields=reports.name,reports.url")
        self.assertEqual(rows["data"], {"reports": [{"name": "order", "url": url}]})
        self.rest(f"{self.root}?limit=1", status=400)
        self.rest("/api/customers/1/report", status=404)

    def test_graphql_costs_the_same_for_many_records(self):
        self.report()
        queries = [
            self.query_count(
                f"{{ saleOrders(first: {first}) {{ nodes {{ reports {{ url }} }} }} }}"
            )
            for first in (1, 10)
        ]
        self.assertEqual(*queries)
        sdl = self.http("GET", "/api/graphql/schema.graphql").text
        self.assertIn("reports: [PdfReport!]", sdl.partition("type SaleOrder {")[2])
        self.assertNotIn("reports:", sdl.partition("type Customer {")[2].partition("}")[0])

    def test_unknown(self):
        for name in ("zreport.pdf", "order", "order.html", "sale.action_report_saleorder.pdf"):
            self.rest(f"{self.root}/{name}", status=404)
        self.rest("/api/sale-orders/x/report/order.pdf", status=404)
        self.rest("/api/sale-orders/99999999/report/order.pdf", status=404)
        self.rest("/api/sale-orders/99999999/report", status=404)
        self.rest(f"{self.root}/order.pdf?lang=fr", status=400)

    def test_hidden(self):
        """By a rule, the domain of the resource, or another company."""
        company = self.env["res.company"].create({"name": "Zcompany"})
        elsewhere = self.env["sale.order"].create(
            {
                "partner_id": self.order.partner_id.id,
                "company_id": company.id,
                "warehouse_id": self.env["stock.warehouse"]
                .search([("company_id", "=", company.id)], limit=1)
                .id,
            }
        )
        for suffix in ("", "/order.pdf"):
            self.rest(f"/api/sale-orders/{elsewhere.id}/report{suffix}", status=404)
        self.resource.domain = repr([("id", "!=", self.order.id)])
        for suffix in ("", "/order.pdf"):
            self.rest(f"{self.root}{suffix}", status=404)

    def test_groups(self):
        """A report for a group: nobody else is told of it, nor gets it."""
        document = self.http("GET", "/api/openapi.json").text
        self.assertIn("/sale-orders/{id}/report/order.pdf", document)
        group = self.env["res.groups"].create({"name": "Zprinters"})
        self.env.ref(ORDER).group_ids = group
        self.assertEqual(self.rest(self.root)["data"], [])
        self.rest(f"{self.root}/order.pdf", status=403)
        self.rest("/api/sale-orders/99999999/report/order.pdf", status=403)
        document = self.http("GET", "/api/openapi.json").text
        self.assertNotIn("/sale-orders/{id}/report/order.pdf", document)
        self.user("admin").group_ids += group
        self.assertEqual(len(self.rest(self.root)["data"]), 1)

    def test_domain_of_the_report(self):
        """A report that Odoo offers for some records is there for these alone."""
        self.env.ref(ORDER).domain = "[('state', '=', 'sale')]"
        self.assertEqual(self.rest(self.root)["data"], [])
        self.rest(f"{self.root}/order.pdf", status=404)

    def test_without_the_right_to_read(self):
        user = new_test_user(self.env, "zclerk", groups="base.group_user")
        self.assertEqual(user.login, "zclerk")
        self.rest(self.root, status=403, login="zclerk")
        self.rest(f"{self.root}/order.pdf", status=403, login="zclerk")

    def test_lines(self):
        """What cannot be served is refused in the form; from data it is there, and not served."""
        for values in (
            {"xml_id": "account.account_invoices"},
            {"xml_id": "sale.action_orders"},
            {"xml_id": "nothing.here"},
            {"name": "No Name"},
        ):
            with self.assertRaises(Exception, msg=values) as caught, self.cr.savepoint():
                self.report(**values)
            self.assertEqual(type(caught.exception).__name__, "ValidationError", values)
        installing = self.env["graphql_api.resource.report"].with_context(install_mode=True)
        report = installing.create(
            {
                "resource_id": self.resource.id,
                "name": "zreport",
                "xml_id": "account.account_invoices",
            }
        )
        self.assertFalse(report.is_served)
        self.assertIn("account.move", report.status)
        self.rest(f"{self.root}/zreport.pdf", status=404)
        report.xml_id = ORDER
        self.assertTrue(report.is_served)
        self.assertEqual(len(self.rest(self.root)["data"]), 2)
        report.active = False
        self.assertEqual(report.status, "Archived")
        self.assertEqual(len(self.rest(self.root)["data"]), 1)

    def test_model_changes_later(self):
        """What a report is, is looked up each time."""
        self.assertEqual(len(self.rest(self.root)["data"]), 1)
        self.env.ref(ORDER).model = "sale.order.line"
        self.assertEqual(self.rest(self.root)["data"], [])
        self.rest(f"{self.root}/order.pdf", status=403)

    def test_own_names_win(self):
        """A file that is exposed as `report` stays where it is."""
        field = self.env["graphql_api.resource.field"].create(
            {"resource_id": self.resource.id, "field_name": "signature", "api_name": "report"}
        )
        self.order.signature = base64.b64encode(b"<svg xmlns='http://www.w3.org/2000/svg'/>")
        response = self.http("GET", self.root)
        self.assertIn("svg", response.headers["Content-Type"])
        field.api_name = "reports"
        query = "query ($id: ID!) { saleOrder(id: $id) { reports { size } } }"
        data = self.graphql(query, {"id": self.order.id})
        self.assertGreater(data["saleOrder"]["reports"]["size"], 10)

    def test_methods(self):
        for path in (self.root, f"{self.root}/order.pdf"):
            allow = self.http("OPTIONS", path).headers["Allow"]
            self.assertEqual(allow, "GET, HEAD, OPTIONS")
            self.assertEqual(self.http("POST", path).status_code, 405)
        self.assertEqual(self.http("OPTIONS", f"{self.root}/other.pdf").status_code, 404)
