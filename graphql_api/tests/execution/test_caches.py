"""What a process keeps: bounded by what it weighs, and no more than somebody will ask for."""

import secrets
import sys
import zlib

import orjson
from graphql import get_introspection_query
from graphql.language.parser import Parser

from odoo.tests import BaseCase, tagged

from ...models.document import _REMEMBERED
from ...schema.execution.documents import MAX_KEPT
from ...schema.execution.executor import Request, execute
from ...schema.execution.schema_texts import MAX_KEPT as MAX_KEPT_TEXTS
from ...schema.execution.schema_texts import CompressedText, SchemaTexts
from ...schema.execution.weighted_cache import WeightedCache
from ...schema.exposure import names
from ...schema.exposure.limits import Limits
from ...schema.exposure.policy import EVERYTHING, Policy
from ..cases.scoped_keys import ScopedKeyCase
from ..cases.server import ServerCase


@tagged("post_install", "-at_install")
class TestWeightedCache(BaseCase):
    def test_weight(self):
        cache = WeightedCache(100)
        for number in range(50):
            cache.keep(number, str(number), 10)
        self.assertEqual((len(cache), cache.weight), (10, 100))
        self.assertEqual([cache.get(number) for number in (39, 40, 49)], [None, "40", "49"])
        cache.keep("heavy", "x", 26)
        self.assertIsNone(cache.get("heavy"))
        cache.keep(50, "50", 25)
        self.assertEqual((len(cache), cache.weight), (8, 95))
        # That of 40 was looked up a moment ago.
        self.assertEqual(cache.get(40), "40")
        self.assertIsNone(cache.get(41))

    def test_again(self):
        cache = WeightedCache(100)
        for weight in (10, 20, 5):
            cache.keep("one", weight, weight)
            self.assertEqual((cache.get("one"), cache.weight), (weight, weight))
        cache.clear()
        self.assertEqual((cache.get("one"), cache.weight, len(cache)), (None, 0, 0))


@tagged("post_install", "-at_install")
class TestTexts(BaseCase):
    def test_compressed(self):
        """It is one gzip member, whatever it ends with: clients read no further than the first."""
        words = " ".join(map(str, range(20_000))).encode()
        for text in (b"", b"a", words):
            compressed = CompressedText(text)
            self.assertEqual(compressed.length, len(text))
            for end in (b"", b"}", b',"extensions":{}}', words):
                with self.subTest(text=len(text), end=len(end)):
                    self.assertEqual(compressed.plain(end), text + end)
                    decompressor = zlib.decompressobj(zlib.MAX_WBITS | 16)
                    self.assertEqual(decompressor.decompress(compressed.gzip(end)), text + end)
                    self.assertTrue(decompressor.eof)
                    self.assertEqual(decompressor.unused_data, b"")
        self.assertLess(compressed.weight, len(words) / 2)

    def test_the_process_has_one_bound(self):
        """The texts of many schemas take no more than those of one."""
        size = MAX_KEPT_TEXTS // 5
        schemas = [SchemaTexts() for _number in range(7)]
        for schema in schemas:
            schema.keep("sdl", secrets.token_bytes(size))
            schemas[0].get("sdl")
        found = [schema.get("sdl") is not None for schema in schemas]
        self.assertEqual(found, [True, False, False, False, True, True, True])
        self.assertIsNone(schemas[0].get("another"))


@tagged("post_install", "-at_install", "generated")
class TestDocuments(ScopedKeyCase):
    def setUp(self):
        super().setUp()
        self.schema = self.env["graphql_api.schema"]._get_schema()
        self.kept = self.schema.documents._kept

    def test_weight(self):
        """Documents are kept up to a weight; what does not fit the schema is not kept at all."""
        query = "{{ me {{ lang {} }} }} # {}"
        large = " ".join(f"a{number}: tz" for number in range(90))
        heaviest = 0
        for number in range(300):
            self.execute(query.format(large, number))
            heaviest = max(heaviest, self.kept.weight)
        self.assertLessEqual(heaviest, MAX_KEPT)
        self.assertLess(len(self.kept), 300)
        before = self.kept.weight, len(self.kept)
        for number in range(20):
            self.assertTrue(self.execute(query.format("nope", number)).errors)
        self.assertEqual((self.kept.weight, len(self.kept)), before)

    def test_estimate(self):
        """The weight of a document is about the memory that it takes."""
        for query in (
            "{ " + "a " * 2000 + "}",
            '{ a(b: "' + "x" * 20_000 + '") }',
            "query Q($id: ID!) { "
            + "a: b(c: $id, d: { e: [1, 2] }) @f(g: true) { h } " * 100
            + "}",
        ):
            parsed = self.schema.documents.parse(query, None, Limits())
            self.assertGreater(parsed.weight, _size(parsed.document) * 0.9)

    def test_parsed_once(self):
        """However large a document is, and whoever looks at it."""
        calls = []
        parse = Parser.parse_document

        def count(parser):
            calls.append(parser._lexer.source.body)
            return parse(parser)

        self.patch(Parser, "parse_document", count)
        long = "{ me { lang } } #" + "x" * 90_000
        for query in ("query Q { me { lang } } # parsed once", long, "{ nonsense", "{ nope }"):
            calls.clear()
            self.graphql_response(query)
            self.assertEqual(calls, [query])
        self.graphql_response("query Q { me { lang } } # parsed once")
        self.assertEqual(calls, ["{ nope }"])

    def test_remembered_texts(self):
        texts = [
            f"{{ me {{ lang }} }} # {number}" + secrets.token_hex(45_000) for number in range(60)
        ]
        documents = self.env["graphql_api.document"].create([{"text": text} for text in texts])
        self.env.flush_all()
        remembered = documents._get_remembered()
        for document, text in zip(documents, texts, strict=True):
            self.assertEqual(documents._find(document.sha256).text, text)
            self.assertLessEqual(remembered.weight, _REMEMBERED)
        self.assertLess(len(remembered), 60)
        self.assertGreater(len(remembered), 30)


def _size(document) -> int:
    """Return the bytes of memory of a document and its tokens, but not of what all share."""
    seen: set[int] = set()
    todo, total = [document], 0
    while todo:
        item = todo.pop()
        if id(item) in seen or item is None or isinstance(item, type):
            continue
        seen.add(id(item))
        total += sys.getsizeof(item)
        if isinstance(item, tuple | list):
            todo += item
        else:
            todo += [
                getattr(item, name, None)
                for part in type(item).__mro__
                for name in getattr(part, "__slots__", ())
                if not name.startswith("__")
            ]
            todo += getattr(item, "__dict__", {}).values()
    return total


@tagged("post_install", "-at_install", "generated")
class TestIntrospection(ScopedKeyCase):
    def setUp(self):
        super().setUp()
        self.schema = self.env["graphql_api.schema"]._get_schema()

    def run_query(self, query: str, variables=None, **policy):
        context = self.schema.context(
            self.env(user=self.user("admin"), su=False), policy=Policy(**policy)
        )
        return execute(self.schema, context, Request(query, variables))

    def data(self, result) -> dict:
        """Return the data of a result about the schema alone."""
        return orjson.loads(result.data.plain(b"}"))["data"]

    def test_kept(self):
        """What clients of GraphQL ask has the same answer, and takes the work once."""
        for options in (
            {},
            {"descriptions": False},
            {"specified_by_url": True, "directive_is_repeatable": True},
            {"schema_description": True, "input_value_deprecation": True},
        ):
            query = get_introspection_query(**options)
            expected = self.schema.graphql_schema
            first, second = self.run_query(query), self.run_query(query)
            self.assertIs(first.data, second.data)
            names = {entry["name"] for entry in self.data(first)["__schema"]["types"]}
            self.assertEqual(names, set(expected.type_map))
            self.assertIs(self.schema.texts.get((query, None)), first.data)

    def test_as_it_is_executed(self):
        """The kept answer has the bytes of the executed one."""
        for query in (
            get_introspection_query(),
            '{ __type(name: "Customer") { name fields { name } } __typename }',
            '{ ...F } fragment F on Query { ... { __type(name: "Nope") { name } } }',
        ):
            executed = "query ($x: Boolean = true) { a: __typename @include(if: $x) "
            text = query.replace("query IntrospectionQuery {", "{").replace("{", executed, 1)
            direct = self.run_query(text).data
            self.assertIsInstance(direct, dict)
            direct.pop("a")
            plain = self.run_query(query).data.plain(b"}")
            self.assertEqual(plain, orjson.dumps({"data": direct}))

    def test_not_kept(self):
        """Whatever depends on more than the schema."""
        for query, variables in (
            ("{ me { lang } __schema { queryType { name } } }", None),
            ("query ($n: String!) { __type(name: $n) { name } }", {"n": "Customer"}),
            ("{ __typename }", None),
            ('{ __type(name: "Customer") { nope } }', None),
        ):
            self.run_query(query, variables)
            self.assertIsNone(self.schema.texts.get((query, None)))

    def test_where_it_is_switched_off(self):
        """A kept answer is for those who may ask."""
        query = "{ __schema { queryType { name } } } # off"
        self.assertEqual(self.run_query(query).errors, [])
        self.assertEqual(
            self.run_query(query, introspection=False).code, "GRAPHQL_VALIDATION_FAILED"
        )

    def test_limits(self):
        """A kept answer is for those whose limits it fits."""
        query = "{ __schema { types { fields { name } } } } # limits"
        self.assertEqual(self.run_query(query).errors, [])
        result = self.run_query(query, limits=Limits(max_cost=3))
        self.assertEqual(result.code, "QUERY_TOO_COMPLEX")

    def test_once(self):
        """The whole schema is in an answer once; the same under one name is one."""
        part = "__schema { queryType { name } }"
        for query in (
            f"{{ {part} a: {part} }}",
            f"{{ a: {part} b: {part} }}",
            f"{{ ...F b: {part} }} fragment F on Query {{ a: {part} }}",
        ):
            self.assertEqual(self.run_query(query).code, "QUERY_TOO_COMPLEX", query)
        self.assertEqual(self.run_query(f"{{ {part} {part} }}").errors, [])
        types = " ".join(f'a{number}: __type(name: "User") {{ name }}' for number in range(9))
        self.assertEqual(self.run_query(f"{{ {types} }}").errors, [])


@tagged("post_install", "-at_install")
class TestSchemas(ScopedKeyCase):
    def setUp(self):
        super().setUp()
        self.schemas = self.env["graphql_api.schema"]

    def test_one_for_everything(self):
        self.assertIs(self.schemas._get_schema(), self.schemas._get_schema(EVERYTHING))

    def test_edited_policies(self):
        """A schema goes when no policy that is used since the last change has its rights."""
        policy = self.policy(self.grants)
        other = self.policy({"Country": ["read"]})
        headers = self.scoped_key(policy), self.scoped_key(other)
        self.rest("/api/countries", headers=headers[1])
        everything = self.schemas._get_schema()
        for number in range(6):
            policy.right_ids.filtered("allow_read").allow_update = bool(number % 2)
            policy.read_only = number % 3 == 2
            policy.allow_extensions = number > 3
            self.rest("/api/countries", headers=headers[0])
        kept = self.schemas._get_kept()
        self.assertEqual(set(kept), {EVERYTHING, policy._get_rights()})
        self.rest("/api/countries", headers=headers[1])
        self.assertEqual(set(kept), {EVERYTHING, policy._get_rights(), other._get_rights()})
        self.assertIs(kept[EVERYTHING], everything)
        policy.active = False
        other.read_only = True
        self.rest("/api/countries", headers=headers[1])
        self.assertEqual(set(kept), {EVERYTHING, other._get_rights()})


@tagged("post_install", "-at_install")
class TestSmallCaches(ScopedKeyCase):
    def test_names(self):
        """Long names, which only clients make up, are not kept."""
        names._camel_case.cache_clear()
        self.assertEqual(names.camel_case("a_" + "b" * 100), "aB" + "b" * 99)
        self.assertEqual(names._camel_case.cache_info().currsize, 0)
        self.assertEqual(names.camel_case("order_lines"), "orderLines")
        self.assertEqual(names._camel_case.cache_info().currsize, 1)

    def test_companies(self):
        """What is known of companies does not grow with the ways to choose them."""
        companies = self.env["res.company"].create(
            [{"name": f"Zcompany {number}"} for number in range(3)]
        )
        self.user("admin").company_ids |= companies
        ids = companies.ids
        for chosen in (ids, ids[::-1], ids[:2], ids[1:], ids[2:] + ids[:2]):
            self.rest(
                "/api/customers?limit=1&fields=id",
                headers={"X-Odoo-Companies": ",".join(map(str, chosen))},
            )
        known = companies._graphql_api_known_paths()
        self.assertLessEqual(set(known), set(self.env["res.company"].search([]).ids))
        paths = companies._graphql_api_parent_paths(companies._ids)
        self.assertEqual(paths, {company.id: company.parent_path for company in companies})


@tagged("post_install", "-at_install")
class TestReadiness(ServerCase):
    def test_one_schema(self):
        """A process that is ready has the schema that the first caller is served with."""
        client = self.client()
        for _time in range(2):
            self.assertEqual(client.send_request("GET", "/api/ready").status_code, 200)
        first = client.send_request("GET", "/api/countries?limit=1")
        self.assertEqual(first.status_code, 200)
        query = {"query": "{ me { lang } }"}
        self.assertEqual(client.send_request("POST", "/api/graphql", json=query).status_code, 200)
        metrics = self.client(self.scoped_key(read_metrics=True))
        text = metrics.send_request("GET", "/api/metrics").text
        (built,) = [
            line for line in text.splitlines() if line.startswith("graphql_api_schema_builds_")
        ]
        self.assertEqual(float(built.split()[-1]), 1.0)
