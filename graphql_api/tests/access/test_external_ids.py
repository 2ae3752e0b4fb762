"""External ids that are read and filtered by: a caller's own, and those of its policy."""

from odoo.tests import tagged

from ..cases.writing import WriteCase

UPSERT = """mutation ($id: String!, $input: CustomerCreateInput!) {
  upsertCustomer(by: {externalId: $id}, input: $input) { id externalId } }"""
FIND = """query ($filter: CustomerFilter!) {
  customers(filter: $filter) { nodes { id externalId } } }"""


@tagged("post_install", "-at_install")
class TestExternalIds(WriteCase):
    login = "demo"

    def policy_headers(self, login: str, policy) -> dict:
        key = self.env["graphql_api.key"]._generate(self.user(login), policy, "app", None)
        return {"Authorization": f"Bearer {key}"}

    def upsert(self, external_id: str, name="Zann", **kwargs) -> dict:
        variables = {"id": external_id, "input": {"name": name}}
        return self.graphql(UPSERT, variables, **kwargs)["upsertCustomer"]

    def find(self, condition: dict, **kwargs) -> list[dict]:
        variables = {"filter": {"externalId": condition}}
        return self.graphql(FIND, variables, **kwargs)["customers"]["nodes"]

    def test_what_was_upserted(self):
        """It is in the response of the mutation, in lists and in relations, in both APIs."""
        rows = [self.upsert(f"zshop.c{number}") for number in (1, 2)]
        self.assertEqual([row["externalId"] for row in rows], ["zshop.c1", "zshop.c2"])
        self.assertEqual(self.find({"eq": "zshop.c1"}), rows[:1])
        self.assertCountEqual(self.find({"in": ["zshop.c1", "zshop.c2", "zshop.c3"]}), rows)
        self.assertEqual(self.find({"in": []}), [])
        self.assertEqual(self.find({"eq": "zshop.c1", "in": ["zshop.c2"]}), [])
        customer = self.env["res.partner"].browse(int(rows[0]["id"]))
        child = self.env["res.partner"].create({"name": "Zchild", "parent_id": customer.id})
        query = """query ($name: String!) { customers(
          filter: {parent: {externalId: {eq: $name}}, not: {externalId: {eq: "zshop.c2"}}}
        ) { nodes { id externalId parent { externalId } } } }"""
        found = self.graphql(query, {"name": "zshop.c1"})["customers"]["nodes"]
        parent = {"externalId": "zshop.c1"}
        self.assertEqual(found, [{"id": str(child.id), "externalId": None, "parent": parent}])
        shown = {"id": customer.id, "external_id": "zshop.c1"}
        for query in ("filter[external_id][eq]=zshop.c1", "external_id=zshop.c1"):
            data = self.rest(f"/api/customers?fields=id,external_id&{query}")["data"]
            self.assertEqual(data, [shown])
        data = self.rest("/api/customers?filter[external_id][in]=zshop.c1,zshop.c9&fields=id")
        self.assertEqual(data["data"], [{"id": customer.id}])

    def test_only_by_name_in_rest(self):
        """A response without ``fields`` is what it was; the body that it makes can be sent back."""
        number = self.upsert("zshop.c1")["id"]
        path = f"/api/customers/{number}"
        self.assertNotIn("external_id", self.rest(path)["data"])
        record = self.rest(f"{path}?fields=id,name,external_id")["data"]
        self.assertEqual(self.write_rest("PATCH", f"{path}?fields=id", record)["id"], int(number))
        record["external_id"] = "zshop.c2"
        self.refuse_rest("PATCH", path, record, status=400, fields=["external_id"])

    def test_refused(self):
        for condition in ({"eq": "no"}, {"in": ["zshop.c1", "x y"]}, {"eq": None}, {"in": None}):
            variables = {"filter": {"externalId": condition}}
            response = self.graphql_response(FIND, variables).json()
            codes = [error["extensions"]["code"] for error in response["errors"]]
            self.assertEqual(codes, ["BAD_USER_INPUT"], response)
        for query in ("external_id=no", "filter[external_id][contains]=z", "sort=external_id"):
            response = self.http("GET", f"/api/customers?{query}")
            self.assertEqual(response.status_code, 400, response.text)

    def test_number_of_queries(self):
        for number in range(6):
            self.upsert(f"zshop.c{number}")
        query = "query ($n: Int!) { customers(first: $n, orderBy: [{id: DESC}]) { nodes { %s } } }"
        counts = {
            number: self.query_count(query % "id externalId", {"n": number}) for number in (2, 6)
        }
        self.assertEqual(counts[2], counts[6])
        self.assertEqual(self.query_count(query % "id", {"n": 6}), counts[6] - 1)

    def test_users_of_a_policy(self):
        """Who sees the record sees the id; for others the id is one of their own."""
        first = self.upsert("zshop.c1", login="admin")
        self.assertEqual(self.find({"eq": "zshop.c1"}), [first])
        record = self.env["res.partner"].browse(int(first["id"]))
        self.hide(record)
        self.assertEqual(self.find({"eq": "zshop.c1"}), [])
        own = self.upsert("zshop.c1")
        self.assertNotEqual(own["id"], first["id"])
        self.assertEqual(own["externalId"], "zshop.c1")
        self.env["ir.rule"].search([("name", "=", "hidden")]).unlink()
        # An id is that of one record: of the one which an upsert finds.
        self.assertEqual(self.find({"eq": "zshop.c1"}), [own])
        self.assertEqual(self.find({"eq": "zshop.c1"}, login="admin"), [first])
        query = "query ($id: ID!) { customer(id: $id) { externalId } }"
        for number, login, expected in (
            (first["id"], "demo", None),
            (own["id"], "admin", None),
            (first["id"], "admin", "zshop.c1"),
        ):
            data = self.graphql(query, {"id": number}, login=login)
            self.assertEqual(data["customer"]["externalId"], expected)

    def test_policies(self):
        """The ids of one are nothing to the callers under another."""
        policies = self.env["graphql_api.policy"].create(
            [{"name": name, "all_resources": True} for name in ("Zone", "Ztwo")]
        )
        one, two = (self.policy_headers("demo", policy) for policy in policies)
        made = self.upsert("zshop.c1", headers=one)
        self.assertEqual(self.find({"eq": "zshop.c1"}, headers=one), [made])
        for headers in (two, {}):
            self.assertEqual(self.find({"eq": "zshop.c1"}, headers=headers), [])
            data = self.graphql(FIND, {"filter": {"id": {"eq": made["id"]}}}, headers=headers)
            self.assertEqual(data["customers"]["nodes"][0]["externalId"], None)

    def test_two_values(self):
        """Whatever id another one has given, the whole responses are the same."""
        policy = self.env["graphql_api.policy"].create({"name": "Zone", "all_resources": True})
        other = self.env["res.partner"].create({"name": "Zother"})
        own = self.upsert("zshop.mine")
        names = [
            (f"__api_{policy.id}__.res_partner.zshop.", ""),
            ("__api__.res_partner.zshop.", f"~{self.user('admin').id}"),
            ("zmodule.", ""),
            ("__import__.", ""),
        ]
        responses = set()
        for value in ("secret", "another", "mine"):
            for start, end in names:
                data = self.env["ir.model.data"]
                data._update_xmlids([{"xml_id": f"{start}{value}{end}", "record": other}])
                found = []
                for condition in (
                    {"id": {"in": [str(other.id), own["id"]]}},
                    *({"externalId": {"in": [f"zshop.{each}"]}} for each in ("secret", "mine")),
                    {"externalId": {"in": [f"{start}{value}".replace("~", "")]}},
                    {"not": {"externalId": {"eq": "zmodule.secret"}}, "name": {"eq": "Zother"}},
                ):
                    response = self.graphql_response(FIND, {"filter": condition})
                    found.append(response.text)
                responses.add(tuple(found))
                data.search([("model", "=", "res.partner"), ("res_id", "=", other.id)]).unlink()
        self.assertEqual(len(responses), 1, responses)

    def test_external_ids_of_odoo(self):
        """They are shown to those who may read them in Odoo."""
        query = '{ countries(filter: {code: {eq: "BE"}}) { nodes { externalId } } }'
        find = '{ countries(filter: {externalId: {eq: "base.be"}}) { nodes { code } } }'
        for login, shown, nodes in (("admin", "base.be", [{"code": "BE"}]), ("demo", None, [])):
            data = self.graphql(query, login=login)["countries"]["nodes"]
            self.assertEqual(data, [{"externalId": shown}])
            self.assertEqual(self.graphql(find, login=login)["countries"]["nodes"], nodes)
        # Those that other policies made are no ids of Odoo.
        policy = self.env["graphql_api.policy"].create({"name": "Zone", "all_resources": True})
        row = self.upsert("zshop.c1", headers=self.policy_headers("admin", policy))
        condition = {"filter": {"id": {"eq": row["id"]}}}
        data = self.graphql(FIND, condition, login="admin")["customers"]["nodes"]
        self.assertEqual(data[0]["externalId"], None)

    def test_write_only(self):
        """Of a resource that cannot be read there is no such field, and no filter."""
        resource = self.env["graphql_api.resource"].search([("type_name", "=", "CustomerTag")])
        resource.allow_read = False
        types = self.env["graphql_api.schema"]._get_schema().graphql_schema.type_map
        self.assertNotIn("externalId", types["CustomerTag"].fields)

    def test_name_is_taken(self):
        """No field of a resource can have the name."""
        field = self.env["graphql_api.resource.field"].search(
            [("field_name", "=", "ref"), ("resource_id.type_name", "=", "Customer")]
        )
        with self.assertRaisesRegex(Exception, "Every resource has the name"):
            field.api_name = "external_id"
