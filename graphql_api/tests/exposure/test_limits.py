"""Limits of the server and of policies: depth, aliases, tokens, page size, body size."""

import json

from odoo.tests import tagged

from ..cases.scoped_keys import ScopedKeyCase

TOO_COMPLEX = [("QUERY_TOO_COMPLEX", None)]


@tagged("post_install", "-at_install")
class TestLimits(ScopedKeyCase):
    def limited(self, **limits):
        """Return headers with a key whose policy has these limits, and nothing else."""
        return self.scoped_key(self.policy(None, **limits))

    def check(self, limit: dict, allowed: str, refused: str, says: str):
        """Check that a limit refuses one of two queries, for a policy and for the server."""
        headers = self.limited(**limit)
        for kwargs in ({"headers": headers}, {}):
            with self.subTest(kwargs=list(kwargs)):
                if not kwargs:
                    self.graphql(refused)
                    ((name, value),) = limit.items()
                    self.set_setting(name, value)
                self.graphql(allowed, **kwargs)
                self.graphql(refused, errors=TOO_COMPLEX, **kwargs)
                response = self.graphql_response(refused, **kwargs)
                self.assertEqual(response.status_code, 400)
                self.assertIn(says, response.json()["errors"][0]["message"])

    def test_depth(self):
        self.check(
            {"max_depth": 4},
            "{ customers(first: 1) { nodes { country { name } } } }",
            "{ customers(first: 1) { nodes { country { currency { name } } } } }",
            "4 levels",
        )

    def test_depth_in_fragments(self):
        self.check(
            {"max_depth": 3},
            "{ customers(first: 1) { ...A } } fragment A on CustomerConnection { nodes { id } }",
            "{ customers(first: 1) { ...A } } fragment A on CustomerConnection "
            "{ nodes { country { id } } }",
            "3 levels",
        )

    def test_aliases(self):
        self.check(
            {"max_aliases": 2},
            "{ a: me { l: lang } b: me { l: lang } c: me { l: lang } }",
            "{ a: me { l: lang } ...F } fragment F on Query { b: me { lang } c: me { lang } "
            "d: me { lang } }",
            "3 aliases",
        )

    def test_tokens(self):
        self.check(
            {"max_tokens": 10}, "{ me { lang } }", "{ me { lang tz lang tz lang tz } }", "10 tokens"
        )

    def test_more_than_the_server(self):
        """A policy may also allow more."""
        query = "{ customers(first: 1) { nodes { country { currency { name } } } } }"
        headers = self.limited(max_depth=10, max_tokens=100)
        self.set_setting("max_depth", 4)
        self.set_setting("max_tokens", 5)
        self.graphql(query, errors=TOO_COMPLEX)
        self.graphql(query, headers=headers)
        mutation = 'mutation { createCustomer(input: { name: "Ann" }) { id } }'
        self.assertTrue(self.graphql(mutation, headers=headers)["createCustomer"]["id"])

    def test_page_size(self):
        bad = [("BAD_USER_INPUT", ["customers"])]
        headers = self.limited(max_page_size=3)
        for kwargs in ({"headers": headers}, {}):
            with self.subTest(kwargs=list(kwargs)):
                if not kwargs:
                    self.set_setting("max_page_size", 3)
                self.graphql("{ customers(first: 4) { nodes { id } } }", errors=bad, **kwargs)
                self.graphql("{ customers(last: 4) { nodes { id } } }", errors=bad, **kwargs)
                data = self.graphql("{ customers { nodes { id } } }", **kwargs)
                self.assertEqual(len(data["customers"]["nodes"]), 3)
                body = self.rest("/api/customers", **kwargs)
                self.assertEqual((len(body["data"]), body["meta"]["limit"]), (3, 3))
                self.rest("/api/customers?limit=4", status=400, **kwargs)

    def test_page_size_of_nested_lists_and_of_writes(self):
        parent = self.env["res.partner"].create(
            {"name": "P", "child_ids": [(0, 0, {"name": str(n)}) for n in range(4)]}
        )
        headers = self.limited(max_page_size=3)
        for selection in ("children { id }", "children(first: 4) { id }"):
            self.graphql(
                f'{{ customer(id: "{parent.id}") {{ {selection} }} }}',
                errors=[("BAD_USER_INPUT", ["customer", "children"])],
                headers=headers,
            )
        inputs = [{"name": str(number)} for number in range(4)]
        self.rest("/api/customers", method="POST", status=400, json=inputs, headers=headers)
        self.rest("/api/customers", method="POST", status=201, json=inputs[1:], headers=headers)
        nested = {"name": "P", "children": {"create": inputs}}
        self.rest("/api/customers", method="POST", status=400, json=nested, headers=headers)

    def test_the_resource_may_allow_less(self):
        resource = self.env["graphql_api.resource"].search([("type_name", "=", "Customer")])
        resource.write({"default_page_size": 2, "max_page_size": 2})
        body = self.rest("/api/customers?limit=3", status=400)
        self.assertIn("between 0 and 2", body["message"])

    def test_body_size(self):
        query = json.dumps({"query": "{ me { lang } }" + " " * 3000})
        headers = {"Content-Type": "application/json", **self.limited(max_body_size=2000)}

        def post(path, body, **kwargs):
            return self.http("POST", path, data=body, **kwargs).status_code

        def in_parts():
            yield from (query[:1000].encode(), query[1000:].encode())

        self.assertEqual(post("/api/graphql", query, headers=headers), 413)
        self.assertEqual(post("/api/graphql", in_parts(), headers=headers), 413)
        body = json.dumps({"name": "x" * 3000})
        self.assertEqual(post("/api/customers", body, headers=headers), 413)
        self.assertEqual(post("/api/customers", b'{"name": "Ann"}', headers=headers), 201)
        plain = {"Content-Type": "application/json"}
        self.assertEqual(post("/api/graphql", query, headers=plain), 200)
        self.assertEqual(post("/api/graphql", in_parts(), headers=plain), 200)
        self.set_setting("max_body_size", 2500)
        response = self.http("POST", "/api/graphql", data=query, headers=plain)
        self.assertEqual(response.status_code, 413)
        self.assertIn("2500 bytes", response.text)
        # What a stranger sends is not looked at.
        response = self.http("POST", "/api/graphql", data=query, headers=plain, login=None)
        self.assertEqual(response.status_code, 401)

    def test_bad_settings_have_their_default(self):
        for text in ("0", "-1", "many", "1.5"):
            self.set_setting("max_depth", text)
            settings = self.env["graphql_api.settings"]._get_settings()
            self.assertEqual(settings.limits.max_depth, 15)
