"""The policies that the documentation offers: what their keys may do, and what they may not."""

import json
import re
from pathlib import Path

from odoo.tests import new_test_user, tagged

from ..cases.api import ApiCase

RECIPES = Path(__file__).parents[2] / "data" / "policies"


@tagged("post_install", "-at_install")
class RecipeCase(ApiCase):
    """A test with a key of an imported policy: ``self.headers``."""

    recipe = ""
    groups = ""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if cls.recipe:
            wizard = cls.env["graphql_api.import_policy"].create(
                {"text": (RECIPES / f"{cls.recipe}.json").read_text()}
            )
            wizard.import_policy()
            cls.notes, cls.policy = wizard.notes or "", wizard.policy_id
            cls.caller = new_test_user(cls.env, "zcaller", groups=cls.groups, lang="en_US")
            key = cls.env["graphql_api.key"]._generate(cls.caller, cls.policy, "Zkey", None)
            cls.headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
            cls.other = cls.env["res.partner"].create({"name": "Zother", "email": "o@example.com"})
            cls.product = cls.env["product.product"].create(
                {"name": "Zproduct", "is_storable": True, "list_price": 10, "standard_price": 4}
            )
            cls.unsold = cls.env["product.product"].create({"name": "Zunsold", "sale_ok": False})

    @classmethod
    def order(cls, partner, **values):
        line = {"product_id": cls.product.id, "product_uom_qty": 2}
        return cls.env["sale.order"].create(
            {"partner_id": partner.id, "order_line": [(0, 0, line)], **values}
        )

    def send(self, method: str, path: str, body=None, status: int = 200):
        """Send a request with the key; return what its response has as data."""
        data = None if body is None else json.dumps(body).encode()
        response = self.http(method, path, data=data, headers=self.headers)
        self.assertEqual(response.status_code, status, (path, response.text[:1000]))
        return response.json().get("data") if "json" in response.headers["Content-Type"] else None

    def reports(self, order) -> list[str]:
        """Return the names of the reports that the key prints of an order."""
        return [each["name"] for each in self.send("GET", f"/api/sale-orders/{order.id}/report")]

    def refuse(self, status: int, *requests: tuple) -> None:
        """Check that requests are refused: method, path, body."""
        for method, path, *body in requests:
            with self.subTest(f"{method} {path}"):
                self.send(method, path, *body, status=status)

    def types(self) -> set[str]:
        """Return the names of the resources that there are for the key."""
        schema = self.env["graphql_api.schema"]._get_schema(self.policy._get_rights())
        return set(schema.resources)

    def check_policy(self, *types: str) -> None:
        """Check that the policy is what its file says, and is served."""
        self.assertEqual(self.notes, "")
        self.assertEqual(self.policy.status, "Served")
        self.assertFalse(self.policy.all_resources or self.policy.allow_extensions)
        self.assertEqual(self.types(), set(types))


@tagged("post_install", "-at_install")
class TestPartner(RecipeCase):
    recipe, groups = "partner", "base.group_portal"

    def test_partner(self):
        self.check_policy(
            *("Company", "Country", "Currency", "Customer", "Invoice", "InvoiceLine"),
            *("Product", "SaleOrder", "SaleOrderLine"),
        )
        own = self.order(self.caller.partner_id)
        own.message_subscribe(self.caller.partner_id.ids)
        colleague = self.env["res.partner"].create(
            {"name": "Zcolleague", "parent_id": self.caller.partner_id.id}
        )
        # Odoo shows it to the company of the customer too.
        others = self.order(colleague)
        others.message_subscribe(self.caller.partner_id.ids)
        me = self.caller.partner_id.id
        self.assertEqual([each["id"] for each in self.send("GET", "/api/sale-orders")], [own.id])
        self.assertEqual([each["id"] for each in self.send("GET", "/api/customers")], [me])
        self.send("GET", f"/api/sale-orders/{own.id}?fields=name,order_lines.price_subtotal")
        self.assertEqual(self.reports(own), ["order"])
        invoice = {"move_type": "out_invoice", "partner_id": me, "invoice_date": "2026-01-01"}
        invoice["invoice_line_ids"] = [(0, 0, {"name": "Zline", "price_unit": 5})]
        posted, draft = self.env["account.move"].create([invoice, invoice])
        posted.action_post()
        (posted | draft).message_subscribe(self.caller.partner_id.ids)
        self.assertEqual([each["id"] for each in self.send("GET", "/api/invoices")], [posted.id])
        self.assertTrue(self.policy.read_only)
        self.refuse(
            404,
            ("GET", f"/api/sale-orders/{others.id}"),
            ("GET", f"/api/customers/{colleague.id}"),
            ("POST", f"/api/sale-orders/{own.id}/confirm"),
            ("GET", "/api/leads"),
        )
        self.refuse(400, ("GET", "/api/sale-orders?fields=user"))
        self.refuse(
            403,
            ("POST", "/api/sale-orders", {"client_order_ref": "Z"}),
            ("PATCH", f"/api/customers/{me}", {"name": "Zrenamed"}),
        )


@tagged("post_install", "-at_install")
class TestWebShop(RecipeCase):
    recipe = "web-shop"
    groups = "sales_team.group_sale_salesman_all_leads,base.group_partner_manager"

    def test_web_shop(self):
        self.check_policy(
            *("Country", "Currency", "Customer", "Product", "ProductCategory"),
            *("SaleOrder", "SaleOrderLine"),
        )
        others = self.order(self.other)
        found = self.send("GET", "/api/products?filter[name][contains]=Zproduct&fields=id,free_qty")
        self.assertEqual(found, [{"id": self.product.id, "free_qty": 0.0}])
        self.send("GET", f"/api/products/{self.product.id}/image_1920", status=404)
        customer = self.send("POST", "/api/customers", {"name": "Zbuyer"}, 201)["id"]
        order = self.send(
            "POST",
            "/api/sale-orders?fields=id,amount_untaxed",
            {
                "customer": customer,
                "order_lines": {"create": [{"product": self.product.id, "quantity": 3}]},
            },
            201,
        )
        self.assertEqual(order["amount_untaxed"], 30)
        placed = self.env["sale.order"].browse(order["id"])
        self.assertEqual((placed.origin, self.reports(placed)), ("Web shop", ["order"]))
        confirmed = self.send("POST", f"/api/sale-orders/{order['id']}/confirm?fields=state")
        self.assertEqual(confirmed, {"state": "sale"})
        self.assertEqual(
            [each["id"] for each in self.send("GET", "/api/sale-orders")], [order["id"]]
        )
        cheap = {"product": self.product.id, "quantity": 3, "price_unit": 0.01}
        self.refuse(
            400,
            (
                "POST",
                "/api/sale-orders",
                {"customer": customer, "order_lines": {"create": [cheap]}},
            ),
            ("POST", "/api/sale-orders", {"customer": customer, "origin": "Zelsewhere"}),
            ("GET", "/api/sale-orders?fields=user"),
        )
        self.refuse(
            404,
            ("GET", f"/api/sale-orders/{others.id}"),
            ("POST", f"/api/sale-orders/{others.id}/confirm"),
            ("POST", f"/api/sale-orders/{order['id']}/cancel"),
            ("GET", f"/api/products/{self.unsold.id}"),
            ("GET", f"/api/customers/{self.user('admin').partner_id.id}"),
            ("GET", "/api/invoices"),
        )
        self.refuse(
            403,
            ("PATCH", f"/api/sale-orders/{order['id']}", {"note": "Z"}),
            ("DELETE", f"/api/customers/{customer}"),
        )


@tagged("post_install", "-at_install")
class TestSalesPhone(RecipeCase):
    recipe = "sales-phone"
    groups = "sales_team.group_sale_salesman_all_leads,base.group_partner_manager"

    def test_sales_phone(self):
        self.check_policy(
            *("Country", "Currency", "Customer", "Product", "SaleOrder", "SaleOrderLine"),
        )
        others = self.order(self.other, user_id=self.user("admin").id)
        customer = self.send("POST", "/api/customers?fields=id", {"name": "Zmine"}, 201)
        self.assertEqual(self.env["res.partner"].browse(customer["id"]).user_id, self.caller)
        body = {
            "customer": customer["id"],
            "order_lines": {"create": [{"product": self.product.id, "quantity": 1}]},
        }
        order = self.send("POST", "/api/sale-orders?fields=id,order_lines.id", body, 201)
        number, (line,) = order["id"], order["order_lines"]
        self.send(
            "PATCH",
            f"/api/sale-orders/{number}",
            {"order_lines": {"update": [{"id": line["id"], "quantity": 4}]}},
        )
        confirmed = self.send("POST", f"/api/sale-orders/{number}/confirm?fields=state")
        self.assertEqual(confirmed, {"state": "sale"})
        self.assertEqual([each["id"] for each in self.send("GET", "/api/sale-orders")], [number])
        self.refuse(
            404,
            ("GET", f"/api/sale-orders/{others.id}"),
            ("GET", f"/api/customers/{self.other.id}"),
            ("POST", f"/api/sale-orders/{number}/cancel"),
            ("GET", "/api/users"),
            ("GET", "/api/invoices"),
        )
        self.refuse(
            400,
            ("GET", "/api/products?fields=standard_price"),
            ("PATCH", f"/api/sale-orders/{number}", {"user": self.user("admin").id}),
            ("POST", "/api/sale-orders", {**body, "customer": self.other.id}),
            (
                "PATCH",
                f"/api/sale-orders/{number}",
                {"order_lines": {"update": [{"id": line["id"], "discount": 99}]}},
            ),
        )
        self.refuse(403, ("DELETE", f"/api/sale-orders/{number}"))


@tagged("post_install", "-at_install")
class TestWarehouseScanner(RecipeCase):
    recipe, groups = "warehouse-scanner", "stock.group_stock_user"

    def test_warehouse_scanner(self):
        self.check_policy(
            *("Location", "Lot", "PackagingBarcode", "Product", "StockLevel", "StockMove"),
            *("StockMoveLine", "Transfer", "TransferType", "Unit"),
        )
        stock = self.env["stock.warehouse"].search([], limit=1).lot_stock_id
        self.env["stock.quant"]._update_available_quantity(self.product, stock, 20)
        order, draft = self.order(self.other), self.order(self.other)
        (order | draft).action_confirm()
        transfer = order.picking_ids
        transfer.action_assign()
        hidden = draft.picking_ids
        hidden.action_cancel()
        (line,) = self.send("GET", f"/api/transfers/{transfer.id}?fields=move_lines.id")[
            "move_lines"
        ]
        changes = {"move_lines": {"update": [{"id": line["id"], "quantity": 2, "picked": True}]}}
        self.send("PATCH", f"/api/transfers/{transfer.id}", changes)
        done = self.send("POST", f"/api/transfers/{transfer.id}/validate?fields=state")
        self.assertEqual(done, {"state": "done"})
        self.assertEqual(transfer.user_id, self.caller)
        lot = {"name": "Zlot", "product": self.product.id}
        self.product.tracking = "lot"
        self.send("POST", "/api/lots?fields=id", lot, 201)
        self.send("GET", f"/api/stock-levels?filter[product][id][eq]={self.product.id}")
        self.refuse(
            404,
            ("GET", f"/api/transfers/{hidden.id}"),
            ("POST", f"/api/transfers/{transfer.id}/cancel"),
            ("POST", f"/api/transfers/{transfer.id}/return"),
            ("GET", "/api/customers"),
            ("GET", "/api/sale-orders"),
        )
        self.refuse(
            400,
            ("GET", "/api/products?fields=list_price"),
            ("GET", "/api/transfers?fields=contact"),
            ("PATCH", f"/api/transfers/{transfer.id}", {"note": "Z"}),
        )
        self.refuse(
            403, ("POST", "/api/transfers", {}), ("DELETE", f"/api/transfers/{transfer.id}")
        )


@tagged("post_install", "-at_install")
class TestReadOnlyBi(RecipeCase):
    recipe = "read-only-bi"
    groups = "sales_team.group_sale_salesman_all_leads,account.group_account_readonly"

    def test_read_only_bi(self):
        self.check_policy(
            *("Country", "Currency", "Customer", "Invoice", "InvoiceLine", "Product"),
            *("ProductCategory", "SaleOrder", "SaleOrderLine"),
        )
        self.assertTrue(self.policy.read_only)
        order, quotation = self.order(self.other), self.order(self.other)
        order.action_confirm()
        path = f"/api/sale-orders?filter[customer][id][eq]={self.other.id}&fields=id,customer"
        (row,) = self.send("GET", path)
        self.assertEqual(row, {"id": order.id, "customer": {"id": self.other.id, "name": None}})
        groups = self.send(
            "GET",
            "/api/sale-order-lines/aggregate?group_by=product&fields=price_subtotal.sum,count"
            f"&filter[product][id][eq]={self.product.id}",
        )
        self.assertEqual((groups[0]["count"], groups[0]["price_subtotal"]), (1, {"sum": 20}))
        invoices = self.send("GET", "/api/invoices?fields=amount_total,state,currency&limit=1000")
        self.assertEqual({each["state"] for each in invoices}, {"posted"})
        self.refuse(404, ("GET", f"/api/sale-orders/{quotation.id}"), ("GET", "/api/users"))
        self.refuse(
            400,
            ("GET", "/api/customers?fields=name"),
            ("GET", "/api/customers?fields=email"),
            ("GET", "/api/customers?filter[email][eq]=o@example.com"),
            ("GET", "/api/customers?q=Zother"),
        )
        self.refuse(
            403,
            ("POST", "/api/customers", {"name": "Z"}),
            ("PATCH", f"/api/sale-orders/{order.id}", {"note": "Z"}),
            ("DELETE", f"/api/sale-orders/{order.id}"),
        )
        response = self.graphql_response(
            'mutation { createCustomer(input: { name: "Z" }) { id } }', headers=self.headers
        )
        self.assertIn("errors", response.json())


@tagged("post_install", "-at_install")
class TestAllRecipes(RecipeCase):
    def test_each_has_a_test(self):
        tested = {cls.recipe for cls in RecipeCase.__subclasses__()} - {""}
        self.assertEqual({path.stem for path in RECIPES.glob("*.json")}, tested)
        for path in RECIPES.glob("*.json"):
            self.assertTrue(re.fullmatch(r"[a-z-]+", path.stem))
