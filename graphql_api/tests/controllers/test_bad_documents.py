"""GraphQL documents and variables that are wrong: which error, where, and nothing for the log."""

from odoo.tests import tagged

from ..cases.api import without_cost
from ..cases.bad_input import BadInputCase


@tagged("post_install", "-at_install", "generated")
class TestGraphqlDocument(BadInputCase):
    """The document itself."""

    def ask(self, query, variables=None, operation_name=None):
        with self.quiet():
            return self.graphql_response(query, variables, operation_name)

    def refused(self, query, *codes, **kwargs):
        return self.check_graphql(self.ask(query, **kwargs), *codes)

    def field_error(self, query, variables=None, code="BAD_USER_INPUT"):
        """The request is executed; its one field is refused."""
        response = self.ask(query, variables)
        self.assertEqual(response.status_code, 200)
        body = response.json()
        self.assertEqual({error["extensions"]["code"] for error in body["errors"]}, {code})
        self.assertEqual(set(body["data"].values()), {None})
        self.assert_clean(response)

    def test_syntax(self):
        for query in (
            "{",
            "}",
            "{ me { lang }",
            "{ }",
            "query",
            "#",
            " ",
            ",",
            "{ me { lang } } }",
            "{ me(a: ) { lang } }",
            '{ me(a: ") { lang } }',
            '{ me(a: """) { lang } }',
            "{ me { lang } } \x00",
            "{ me\x00 { lang } }",
            '{ customers(search: "\\ud800") { totalCount } }',
            '{ customers(search: "\\u{110000}") { totalCount } }',
            "{ m\u00e9 }",
            "{ ...on }",
            "\U0001f600",
            "{ a: }",
            "query ($a: Int = $b) { me { lang } }",
        ):
            with self.subTest(query):
                self.refused(query, "GRAPHQL_PARSE_FAILED")

    def test_validation(self):
        for query in (
            "{ nonsense }",
            "{ me }",
            "{ me { lang { a } } }",
            "{ me { nonsense } }",
            "{ me(a: 1) { lang } }",
            "{ customer { id } }",
            "{ customer(id: null) { id } }",
            '{ customer(id: "1", id: "2") { id } }',
            "{ customer(id: 1.5) { id } }",
            "{ customer(id: [1]) { id } }",
            "{ customer(id: {a: 1}) { id } }",
            "query ($a: Nonsense) { me { lang } }",
            "query ($a: Int) { me { lang } }",
            "query ($a: Int) { customer(id: $a) { id } }",
            "{ customer(id: $a) { id } }",
            '{ customers(first: "1") { totalCount } }',
            "{ customers(first: 99999999999) { totalCount } }",
            "{ customers(first: 1.5) { totalCount } }",
            "{ customers(filter: {nonsense: {eq: 1}}) { totalCount } }",
            "{ customers(filter: {name: {nonsense: 1}}) { totalCount } }",
            '{ customers(filter: {name: "a"}) { totalCount } }',
            '{ customers(filter: {isCompany: {eq: "true"}}) { totalCount } }',
            '{ customers(filter: {createDate: {gt: "yesterday"}}) { totalCount } }',
            '{ saleOrders(filter: {dateOrder: {gt: "yesterday"}}) { totalCount } }',
            "{ saleOrders(filter: {dateOrder: {gt: 5}}) { totalCount } }",
            "{ saleOrders(filter: {state: {eq: nonsense}}) { totalCount } }",
            '{ saleOrders(filter: {state: {eq: "sale"}}) { totalCount } }',
            "{ customers(orderBy: [{name: UP}]) { totalCount } }",
            '{ customers(orderBy: "name") { totalCount } }',
            "{ me { lang } } fragment A on Me { lang }",
            "{ me { ...A } }",
            "{ me { ... on Customer { id } } }",
            "{ me { ... on Nonsense { id } } }",
            "{ me @nonsense { lang } }",
            "{ me @include { lang } }",
            "{ me @include(if: 1) { lang } }",
            "subscription { me { lang } }",
            "subscription { nonsense }",
            "type A { b: Int } { me { lang } }",
        ):
            with self.subTest(query):
                self.refused(query, "GRAPHQL_VALIDATION_FAILED")

    def test_operations(self):
        two = "query A { me { lang } } query B { me { lang } }"
        self.refused(two, "BAD_USER_INPUT")
        self.refused(two, "BAD_USER_INPUT", operation_name="C")
        self.refused("{ me { lang } }", "BAD_USER_INPUT", operation_name="A" * 100_000)
        self.refused("{ me { lang } }", "BAD_USER_INPUT", operation_name="\x00")
        self.refused("fragment A on Me { lang }", "BAD_USER_INPUT")
        self.refused("type A { b: Int }", "BAD_USER_INPUT")
        response = self.ask(two, operation_name="B")
        self.assertEqual(without_cost(response.json()), {"data": {"me": {"lang": "en_US"}}})

    def test_variables(self):
        query = """query ($id: ID!, $first: Int, $filter: CustomerFilter, $text: String) {
          customer(id: $id) { id }
          customers(first: $first, filter: $filter, search: $text) { totalCount } }"""
        for variables in (
            {},
            {"id": None},
            {"id": []},
            {"id": {}},
            {"id": True},
            {"id": 1.5},
            {"id": "1", "first": "1"},
            {"id": "1", "first": 1.5},
            {"id": "1", "first": 2**31},
            {"id": "1", "first": 1e300},
            {"id": "1", "first": True},
            {"id": "1", "text": 5},
            {"id": "1", "filter": "a"},
            {"id": "1", "filter": {"nonsense": 1}},
            {"id": "1", "filter": {"name": {"eq": 5}}},
            {"id": "1", "filter": {"isCompany": {"eq": 1}}},
            {"id": "1", "filter": {"and": {"and": {"or": [5]}}}},
        ):
            with self.subTest(variables):
                self.refused(query, "BAD_USER_INPUT", variables=variables)

    def test_ids(self):
        query = "query ($id: ID!) { customer(id: $id) { id } }"
        for record_id in (
            "",
            "abc",
            "-1",
            "0",
            "99999999999999999999",
            "2147483648",
            "5.0",
            " 5",
            "5 ",
            "0x5",
            "1e1",
            "+5",
            "1_0",
            "\u0665",
            "\u00b2",
            "\uff15",
            "5\x00",
            "\x00",
            "5;",
            "' OR 1=1 --",
            -5,
            2**62,
            "9" * 100_000,
        ):
            with self.subTest(str(record_id)[:40]):
                self.field_error(query, {"id": record_id})
        data = self.ask(query, {"id": "2147483647"}).json()
        self.assertEqual(without_cost(data), {"data": {"customer": None}})

    def test_pages(self):
        for arguments in (
            "first: -1",
            "first: 1001",
            "first: 2147483647",
            "last: -1",
            "last: 1001",
            "first: 1, last: 1",
            "offset: -1",
            "offset: -2147483648",
            'offset: 1, after: "a"',
            'after: "nonsense"',
            'after: "\\u0000"',
            'after: "\u00e9"',
            'after: "w6nDqcOpw6nDqcOpw6nDqVtd"',
            'after: "AAAAAAAAAAAAAAAAAAAAAAAA"',
            f'after: "{"A" * 50_000}"',
            'before: "====="',
            'search: "\\u0000"',
            'search: "\x00"',
            "orderBy: [{name: ASC, id: ASC}]",
            "orderBy: [{}]",
            "filter: {partnerLatitude: {gt: 1e308}}",
            "filter: {partnerLatitude: {in: [-1e308]}}",
        ):
            with self.subTest(arguments[:40]):
                self.field_error(f"{{ customers({arguments}) {{ nodes {{ id }} }} }}")
        response = self.ask("{ customers(offset: 2147483647) { nodes { id } } }")
        self.assertEqual(without_cost(response.json()), {"data": {"customers": {"nodes": []}}})
        query = "query ($id: ID!) { customer(id: $id) { children(%s) { id } } }"
        for arguments in ("first: -1", "first: 1001", "offset: -1"):
            body = self.ask(query % arguments, {"id": self.partner.id}).json()
            self.assertEqual(body["data"], {"customer": {"children": None}})
            self.assertEqual(body["errors"][0]["extensions"], {"code": "BAD_USER_INPUT"})

    def test_filters(self):
        for condition in (
            '{name: {eq: "\\u0000"}}',
            '{name: {contains: "\\u0000"}}',
            '{name: {in: ["a", "\\u0000"]}}',
            '{parent: {name: {startsWith: "\\u0000"}}}',
            '{id: {eq: "abc"}}',
            '{id: {in: ["1", "-1"]}}',
            "{id: {in: null}}",
            "{id: null}",
            "{name: null}",
            "{name: {in: null}}",
            "{name: {contains: null}}",
            "{name: {isNull: null}}",
            "{parent: null}",
            "{parent: {isNull: null}}",
            "{children: null}",
            "{children: {some: null}}",
            "{and: null}",
            "{or: [null]}",
            "{not: null}",
            "{partnerLatitude: {gt: null}}",
        ):
            with self.subTest(condition):
                response = self.ask(f"{{ customers(filter: {condition}) {{ totalCount }} }}")
                self.assertEqual(response.status_code, 200)
                codes = {e["extensions"]["code"] for e in response.json()["errors"]}
                self.assertLessEqual(codes, {"BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED"})
                self.assert_clean(response)

    def test_filters_that_are_odd(self):
        """These mean something, or nothing; they are no error of the server."""
        for condition in (
            "{}",
            "{and: []}",
            "{or: []}",
            "{not: {}}",
            "{name: {}}",
            "{name: {in: []}}",
            "{name: {notIn: []}}",
            "{children: {}}",
            "{children: {none: {}}}",
            "{parent: {}}",
            '{name: {contains: ""}}',
            '{name: {contains: "%_\\\\"}}',
            '{name: {startsWith: "\\\\"}}',
            '{name: {endsWith: "\'; DROP TABLE res_partner; --"}}',
            '{name: {eq: "\U0001f600"}}',
            "{partnerLatitude: {gt: 1e100}}",
            "{partnerLatitude: {lt: -1e99}}",
            "{partnerLatitude: {eq: 1e-320}}",
            f"{{id: {{in: [{', '.join(map(str, range(1, 2000)))}]}}}}",
        ):
            with self.subTest(condition[:50]):
                response = self.ask(f"{{ customers(filter: {condition}) {{ totalCount }} }}")
                self.assertNotIn("errors", response.json(), response.text[:300])
        for condition in (
            "{colorIndex: {eq: 2147483647}}",
            "{sequence: {gt: -2147483648}}",
            "{sequence: {in: [2147483647, -2147483648]}}",
        ):
            response = self.ask(f"{{ companies(filter: {condition}) {{ totalCount }} }}")
            self.assertLess(response.status_code, 500)
        for value in ('"0001-01-01"', '"9999-12-31"'):
            condition = f"{{invoiceDate: {{gt: {value}}}}}"
            response = self.ask(f"{{ invoices(filter: {condition}) {{ totalCount }} }}")
            self.assertNotIn("INTERNAL_SERVER_ERROR", response.text)
        for value in (
            '"0001-01-01T00:00:00+23:59"',
            '"9999-12-31T23:59:59-23:59"',
            '"0001-01-01T00:00:00Z"',
        ):
            condition = f"{{dateOrder: {{gt: {value}}}}}"
            response = self.ask(f"{{ saleOrders(filter: {condition}) {{ totalCount }} }}")
            self.assertNotIn("INTERNAL_SERVER_ERROR", response.text)

    def test_too_much(self):
        """A document that costs too much is refused before it costs anything.

        Executed, some would take longer than a request may (see ``http``).
        """
        name = "a" * 50
        spreads = " ".join(f"...F{i}" for i in range(3))
        for label, query in {
            "text": "{ me { lang } } #" + "x" * 10_000_000,
            "aliases": "{" + " ".join(f"a{i}: me {{ lang }}" for i in range(10_000)) + "}",
            "root fields": "{" + " ".join(f"a{i}: me {{ lang }}" for i in range(200)) + "}",
            "repeated fields": "{ me {" + " lang" * 9_000 + "} }",
            "depth": "{ me " * 10_000,
            "some depth": "{ customers { nodes " + "{ parent " * 20 + "{ id }" + "}" * 22,
            "depth of lists": "{ a(b: " + "[" * 10_000,
            "depth of objects": "{ customers(filter: " + "{not: " * 3000 + "1" + "}" * 3000 + ")}",
            "depth of types": "query ($a: " + "[" * 3000 + "Int" + "]" * 3000 + ") { me { lang } }",
            "inline fragments": "{ me " + "{ ... " * 3000 + "{ lang }" + "}" * 3001,
            "fragments that multiply": "{ me { ...F0 } }"
            + "".join(
                f" fragment F{i} on Me {{ a{i}: lang ...F{i + 1} ...F{i + 1} }}" for i in range(40)
            )
            + " fragment F40 on Me { lang }",
            "fragments without fields that multiply": "{ me { ...F0 } }"
            + "".join(f" fragment F{i} on Me {{ ...F{i + 1} ...F{i + 1} }}" for i in range(40))
            + " fragment F40 on Me { ...F0 }",
            "fragments in circles that multiply": "{ me { ...F0 } }"
            + "".join(
                f" fragment F{i} on Me {{ " + " ".join(f"...F{j}" for j in range(30)) + " }"
                for i in range(30)
            ),
            "fragments in a chain": "{ me { ...F0 } }"
            + "".join(f" fragment F{i} on Me {{ ...F{i + 1} }}" for i in range(1200))
            + " fragment F1200 on Me { lang }",
            "directives": "{ me " + "@include(if: true) " * 5_000 + "{ lang } }",
            "variables": "query ("
            + " ".join(f"${name}{i}: Int" for i in range(5_000))
            + ") { me { lang } }",
            "operations": " ".join(f"query Q{i} {{ me {{ lang }} }}" for i in range(5_000)),
            "spreads": "{ me { " + spreads * 3_000 + " } }",
        }.items():
            with self.subTest(label):
                self.refused(query)

    def test_circles(self):
        for query in (
            "{ me { ...A } } fragment A on Me { ...A }",
            "{ me { ...A } } fragment A on Me { ...B } fragment B on Me { ...A }",
            "{ customers { nodes { ...A } } } fragment A on Customer { parent { ...A } }",
        ):
            self.refused(query, "GRAPHQL_VALIDATION_FAILED")

    def test_repeated_fields_are_merged_in_time(self):
        """Comparing every field with every other one would take a minute."""
        fields = " ".join(f"f{i % 7}: name" for i in range(2_400))
        response = self.ask(f"{{ customers(first: 1) {{ nodes {{ {fields} }} }} }}")
        self.assertLess(response.status_code, 500)

    def test_deep_filters(self):
        """The depth of a filter is limited, in the document and in variables."""
        for depth in (30, 100, 250, 900):
            nested: dict = {"name": {"eq": "a"}}
            text = '{name: {eq: "a"}}'
            for _level in range(depth):
                nested, text = {"not": nested}, f"{{not: {text}}}"
            query = "query ($filter: CustomerFilter) { customers(filter: $filter) { totalCount } }"
            with self.subTest(depth):
                for response in (
                    self.ask(query, {"filter": nested}),
                    self.ask(f"{{ customers(filter: {text}) {{ totalCount }} }}"),
                ):
                    self.assertNotIn("INTERNAL_SERVER_ERROR", response.text)
                    codes = [e["extensions"]["code"] for e in response.json().get("errors", ())]
                    self.assertEqual(codes, [] if depth == 30 else ["QUERY_TOO_COMPLEX"])
        relations: dict = {"name": {"eq": "a"}}
        for _level in range(100):
            relations = {"parent": relations}
        query = "query ($filter: CustomerFilter) { customers(filter: $filter) { totalCount } }"
        self.refused(query, "QUERY_TOO_COMPLEX", variables={"filter": relations})

    def test_wide_filters(self):
        """Long lists are no error of the server, and take no minute."""
        query = "query ($filter: CustomerFilter) { customers(filter: $filter) { totalCount } }"
        for wide in (
            {"id": {"in": list(range(1, 50_000))}},
            {"name": {"in": [f"name {i}" for i in range(50_000)]}},
            {"or": [{"name": {"contains": f"name {i}"}} for i in range(20_000)]},
            {"and": [{"name": {"ne": f"name {i}"}} for i in range(20_000)]},
            {"or": [{"parent": {"name": {"eq": f"{i}"}}} for i in range(20_000)]},
        ):
            with self.subTest(list(wide)):
                response = self.ask(query, {"filter": wide})
                self.assertLess(response.status_code, 500, response.text[:300])
                self.assertNotIn("INTERNAL_SERVER_ERROR", response.text)
