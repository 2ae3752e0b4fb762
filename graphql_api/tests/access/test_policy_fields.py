"""Keys that reach some of the fields and actions: the rest is not there."""

from odoo.exceptions import ValidationError

from ..cases.narrowed_keys import NarrowedKeyCase
from ..cases.writing import WriteCase


class TestPolicyFields(NarrowedKeyCase, WriteCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.env["res.partner"].create(
            {"name": "Zann", "email": "zann@example.com", "ref": "Z1", "phone": "1"}
        )

    def not_there(self, headers, *texts):
        for text in texts:
            with self.subTest(text):
                response = self.graphql(
                    text, errors=[("GRAPHQL_VALIDATION_FAILED", None)], headers=headers
                )
                self.assertIsNone(response)

    def test_reads(self):
        headers = self.narrowed_key(self.line("Customer", ["read"], read=["name", "city"]))
        data = self.graphql(
            f"{{ customer(id: {self.customer.id}) {{ id version createDate name displayName }} }}",
            headers=headers,
        )
        self.assertEqual(data["customer"]["name"], "Zann")
        # Of what Odoo composes them is not all granted.
        self.assertEqual(data["customer"]["displayName"], "Zann")
        self.not_there(
            headers,
            "{ customers { nodes { email } } }",
            "{ customers { nodes { attachments { id } } } }",
            '{ customers(filter: {email: {eq: "x"}}) { totalCount } }',
            "{ customers(orderBy: [{email: ASC}]) { totalCount } }",
            "{ customersAggregate(groupBy: [{email: true}]) { count } }",
            "{ customersAggregate { partnerLatitude { max } } }",
            "query ($x: CustomerType) { customers { totalCount } }",
        )
        response = self.http("GET", "/api/customers?fields=emai", headers=headers)
        self.assertNotIn("email", response.text)
        row = self.rest(f"/api/customers/{self.customer.id}", headers=headers)["data"]
        automatic = {"id", "display_name", "create_date", "write_date", "version", "external_id"}
        self.assertLessEqual(set(row), {"name", "city", *automatic})
        self.rest("/api/customers?fields=email", status=400, headers=headers)
        self.rest("/api/customers?filter[email]=x", status=400, headers=headers)

    def test_orders(self):
        """The order of a resource by a field that is not granted tells nothing of it."""
        resource = self.env["graphql_api.resource"].search([("type_name", "=", "Customer")])
        resource.order = "ref desc"
        partners = self.env["res.partner"].create(
            [{"name": f"Zorder{number}", "ref": ref} for number, ref in enumerate("bca")]
        )
        headers = self.narrowed_key(self.line("Customer", ["read"], read=["name"]))
        path = "/api/customers?filter[name][startsWith]=Zorder&fields=id"
        ids = [row["id"] for row in self.rest(path, headers=headers)["data"]]
        self.assertEqual(ids, partners.ids)
        ids = [row["id"] for row in self.rest(path)["data"]]
        self.assertEqual(ids, [partners[place].id for place in (1, 0, 2)])

    def test_search(self):
        headers = self.narrowed_key(self.line("Customer", ["read"], read=["name"]))
        for text, count in (("Zann", 1), ("zann@example", 0), ("Z1", 0)):
            query = f'{{ customers(search: "{text}") {{ totalCount }} }}'
            data = self.graphql(query, headers=headers)
            self.assertEqual(data["customers"]["totalCount"], count, text)

    def test_names_of_files(self):
        """The file of an attachment has its name only where that is granted."""
        attachment = self.env["ir.attachment"].create(
            {
                "name": "zsecret.txt",
                "raw": b"x",
                "res_model": "res.partner",
                "res_id": self.customer.id,
            }
        )
        path = f"/api/attachments/{attachment.id}"
        for names, count in ((["content"], 0), (["content", "name"], 1)):
            headers = self.narrowed_key(
                self.line("Customer", ["read"]), self.line("Attachment", ["read"], read=names)
            )
            row = self.http("GET", f"{path}?fields=content", headers=headers)
            self.assertEqual(row.text.count("zsecret"), count, row.text)
            file = self.http("GET", f"{path}/content", headers=headers)
            self.assertEqual(file.content, b"x")
            self.assertEqual("zsecret" in file.headers["Content-Disposition"], bool(count))

    def test_former_names(self):
        line = self.env["graphql_api.resource.field"].search(
            [("resource_id.type_name", "=", "Customer"), ("field_name", "=", "email")]
        )
        line.former_names = "mail_address"
        query = "{ customers(first: 1) { nodes { mailAddress } } }"
        headers = self.narrowed_key(self.line("Customer", ["read"], read=["name"]))
        self.not_there(headers, query)
        headers = self.narrowed_key(self.line("Customer", ["read"], read=["email"]))
        self.graphql(query, headers=headers)

    def test_another_field_of_the_same_name(self):
        """What is granted is a field of Odoo, whatever else gets its name later."""
        fields = self.env["graphql_api.resource.field"]
        headers = self.narrowed_key(self.line("Customer", ["read"], read=["city"]))
        self.rest("/api/customers?fields=city", headers=headers)
        line = fields.search(
            [("resource_id.type_name", "=", "Customer"), ("field_name", "=", "city")]
        )
        line.active = False
        email = fields.search(
            [("resource_id.type_name", "=", "Customer"), ("field_name", "=", "email")]
        )
        email.api_name = "city"
        self.rest("/api/customers?fields=city", status=400, headers=headers)

    def test_writes(self):
        headers = self.narrowed_key(self.line("Customer", write=["name", "city"]))
        for text in (
            'mutation { createCustomer(input: {name: "x", email: "x"}) { id } }',
            'mutation { updateCustomer(id: 1, input: {email: "x"}) { id } }',
            'mutation { createCustomer(input: {name: "x", children: {create: []}}) { id } }',
            'mutation { createCustomer(input: {name: "x", attachments: {create: []}}) { id } }',
        ):
            self.not_there(headers, text)
        path = f"/api/customers/{self.customer.id}"
        body = self.rest(path, method="PATCH", status=400, headers=headers, json={"email": "x"})
        self.assertEqual(body["errors"][0]["field"], "email")
        self.rest(path, method="PATCH", headers=headers, json={"city": "Ghent"})
        self.assertEqual(self.customer.city, "Ghent")
        file = {**headers, "Content-Type": "image/gif"}
        response = self.http("PUT", f"{path}/image_1920", data=b"GIF89a", headers=file)
        self.assertEqual(response.status_code, 400, response.text)
        data = self.graphql(f"{{ customer(id: {self.customer.id}) {{ email }} }}", headers=headers)
        self.assertEqual(data["customer"]["email"], "zann@example.com")

    def test_keys_of_upserts(self):
        """An upsert by a key tells whether there is a record with it: that is to read the field."""
        headers = self.narrowed_key(self.line("Customer", read=["name"]))
        text = 'mutation { upsertCustomer(by: {ref: "Z1"}, input: {name: "x"}) { id } }'
        self.not_there(headers, text)
        path = "/api/customers?by=ref"
        response = self.http("PUT", path, headers=headers, json={"ref": "Z1", "name": "x"})
        self.assertGreaterEqual(response.status_code, 400)
        headers = self.narrowed_key(self.line("Customer", read=["name", "ref"]))
        self.graphql(text, headers=headers)

    def test_what_cannot_be_created_is_not_offered(self):
        """Without the right to set what a new record needs, there is no mutation to create one."""
        headers = self.narrowed_key(self.line("SaleOrder", write=["origin"]))
        self.not_there(headers, 'mutation { createSaleOrder(input: {origin: "x"}) { id } }')
        body = {"origin": "x"}
        response = self.refuse_rest("POST", "/api/sale-orders", body, status=403, headers=headers)
        self.assertNotIn("ustomer", response["message"])
        openapi = self.http("GET", "/api/openapi.json", headers=headers).json()
        self.assertNotIn("post", openapi["paths"]["/api/sale-orders"])
        given = self.narrowed_key(
            self.line("SaleOrder", write=["origin"], partner_id=str(self.customer.id)),
            self.line("Customer", ["read"]),
        )
        query = 'mutation { createSaleOrder(input: {origin: "x"}) { customer { id } } }'
        data = self.graphql(query, headers=given)
        self.assertEqual(data["createSaleOrder"]["customer"]["id"], str(self.customer.id))

    def test_lines_are_not_created_alone(self):
        """Where the document of a line is not granted, there is no line without a document."""
        headers = self.narrowed_key(
            self.line("SaleOrder"),
            self.line("SaleOrderLine", read=["name"], write=["name", "product", "quantity"]),
            self.line("Product", ["read"]),
        )
        self.not_there(headers, 'mutation { createSaleOrderLine(input: {name: "x"}) { id } }')

    def test_actions(self):
        headers = self.narrowed_key(self.line("SaleOrder", actions=["confirm"]))
        order = self.env["sale.order"].create({"partner_id": self.customer.id})
        self.not_there(
            headers,
            f"mutation {{ cancelSaleOrder(id: {order.id}) {{ id }} }}",
            f"mutation {{ cancelSaleOrders(ids: [{order.id}]) {{ id }} }}",
        )
        self.rest(
            f"/api/sale-orders/{order.id}/cancel",
            method="POST",
            status=404,
            headers=headers,
            json={},
        )
        data = self.graphql(
            f"mutation {{ confirmSaleOrder(id: {order.id}) {{ state }} }}", headers=headers
        )
        self.assertEqual(data["confirmSaleOrder"]["state"], "sale")
        me = self.rest("/api/me", headers=headers)["data"]
        self.assertEqual(me["policy"], "Znarrow")
        (resource,) = me["resources"]
        self.assertEqual(resource["actions"], ["confirm"])
        self.assertEqual(resource["operations"], ["read", "create", "update", "delete"])
        openapi = self.http("GET", "/api/openapi.json", headers=headers).text
        self.assertIn("/confirm", openapi)
        self.assertNotIn("/cancel", openapi)

    def test_me(self):
        """Both APIs tell the same: what the rights of the user and the policy both allow."""
        query = """{ me { policy company { id } companies { id }
            resources { type collection operations actions } } }"""
        lines = [self.line(name) for name in ("Customer", "Company", "SaleOrder", "Message")]
        for login, policy in (("admin", None), ("portal", None), ("portal", "Zme")):
            headers = None
            if policy:
                headers = self.narrowed_key(*lines, login=login, name=policy)
            data = self.graphql(query, headers=headers or {}, login=login)["me"]
            rest = self.rest("/api/me", headers=headers, login=login)["data"]
            self.assertEqual(data["policy"], policy)
            self.assertEqual(rest["policy"], policy)
            self.assertEqual(rest["resources"], data["resources"])
            self.assertEqual(str(rest["company"]["id"]), data["company"]["id"])
            self.assertIn(data["company"], data["companies"])
            found = {each["type"]: each for each in data["resources"]}
            may = ["read", "create", "update", "delete"] if login == "admin" else ["read"]
            self.assertEqual(found["SaleOrder"]["operations"], may)
            self.assertEqual("confirm" in found["SaleOrder"]["actions"], login == "admin")
            self.assertEqual(found["SaleOrder"]["collection"], "sale-orders")
            self.assertIsNone(found["Message"]["collection"])
            if policy:
                self.assertLessEqual(set(found), {"Customer", "Company", "SaleOrder", "Message"})

    def test_refused_actions(self):
        """Why an action is not possible is told by the fields that are read, and no others."""
        order = self.env["sale.order"].create({"partner_id": self.customer.id})
        self.env.flush_all()
        for read, told in ((["state"], True), (["name"], False)):
            line = self.line("SaleOrder", ["read", "actions"], read=read)
            response = self.refuse_graphql(
                f"mutation {{ lockSaleOrder(id: {order.id}) {{ id }} }}",
                code="VALIDATION_FAILED",
                headers=self.narrowed_key(line),
            )
            self.assertEqual("state" in response["message"], told)

    def test_additions_by_addons(self):
        """What an addon adds for whoever reads a resource goes where not all of it is read."""
        query = "{ customers(first: 1) { nodes { messages(first: 1) { changes { field } } } } }"
        customers = self.line("Customer", ["read"])
        self.graphql(query, headers=self.narrowed_key(customers, self.line("Message", ["read"])))
        messages = self.line("Message", ["read"], read=["date"])
        self.not_there(self.narrowed_key(customers, messages), query)

    def test_all_is_as_without_a_policy(self):
        """Granted line by line, everything gives the same bytes as without a policy."""
        resources = self.env["graphql_api.resource"].search([])
        lines = [self.line(resource.type_name, (*self.ALL, "reports")) for resource in resources]
        headers = self.narrowed_key(*lines, allow_extensions=True)
        for path in ("/api/graphql/schema.graphql", "/api/openapi.json", "/api"):
            plain = self.http("GET", path)
            self.assertEqual(plain.status_code, 200)
            self.assertEqual(self.http("GET", path, headers=headers).content, plain.content)

    def test_equal_rights_share_a_schema(self):
        """Filters, values and names of policies are no part of a schema."""
        schemas = self.env["graphql_api.schema"]
        filters = ("[]", '[("name", "!=", "x")]')
        policies = [
            self.narrowed_policy(self.line("Customer", read=["name"], filter=text), name=text)
            for text in filters
        ]
        policies.append(self.narrowed_policy(self.line("Customer", read=["city"])))
        rights = [
            self.env["graphql_api.policy"]._get_policy(policy.id).rights for policy in policies
        ]
        built = [schemas._get_schema(each) for each in rights]
        self.assertIs(built[0], built[1])
        self.assertIsNot(built[0], built[2])

    def test_parts_of_another_resource(self):
        """A line names the fields and actions of its own resource."""
        country = self.line("Country", ["read"], read=["name"])
        line = {**self.line("Customer"), "read_field_ids": country["read_field_ids"]}
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self.narrowed_policy(line)
