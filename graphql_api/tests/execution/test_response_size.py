"""The bytes of a response are counted while it is made, and have a limit."""

import strawberry

from odoo.tests import tagged

from ...schema.execution.columnar import ColumnarExecutor, TransactionalExecutor
from ...schema.execution.executor import Request, execute
from ...schema.exposure.errors import ResponseTooLarge
from ...schema.exposure.policy import Policy
from ..cases.scoped_keys import ScopedKeyCase

LIMIT = 2_000_000
TOO_COMPLEX = [("QUERY_TOO_COMPLEX", None)]


@strawberry.type
class ManyTexts:
    @strawberry.field
    def texts(self, length: int, count: int) -> list[str]:
        return ["x" * length] * count


@tagged("post_install", "-at_install", "generated")
class TestResponseSize(ScopedKeyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        partners = cls.env["res.partner"]
        cls.large = partners.create({"name": "Zlarge", "comment": f"<p>{'a' * 1_000_000}</p>"})
        cls.parent = partners.create({"name": "Zparent", "comment": f"<p>{'b' * 10_000}</p>"})
        cls.children = partners.create(
            [{"name": f"Zchild {number}", "parent_id": cls.parent.id} for number in range(300)]
        )
        cls.many = partners.create(
            [{"name": "Zmany", "ref": "Zmany", "comment": f"<p>{'c' * 10_000}</p>"}] * 300
        )
        cls.set_setting("max_response_size", LIMIT)

    def aliases(self, count: int) -> str:
        texts = " ".join(f"a{number}: comment" for number in range(count))
        return f'{{ customer(id: "{self.large.id}") {{ id {texts} }} }}'

    def requests(self):
        """Yield the bytes of a text, and a query for so many of them: what one and what many is."""
        yield 1_000_000, self.aliases, 60
        yield (
            10_000,
            lambda count: (
                f'{{ customers(filter: {{ parent: {{ id: {{ eq: "{self.parent.id}" }} }} '
                f"}}, first: {count}) {{ nodes {{ name parent {{ comment }} }} }} }}"
            ),
            300,
        )
        yield (
            10_000,
            lambda count: (
                f'{{ customer(id: "{self.parent.id}") {{ children(first: {count}) '
                "{ parent { id comment } } } }"
            ),
            300,
        )
        yield (
            10_000,
            lambda count: (
                f'{{ customers(filter: {{ ref: {{ eq: "Zmany" }} }}, first: {count}) '
                "{ edges { node { comment } } } }"
            ),
            300,
        )

    def test_graphql(self):
        for _length, text, count in self.requests():
            with self.subTest(text(1)):
                self.graphql(text(1))
                response = self.graphql_response(text(count))
                self.assertEqual(response.status_code, 400)
                self.assertNotIn("data", response.json())
                (error,) = response.json()["errors"]
                self.assertEqual(error["extensions"]["code"], "QUERY_TOO_COMPLEX")
                self.assertIn(f"larger than {LIMIT} bytes", error["message"])

    def test_rest(self):
        path = "/api/customers?fields=comment&filter[ref][eq]=Zmany"
        self.assertEqual(len(self.rest(f"{path}&limit=10")["data"]), 10)
        body = self.rest(f"{path}&limit=300", status=400)
        self.assertEqual(body["code"], "QUERY_TOO_COMPLEX")
        self.rest(f"/api/customers/{self.large.id}?fields=comment")
        path = f"/api/customers/{self.parent.id}?fields=children.parent.comment"
        self.assertEqual(self.rest(path, status=400)["code"], "QUERY_TOO_COMPLEX")

    def test_both_ways_of_execution_count_what_is_sent(self):
        """With the limit at the size of the body it is sent, at four fifths of it refused."""
        schema = self.env["graphql_api.schema"]._get_schema()
        for length, text, _count in self.requests():
            query = text(min(20, LIMIT // length // 2))
            size = len(self.graphql_response(query).content)
            for executor in (ColumnarExecutor, TransactionalExecutor):
                with self.subTest(query, executor=executor):
                    for share in (1.1, 0.8):
                        self.set_setting("max_response_size", int(size * share))
                        limits = self.env["graphql_api.settings"]._get_settings().limits
                        env = self.env(user=self.user("admin"), su=False)
                        context = schema.context(env, policy=Policy(limits=limits))
                        if share > 1:
                            result = execute(schema, context, Request(query), executor)
                            self.assertFalse(result.errors)
                        else:
                            with self.assertRaises(ResponseTooLarge):
                                execute(schema, context, Request(query), executor)
                    self.set_setting("max_response_size", LIMIT)

    def test_fields_of_addons(self):
        self.extend_schema(lambda parts: parts.queries.append(ManyTexts))
        query = "query ($n: Int!) { texts(length: 1000, count: $n) }"
        self.assertEqual(len(self.graphql(query, {"n": 100})["texts"]), 100)
        self.graphql(query, {"n": 3000}, errors=TOO_COMPLEX)

    def test_mutations_keep_nothing(self):
        mutation = f"""mutation ($id: ID!) {{ updateCustomer(id: $id, input: {{ name: "Znew" }}) {{
            {" ".join(f"a{number}: comment" for number in range(3))} }} }}"""
        self.graphql(mutation, {"id": self.large.id}, errors=TOO_COMPLEX)
        self.env.invalidate_all()
        self.assertEqual(self.large.name, "Zlarge")

    def test_a_part_with_errors_counts_too(self):
        """Rows with an error are put together one by one."""
        self.patch(self.env["res.partner"]._fields["email"], "groups", "base.group_no_one")
        query = (
            'customers(filter: { ref: { eq: "Zmany" } }, first: 300) { nodes { email comment } }'
        )
        self.user("admin").group_ids -= self.env.ref("base.group_no_one")
        self.graphql(f"{{ {query} }}", errors=TOO_COMPLEX)

    def test_policy(self):
        headers = self.scoped_key(self.policy(None, max_response_size=100 * LIMIT))
        self.graphql(self.aliases(60), headers=headers)
        headers = self.scoped_key(self.policy(None, max_response_size=1000))
        self.graphql(self.aliases(1), headers=headers, errors=TOO_COMPLEX)

    def test_cost(self):
        """A long text costs where it is selected again; what each screen selects costs as ever."""

        def cost(text):
            body = self.graphql_response(text).json()
            return body["extensions"]["cost"]["requested"]

        one = f'customer(id: "{self.parent.id}")'
        self.assertEqual(cost(f"{{ {one} {{ id comment name }} }}"), 1)
        self.assertEqual(cost(f"{{ {one} {{ comment comment a: name b: name }} }}"), 1)
        self.assertEqual(cost(f"{{ {one} {{ comment a: comment b: comment }} }}"), 3)
        self.assertEqual(cost("{ customers(first: 5) { nodes { comment } } }"), 5)
        self.assertEqual(cost("{ customers(first: 5) { nodes { comment a: comment } } }"), 10)
