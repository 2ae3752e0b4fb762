"""Requests to write that cannot be served: bodies, ids, sizes, conflicts; nothing written."""

from odoo.tests import tagged
from odoo.tools import mute_logger

from ...schema.exposure.limits import MAX_INPUT_DEPTH
from ..cases.bad_writes import ABSENT, BadWriteCase

MANY = 2_000
JSON_TYPE = {"Content-Type": "application/json"}


@tagged("post_install", "-at_install", "generated")
class TestSeveralProblems(BadWriteCase):
    def test_all_at_once(self):
        """Every problem has its path; what is right is not mentioned."""
        values = {
            "name": "fine",
            "country": ABSENT,
            "comment": "\x00",
            "lang": "xx_XX",
            "partner_latitude": 1e300,
            "children": {
                "create": [{"name": "fine"}, {"name": "x", "state": ABSENT, "phone": "\x00"}],
                "update": [{"id": ABSENT, "city": "x"}],
            },
            "tags": {"link": [self.tag.id, ABSENT, "abc"], "create": [{"name": ""}]},
        }
        blamed = [
            "country",
            "comment",
            "lang",
            "partner_latitude",
            "children.create.1.state",
            "children.create.1.phone",
            "children.update.0",
            "tags.link.1",
            "tags.link.2",
            "tags.create.0.name",
        ]
        body = self.refuse_rest("PATCH", self.paths["Customer"], values, status=400, fields=blamed)
        self.assertIn("10 problems", body["message"])
        values["partnerLatitude"] = values.pop("partner_latitude")
        self.refuse_graphql(
            self.update("Customer"),
            {"id": self.partner.id, "input": values},
            code="BAD_USER_INPUT",
            fields=[
                "input." + path.replace("partner_latitude", "partnerLatitude") for path in blamed
            ],
        )

    def test_all_of_a_list(self):
        self.refuse_rest(
            "POST",
            "/api/customers",
            [{"name": "ok"}, {"country": "x"}, {"phone": 1, "nonsense": 2}, 5, None, []],
            status=400,
        )
        self.refuse_rest(
            "POST",
            "/api/customers",
            [{"name": "ok"}, {"country": "x"}, {"name": "a", "lang": "b"}],
            status=400,
            fields=["1.country", "2.lang"],
        )
        query = """mutation ($inputs: [CustomerCreateInput!]!) {
          createCustomers(inputs: $inputs) { id } }"""
        self.refuse_graphql(
            query,
            {"inputs": [{"name": "ok"}, {"country": "x"}, {"name": "a", "lang": "b"}]},
            code="BAD_USER_INPUT",
            fields=["inputs.1.country", "inputs.2.lang"],
        )

    def test_once(self):
        """A value that is wrong is not missing as well."""
        for values, blamed in (
            ({"name": "\x00"}, "name"),
            ({"name": None}, "name"),
            ({"name": 5}, "name"),
            ({}, "name"),
        ):
            self.refuse_rest("POST", "/api/customer-tags", values, status=400, fields=[blamed])
        for value in ("x", [], None, ABSENT):
            values = {"customer": value}
            self.refuse_rest("POST", "/api/sale-orders", values, status=400, fields=["customer"])

    def test_types_all_at_once(self):
        self.refuse_rest(
            "PATCH",
            self.paths["Customer"],
            {"phone": 1, "is_company": "x", "children": {"create": [{"name": 5}]}, "nonsense": 1},
            status=400,
            fields=["phone", "is_company", "children.create.0.name", "nonsense"],
        )


@tagged("post_install", "-at_install", "generated")
class TestBodies(BadWriteCase):
    def test_content_types(self):
        for content_type in (
            "text/plain",
            "application/x-www-form-urlencoded",
            "application/xml",
            "application/json-patch+json",
            "nonsense",
            "",
        ):
            headers = {"Content-Type": content_type}
            for method, path in (
                ("POST", "/api/customers"),
                ("PUT", self.paths["Customer"]),
                ("PATCH", self.paths["Customer"]),
                ("POST", "/api/graphql"),
            ):
                with self.subTest(content_type, method=method, path=path), self.nothing_written():
                    response = self.http(method, path, data=b'{"name": "x"}', headers=headers)
                    self.assertEqual(response.status_code, 415)

    def test_bodies_that_are_no_object(self):
        for text in (
            b"",
            b" ",
            b"{",
            b'{"name": "x"',
            b"{'name': 'x'}",
            b'{"name": "x",}',
            b'{"name": "\xff"}',
            b"\x00",
            b"null",
            b"true",
            b"5",
            b'"x"',
            b"[[]]",
            b"[null]",
            b"[1]",
            b"<a/>",
            b"[" * 5000,
            b'{"a":' * 5000,
        ):
            for method, path in (
                ("POST", "/api/customers"),
                ("PATCH", self.paths["Customer"]),
                ("POST", f"/api/sale-orders/{self.order.id}/confirm"),
            ):
                if path.endswith("confirm") and not text.strip():
                    continue
                with self.subTest(text[:30], method=method, path=path):
                    self.refuse_rest(method, path, data=text, headers=JSON_TYPE, status=400)

    def test_list_where_one_record_is_changed(self):
        for body in ([], [{"name": "x"}]):
            for method in ("PUT", "PATCH"):
                self.refuse_rest(method, self.paths["Customer"], body, status=400)

    def test_nothing_to_do(self):
        """An empty object changes nothing, an empty list creates nothing: both are fine."""
        with self.nothing_written():
            self.assertEqual(self.write_rest("POST", "/api/customers", [], status=201), [])
        data = self.write_rest("PATCH", f"{self.paths['Customer']}?fields=name", {})
        self.assertEqual(data, {"name": "Zpartner"})
        data = self.graphql("mutation { createCustomers(inputs: []) { id } }")
        self.assertEqual(data, {"createCustomers": []})

    def test_parameters(self):
        for method, path in (
            ("POST", "/api/customers?nonsense=1"),
            ("POST", "/api/customers?fields=nonsense"),
            ("PATCH", f"{self.paths['Customer']}?fields=name,nonsense"),
            ("PATCH", f"{self.paths['Customer']}?name=x"),
            ("DELETE", f"{self.paths['Customer']}?force=true"),
            ("DELETE", f"{self.paths['Customer']}?fields=name"),
        ):
            with self.subTest(path, method=method):
                self.refuse_rest(method, path, {"name": "x"}, status=400, code="BAD_USER_INPUT")

    def test_depth(self):
        """100 levels are refused before any of them is read."""
        values: dict = {"name": "deepest"}
        for _level in range(100):
            values = {"name": "x", "children": {"create": [values]}}
        for body in (values, [values]):
            self.refuse_rest("POST", "/api/customers", body, status=400)
        query = "mutation ($input: CustomerCreateInput!) { createCustomer(input: $input) { id } }"
        self.refuse_graphql(query, {"input": values}, code="QUERY_TOO_COMPLEX")
        text = 'name: "x"'
        for _level in range(100):
            text = f'name: "x", children: {{ create: [{{ {text} }}] }}'
        self.refuse_graphql(
            f"mutation {{ createCustomer(input: {{ {text} }}) {{ id }} }}",
            code="QUERY_TOO_COMPLEX",
        )
        self.assertLess(MAX_INPUT_DEPTH, 300)

    def test_number_of_records(self):
        """Whatever they may cost."""
        self.set_setting("max_cost", 1_000_000)
        many = [{"name": "x"}] * MANY
        self.refuse_rest("POST", "/api/customers", many, status=400, code="BAD_USER_INPUT")
        query = """mutation ($inputs: [CustomerCreateInput!]!) {
          createCustomers(inputs: $inputs) { id } }"""
        self.refuse_graphql(query, {"inputs": many}, code="BAD_USER_INPUT")
        ids = [str(number) for number in range(1, MANY + 1)]
        for query in (
            "mutation ($ids: [ID!]!) { deleteCustomers(ids: $ids) }",
            'mutation ($ids: [ID!]!) { updateCustomers(ids: $ids, input: {city: "x"}) { id } }',
        ):
            self.refuse_graphql(query, {"ids": ids}, code="BAD_USER_INPUT")

    def test_number_of_nested_records(self):
        """What a list may hold of new or named records is limited too, whatever it may cost."""
        self.set_setting("max_cost", 1_000_000)
        many = [{"name": "x"}] * MANY
        path = self.paths["Customer"]
        for values, blamed in (
            ({"children": {"create": many}}, "children.create"),
            ({"tags": {"link": [self.tag.id] * 1001}}, "tags.link"),
            ({"tags": {"set": [self.tag.id] * 1001}}, "tags.set"),
        ):
            self.refuse_rest("PATCH", path, values, status=400, fields=[blamed])
        child = {"name": "x", "children": {"create": many[:900]}}
        self.refuse_rest(
            "PATCH",
            path,
            {"children": {"create": [child] * 6}},
            status=400,
            fields=["children.create.5.children.create"],
        )


@tagged("post_install", "-at_install", "generated")
class TestRecords(BadWriteCase):
    """Records that are not there, or that others need."""

    def test_ids(self):
        hidden = self.env["res.partner"].create({"name": "Zhidden"})
        self.hide(hidden)
        for number in (ABSENT, hidden.id):
            path = f"/api/customers/{number}"
            for method, body in (
                ("PUT", {"name": "x"}),
                ("PATCH", {"name": "x"}),
                ("DELETE", None),
            ):
                answer = self.refuse_rest(
                    method, path, body, login="demo", status=404, code="NOT_FOUND"
                )
                self.assertEqual(answer["message"], f"Customer {number} not found")
            for query in (
                'mutation ($id: ID!) { updateCustomer(id: $id, input: {name: "x"}) { id } }',
                "mutation ($id: ID!) { deleteCustomer(id: $id) }",
                'mutation ($id: ID!) { updateCustomers(ids: [$id], input: {name: "x"}) { id } }',
                "mutation ($id: ID!) { deleteCustomers(ids: [$id]) }",
            ):
                self.refuse_graphql(query, {"id": number}, login="demo", code="NOT_FOUND")
        self.refuse_graphql(
            "mutation ($ids: [ID!]!) { deleteCustomers(ids: $ids) }",
            {"ids": [self.partner.id, hidden.id]},
            login="demo",
            code="NOT_FOUND",
        )

    def test_text_for_an_id(self):
        for text in ("abc", "0", "-1", "1.5", "1e3", "2147483648", "9" * 100, "%00", "\uff11"):
            path = f"/api/customers/{text}"
            for method, body in (("PATCH", {"name": "x"}), ("DELETE", None)):
                self.refuse_rest(method, path, body, status=404, code="NOT_FOUND")
            self.refuse_graphql(
                "mutation ($id: ID!) { deleteCustomer(id: $id) }",
                {"id": text},
                code="BAD_USER_INPUT",
            )

    @mute_logger("odoo.sql_db")
    def test_record_that_others_need(self):
        """An order needs its customer: the customer stays."""
        self.refuse_rest("DELETE", self.paths["Customer"], status=409, code="CONFLICT")
        query = f'mutation {{ deleteCustomer(id: "{self.partner.id}") }}'
        self.refuse_graphql(query, code="CONFLICT")
        first = 'a: createCustomer(input: {name: "x"}) { id }'
        self.refuse_graphql(query.replace("{", f"{{ {first}", 1), code="CONFLICT")

    @mute_logger("odoo.sql_db")
    def test_unique(self):
        self.env["crm.tag"].create({"name": "Zunique"})
        body = self.refuse_rest(
            "POST", "/api/lead-tags", {"name": "Zunique"}, status=409, code="CONFLICT"
        )
        self.assertIn("already exists", body["message"])
        self.refuse_rest("POST", "/api/lead-tags", [{"name": "Znew"}, {"name": "Znew"}], status=409)
        query = """mutation {
          a: createLeadTag(input: { name: "Znew" }) { id }
          b: createLeadTag(input: { name: "Zunique" }) { id } }"""
        error = self.refuse_graphql(query, code="CONFLICT")
        self.assertEqual(error["path"], ["b"])

    def test_refused_by_the_model(self):
        """A confirmed order is not deleted."""
        self.order.order_line.unlink()
        self.order.action_confirm()
        path = self.paths["SaleOrder"]
        self.refuse_rest("DELETE", path, status=422, code="VALIDATION_FAILED")
        query = f'mutation {{ deleteSaleOrder(id: "{self.order.id}") }}'
        self.refuse_graphql(query, code="VALIDATION_FAILED")

    def test_stale_version(self):
        path = self.paths["Customer"]
        etag = self.http("GET", path).headers["ETag"]
        version = self.rest(f"{path}?fields=version")["data"]["version"]
        self.write_rest("PATCH", path, {"city": "Ghent"})
        for method, body in (("PUT", {"city": "x"}), ("PATCH", {"city": "x"}), ("DELETE", None)):
            self.refuse_rest(
                method,
                path,
                body,
                headers={"If-Match": etag},
                status=412,
                code="PRECONDITION_FAILED",
            )
        for query in (
            'mutation ($id: ID!, $v: String) { updateCustomer(id: $id, input: {city: "x"}, '
            "ifVersion: $v) { id } }",
            "mutation ($id: ID!, $v: String) { deleteCustomer(id: $id, ifVersion: $v) }",
        ):
            for stale in (version, "", "nonsense", "\x00"):
                variables = {"id": self.partner.id, "v": stale}
                self.refuse_graphql(query, variables, code="PRECONDITION_FAILED")

    def test_methods(self):
        for method, path in (
            ("PATCH", "/api/customers"),
            ("DELETE", "/api/customers"),
            ("POST", self.paths["Customer"]),
            ("PATCH", f"{self.paths['Customer']}/image_1920"),
            ("DELETE", f"{self.paths['Customer']}/image_1920"),
            ("POST", "/api/me"),
            ("POST", "/api"),
            ("DELETE", "/api/graphql"),
        ):
            with self.subTest(path, method=method), self.nothing_written():
                response = self.http(method, path, json={"name": "x"})
                self.assertEqual(response.status_code, 405)
                self.assertTrue(response.headers["Allow"])
        for method, path in (
            ("POST", "/api/nonsense"),
            ("PATCH", "/api/nonsense/5"),
            ("DELETE", "/api/res.partner/5"),
            ("POST", "/api/nonsense/5/confirm"),
        ):
            self.refuse_rest(method, path, {"name": "x"}, status=404, code="NOT_FOUND")
