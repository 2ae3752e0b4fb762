"""What is seen under a generated policy is what is seen without it, less what it leaves out."""

from collections import Counter

from graphql import get_introspection_query
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from odoo.tests import tagged

from ..cases.policy_records import FIELDS, TYPES, DrawnPolicy, PolicyRecordsCase
from ..cases.random_documents import RandomDocumentsCase

POLICIES = 7
SHAPES = 2
"""Sets of fields: each is a schema of its own, which takes time to make."""

CONDITIONS = {
    "Customer": [
        '("user_id", "=", user)',
        '("parent_id", "=", False)',
        '("parent_id.user_id", "=", user)',
        '("child_ids", "any", [("user_id", "!=", user)])',
        '("sale_order_ids.state", "=", "draft")',
        '("name", "like", "other")',
        '("category_id", "=", False)',
    ],
    "SaleOrder": [
        '("user_id", "in", [user])',
        '("partner_id.user_id", "=", user)',
        '("order_line", "any", [("product_uom_qty", ">", 5)])',
        '("state", "=", "sale")',
        '("partner_id.name", "ilike", "SELLER")',
    ],
    "SaleOrderLine": [
        '("product_uom_qty", ">", 5)',
        '("order_id.user_id", "=", user)',
        '("order_id.partner_id", "any", [("user_id", "!=", user)])',
    ],
    "Product": ['("name", "=like", "Z%")', '("categ_id.name", "!=", "Zclosed")'],
    "Lead": ['("user_id", "=", user)', '("partner_id.user_id", "=", user)'],
    "Attachment": ['("mimetype", "=", "text/csv")', '("res_model", "=", "res.partner")'],
    "Activity": ['("user_id", "=", user)', '("res_model", "=", "sale.order")'],
}
"""Type name -> conditions that filters are made of."""

SUMS = {
    "SaleOrder": ("amount_total", "amountTotal"),
    "SaleOrderLine": ("price_subtotal", "priceSubtotal"),
    "Lead": ("expected_revenue", "expectedRevenue"),
}
"""Type name -> a number in Odoo and in GraphQL."""

LISTS = {
    ("Customer", "child_ids"): "Customer",
    ("Customer", "sale_order_ids"): "SaleOrder",
    ("Customer", "opportunity_ids"): "Lead",
    ("SaleOrder", "order_line"): "SaleOrderLine",
    ("Lead", "order_ids"): "SaleOrder",
}
LINKS = {
    ("Customer", "parent_id"): "Customer",
    ("SaleOrder", "partner_id"): "Customer",
    ("SaleOrder", "opportunity_id"): "Lead",
    ("SaleOrderLine", "order_id"): "SaleOrder",
    ("SaleOrderLine", "product_id"): "Product",
    ("Lead", "partner_id"): "Customer",
}
"""(type name, Odoo field) -> type name at the other end."""


def filters_of(type_name: str) -> st.SearchStrategy[str]:
    """Return a strategy of filters: up to three conditions, and what joins them."""
    leaf = st.sampled_from(CONDITIONS[type_name])
    joined = st.recursive(
        leaf,
        lambda part: st.one_of(
            st.builds('"!", {}'.format, part),
            st.builds('"|", {}, {}'.format, part, part),
            st.builds('"&", {}, {}'.format, part, part),
        ),
        max_leaves=3,
    )
    return joined.map("[{}]".format)


FILTER_SETS = st.fixed_dictionaries({}, optional={name: filters_of(name) for name in CONDITIONS})
FIELD_SETS = st.fixed_dictionaries(
    {name: st.sets(st.sampled_from(FIELDS[name]), max_size=3) for name in CONDITIONS}
)


@tagged("generated")
class TestPolicyCut(PolicyRecordsCase):
    def test_generated_policies(self):
        self.plain_schema = self.env["graphql_api.schema"]._get_schema()
        self.reader = self.env(user=self.seller, su=False)
        self.made = {name: self.own(name).ids for name in TYPES}
        policies = self.shapes()
        hidden = Counter()

        @settings(
            max_examples=POLICIES,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(st.sampled_from(range(SHAPES)), FILTER_SETS)
        def check(place, filters):
            fields, policy = policies[place]
            for right in policy.right_ids:
                name = right.resource_id.type_name
                like = "Product" if name == "ProductTemplate" else name
                right.record_filter = filters.get(like, "[]")
            hidden.update(self.check_policy(DrawnPolicy(fields, filters), policy))

        check()
        # Filters that leave out nothing, or everything, would prove little.
        for name in CONDITIONS:
            self.assertGreater(hidden[name, True], 0, name)
            self.assertGreater(hidden[name, False], 0, name)

    def shapes(self) -> list[tuple[dict, object]]:
        """Return sets of fields that are left out, and a policy of each."""
        drawn = []

        @settings(
            max_examples=SHAPES,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(FIELD_SETS)
        def draw(fields):
            drawn.append({name: frozenset(left) for name, left in fields.items() if left})

        draw()
        return [(fields, self.policy_of(DrawnPolicy(fields, {}))) for fields in drawn]

    def check_policy(self, drawn: DrawnPolicy, policy) -> Counter:
        self.schema = self.env["graphql_api.schema"]._get_schema(
            self.env["graphql_api.policy"]._get_policy(policy.id).rights
        )
        self.policy = policy
        seen = {name: self.expected(drawn, name) for name in CONDITIONS}
        found: Counter = Counter()
        for name, records in seen.items():
            with self.subTest(drawn=drawn, type=name):
                self.check_list(name, records)
                self.check_numbers(name, records)
                self.check_values(drawn, name, records)
            everything = self.reader[TYPES[name]].browse(self.made[name])
            found.update({(name, each in records): 1 for each in everything})
        for (name, field), target in LISTS.items():
            self.check_relation(drawn, name, field, seen[name], seen[target], many=True)
        for (name, field), target in LINKS.items():
            self.check_relation(drawn, name, field, seen[name], seen[target], many=False)
        return found

    def ask(self, text: str):
        """Return the result of a query under the policy; relations may be refused, no more."""
        result = self.execute(text, policy=self.policy)
        codes = {error["extensions"]["code"] for error in result.errors}
        self.assertLessEqual(codes, {"FORBIDDEN"}, (text, result.errors[:3]))
        self.assertIsNotNone(result.data, text)
        return result

    def expected(self, drawn: DrawnPolicy, name: str):
        """Return the records that Odoo finds within the filter, as the user."""
        records = self.inside(drawn, name, self.reader[TYPES[name]].search([], order="id"))
        if name not in ("Attachment", "Activity"):
            return records
        # What belongs to a record is there where the record is.
        owners = {
            self.schema.resources[owner].model: set(
                self.inside(
                    drawn,
                    owner,
                    self.reader[TYPES[owner]].with_context(active_test=False).search([]),
                ).ids
            )
            for owner in ("Customer", "SaleOrder", "SaleOrderLine", "Product", "Lead")
        }
        return records.filtered(
            lambda each: (
                each.res_id in owners.get(each.res_model, ())
                if each.id in self.made[name]
                else False
            )
        )

    def field_name(self, type_name: str, odoo_name: str) -> str | None:
        """Return the name of a readable field in the schema of the policy."""
        for field in self.schema.resources[type_name].fields.values():
            if field.field == odoo_name and field.readable:
                return field.graphql_name
        return None

    def where(self, name: str) -> str:
        """Return the condition that a list is about the records of the test, where that is needed.

        Odoo has others that belong to what there is no resource for.
        """
        if name not in ("Attachment", "Activity"):
            return ""
        return f"filter: {{id: {{in: {self.made[name]}}}}}, "

    def check_list(self, name: str, records):
        many = self.schema.resources[name].list_name
        page = f"(first: 1000, {self.where(name)}orderBy: [{{id: ASC}}])"
        data = self.ask(f"{{ {many}{page} {{ totalCount nodes {{ id }} }} }}").data[many]
        self.assertEqual([int(node["id"]) for node in data["nodes"]], records.ids)
        self.assertEqual(data["totalCount"], len(records))
        single = self.schema.resources[name].single_name
        each = (f"_{number}: {single}(id: {number}) {{ id }}" for number in self.made[name])
        found = self.ask(f"{{ {' '.join(each)} }}").data
        for number in self.made[name]:
            self.assertEqual(found[f"_{number}"] is not None, number in records.ids)

    def check_numbers(self, name: str, records):
        """Counts, sums and groups are those of the records that are there."""
        many = f"{self.schema.resources[name].list_name}Aggregate"
        if many not in self.schema.graphql_schema.query_type.fields:
            return
        where = self.where(name)
        odoo_name, number = SUMS.get(name, (None, ""))
        shown = odoo_name and self.field_name(name, odoo_name)
        selection = f"count {number} {{ sum max }}" if shown else "count"
        (row,) = self.ask(f"{{ {many}({where}first: 9) {{ {selection} }} }}").data[many]
        self.assertEqual(row["count"], len(records))
        if shown:
            values = records.mapped(odoo_name)
            self.assertAlmostEqual(row[number]["sum"] or 0, sum(values), 2)
            self.assertEqual(row[number]["max"], max(values, default=None))
        if (user := self.field_name(name, "user_id")) is None:
            return
        arguments = f"{where}first: 99, groupBy: [{{{user}: true}}]"
        text = f"{{ {many}({arguments}) {{ count keys {{ {user} {{ id }} }} }} }}"
        rows = self.ask(text).data[many]
        found = {row["keys"][user] and int(row["keys"][user]["id"]): row["count"] for row in rows}
        self.assertEqual(found, Counter(record.user_id.id or None for record in records))

    def page(self, name: str, ids: list[int], selection: str, condition: str = "") -> str:
        """Return a query for some of the records."""
        arguments = f"filter: {{id: {{in: {ids}}} {condition}}}, first: 1000"
        return f"{{ page: {self.schema.resources[name].list_name}({arguments}) {selection} }}"

    def check_values(self, drawn: DrawnPolicy, name: str, records):
        """The fields that are granted have the values that they have without a policy."""
        plain, narrowed = self.plain_schema.resources[name], self.schema.resources[name]
        left_out = drawn.fields.get(name, frozenset())
        readable = {
            field.graphql_name
            for field in plain.fields.values()
            if field.readable
            and field.field not in left_out
            and (field.relation is None or field.relation in self.schema.resources)
        }
        self.assertEqual(
            {field.graphql_name for field in narrowed.fields.values() if field.readable}, readable
        )
        leaves = [
            field.graphql_name
            for field in narrowed.fields.values()
            if field.readable
            and field.relation is None
            and not field.shows_name  # of what is filtered out it is empty
            and field.type not in ("binary", "image", "properties")
        ]
        own = [number for number in records.ids if number in self.made[name]]
        if not own:
            return
        text = self.page(name, own, f"{{ nodes {{ id version createDate {' '.join(leaves)} }} }}")
        self.assertEqual(self.ask(text).data, self.execute(text).data)

    def check_relation(self, drawn, name, odoo_name, records, others, *, many: bool):
        """A relation leads to what is there at its other end, and so do filters through it."""
        shown = self.field_name(name, odoo_name)
        own = [number for number in records.ids if number in self.made[name]]
        if shown is None or not own:
            return
        related = {
            record.id: sorted(set(record[odoo_name].ids) & set(others.ids))
            for record in self.reader[TYPES[name]].browse(own)
        }
        nodes = self.ask(self.page(name, own, f"{{ nodes {{ id {shown} {{ id }} }} }}")).data
        with self.subTest(drawn=drawn, type=name, field=odoo_name):
            for node in nodes["page"]["nodes"]:
                found = node[shown] if many else filter(None, [node[shown]])
                self.assertEqual(
                    sorted(int(each["id"]) for each in found), related[int(node["id"])]
                )
            inner = "some: {}" if many else "createDate: {isNull: false}"
            text = self.page(name, own, "{ totalCount }", f"{shown}: {{{inner}}}")
            count = sum(map(bool, related.values()))
            self.assertEqual(self.ask(text).data["page"]["totalCount"], count)


@tagged("generated")
class TestAllGranted(RandomDocumentsCase):
    """A policy that grants everything line by line gives what there is without one."""

    WRITES = (
        'mutation {{ createCustomer(input: {{name: "Za", children: {{create: [{{name: "Zb"}}]}}}}) '
        "{{ name displayName children {{ name }} }} }}",
        'mutation {{ updateCustomer(id: {customer}, input: {{city: "x"}}) {{ id city }} }}',
        'mutation {{ upsertCustomer(by: {{ref: "Zc"}}, input: {{name: "Zc"}}) {{ name ref }} }}',
        "mutation {{ deleteCustomer(id: {customer}) }}",
        "mutation {{ confirmSaleOrder(id: {order}) {{ id state }} }}",
        "mutation {{ cancelSaleOrders(ids: [{order}]) {{ id state }} }}",
        'mutation {{ postMessageCustomer(id: {customer}, input: {{body: "x"}}) {{ body kind }} }}',
        "mutation {{ createCustomer(input: {{nothing: 1}}) {{ name }} }}",
        "mutation {{ updateCustomer(id: 2000000000, input: {{}}) {{ name }} }}",
    )

    def test_same_bytes(self):
        policy = self.narrowed_policy(*self.lines_of_all(), allow_extensions=True)
        schema = self.env["graphql_api.schema"]._get_schema()
        for text, variables in [*self.documents(schema, 0)][::2]:
            with self.subTest(text):
                self.assertEqual(
                    self.answer(text, variables, policy), self.answer(text, variables, None)
                )
        headers = self.scoped_key(policy, self.login)
        paths = ("/api/graphql/schema.graphql", "/api/customers?fields=nothing", "/api/nothing")
        for path in (*self.paths(schema), *paths):
            if path != "/api/me":
                with self.subTest(path):
                    self.check_same("GET", path, headers)
        for text in (get_introspection_query(), *self.WRITES):
            names = {"customer": self.customers[0].id, "order": self.own("SaleOrder")[0].id}
            body = {"query": text.format(**names) if text in self.WRITES else text}
            with self.subTest(text):
                self.check_same("POST", "/api/graphql", headers, json=body)

    def check_same(self, method: str, path: str, headers: dict, **kwargs):
        """Check that both keys get the same, and undo what it did."""
        answers = []
        for sent in (headers, {}):
            self.key(self.login)
            self.env.cr.execute("SAVEPOINT request")
            response = self.http(method, path, headers=sent, **kwargs)
            self.env.cr.execute("ROLLBACK TO SAVEPOINT request")
            self.env.invalidate_all()
            kept = {name: value for name, value in response.headers.items() if name != "Date"}
            answers.append((response.status_code, kept, response.content))
        self.assertEqual(*answers)
