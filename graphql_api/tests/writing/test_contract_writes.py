"""The mutations and write routes of the contract, for users with many and with few rights."""

from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from ..cases.writing import WriteCase

CREATE = """mutation {
  createCustomer(input: { name: "Ann", country: "%(country)d",
                          children: { create: [{ name: "Bob" }] } }) { id }
  createCustomers(inputs: [{ name: "A" }, { name: "B" }]) { id }
}"""
UPDATE = """mutation {
  updateCustomer(id: "%(first)d", input: { phone: "033" }, ifVersion: "%(version)s") {
    id phone version
  }
  updateCustomers(ids: ["%(first)d", "%(second)d"], input: { city: "Ghent" }) { id }
}"""
DELETE = """mutation {
  deleteCustomer(id: "%(first)d")
  deleteCustomers(ids: ["%(second)d", "%(third)d"])
}"""
CONFIRM = 'mutation { confirmSaleOrder(id: "%(order)d") { id state } }'
EXAMPLES = {"create": CREATE, "update": UPDATE, "delete": DELETE, "confirm": CONFIRM}


class ContractCase(WriteCase):
    """Three customers and an order; the sales user may also sell, the others may not."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        new_test_user(
            cls.env,
            "seller",
            groups="base.group_user,sales_team.group_sale_salesman,base.group_partner_manager",
            lang="en_US",
        )
        cls.country = cls.env.ref("base.be")
        cls.customers = cls.env["res.partner"].create(
            [{"name": f"Customer {number}"} for number in (1, 2, 3)]
        )
        cls.product = cls.env["product.product"].create(
            {"name": "Chair", "list_price": 10, "type": "service"}
        )
        cls.order = cls.new_order(cls.user("demo"))

    @classmethod
    def new_order(cls, salesman):
        return cls.env["sale.order"].create(
            {
                "partner_id": cls.env["res.partner"].create({"name": "Buyer"}).id,
                "user_id": salesman.id,
                "order_line": [Command.create({"product_id": cls.product.id})],
            }
        )

    def example(self, name: str) -> str:
        first, second, third = self.customers.ids
        version = self.read_version(self.customers[0])
        return EXAMPLES[name] % {
            "first": first,
            "second": second,
            "third": third,
            "version": version,
            "country": self.country.id,
            "order": self.order.id,
        }

    def read_version(self, customer) -> str:
        path = f"/api/customers/{customer.id}?fields=version"
        return self.rest(path, login="admin")["data"]["version"]

    def share_order(self):
        """Let the portal user see the order as its customer."""
        self.order.partner_id = self.user("portal").partner_id
        self.order.message_subscribe(self.user("portal").partner_id.ids)


@tagged("post_install", "-at_install")
class TestMutations(ContractCase):
    def test_create(self):
        for login in ("admin", "demo"):
            with self.subTest(login):
                data = self.graphql(self.example("create"), login=login)
                ann = self.env["res.partner"].browse(int(data["createCustomer"]["id"]))
                self.assertEqual((ann.name, ann.country_id), ("Ann", self.country))
                self.assertEqual(ann.child_ids.mapped("name"), ["Bob"])
                self.assertEqual(ann.create_uid, self.user(login))
                ids = [int(customer["id"]) for customer in data["createCustomers"]]
                both = self.env["res.partner"].browse(ids)
                self.assertEqual(both.mapped("name"), ["A", "B"])

    def test_update(self):
        for login in ("admin", "demo"):
            with self.subTest(login):
                self.customers.write({"phone": False, "city": False})
                version = self.read_version(self.customers[0])
                data = self.graphql(self.example("update"), login=login)
                first, second, third = self.customers
                self.assertEqual(data["updateCustomer"]["id"], str(first.id))
                self.assertEqual(data["updateCustomer"]["phone"], "033")
                self.assertTrue(data["updateCustomer"]["version"])
                self.assertNotEqual(data["updateCustomer"]["version"], version)
                self.assertEqual(
                    data["updateCustomers"], [{"id": str(first.id)}, {"id": str(second.id)}]
                )
                self.assertEqual(first.phone, "033")
                self.assertEqual(self.customers.mapped("city"), ["Ghent", "Ghent", False])
                self.assertFalse(third.phone)

    def test_delete(self):
        for login in ("admin", "demo"):
            with self.subTest(login):
                self.customers = self.env["res.partner"].create(
                    [{"name": f"Customer {number}"} for number in (1, 2, 3)]
                )
                first, second, third = (str(number) for number in self.customers.ids)
                data = self.graphql(self.example("delete"), login=login)
                self.assertEqual(
                    data, {"deleteCustomer": first, "deleteCustomers": [second, third]}
                )
                self.assertFalse(self.customers.exists())

    def test_confirm(self):
        for login in ("admin", "seller"):
            with self.subTest(login):
                self.order = self.new_order(self.user(login))
                data = self.graphql(self.example("confirm"), login=login)
                self.assertEqual(
                    data, {"confirmSaleOrder": {"id": str(self.order.id), "state": "sale"}}
                )
                self.assertEqual(self.order.state, "sale")

    def test_few_rights(self):
        """A user who may only read is refused, and so is a portal user; nothing changes."""
        for name in ("create", "update"):
            with self.subTest(name):
                self.refuse_graphql(self.example(name), login="clerk", code="FORBIDDEN")
                self.refuse_graphql(self.example(name), login="portal", code="FORBIDDEN")
        for login in ("clerk", "portal"):
            self.refuse_graphql(self.example("delete"), login=login, code="FORBIDDEN")
        self.refuse_graphql(self.example("confirm"), login="clerk", code="FORBIDDEN")

    def test_action_on_a_record_that_is_only_read(self):
        """Who does not see the order does not learn of it; its customer may not confirm it."""
        self.refuse_graphql(self.example("confirm"), login="portal", code="NOT_FOUND")
        self.share_order()
        order = self.graphql(
            "query ($id: ID!) { saleOrder(id: $id) { id } }", {"id": self.order.id}, login="portal"
        )
        self.assertEqual(order, {"saleOrder": {"id": str(self.order.id)}})
        self.refuse_graphql(self.example("confirm"), login="portal", code="FORBIDDEN")
        self.assertEqual(self.order.state, "draft")

    def test_order_of_somebody_else(self):
        """A salesman with his own documents only does not find another one's order."""
        self.order.user_id = self.user("admin")
        self.refuse_graphql(self.example("confirm"), login="seller", code="NOT_FOUND")

    def test_wrong_key(self):
        headers = {"Authorization": "Bearer wrong"}
        for name in EXAMPLES:
            query = self.example(name)
            with self.nothing_written():
                response = self.graphql_response(query, headers=headers, login=None)
            self.assertEqual(response.status_code, 401)
            code = response.json()["errors"][0]["extensions"]["code"]
            self.assertEqual(code, "UNAUTHENTICATED")

    def test_get(self):
        """A mutation by GET is refused: a link must not change anything."""
        for name in EXAMPLES:
            query = self.example(name)
            with self.nothing_written():
                response = self.http("GET", "/api/graphql", params={"query": query})
            self.assertEqual(response.status_code, 405)
            self.assertIn("POST", response.headers["Allow"])

    def test_stale_version(self):
        query = self.example("update")
        path = f"/api/customers/{self.customers[0].id}"
        self.write_rest("PATCH", path, {"city": "Aalst"}, login="demo")
        error = self.refuse_graphql(query, code="PRECONDITION_FAILED")
        self.assertEqual(error["path"], ["updateCustomer"])

    def test_first_error_keeps_nothing(self):
        """One operation is one transaction, whichever of its mutations fails."""
        good = '%s: createCustomer(input: { name: "Good" }) { id }'
        bad = 'bad: deleteCustomer(id: "2000000000")'
        for fields in ([good % "a", bad], [bad, good % "a"], [good % "a", bad, good % "b"]):
            query = f"mutation {{ {' '.join(fields)} }}"
            error = self.refuse_graphql(query, code="NOT_FOUND")
            self.assertEqual(error["path"], ["bad"])

    def test_mutations_see_each_other(self):
        query = """mutation ($id: ID!) {
          first: updateCustomer(id: $id, input: { city: "One" }) { city }
          second: updateCustomer(id: $id, input: { street: "Two" }) { city street }
        }"""
        data = self.graphql(query, {"id": self.customers[0].id})
        self.assertEqual(data["second"], {"city": "One", "street": "Two"})


@tagged("post_install", "-at_install")
class TestWriteRoutes(ContractCase):
    def test_post_an_object(self):
        for login in ("admin", "demo"):
            with self.subTest(login):
                response = self.http(
                    "POST",
                    "/api/customers",
                    json={"name": "Ann", "country": self.country.id},
                    login=login,
                )
                self.assertEqual(response.status_code, 201)
                body = response.json()
                self.assertEqual(set(body), {"status", "data"})
                self.assertEqual(body["status"], "success")
                ann = self.env["res.partner"].browse(body["data"]["id"])
                self.assertEqual((ann.name, ann.country_id), ("Ann", self.country))
                self.assertEqual(response.headers["Location"], f"/api/customers/{ann.id}")
                self.assertTrue(response.headers["ETag"])
                self.assertEqual(
                    body["data"]["country"], {"id": self.country.id, "name": "Belgium"}
                )
                again = self.http("GET", response.headers["Location"], login=login)
                self.assertEqual(again.json(), body)
                self.assertEqual(again.headers["ETag"], response.headers["ETag"])

    def test_post_a_list(self):
        """All or nothing; the records come in the order in which they were sent."""
        names = ["B", "A", "C"]
        data = self.write_rest(
            "POST", "/api/customers?fields=id,name", [{"name": name} for name in names], status=201
        )
        self.assertEqual([record["name"] for record in data], names)
        created = self.env["res.partner"].browse([record["id"] for record in data])
        self.assertEqual(created.mapped("name"), names)
        self.refuse_rest(
            "POST",
            "/api/customers",
            [{"name": "D"}, {"name": "E", "country": 2000000000}],
            status=400,
            fields=["1.country"],
        )

    def test_put_and_patch(self):
        """Both change only what is sent."""
        customer = self.customers[0]
        customer.write({"city": "Ghent", "street": "Main street"})
        for method, login in (("PUT", "admin"), ("PATCH", "admin"), ("PUT", "demo")):
            with self.subTest(method, login=login):
                customer.phone = False
                path = f"/api/customers/{customer.id}?fields=phone,city"
                response = self.http(method, path, json={"phone": "033"}, login=login)
                self.assertEqual(response.status_code, 200)
                self.assertEqual(
                    response.json(),
                    {"status": "success", "data": {"phone": "033", "city": "Ghent"}},
                )
                self.assertEqual(customer.street, "Main street")
                self.assertEqual(customer.phone, "033")
                current = self.http("GET", path, login=login)
                self.assertEqual(response.headers["ETag"], current.headers["ETag"])

    def test_delete(self):
        for customer, login in zip(self.customers[:2], ("admin", "demo"), strict=True):
            data = self.write_rest("DELETE", f"/api/customers/{customer.id}", login=login)
            self.assertEqual(data, {"id": customer.id})
            self.assertFalse(customer.exists())
            self.rest(f"/api/customers/{customer.id}", status=404)
            self.rest(f"/api/customers/{customer.id}", method="DELETE", status=404)

    def test_confirm(self):
        for login in ("admin", "seller"):
            order = self.new_order(self.user(login))
            path = f"/api/sale-orders/{order.id}/confirm?fields=id,state"
            data = self.write_rest("POST", path, login=login)
            self.assertEqual(data, {"id": order.id, "state": "sale"})
            self.assertEqual(order.state, "sale")

    def test_unknown_action(self):
        path = f"/api/sale-orders/{self.order.id}/explode"
        body = self.refuse_rest("POST", path, status=404, code="NOT_FOUND")
        self.assertIn("confirm", body["message"])

    def test_few_rights(self):
        customer = f"/api/customers/{self.customers[0].id}"
        for login in ("clerk", "portal"):
            for method, path, body in (
                ("POST", "/api/customers", {"name": "Ann"}),
                ("POST", "/api/customers", [{"name": "Ann"}]),
                ("PUT", customer, {"phone": "1"}),
                ("PATCH", customer, {"phone": "1"}),
                ("PUT", f"{customer}/image_1920", None),
                ("DELETE", customer, None),
            ):
                with self.subTest(login, method=method, path=path):
                    kwargs = {"login": login, "status": 403, "code": "FORBIDDEN"}
                    self.refuse_rest(method, path, body, **kwargs)
        confirm = f"/api/sale-orders/{self.order.id}/confirm"
        self.refuse_rest("POST", confirm, login="clerk", status=403, code="FORBIDDEN")
        self.refuse_rest("POST", confirm, login="portal", status=404, code="NOT_FOUND")
        self.share_order()
        self.rest(f"/api/sale-orders/{self.order.id}", login="portal")
        self.refuse_rest("POST", confirm, login="portal", status=403, code="FORBIDDEN")

    def test_wrong_key(self):
        customer = f"/api/customers/{self.customers[0].id}"
        kwargs = {"headers": {"Authorization": "Bearer wrong"}, "login": None, "status": 401}
        for method, path, body in (
            ("POST", "/api/customers", {"name": "Ann"}),
            ("PUT", customer, {"phone": "1"}),
            ("PATCH", customer, {"phone": "1"}),
            ("DELETE", customer, None),
            ("POST", f"/api/sale-orders/{self.order.id}/confirm", None),
        ):
            self.refuse_rest(method, path, body, code="UNAUTHENTICATED", **kwargs)

    def test_if_match(self):
        """The ETag's version counts, whatever was shown of the record."""
        path = f"/api/customers/{self.customers[0].id}"
        stale = self.http("GET", f"{path}?fields=name").headers["ETag"]
        etag = self.http("PATCH", path, json={"city": "1"}, headers={"If-Match": stale}).headers
        for headers in ({"If-Match": stale}, {"If-Match": '"nonsense"'}):
            for method, body in (
                ("PUT", {"city": "2"}),
                ("PATCH", {"city": "2"}),
                ("DELETE", None),
            ):
                self.refuse_rest(
                    method, path, body, headers=headers, status=412, code="PRECONDITION_FAILED"
                )
        several = {"If-Match": f"{stale}, {etag['ETag']}"}
        self.assertEqual(self.write_rest("PUT", path, {"city": "3"}, headers=several)["city"], "3")
        self.write_rest("PUT", path, {"city": "4"}, headers={"If-Match": "*"})
        current = self.http("GET", path).headers["ETag"]
        self.write_rest("DELETE", path, headers={"If-Match": current})
        self.assertFalse(self.customers[0].exists())

    def test_operations_that_are_not_offered(self):
        """A resource that is only read has no mutations, and its routes say FORBIDDEN."""
        path = f"/api/countries/{self.country.id}"
        for method, target, body in (
            ("POST", "/api/countries", {"name": "X"}),
            ("PATCH", path, {"name": "X"}),
            ("DELETE", path, None),
        ):
            self.refuse_rest(method, target, body, status=403, code="FORBIDDEN")
        for mutation in ("createCountry", "updateCountry", "deleteCountry"):
            query = f'mutation {{ {mutation}(id: "1") }}'
            self.refuse_graphql(query, code="GRAPHQL_VALIDATION_FAILED")
