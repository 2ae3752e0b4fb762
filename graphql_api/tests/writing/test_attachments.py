"""The attachments of a record: a list of it, read and written with it."""

import base64
import json

from werkzeug.http import parse_options_header

from odoo.tests import tagged

from ..cases.writing import WriteCase

READ = """query ($ids: [ID!]) { customers(filter: {id: {in: $ids}}, orderBy: [{id: ASC}]) {
  nodes { attachments(orderBy: [{name: ASC}]) { id name resModel content { size } } } } }"""
UPDATE = """mutation ($id: ID!, $input: CustomerUpdateInput!) {
  updateCustomer(id: $id, input: $input) { attachments { id name resModel resId } } }"""
CREATE = """mutation ($input: CustomerCreateInput!) { createCustomer(input: $input) {
  id attachments { id name content { url } } children { attachments { name } } } }"""
PREFLIGHT = {"GraphQL-Require-Preflight": "1"}


def file(name: str, content: bytes = b"bytes", **values) -> dict:
    return {"name": name, "content": base64.b64encode(content).decode(), **values}


@tagged("post_install", "-at_install")
class TestAttachments(WriteCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer, cls.other = cls.env["res.partner"].create(
            [{"name": "Zann"}, {"name": "Zbob"}]
        )
        cls.first, cls.second, cls.foreign = cls.env["ir.attachment"].create(
            [
                {"name": name, "raw": b"x", "res_model": "res.partner", "res_id": record.id}
                for name, record in (("a", cls.customer), ("b", cls.customer), ("c", cls.other))
            ]
        )
        cls.path = f"/api/customers/{cls.customer.id}"

    def resource(self, type_name):
        return self.env["graphql_api.resource"].search([("type_name", "=", type_name)])

    def names_of(self, *records, **kwargs) -> list[list[str]]:
        """Return the names of the attachments of each customer."""
        ids = [str(record.id) for record in records]
        nodes = self.graphql(READ, {"ids": ids}, **kwargs)["customers"]["nodes"]
        return [[each["name"] for each in node["attachments"]] for node in nodes]

    def update(self, values: dict, **kwargs) -> list[dict]:
        variables = {"id": self.customer.id, "input": {"attachments": values}}
        return self.graphql(UPDATE, variables, **kwargs)["updateCustomer"]["attachments"]

    def refuse(self, values, *paths: str, code="BAD_USER_INPUT", **kwargs):
        variables = {"id": self.customer.id, "input": {"attachments": values}}
        fields = [f"input.attachments{path}" for path in paths]
        return self.refuse_graphql(UPDATE, variables, code=code, fields=fields, **kwargs)

    def test_read(self):
        """Those of each record, but for the files of its fields, in both APIs."""
        self.customer.image_1920 = base64.b64encode(self.pixel())
        for login in ("admin", "demo"):
            found = self.names_of(self.customer, self.other, login=login)
            self.assertEqual(found, [["a", "b"], ["c"]])
        query = """query ($id: ID!) { customer(id: $id) {
          one: attachments(first: 1, offset: 1, orderBy: [{name: ASC}]) { name }
          b: attachments(filter: {name: {eq: "b"}}) { name } } }"""
        data = self.graphql(query, {"id": self.customer.id})["customer"]
        self.assertEqual(data, {"one": [{"name": "b"}], "b": [{"name": "b"}]})
        row = self.rest(f"{self.path}?fields=id,attachments.name,attachments.res_model")["data"]
        self.assertCountEqual(
            row["attachments"],
            [{"name": name, "res_model": "Customer"} for name in ("a", "b")],
        )
        self.assertNotIn("attachments", self.rest(self.path)["data"])

    def pixel(self) -> bytes:
        return base64.b64decode(
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5E"
            "rkJggg=="
        )

    def test_number_of_queries(self):
        more = self.env["res.partner"].create([{"name": f"Z{n}"} for n in range(6)])
        self.env["ir.attachment"].create(
            [{"name": "x", "res_model": "res.partner", "res_id": each.id} for each in more]
        )
        paged = READ.replace("attachments(", "attachments(first: 1, offset: 1, ")
        for query in (READ, paged):
            counts = {
                self.query_count(query, {"ids": [str(number) for number in records.ids]})
                for records in (more[:2], more)
            }
            self.assertEqual(len(counts), 1, counts)

    def test_page_of_each_record(self):
        """The database cuts the list of each record; too long a list is an error where it is."""
        self.resource("Attachment").write({"default_page_size": 1, "max_page_size": 1})
        query = """query ($ids: [ID!]) { customers(
          filter: {id: {in: $ids}}, orderBy: [{id: ASC}]) { nodes {
            all: attachments { name }
            page: attachments(first: 1, offset: 1, orderBy: [{name: ASC}]) { name } } } }"""
        variables = {"ids": [str(self.customer.id), str(self.other.id)]}
        body = self.graphql_response(query, variables).json()
        nodes = body["data"]["customers"]["nodes"]
        self.assertEqual(
            nodes,
            [
                {"all": None, "page": [{"name": "b"}]},
                {"all": [{"name": "c"}], "page": []},
            ],
        )
        self.assertEqual([error["path"][-1] for error in body["errors"]], ["all"])

    def test_files_of_fields(self):
        """They are not in the list, also where their ids are known."""
        self.customer.image_1920 = base64.b64encode(self.pixel())
        image = self.env["ir.attachment"].search(
            [("res_model", "=", "res.partner"), ("res_field", "=", "image_1920")], limit=1
        )
        query = """query ($id: ID!, $image: ID!) { customer(id: $id) {
          attachments(filter: {id: {eq: $image}}) { id } } }"""
        variables = {"id": self.customer.id, "image": image.id}
        self.assertEqual(self.graphql(query, variables)["customer"], {"attachments": []})

    def test_deleted_with_the_record(self):
        record = self.env["res.partner"].create({"name": "Zgone"})
        path = f"/api/customers/{record.id}"
        self.write_rest("PATCH", path, {"attachments": {"create": [file("gone")]}})
        self.write_rest("DELETE", path)
        self.assertFalse(self.env["ir.attachment"].search([("name", "=", "gone")]))

    def test_names_of_files(self):
        """They come and go as they are, in whatever script."""
        names = ["Übersicht 2026.txt", "請求書.txt", 'a "quoted"; b.txt']
        parts = [("attachments", (name, b"x", "text/plain")) for name in names]
        self.http("PATCH", self.path, files=parts)
        (found,) = self.names_of(self.customer)
        self.assertLessEqual(set(names), set(found))
        attachments = self.env["ir.attachment"].search([("name", "in", names)])
        for attachment in attachments:
            response = self.http("GET", f"/api/attachments/{attachment.id}/content")
            disposition = response.headers["Content-Disposition"]
            _value, options = parse_options_header(disposition)
            self.assertEqual(options["filename"], attachment.name, disposition)

    def test_hidden(self):
        """Who does not see a record sees nothing of it; who may not read a file, not that."""
        self.hide(self.second)
        self.assertEqual(self.names_of(self.customer, login="demo"), [["a"]])
        self.hide(self.other)
        query = "query ($id: ID!) { attachment(id: $id) { id } }"
        data = self.graphql(query, {"id": self.foreign.id}, login="demo")
        self.assertIsNone(data["attachment"])

    def test_where_it_is_offered(self):
        """Where attachments are exposed, of models in their domain, unless somebody opts out."""

        def offered() -> set[str]:
            types = self.env["graphql_api.schema"]._get_schema().graphql_schema.type_map
            names = ("Customer", "SaleOrder", "Country", "Attachment", "CustomerUpdateInput")
            return {name for name in names if name in types and "attachments" in types[name].fields}

        everything = {"Customer", "SaleOrder", "CustomerUpdateInput"}
        self.assertEqual(offered(), everything)
        self.resource("SaleOrder").show_attachments = False
        self.assertEqual(offered(), everything - {"SaleOrder"})
        attachments = self.resource("Attachment")
        attachments.write({"allow_create": False, "allow_update": False, "allow_delete": False})
        self.assertEqual(offered(), {"Customer"})
        attachments.allow_read = False
        self.assertEqual(offered(), set())
        attachments.write({"allow_read": True, "active": False})
        types = self.env["graphql_api.schema"]._get_schema().graphql_schema.type_map
        self.assertNotIn("attachments", types["Customer"].fields)

    def test_field_of_the_same_name(self):
        """It stays what it is."""
        self.expose("Customer", "comment", api_name="attachments")
        query = "query ($id: ID!) { customer(id: $id) { attachments } }"
        data = self.graphql(query, {"id": self.customer.id})["customer"]
        self.assertEqual(data, {"attachments": None})

    def test_write(self):
        for login in ("admin", "demo"):
            values = {
                "create": [file("new")],
                "update": [{"id": self.first.id, "name": f"a {login}"}],
            }
            found = self.update(values, login=login)
            self.assertEqual({each["name"] for each in found}, {f"a {login}", "b", "new"})
            self.assertEqual({each["resModel"] for each in found}, {"Customer"})
            (new,) = (each["id"] for each in found if each["name"] == "new")
            self.assertEqual(self.env["ir.attachment"].browse(int(new)).raw, b"bytes")
            self.assertEqual(len(self.update({"delete": [new]}, login=login)), 2)
        self.write_rest("PATCH", self.path, {"attachments": {"create": [file("rest")]}})
        self.assertEqual(self.names_of(self.customer), [["a demo", "b", "rest"]])

    def test_with_a_new_record(self):
        """Its own, and those of the records in its lists."""
        child = {"name": "Zchild", "attachments": {"create": [file("below"), file("beside")]}}
        keyed = {"by": {"externalId": "zshop.c1"}, "input": child}
        values = {
            "name": "Znew",
            "attachments": {"create": [file("own")]},
            "children": {"create": [{"name": "Zplain"}, child], "upsert": [keyed]},
        }
        data = self.graphql(CREATE, {"input": values})["createCustomer"]
        self.assertEqual([each["name"] for each in data["attachments"]], ["own"])
        below = [
            sorted(each["name"] for each in child["attachments"]) for child in data["children"]
        ]
        self.assertCountEqual(below, [[], ["below", "beside"], ["below", "beside"]])
        values = {"children": {"update": [{"id": str(self.other.id), "attachments": {}}]}}
        self.refuse_graphql(
            UPDATE,
            {"id": self.customer.id, "input": values},
            code="BAD_USER_INPUT",
            fields=["input.children.update.0"],
        )

    def test_graphql_form(self):
        """A file and its record in one request."""
        new = {"name": "a.txt", "content": None}
        operations = {
            "query": CREATE,
            "variables": {"input": {"name": "Znew", "attachments": {"create": [new]}}},
        }
        places = {"0": ["variables.input.attachments.create.0.content"]}
        parts = [
            ("operations", (None, json.dumps(operations))),
            ("map", (None, json.dumps(places))),
            ("0", ("a.txt", b"some text")),
        ]
        response = self.http("POST", "/api/graphql", files=parts, headers=PREFLIGHT)
        data = response.json()["data"]["createCustomer"]
        (attachment,) = data["attachments"]
        self.assertEqual(attachment["name"], "a.txt")
        content = self.http("GET", attachment["content"]["url"]).content
        self.assertEqual(content, b"some text")

    def test_rest_form(self):
        parts = [
            ("name", (None, "Znew")),
            ("attachments", ("a.txt", b"first")),
            ("attachments", ("b.txt", b"second")),
        ]
        path = "/api/customers?fields=name,attachments.name"
        response = self.http("POST", path, files=parts)
        self.assertEqual(response.status_code, 201, response.text)
        names = [each["name"] for each in response.json()["data"]["attachments"]]
        self.assertCountEqual(names, ["a.txt", "b.txt"])
        response = self.http("PATCH", self.path, files=parts[1:])
        self.assertEqual(response.status_code, 200, response.text)
        self.assertEqual(self.names_of(self.customer), [["a", "a.txt", "b", "b.txt"]])
        for wrong in (
            [*parts, ("attachments", (None, "text"))],
            [*parts, *parts[1:] * 10],
            [*parts, ("nothing", ("c.txt", b"third"))],
        ):
            with self.nothing_written():
                response = self.http("PATCH", self.path, files=wrong)
            self.assertEqual(response.status_code, 400, response.text)
        with self.nothing_written():
            response = self.http("PATCH", "/api/countries/1", files=parts[1:])
        self.assertIn(response.status_code, (400, 403), response.text)

    def test_sent_back(self):
        """A record with its attachments can be sent as it was read."""
        record = self.rest(f"{self.path}?fields=id,name,attachments.id,attachments.name")["data"]
        self.write_rest("PATCH", self.path, record)
        self.assertEqual(self.names_of(self.customer), [["a", "b"]])
        record["attachments"] = record["attachments"][:1]
        self.refuse_rest("PATCH", self.path, record, status=400, fields=["attachments"])

    def test_refused(self):
        self.refuse(None, "")
        for values, path in (
            ({"update": [{"id": self.foreign.id, "name": "x"}]}, ".update.0"),
            ({"delete": [self.foreign.id]}, ".delete.0"),
            ({"delete": [2**31 - 1]}, ".delete.0"),
            ({"create": [{"content": "eA=="}]}, ".create.0.name"),
            ({"create": [file("x", resModel="Customer")]}, ".create.0.resModel"),
            ({"create": [file("x", resId=self.other.id)]}, ".create.0.resId"),
            ({"create": [{"name": "x", "content": "no base64!"}]}, ".create.0.content"),
        ):
            with self.subTest(path):
                response = self.graphql_response(
                    UPDATE, {"id": self.customer.id, "input": {"attachments": values}}
                )
                self.assertIn("BAD_USER_INPUT", response.text)
        self.resource("Attachment").write({"max_page_size": 2, "default_page_size": 2})
        self.refuse({"create": [file("x")] * 3}, ".create")
        query = """mutation ($ids: [ID!]!, $input: CustomerUpdateInput!) {
          updateCustomers(ids: $ids, input: $input) { id } }"""
        values = {"attachments": {"create": [file("x")] * 2}}
        ids = [self.customer.id, self.other.id]
        self.refuse_graphql(
            query,
            {"ids": ids, "input": values},
            code="BAD_USER_INPUT",
            fields=["input.attachments"],
        )
        values["attachments"]["create"].pop()
        self.graphql(query, {"ids": ids, "input": values})
        self.assertEqual(self.foreign.search_count([("name", "=", "x")]), 2)

    def test_rights(self):
        """A file needs the right to change its record, and the resource's to create files."""
        rights = self.env["ir.model.access"].search([("model_id.model", "=", "res.partner")])
        rights.perm_write = False
        variables = {"id": self.customer.id, "input": {"attachments": {"create": [file("x")]}}}
        self.refuse_graphql(UPDATE, variables, code="FORBIDDEN", login="demo")
        rights.perm_write = True
        self.resource("Attachment").domain = "[('name', '!=', 'x'), ('res_model', '!=', False)]"
        self.refuse_graphql(UPDATE, variables, code="FORBIDDEN", login="demo")

    def test_version_and_closed_documents(self):
        """Attachments are no values of the record: a list of them is no change of it."""
        order = self.env["sale.order"].create({"partner_id": self.customer.id})
        order.action_cancel()
        body = {"attachments": {"create": [file("x")]}}
        row = self.write_rest("PATCH", f"/api/sale-orders/{order.id}?fields=attachments.name", body)
        self.assertEqual(row, {"attachments": [{"name": "x"}]})


@tagged("post_install", "-at_install")
class TestTypesOfRecords(WriteCase):
    """``resModel`` has the type of the record; Odoo's name of its model is taken, too."""

    QUERY = """mutation ($input: AttachmentCreateInput!) {
      createAttachment(input: $input) { id resModel resId } }"""

    def test_both_names(self):
        customer = self.env["res.partner"].create({"name": "Zann"})
        ids = []
        for name in ("Customer", "res.partner"):
            values = {"name": "Zfile", "resModel": name, "resId": customer.id}
            data = self.graphql(self.QUERY, {"input": values})["createAttachment"]
            self.assertEqual((data["resModel"], data["resId"]), ("Customer", customer.id))
            ids.append(int(data["id"]))
            self.assertEqual(self.env["ir.attachment"].browse(ids[-1]).res_model, "res.partner")
        for condition in ("eq", "in"):
            for name in ("Customer", "res.partner"):
                value = name if condition == "eq" else f"{name},SaleOrder"
                query = f"filter[res_model][{condition}]={value}&name=Zfile&fields=id,res_model"
                found = self.rest(f"/api/attachments?{query}")["data"]
                self.assertCountEqual([row["id"] for row in found], ids)
                self.assertEqual({row["res_model"] for row in found}, {"Customer"})
        query = """{ attachmentsAggregate(filter: {name: {eq: "Zfile"}},
          groupBy: [{resModel: true}]) { keys { resModel } count } }"""
        (group,) = self.graphql(query)["attachmentsAggregate"]
        self.assertEqual(group["keys"], {"resModel": "Customer"})

    def test_refused(self):
        """A type that is not there, or that the caller's policy does not grant, is no type."""
        values = {"name": "Zfile", "resId": 1}
        for name in ("Nothing", "res.bank", "ResBank"):
            values["resModel"] = name
            self.refuse_graphql(self.QUERY, {"input": values}, code="FORBIDDEN")
        missing = {**values, "resModel": "Customer", "resId": 2**31 - 1}
        hidden = self.env["res.partner"].create({"name": "Zhidden"})
        self.hide(hidden)
        found = {
            self.graphql_response(
                self.QUERY, {"input": {**missing, "resId": number}}, login="demo"
            ).text
            for number in (hidden.id, 2**31 - 1)
        }
        self.assertEqual(len(found), 1, found)
        self.assertIn("FORBIDDEN", found.pop())

    def test_several_types_of_a_model(self):
        """It is the one that shows the record."""
        person, company = self.env["res.partner"].create(
            [{"name": "Zann"}, {"name": "Zbig", "is_company": True}]
        )
        resource = self.env["graphql_api.resource"].search([("type_name", "=", "Customer")])
        resource.domain = "[('is_company', '=', False)]"
        self.env["graphql_api.resource"].create(
            {
                "type_name": "Zcompany",
                "collection": "zcompanies",
                "model": "res.partner",
                "domain": "[('is_company', '=', True)]",
                "field_ids": [(0, 0, {"field_name": "name"})],
            }
        )
        self.env["ir.attachment"].create(
            [
                {"name": "Zfile", "res_model": "res.partner", "res_id": record.id}
                for record in (person, company)
            ]
        )
        rows = self.rest("/api/attachments?name=Zfile&fields=res_id,res_model")["data"]
        found = {row["res_id"]: row["res_model"] for row in rows}
        self.assertEqual(found, {person.id: "Customer", company.id: "Zcompany"})
