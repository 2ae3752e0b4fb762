"""Fields that are exposed under keywords of Python: names like any other."""

import keyword

from odoo.tests import tagged

from ...schema.exposure.names import FIELD_NAME, camel_case
from ...schema.problems import RESERVED_FIELDS
from ..cases.writing import WriteCase

KEYWORDS = sorted(
    name
    for name in {*keyword.kwlist, *keyword.softkwlist}
    if FIELD_NAME.match(name) and name not in RESERVED_FIELDS
)

EXPOSED = {
    "Customer": {
        "ref": ("class", ", ".join(name for name in KEYWORDS if name != "class")),
    },
    "CustomerTag": {"name": ("lambda", ""), "parent_id": ("in", ""), "child_ids": ("for", "")},
    "SaleOrder": {"amount_total": ("yield", ""), "partner_id": ("with", ""), "state": ("is", "")},
}
"""Type -> Odoo field -> its name, and its former names."""


class KeywordCase(WriteCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for type_name, fields in EXPOSED.items():
            resource = cls.env["graphql_api.resource"].search([("type_name", "=", type_name)])
            for field_name, (name, former) in fields.items():
                line = resource.field_ids.filtered_domain([("field_name", "=", field_name)])
                line.write({"api_name": name, "former_names": former})
                if field_name == "ref":
                    line.is_key = True


@tagged("generated")
class TestEachKeyword(KeywordCase):
    def test_upsert(self):
        """The key is kept, whichever name it has: the next one finds the record."""
        for name in KEYWORDS:
            with self.subTest(name):
                query = f"""mutation ($input: CustomerCreateInput!) {{
                    upsertCustomer(by: {{ {name}: "K-{name}" }}, input: $input) {{
                        id {name} }} }}"""
                first = self.graphql(query, {"input": {"name": "Ann"}})["upsertCustomer"]
                self.assertEqual(first[name], f"K-{name}")
                again = self.graphql(query, {"input": {"name": "Bob", name: f"K-{name}"}})
                self.assertEqual(again["upsertCustomer"], first)
                self.refuse_graphql(
                    query,
                    {"input": {"name": "Bob", name: "another"}},
                    code="BAD_USER_INPUT",
                    fields=[f"input.{name}"],
                )

    def test_write_and_find_by_graphql(self):
        for name in KEYWORDS:
            with self.subTest(name):
                query = f"""mutation ($new: CustomerCreateInput!, $id: ID!) {{
                    createCustomer(input: $new) {{ {name} }}
                    updateCustomer(id: $id, input: {{ {name}: "U-{name}" }}) {{ {name} }} }}"""
                record = self.env["res.partner"].create({"name": "Cid"})
                variables = {"new": {"name": "Ann", name: f"C-{name}"}, "id": str(record.id)}
                data = self.graphql(query, variables)
                self.assertEqual(data["createCustomer"], {name: f"C-{name}"})
                self.assertEqual(data["updateCustomer"], {name: f"U-{name}"})
                query = f"""{{ customers(filter: {{ {name}: {{ in: ["C-{name}", "U-{name}"] }} }},
                    orderBy: [{{ {name}: DESC }}]) {{ nodes {{ {name} }} }}
                    customersAggregate(groupBy: [{{ {name}: true }}],
                    filter: {{ {name}: {{ eq: "C-{name}" }} }}) {{ count keys {{ {name} }} }} }}"""
                data = self.graphql(query)
                self.assertEqual(
                    data["customers"]["nodes"], [{name: f"U-{name}"}, {name: f"C-{name}"}]
                )
                self.assertEqual(
                    data["customersAggregate"], [{"count": 1, "keys": {name: f"C-{name}"}}]
                )

    def test_write_and_find_by_rest(self):
        for name in KEYWORDS:
            with self.subTest(name):
                path = "/api/customers"
                body = {"name": "Ann", name: f"C-{name}"}
                created = self.write_rest("POST", f"{path}?fields=id,{name}", body, status=201)
                self.assertEqual(created[name], f"C-{name}")
                record = f"{path}/{created['id']}?fields={name}"
                changed = self.write_rest("PATCH", record, {name: f"U-{name}"})
                self.assertEqual(changed, {name: f"U-{name}"})
                for condition in (f"{name}=U-{name}", f"filter[{name}][startsWith]=U-{name}"):
                    found = self.rest(f"{path}?{condition}&sort=-{name}&fields=id")["data"]
                    self.assertEqual(found, [{"id": created["id"]}])
                groups = f"{path}/aggregate?group_by={name}&{name}=U-{name}"
                self.assertEqual(self.rest(groups)["data"][0]["count"], 1)


class TestKeywordNames(KeywordCase):
    def test_there_are_some(self):
        self.assertLess({"class", "from", "import", "in", "is", "match"}, set(KEYWORDS))

    def test_relations(self):
        query = """mutation { createCustomerTag(input: { lambda: "a",
            for: { create: [{ lambda: "b" }] } }) { id lambda for { lambda in { lambda } } } }"""
        data = self.graphql(query)["createCustomerTag"]
        self.assertEqual(data["for"], [{"lambda": "b", "in": {"lambda": "a"}}])
        parent = data["id"]
        created = self.write_rest(
            "POST", "/api/customer-tags", {"lambda": "c", "in": int(parent)}, status=201
        )
        self.assertEqual(created["in"]["id"], int(parent))
        query = """{
            customerTags(filter: { in: { lambda: { eq: "a" } } }, orderBy: [{ lambda: ASC }]) {
                nodes { lambda } }
            some: customerTags(filter: { for: { some: { lambda: { eq: "b" } } } }) {
                nodes { id } } }"""
        data = self.graphql(query)
        self.assertEqual(data["customerTags"]["nodes"], [{"lambda": "b"}, {"lambda": "c"}])
        self.assertEqual(data["some"]["nodes"], [{"id": parent}])

    def test_aggregates(self):
        query = """{ saleOrdersAggregate(groupBy: [{ is: true }, { with: true }],
            orderBy: [{ yield: { sum: DESC } }]) { yield { sum } keys { is with { id } } } }"""
        groups = self.graphql(query)["saleOrdersAggregate"]
        sums = [group["yield"]["sum"] for group in groups]
        self.assertEqual(sums, sorted(sums, reverse=True))
        self.assertTrue(groups[0]["keys"]["with"]["id"])

    def test_names_in_graphql_and_rest_are_the_same(self):
        self.assertEqual([camel_case(name) for name in KEYWORDS], KEYWORDS)
