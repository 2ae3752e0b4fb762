"""Prices: those of Odoo's pricelists, for many products in as many queries as for few."""

from odoo.fields import Command

from odoo.addons.graphql_api.tests.common import ApiCase


class TestPrice(ApiCase):
    login = "admin"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        group = cls.env.ref("product.group_product_pricelist")
        cls.env.ref("base.group_user").implied_ids = [Command.link(group.id)]
        values = [{"name": f"Zproduct {number}", "list_price": 10 + number} for number in range(30)]
        cls.products = cls.env["product.product"].create(values)
        rules = [
            {"compute_price": "percentage", "percent_price": 10, "min_quantity": 1},
            {"compute_price": "percentage", "percent_price": 20, "min_quantity": 5},
            {
                "compute_price": "fixed",
                "fixed_price": 3,
                "date_start": "2027-01-01 00:00:00",
                "date_end": "2027-01-31 00:00:00",
                "applied_on": "0_product_variant",
                "product_id": cls.products[0].id,
            },
        ]
        cls.pricelist = cls.env["product.pricelist"].create(
            {"name": "Zpricelist", "item_ids": [Command.create(rule) for rule in rules]}
        )
        cls.customer = cls.env["res.partner"].create(
            {"name": "Zcustomer", "specific_property_product_pricelist": cls.pricelist.id}
        )
        cls.dozen = cls.env.ref("uom.product_uom_dozen")

    def prices(self, arguments, first=30):
        query = f"""query ($first: Int) {{
          products(
            filter: {{name: {{startsWith: "Zproduct "}}}}, orderBy: [{{id: ASC}}], first: $first
          )
          {{ nodes {{ price{arguments} {{ amount currency }} }} }}
        }}"""
        data = self.graphql(query, {"first": first})
        return [node["price"]["amount"] for node in data["products"]["nodes"]]

    def expected(self, pricelist=None, quantity=1, **options):
        pricelist = self.env["product.pricelist"] if pricelist is None else pricelist
        prices = pricelist._get_products_price(self.products, quantity, **options)
        return [round(prices[product.id], 2) for product in self.products]

    def test_as_odoo(self):
        customer, pricelist = self.customer.id, self.pricelist.id
        for arguments, expected in (
            ("", self.expected()),
            (f"(pricelist: {pricelist})", self.expected(self.pricelist)),
            (f"(customer: {customer}, quantity: 5)", self.expected(self.pricelist, 5)),
            (
                f"(customer: {customer}, unit: {self.dozen.id})",
                self.expected(self.pricelist, uom=self.dozen),
            ),
            (
                f'(pricelist: {pricelist}, date: "2027-01-15T12:00:00Z")',
                self.expected(self.pricelist, date="2027-01-15 12:00:00"),
            ),
        ):
            with self.subTest(arguments):
                self.assertEqual(self.prices(arguments), expected)

    def test_many_take_as_many_queries_as_few(self):
        query = f"""query ($first: Int) {{
          products(filter: {{name: {{startsWith: "Zproduct "}}}}, first: $first) {{
            nodes {{ price(customer: {self.customer.id}, quantity: 5) {{ amount }} }}
          }}
        }}"""
        self.query_count(query, {"first": 3}, login="admin")  # fills caches of Odoo's
        few = self.query_count(query, {"first": 3}, login="admin")
        self.assertEqual(few, self.query_count(query, {"first": 30}, login="admin"))

    def test_time_zone_of_a_date(self):
        """The last day of the rule is over in UTC."""
        arguments = f'(pricelist: {self.pricelist.id}, date: "2027-01-31T00:30:00-05:00")'
        expected = self.expected(self.pricelist, date="2027-01-31 05:30:00")
        self.assertEqual(self.prices(arguments), expected)
        self.assertNotEqual(expected[0], 3)

    def test_templates(self):
        template = self.products[0].product_tmpl_id
        query = f"""{{ productTemplate(id: {template.id}) {{
          price(customer: {self.customer.id}, quantity: 5) {{ amount currency }}
        }} }}"""
        price = self.graphql(query)["productTemplate"]["price"]
        expected = self.pricelist._get_product_price(template, 5)
        self.assertEqual(price, {"amount": expected, "currency": self.pricelist.currency_id.name})

    def test_rest(self):
        number = self.products[0].id
        customer, expected = self.customer.id, self.expected(self.pricelist, 5)[0]
        path = f"/api/products/{number}?fields=id,price(customer:{customer},quantity:5)"
        price = self.rest(path)["data"]["price"]
        self.assertEqual(price, {"amount": expected, "currency": self.pricelist.currency_id.name})
        alone = f"price(customer: {customer}, quantity:5).amount"
        data = self.rest(f"/api/products/{number}?fields={alone}")["data"]
        self.assertEqual(data, {"price": {"amount": expected}})
        template = self.products[0].product_tmpl_id.id
        below = f"template.price(pricelist:{self.pricelist.id},quantity:5).amount"
        data = self.rest(f"/api/products/{number}?fields={below}")["data"]
        self.assertEqual(data, {"template": {"price": {"amount": expected}}})
        self.rest(f"/api/product-templates/{template}?fields=price(quantity:0)", status=400)

    def test_bad_input(self):
        first = self.products[0].id
        for arguments in (
            "(quantity: 0)",
            "(quantity: -1)",
            "(quantity: 1e13)",
            "(unit: 2000000000)",
            "(customer: 2000000000)",
            "(pricelist: 2000000000)",
            f"(unit: {self.env.ref('uom.product_uom_litre').id})",
        ):
            with self.subTest(arguments):
                query = f"{{ product(id: {first}) {{ name price{arguments} {{ amount }} }} }}"
                body = self.graphql_response(query).json()
                codes = {error["extensions"]["code"] for error in body["errors"]}
                self.assertLessEqual(codes, {"BAD_USER_INPUT", "NOT_FOUND"})
                self.assertIsNone(body["data"]["product"]["price"])
                fields = f"price{arguments.replace(' ', '')}"
                self.assertIn(
                    self.http("GET", f"/api/products/{first}?fields={fields}").status_code,
                    (400, 404),
                )

    def refused(self, arguments: str, login: str) -> set[str]:
        """Return the codes of the errors about a price, which is not in the response."""
        query = f"{{ product(id: {self.products[0].id}) {{ price{arguments} {{ amount }} }} }}"
        body = self.graphql_response(query, login=login).json()
        product = body["data"] and body["data"]["product"]
        self.assertFalse(product and product["price"])
        return {error["extensions"]["code"] for error in body["errors"]}

    def test_hidden_customers_and_pricelists(self):
        company = self.env["res.company"].create({"name": "Zcompany"})
        pricelist = self.pricelist.copy({"company_id": company.id})
        customer = self.customer.copy({"company_id": company.id})
        for arguments in (f"(pricelist: {pricelist.id})", f"(customer: {customer.id})"):
            with self.subTest(arguments):
                self.assertEqual(self.refused(arguments, "demo"), {"NOT_FOUND"})

    def test_portal(self):
        """Odoo shows portal users no pricelists."""
        portal = self.user("portal")
        arguments = f"(customer: {portal.partner_id.id})"
        self.assertLessEqual(self.refused(arguments, "portal"), {"FORBIDDEN", "NOT_FOUND"})
        arguments = f"(pricelist: {self.pricelist.id})"
        self.assertLessEqual(self.refused(arguments, "portal"), {"FORBIDDEN", "NOT_FOUND"})
