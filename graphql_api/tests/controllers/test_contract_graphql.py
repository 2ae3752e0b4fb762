"""The queries of the contract, over HTTP, for users with many and with few rights."""

from odoo.tests import tagged

from ..cases.api import ApiCase, without_cost

ORDERS = """
query Orders($first: Int, $after: String) {
  saleOrders(
    filter: { customer: { country: { code: { eq: "BE" } } }, state: { in: [sent, sale] },
              orderLines: { some: { quantity: { gt: 2 } } }, or: [{ name: { contains: "S0" } }] }
    orderBy: [{ dateOrder: DESC }, { id: ASC }]
    first: $first, after: $after
  ) {
    totalCount
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    nodes { id name amountTotal orderLines(first: 5) { quantity product { name } } }
    edges { cursor node { id } }
  }
}
"""
ME = "{ me { user { id name } companies { id name } lang tz } }"


@tagged("post_install", "-at_install")
class TestContractGraphql(ApiCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        belgium = cls.env.ref("base.be")
        cls.customer = cls.env["res.partner"].create(
            {"name": "Ann", "email": "ann@example.com", "phone": "033", "country_id": belgium.id}
        )
        product = cls.env["product.product"].create({"name": "Chair", "list_price": 10})
        cls.orders = cls.env["sale.order"].create(
            [
                {
                    "partner_id": cls.customer.id,
                    "date_order": f"2026-11-0{day} 08:00:00",
                    "order_line": [
                        (0, 0, {"product_id": product.id, "product_uom_qty": quantity})
                        for quantity in (1, 3)
                    ],
                }
                for day in (1, 2, 3)
            ]
        )
        cls.orders.action_quotation_sent()

    def test_one_record(self):
        query = """query Field($id: ID!) {
          customer(id: $id) { id name email phone country { code name } }
        }"""
        data = self.graphql(query, {"id": str(self.customer.id)})
        self.assertEqual(
            data,
            {
                "customer": {
                    "id": str(self.customer.id),
                    "name": "Ann",
                    "email": "ann@example.com",
                    "phone": "033",
                    "country": {"code": "BE", "name": "Belgium"},
                }
            },
        )
        self.assertEqual(self.graphql(query, {"id": "2000000000"}), {"customer": None})

    def test_list(self):
        page = self.graphql(ORDERS, {"first": 2})["saleOrders"]
        self.assertEqual(page["totalCount"], 3)
        newest_first = self.orders[::-1]
        self.assertEqual([node["name"] for node in page["nodes"]], newest_first[:2].mapped("name"))
        self.assertEqual(
            page["nodes"][0]["orderLines"],
            [
                {"quantity": 1.0, "product": {"name": "Chair"}},
                {"quantity": 3.0, "product": {"name": "Chair"}},
            ],
        )
        info = page["pageInfo"]
        self.assertEqual((info["hasNextPage"], info["hasPreviousPage"]), (True, False))
        self.assertEqual(info["startCursor"], page["edges"][0]["cursor"])
        self.assertEqual(info["endCursor"], page["edges"][1]["cursor"])

        page = self.graphql(ORDERS, {"first": 2, "after": info["endCursor"]})["saleOrders"]
        self.assertEqual([node["name"] for node in page["nodes"]], newest_first[2:].mapped("name"))
        self.assertEqual(page["totalCount"], 3)
        info = page["pageInfo"]
        self.assertEqual((info["hasNextPage"], info["hasPreviousPage"]), (False, True))

    def test_list_for_a_user_with_few_rights(self):
        """A salesman sees his own orders; what belongs to others is missing without an error."""
        self.orders[0].user_id = self.user("demo")
        page = self.graphql(ORDERS, {"first": 20}, login="demo")["saleOrders"]
        self.assertIn(self.orders[0].name, [node["name"] for node in page["nodes"]])

    def test_me(self):
        for login in ("admin", "demo", "portal"):
            user = self.user(login)
            data = self.graphql(ME, login=login)["me"]
            self.assertEqual(data["user"], {"id": str(user.id), "name": user.name})
            self.assertEqual(
                data["companies"],
                [
                    {"id": str(company.id), "name": company.name}
                    for company in user.company_ids.sorted("id")
                ],
            )
            self.assertEqual((data["lang"], data["tz"]), ("en_US", user.tz or None))

    def test_wrong_key(self):
        response = self.graphql_response(ME, headers={"Authorization": "Bearer wrong"}, login=None)
        self.assertEqual(response.status_code, 401)
        self.assertEqual(response.headers["WWW-Authenticate"], 'Bearer realm="Odoo API"')
        self.assertEqual(response.json()["errors"][0]["extensions"]["code"], "UNAUTHENTICATED")

    def test_get(self):
        response = self.http("GET", "/api/graphql", params={"query": "{ me { lang } }"})
        self.assertEqual(without_cost(response.json()), {"data": {"me": {"lang": "en_US"}}})

    def test_media_types(self):
        for accept, media_type, status in (
            ("application/json", "application/json", 200),
            ("application/graphql-response+json", "application/graphql-response+json", 400),
        ):
            response = self.graphql_response("{ nonsense }", headers={"Accept": accept})
            self.assertEqual(response.status_code, status)
            self.assertTrue(response.headers["Content-Type"].startswith(media_type))
            body = response.json()
            self.assertNotIn("data", body)
            self.assertEqual(body["errors"][0]["extensions"]["code"], "GRAPHQL_VALIDATION_FAILED")

    def test_sdl(self):
        sdl = self.http("GET", "/api/graphql/schema.graphql").text
        self.assertIn("type Customer {", sdl)
        self.assertIn("customers(", sdl)
