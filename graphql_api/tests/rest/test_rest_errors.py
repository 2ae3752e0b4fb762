"""What REST refuses: in its own words, with something to blame, and with hints that work."""

import json
import re
from unittest.mock import patch
from urllib.parse import quote, urlencode

import strawberry
from graphql import GraphQLInputObjectType, get_named_type

from odoo.tests import tagged

from ...schema.values.scalars import JSON as JSON_SCALAR
from ...schema.values.scalars import SCALAR_MAP
from ..cases.api import ApiCase

JSON = {"Content-Type": "application/json"}
CAMEL_CASE = re.compile(r"\b[a-z][a-z0-9]*[A-Z]\w*")
OF_GRAPHQL = re.compile(r"\b(first|orderBy|pageInfo|edges|variable|argument|operation|enum)\b")


@tagged("post_install", "-at_install", "generated")
class RestErrorCase(ApiCase):
    def refuse(self, path: str, *fields: str, method="GET", **kwargs) -> str:
        """Send a request that is a 400; return the message."""
        response = self.http(method, path, **kwargs)
        self.assertEqual(response.status_code, 400, f"{path} {response.text[:500]}")
        body = response.json()
        self.assertTrue(body.get("errors"), body)
        for error in body["errors"]:
            self.assertTrue(error["field"], body)
            self.assertTrue(error["message"], body)
            sent = error["message"].replace(quote(path), "")
            self.assertNotRegex(sent, CAMEL_CASE)
            self.assertNotRegex(sent, OF_GRAPHQL)
        if fields:
            self.assertEqual([error["field"] for error in body["errors"]], list(fields))
        self.follow(path, body["message"])
        return body["message"]

    def follow(self, path: str, message: str) -> None:
        """Send what the message says; it is right."""
        base = path.partition("?")[0]
        names = "filter|sort|fields|limit|group_by|[a-z_]+"
        hint = re.search(rf"(?:write|like) ((?:{names})(?:\[\w*\])*=[^ ]+?)[.]?(?: |$)", message)
        if hint:
            name, _equals, value = hint[1].partition("=")
            self.rest(f"{base}?{urlencode({name: value})}")

    def assertNoRecordsRead(self):
        """Within the block nobody searches for customers."""

        def refuse(model, *arguments, **options):
            self.fail(f"{model._name} was searched")

        return patch.object(self.env.registry["res.partner"], "_search", refuse)


class TestRestErrors(RestErrorCase):
    def test_parameters(self):
        for query, field, spoken in (
            ("limit=5000", "limit", "limit must be between 0 and 1000"),
            ("limit=-1", "limit", "limit must be between"),
            ("limit=x", "limit", "limit must be an integer"),
            ("offset=-1", "offset", "offset must not be negative"),
            ("offset=1&after=x", "offset", "Use offset only with limit, without after."),
            ("after=x", "after", "take it from meta.next of the same list with the same sort"),
            ("sort=nonsense", "sort", "It can by id, "),
            ("q=%00", "q", "NUL"),
            ("fields=nonsense", "fields", "has no field"),
            ("total=x", "total", "true or false"),
            ("filter[write_date][nonsense]=1", "filter[write_date]", "is not|has no"),
            ("filter[nonsense][eq]=1", "filter", "is_company, company_name"),
            ("filter[name][nonsense]=1", "filter[name]", "not_in, contains, starts_with"),
            ("filter[parent]=5", "filter[parent]", r"write filter\[parent\]\[id\]\[eq\]=5"),
            ("filter[children]=5", "filter[children]", r"\[children\]\[some\]\[id\]\[eq\]=5"),
            ("filter[or]=5", "filter[or]", r"write filter\[or\]\[0\]\[id\]\[eq\]=5"),
            ("filter[not]=5", "filter[not]", r"write filter\[not\]\[id\]\[eq\]=5"),
            ("filter[name]=x", "filter[name]", r"write filter\[name\]\[eq\]=Ghent"),
            ("filter[is_company]=x", "filter[is_company]", r"\[is_company\]\[eq\]=true"),
            ("filter[][eq]=x", "filter[][eq]", r"like filter\[id\]\[eq\]=5"),
            ("filter=x", "filter", r"not valid JSON.*like filter=.* or filter\[id\]\[eq\]=5"),
            ("filter={}&filter={}", "filter", "more than once"),
            ("filter[name][eq]=a&filter[name][eq][x]=b", "filter[name][eq][x]", "contradicts"),
            (
                "filter[name][starts_with]=a&filter[name][startsWith]=b",
                "filter[name]",
                "'starts_with' twice",
            ),
            ("parent=5", "parent", r"write filter\[parent\]\[id\]\[eq\]=5"),
            ("filter[id][eq]=x", "filter[id][eq]", "is not an id"),
            ("filter[id][in]=1,x", "filter[id][in]", "is not an id"),
            ("filter[is_company][eq]=x", "filter[is_company][eq]", "true or false"),
            ("filter[type][eq]=x", "filter[type][eq]", "It must be one of"),
            ("filter[name][eq]=%00", "filter[name][eq]", "NUL"),
            ("filter[name][eq]=a&filter[name][eq]=b", "filter[name][eq]", "takes one value"),
        ):
            with self.subTest(query):
                message = self.refuse(f"/api/customers?{query}", field)
                self.assertRegex(message, spoken)

    def test_filters_of_json(self):
        """The error names the place, as brackets would write it."""
        for value, place, spoken in (
            (None, "", "must be a JSON object"),
            (5, "", "must be a JSON object"),
            ([], "", "must be a JSON object"),
            ({"nonsense": {"eq": 1}}, "", "is_company, company_name"),
            ({"name": "x"}, "[name]", "must be a JSON object.*starts_with"),
            ({"name": {"nonsense": 1}}, "[name]", "not_in, contains, starts_with"),
            ({"name": {"eq": 5}}, "[name][eq]", "Expected a text"),
            ({"name": {"eq": "\0"}}, "[name][eq]", "NUL"),
            ({"name": {"contains": None}}, "[name][contains]", "must not be null"),
            ({"name": None}, "[name]", "must not be null"),
            ({"name": {"startsWith": "a", "starts_with": "b"}}, "[name]", "twice"),
            ({"is_company": {"eq": "true"}}, "[is_company][eq]", "true or false"),
            ({"is_company": {"eq": None}}, "[is_company][eq]", "must not be null"),
            ({"id": {"eq": "x"}}, "[id][eq]", "is not an id"),
            ({"id": {"eq": True}}, "[id][eq]", "an id"),
            ({"id": {"in": 5}}, "[id][in]", "must be a JSON list"),
            ({"id": {"in": {"0": 5}}}, "[id][in]", "must be a JSON list"),
            ({"id": {"in": [1, None]}}, "[id][in][1]", "must not be null"),
            ({"or": [{}, {"type": {"eq": "x"}}]}, "[or][1][type][eq]", "must be one of contact"),
            ({"or": [None]}, "[or][0]", "must not be null"),
            ({"parent": {"country": 5}}, "[parent][country]", "must be a JSON object"),
            ({"create_date": {"gt": "x"}}, "[create_date][gt]", "Expected a date"),
        ):
            query = urlencode({"filter": json.dumps(value)})
            for path in ("/api/customers", "/api/customers/aggregate"):
                with self.subTest(value, path=path):
                    self.assertRegex(self.refuse(f"{path}?{query}", f"filter{place}"), spoken)
        deep = json.dumps({"not": {}})
        for _level in range(200):
            deep = deep.replace("{}", '{"not": {}}')
        body = self.rest(f"/api/customers?{urlencode({'filter': deep})}", status=400)
        self.assertEqual(body["code"], "QUERY_TOO_COMPLEX")

    def test_orders_that_are_named(self):
        message = self.refuse("/api/customers?sort=nonsense", "sort")
        names = message.partition("It can by ")[2].removesuffix(".")
        self.rest(f"/api/customers?limit=1&sort={names}")

    def test_moments(self):
        for kind, name in (("date", "date_deadline"), ("datetime", "date_closed")):
            message = self.refuse(f"/api/leads?filter[{name}][gt]=x", f"filter[{name}][gt]")
            self.assertIn("Expected a date", message, kind)

    def test_numbers(self):
        for number, field, spoken in (
            ("x", "filter[amount_total][gt]", "a number"),
            ("1e301", "filter", "too large"),
        ):
            message = self.refuse(f"/api/sale-orders?filter[amount_total][gt]={number}", field)
            self.assertIn(spoken, message)

    def test_groups(self):
        for query, field in (
            ("limit=5000", "limit"),
            ("offset=-1", "offset"),
            ("sort=nonsense", "sort"),
            ("group_by=nonsense", "group_by"),
            ("group_by=create_date", "group_by"),
            ("fields=nonsense", "fields"),
            ("filter[nonsense][eq]=1", "filter"),
        ):
            for collection in ("customers", "currencies"):
                with self.subTest(query, collection=collection):
                    self.refuse(f"/api/{collection}/aggregate?{query}", field)

    def test_headers(self):
        for name in ("X-Timezone", "X-Odoo-Companies", "Consistency-Token"):
            self.refuse("/api/customers", name, headers={name: "nonsense,"})
        headers = {"Idempotency-Key": "a b", **JSON}
        self.refuse("/api/customers", "Idempotency-Key", method="POST", data="{}", headers=headers)

    def test_bodies(self):
        for data, field in (
            (b"{", "body"),
            (b"5", "body"),
            (b"", "body"),
            (b'[{"name":5}]', "0.name"),
        ):
            self.refuse("/api/customers", field, method="POST", data=data, headers=JSON)
        self.refuse("/api/customers/1", "body", method="PATCH", data=b"[]", headers=JSON)
        deep = b'{"children":{"create":[' * 60 + b"{}" + b"]}}" * 60
        self.refuse("/api/customers", "body", method="POST", data=deep, headers=JSON)
        for name, value, spoken in (
            ("type", '"nonsense"', "Expected one of contact, "),
            ("name", "5", "Expected a text, not 5."),
            ("is_company", '"x"', "Expected true or false, not 'x'."),
            ("country", "[]", "Expected an id"),
        ):
            data = f'{{"{name}": {value}}}'.encode()
            message = self.refuse("/api/customers/1", name, method="PATCH", data=data, headers=JSON)
            self.assertIn(spoken, message)

    def test_files_where_json_is_expected(self):
        parse = SCALAR_MAP[JSON_SCALAR].parse_value
        self.assertEqual(parse({"a": [1, None]}), {"a": [1, None]})
        for value in (b"x", [b"x"], {"a": {"b": [b"x"]}}):
            with self.assertRaises(ValueError):
                parse(value)

    def test_costs(self):
        self.set_setting("max_cost", 100)
        message = self.refuse("/api/customers?fields=children.children.children.name", "fields")
        self.assertIn("(limit)", message)

    def test_refused_before_anything_is_read(self):
        """What is wrong with a page is found without a query for its records."""
        self.rest("/api/customers?limit=1")
        for query in ("limit=5000&q=azure", "offset=-1", "sort=x", "fields=x", "after=x"):
            with self.subTest(query), self.assertNoRecordsRead():
                self.refuse(f"/api/customers?{query}")
        for query in ("limit=5000", "sort=x", "offset=-1", "group_by=x"):
            with self.subTest(query), self.assertNoRecordsRead():
                self.refuse(f"/api/customers/aggregate?{query}")

    def test_filters_take_what_openapi_says(self):
        paths = self.http("GET", "/api/openapi.json").text
        for name in ("isNull", "notIn", "startsWith", "endsWith"):
            self.assertNotIn(f'"{name}"', paths)
            self.assertNotIn(f"[{name}]", paths)

    def test_input_types(self):
        """Conditions of every kind of field of every resource have an example that works."""
        schema = self.env["graphql_api.schema"]._get_schema()
        tried = set()
        for resource in schema.by_collection.values():
            if "read" not in resource.operations:
                continue
            fields = schema.graphql_schema.type_map[f"{resource.type_name}Filter"].fields
            for name, field in fields.items():
                named = get_named_type(field.type)
                if not isinstance(named, GraphQLInputObjectType) or named.name in tried:
                    continue
                tried.add(named.name)
                shown = schema.rest_name(resource.type_name, name)
                with self.subTest(resource.collection, field=shown):
                    self.refuse(f"/api/{resource.collection}?filter[{shown}]=nonsense")


@tagged("generated")
class TestEveryFilter(RestErrorCase):
    def test_names_of_every_filter(self):
        """What an unknown name is told there is, is taken, in all resources."""
        schema = self.env["graphql_api.schema"]._get_schema()
        for resource in schema.by_collection.values():
            if "read" not in resource.operations:
                continue
            path = f"/api/{resource.collection}"
            with self.subTest(path):
                message = self.refuse(f"{path}?filter[nonsense][eq]=1", "filter")
                names = message.partition("It has ")[2].removesuffix(".").split(", ")
                fields = schema.graphql_schema.type_map[f"{resource.type_name}Filter"].fields
                for name in names[:12]:
                    message = self.refuse(f"{path}?filter[{name}]=nonsense", f"filter[{name}]")
                    self.assertIn("write filter", message)
                self.refuse(f"{path}?sort=nonsense", "sort")
                self.assertTrue(fields)


@tagged("post_install", "-at_install")
class TestJsonFilters(ApiCase):
    """``filter`` as JSON finds what the same conditions find in brackets and in GraphQL."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        country = cls.env.ref("base.be").id
        for name, city in (("JF, one", "Ghent"), ("JF two", "Ghent"), ("JF three", False)):
            cls.env["res.partner"].create({"name": name, "city": city, "country_id": country})

    def find(self, conditions: dict, **more) -> list[str]:
        query = {"fields": "name", "sort": "id", "filter": json.dumps(conditions), **more}
        return [row["name"] for row in self.rest(f"/api/customers?{urlencode(query)}")["data"]]

    def test_conditions(self):
        every = ["JF, one", "JF two", "JF three"]
        mine = {"name": {"starts_with": "JF"}}
        for conditions, names in (
            ({"name": {"startsWith": "JF"}}, every),
            ({"name": {"in": ["JF, one", "JF two"]}}, every[:2]),
            ({"name": {"in": []}}, []),
            ({**mine, "city": {"eq": None}}, every[2:]),
            ({**mine, "city": {"is_null": False}}, every[:2]),
            ({**mine, "country": {"code": {"eq": "BE"}}}, every),
            ({**mine, "country": {"is_null": True}}, []),
            ({**mine, "not": {"city": {"eq": "Ghent"}}}, every[2:]),
            ({"or": [{"name": {"eq": "JF two"}}, {**mine, "city": {"eq": None}}]}, every[1:]),
            ({**mine, "id": {"gt": 0}, "children": {"none": {}}}, every),
            ({**mine, "is_company": {"eq": False}}, every),
        ):
            with self.subTest(conditions):
                self.assertEqual(self.find(conditions), names)

    def test_beside_other_conditions(self):
        """All of them must hold, however they are written, on pages and in groups too."""
        more = {"filter[city][is_null]": "false"}
        mine = {"name": {"starts_with": "JF"}}
        self.assertEqual(self.find(mine, **more), ["JF, one", "JF two"])
        self.assertEqual(self.find(mine, **more, name="JF two"), ["JF two"])
        self.assertEqual(self.find({}, name="JF two"), ["JF two"])
        query = {"filter": json.dumps(mine), **more, "fields": "name", "sort": "name", "limit": 1}
        first = self.rest(f"/api/customers?{urlencode(query)}")
        query["after"] = first["meta"]["next"]
        second = self.rest(f"/api/customers?{urlencode(query)}")
        self.assertEqual([row["name"] for row in second["data"]], ["JF, one"])
        self.assertIsNone(second["meta"]["next"])
        query = {"filter": json.dumps(mine), **more, "group_by": "city"}
        groups = self.rest(f"/api/customers/aggregate?{urlencode(query)}")["data"]
        self.assertEqual([group["count"] for group in groups], [2])


@tagged("post_install", "-at_install")
class TestListsOfValues(ApiCase):
    """``in`` and ``not_in``: commas between values, and within them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for name in ("BR a,b", "BR a", "b", "BR c\\d"):
            cls.env["res.partner"].create({"name": name, "ref": "Zlists"})

    def find(self, *conditions: tuple[str, str]) -> list[str]:
        query = urlencode([("ref", "Zlists"), ("fields", "name"), ("sort", "id"), *conditions])
        return [row["name"] for row in self.rest(f"/api/customers?{query}")["data"]]

    def test_values(self):
        everything = ["BR a,b", "BR a", "b", "BR c\\d"]
        for conditions, names in (
            ([("filter[name][in]", "BR a,b")], ["BR a", "b"]),
            ([("filter[name][in]", "BR a\\,b")], ["BR a,b"]),
            ([("filter[name][in]", "BR a\\,b,b")], ["BR a,b", "b"]),
            ([("filter[name][in]", "BR c\\d,b")], ["b", "BR c\\d"]),
            ([("filter[name][in][]", "BR a,b")], ["BR a,b"]),
            ([("filter[name][in][]", "BR a,b"), ("filter[name][in][]", "b")], ["BR a,b", "b"]),
            ([("filter[name][in]", "BR a,b"), ("filter[name][in]", "b")], ["BR a,b", "b"]),
            ([("filter[name][in][0]", "BR a,b"), ("filter[name][in][1]", "b")], ["BR a,b", "b"]),
            ([("filter[name][in]", "")], []),
            ([("filter[name][not_in]", "")], everything),
            ([("filter[id][in]", "")], []),
            ([("filter[name][not_in][]", "BR a,b")], everything[1:]),
        ):
            with self.subTest(conditions):
                self.assertEqual(self.find(*conditions), names)


@strawberry.type
class CustomerGreeting:
    @strawberry.field
    def greeting(self, times: int = 1, formal: bool = False, names: list[str] | None = None) -> str:
        return " ".join([f"{'Dear' if formal else 'Hello'} {self.name}"] * times)

    @strawberry.field
    def salute(self, first_word: str) -> str:
        return f"{first_word} {self.name}"

    @strawberry.field
    def salutes(self, first_words: list[str]) -> str:
        return f"{first_words[0]} {self.name}"


class TestArgumentsOfFields(RestErrorCase):
    """``fields=greeting(times:2)``, of fields that addons have added."""

    def setUp(self):
        super().setUp()
        self.extend_schema(lambda parts: parts.fields["Customer"].append(CustomerGreeting))
        self.parent = self.env["res.partner"].create({"name": "Zann"})
        self.customer = self.parent.create({"name": "Zbob", "parent_id": self.parent.id})
        self.path = f"/api/customers/{self.customer.id}"

    def test_values(self):
        for fields, data in (
            ("greeting(times:2)", {"greeting": "Hello Zbob Hello Zbob"}),
            ("id,greeting(formal:true, times: 1)", {"greeting": "Dear Zbob"}),
            ("salute(first_word:Good day: you.)", {"salute": "Good day: you. Zbob"}),
            ("parent.greeting(times:1)", {"parent": {"greeting": "Hello Zann"}}),
        ):
            with self.subTest(fields):
                found = self.rest(f"{self.path}?{urlencode({'fields': fields})}")["data"]
                found.pop("id", None)
                self.assertEqual(found, data)

    def test_refusals(self):
        for fields, spoken in (
            ("greeting(size:5)", r"write fields=greeting\(times:1\)"),
            ("parent.greeting(size:5)", r"write fields=parent.greeting\(times:1\)"),
            ("greeting(times:x)", "times must be an integer"),
            ("greeting(times:1.5)", "an integer"),
            ("greeting(formal:2)", "true or false"),
            ("greeting(times:)", "an integer"),
            ("greeting()", "takes no ''"),
            ("greeting(times:1,times:2)", "twice"),
            ("greeting(names:Ann)", "takes no 'names'"),
            ("greeting(times:1", "do not match.*write fields=greeting"),
            ("id,greeting(times:1))", "do not match.*write fields=greeting"),
            ("greeting((times:1)", "do not match"),
            ("greeting(times:1)x", "right after a closing parenthesis.*write fields=greeting"),
            ("greeting(times:1),greeting(times:2)", "twice, with other"),
            ("salute", r"needs first_word.*write fields=salute\(first_word:Ghent\)"),
            ("salutes", "needs first_words. Use GraphQL"),
            ("salute(first_word:\0)", "NUL"),
            ("name(a:1)", "takes nothing; write fields=name"),
            ("children(limit:1).name", "takes no 'limit'"),
            ("(a:1)", "has no field"),
            (")", "do not match"),
        ):
            with self.subTest(fields):
                message = self.refuse(f"{self.path}?{urlencode({'fields': fields})}", "fields")
                self.assertRegex(message, spoken)
