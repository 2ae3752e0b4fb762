"""The documents of REST requests: built of nodes, kept for the next request, one for each."""

import re

from graphql import OperationType, parse, print_ast

from odoo.tests import tagged

from ...rest.documents import RootField, Selected, find_document, select
from ..cases.scoped_keys import ScopedKeyCase
from ..cases.writing import WriteCase


@tagged("post_install", "-at_install")
class TestRestDocuments(ScopedKeyCase):
    def setUp(self):
        super().setUp()
        self.schema = self.env["graphql_api.schema"]._get_schema()

    def document(self, below):
        arguments = ("filter", "first", "orderBy", "includeArchived")
        return find_document(
            self.schema, RootField(OperationType.QUERY, "customers", arguments, below)
        )

    def test_nodes(self):
        """They are those of the text that they would be."""
        country = Selected("country", "country", (*select("id"), Selected("name", "displayName")))
        document = self.document((Selected("nodes", "nodes", (*select("name"), country)),))
        text = print_ast(document.document)
        self.assertEqual(
            text.split(),
            [
                "query",
                "($filter:",
                "CustomerFilter,",
                "$first:",
                "Int,",
                "$orderBy:",
                "[CustomerOrder!],",
                "$includeArchived:",
                "Boolean!)",
                "{",
                "customers(",
                "filter:",
                "$filter",
                "first:",
                "$first",
                "orderBy:",
                "$orderBy",
                "includeArchived:",
                "$includeArchived",
                ")",
                "{",
                "nodes",
                "{",
                "name",
                "country",
                "{",
                "id",
                "name:",
                "displayName",
                "}",
                "}",
                "}",
                "}",
            ],
        )

    def test_size(self):
        """What it counts as, against the limit of tokens and in the cache, is about its size."""
        for fields in (1, 20, 500):
            below = tuple(Selected(f"alias_{number}", "name") for number in range(fields))
            document = self.document((Selected("nodes", "nodes", below),))
            tokens = parse(print_ast(document.document)).token_count
            self.assertAlmostEqual(document.tokens, tokens, delta=tokens / 5)
            self.assertGreater(document.weight, 500 * tokens * 0.8)

    def test_kept(self):
        """What was prepared for one request serves the next; what is refused is not kept."""
        kept = self.schema.documents._kept
        # What earlier tests have left may have to go for what is new.
        kept.clear()
        path = "/api/customers?fields=id,name,tags.name,country"
        self.rest(path)
        before = len(kept), kept.weight
        for more in ("", "&limit=3", "&sort=-name", "&filter[name][contains]=a", "&limit=-1"):
            self.http("GET", path + more)
        self.http("GET", "/api/customers?fields=id,nonsense", login="demo")
        self.http("GET", "/api/customers?fields=name,email", headers={"Authorization": "Bearer x"})
        self.http("GET", "/api/customers?fields=name,phone", login=None)
        self.assertEqual((len(kept), kept.weight), before)
        self.rest("/api/customers?fields=id,email,tags.name,country")
        self.assertEqual(len(kept), before[0] + 1)
        self.assertGreater(kept.weight, before[1])

    def test_tokens(self):
        """The limit of a policy counts what the text of the document would have."""
        headers = self.scoped_key(self.policy(None, max_tokens=130))
        self.rest("/api/customers?fields=id,name,country.code", headers=headers)
        names = ",".join(
            f"{path}.{name}"
            for path in ("children", "parent", "parent.parent")
            for name in ("id", "name", "email", "phone", "city")
        )
        body = self.rest(f"/api/customers?fields={names}&limit=1", headers=headers)
        self.assertEqual(body["status"], "success")
        headers = self.scoped_key(self.policy(None, max_tokens=100))
        body = self.rest(f"/api/customers?fields={names}&limit=1", headers=headers, status=400)
        self.assertEqual(body["code"], "QUERY_TOO_COMPLEX")
        self.assertEqual([error["field"] for error in body["errors"]], ["fields"])
        self.assertIn("more than 100 tokens", body["message"])


@tagged("post_install", "-at_install")
class TestWrittenIsReturned(WriteCase):
    """A write shows what it changed out of its own mutation."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.country = cls.env.ref("base.be")
        cls.partner = cls.env["res.partner"].create(
            {"name": "Zwritten", "country_id": cls.country.id, "child_ids": [(0, 0, {"name": "Z"})]}
        )
        cls.path = f"/api/customers/{cls.partner.id}"

    def queries(self, response) -> int:
        """Return how many SQL queries the server needed for a response."""
        return int(re.search(r'desc="(\d+)', response.headers["Server-Timing"])[1])

    def test_queries(self):
        """It takes no more queries than the mutation with the same selection."""
        path = f"{self.path}?fields=id,city,country.code,children.name"
        mutation = """mutation ($id: ID!, $city: String!) {
          updateCustomer(id: $id, input: { city: $city }) {
            id city country { code } children { name } version
          }
        }"""
        counts = {}
        for city in ("Ghent", "Bruges"):  # the first one warms the caches
            response = self.http("PATCH", path, json={"city": f"{city} 1"})
            self.assertEqual(response.status_code, 200)
            counts["rest"] = self.queries(response)
            variables = {"id": self.partner.id, "city": f"{city} 2"}
            response = self.graphql_response(mutation, variables)
            self.assertEqual(response.json()["data"]["updateCustomer"]["city"], f"{city} 2")
            counts["graphql"] = self.queries(response)
        self.assertLessEqual(counts["rest"], counts["graphql"])

    def test_hidden_relation(self):
        """A record that is hidden from the caller is null, and the change is kept."""
        tag = self.env["res.partner.category"].create({"name": "Zhidden"})
        child = self.env["res.partner.category"].create({"name": "Zshown", "parent_id": tag.id})
        self.partner.category_id = child
        self.hide(tag)
        data = self.write_rest(
            "PATCH", f"{self.path}?fields=ref,tags.parent", {"ref": "033"}, login="demo"
        )
        self.assertEqual(data, {"ref": "033", "tags": [{"parent": None}]})
        self.assertEqual(self.partner.ref, "033")
        data = self.write_rest(
            "POST",
            "/api/customers?fields=name,children.name,country",
            [{"name": "Zone", "country": self.country.id}, {"name": "Ztwo"}],
            status=201,
            login="demo",
        )
        country = {"id": self.country.id, "name": "Belgium"}
        self.assertEqual(
            data,
            [
                {"name": "Zone", "children": [], "country": country},
                {"name": "Ztwo", "children": [], "country": None},
            ],
        )

    def test_wrong_fields(self):
        """What cannot be shown is found before anything is written."""
        for fields in ("nonsense", "country.nonsense", "name.x", ""):
            body = self.refuse_rest(
                "PATCH", f"{self.path}?fields={fields}", {"city": "Never"}, status=400
            )
            self.assertEqual([error["field"] for error in body["errors"]], ["fields"])

    def test_etag(self):
        """It is that of a read with the same fields, whatever they are."""
        for query in ("", "?fields=city", "?fields=id,name,version,children.name"):
            response = self.http("PUT", self.path + query, json={"city": f"Ghent{query}"})
            read = self.http("GET", self.path + query)
            self.assertEqual(response.headers["ETag"], read.headers["ETag"])
            self.assertEqual(response.json(), read.json())
