"""What kind of operation a document is about, found out without parsing it."""

from time import process_time

from graphql import OperationType, get_operation_ast, parse
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis_graphql import from_schema

from odoo.tests import BaseCase, tagged

from ...schema.execution.operation_kind import find_operation_type
from ...schema.exposure.limits import Limits

QUERY, MUTATION = OperationType.QUERY, OperationType.MUTATION

SCHEMA = """
directive @tag(names: [String!] = ["query {"], in: In) on
  QUERY | MUTATION | FIELD | FRAGMENT_DEFINITION
input In { text: String = "mutation {", more: [In!] }
type Node { query: String mutation(in: In): Node fragment: Node }
type Query { node(in: In, text: String): Node mutation: String }
type Mutation { node(in: In!): Node query: String }
"""

SEPARATORS = st.sampled_from(
    [" ", "\n", ", ", "\t", "\r\n", " # } mutation Z { \n", "\n#\n", ' # "\n', ",\ufeff "]
)

PARTS = st.sampled_from(
    [
        "query Q {{ node {{ query }} }}",
        "mutation M {{ query }}",
        "subscription S {{ query }}",
        "query{s}R{s}({s}$in{s}:{s}In{s}={s}{{ text: {text} }}{s}){s}@tag(names: [{text}]){s}"
        "{{{s}node(in: {{ more: [{{ text: {text} }}] }}) {{ mutation }}{s}}}",
        "mutation{s}N{s}@tag{s}({s}in{s}: {{ text: {text} }}){s}{{{s}node(in: {{}}) {{ query }}}}",
        "fragment Query on Mutation @tag {{ query }}",
        "fragment mutation on Query {{ node(text: {text}) {{ fragment {{ query }} }} }}",
        "{text} query Described {{ mutation }}",
        "{text} mutation Explained({text} $in: In) {{ query }}",
    ]
)

TEXTS = st.sampled_from(
    [
        '""',
        '"x"',
        '"} mutation M {"',
        r'"\" } \\"',
        '"# {"',
        '""""""',
        '"""\n } query Q { ""\n"""',
        r'''"""a "b" \""" } mutation {"""''',
        r'''"""\""""""''',
        r'''"""x\ """''',
    ]
)

NAMES = st.sampled_from(
    [None, "Q", "M", "S", "R", "N", "Query", "mutation", "Described", "Explained", "tag", "X"]
)


@st.composite
def documents(draw) -> str:
    """Draw a document of several definitions, with all that may mislead a reader."""
    parts = draw(st.lists(PARTS, min_size=1, max_size=5))
    text = ""
    for part in parts:
        separator = draw(SEPARATORS)
        text += separator + part.format(s=separator, text=draw(TEXTS)) + separator
    return text


@tagged("post_install", "-at_install")
class TestOperationType(BaseCase):
    def find(self, query: str, name: str | None = None):
        return find_operation_type(query, name, Limits().max_tokens)

    def test_one_operation(self):
        self.assertEqual(self.find("{ a }"), QUERY)
        self.assertEqual(self.find("query Q { a }"), QUERY)
        self.assertEqual(self.find("query Q { a }", "Q"), QUERY)
        self.assertEqual(self.find("mutation { a }"), MUTATION)
        self.assertEqual(self.find("mutation M { a } fragment F on T { b }"), MUTATION)
        self.assertEqual(self.find("fragment F on T { b } mutation M { a }"), MUTATION)
        self.assertEqual(self.find("subscription { a }"), OperationType.SUBSCRIPTION)

    def test_misleading_text(self):
        self.assertEqual(self.find("# query\n mutation { a }"), MUTATION)
        self.assertEqual(self.find("query mutation { mutation }", "mutation"), QUERY)
        self.assertEqual(self.find('{ a(b: "mutation { c }") }'), QUERY)
        self.assertEqual(self.find(",,\ufeff,mutation{a}"), MUTATION)
        self.assertEqual(self.find("query A @M { a } mutation M { b }", "M"), MUTATION)

    def test_several_operations(self):
        document = "query Q { a } mutation M { b }"
        self.assertEqual(self.find(document, "Q"), QUERY)
        self.assertEqual(self.find(document, "M"), MUTATION)
        self.assertIsNone(self.find(document, "X"))

    def test_unreadable(self):
        for query in ("", "nonsense", "fragment F on T { a }", "{ a }" * 100_000, '"'):
            self.assertIsNone(self.find(query), query[:20])
        for query in ("{", "}", '"""', '"\\', "query Q {", "query Q } {", "))", '{ "'):
            self.assertIsNone(self.find(query, "M"), query)

    @settings(deadline=None, max_examples=300)
    @given(documents(), NAMES)
    def test_as_the_parser_finds_it(self, query, name):
        self.compare(query, name)

    @settings(deadline=None, max_examples=100)
    @given(from_schema(SCHEMA))
    def test_generated(self, query):
        self.compare(query, None)

    def compare(self, query: str, name: str | None):
        operation = get_operation_ast(parse(query), name)
        if operation is not None:
            self.assertEqual(self.find(query, name), operation.operation, (query, name))

    def test_no_text_takes_long(self):
        """Of parsing it takes a small part, whatever the text."""
        started = process_time()
        parse("{ " + "a " * 9_990 + "}", max_lexical_tokens=Limits().max_tokens)
        parsing = process_time() - started
        size = 99_000
        for name, query in {
            "fields": "{ " + "a " * (size // 2),
            "comments": "#\n" * (size // 2),
            "one comment": "#" * size,
            "braces": "{" * size,
            "closed braces": "{}" * (size // 2),
            "names": "a " * (size // 2),
            "texts": '"" ' * (size // 3),
            "block texts": '""""""' * (size // 6),
            "an open text": '"' + "x" * size,
            "escapes": '"' + '\\"' * (size // 2),
            "open block text": '"""' + '\\"""' * (size // 4),
            "quotes in a block text": '"""' + '"" ' * (size // 3),
            "quotes": '"' * (size - 1),
            "blanks": " " * size,
        }.items():
            with self.subTest(name):
                started = process_time()
                find_operation_type(query, "Nope", Limits().max_tokens)
                self.assertLess(process_time() - started, max(parsing, 0.1))
