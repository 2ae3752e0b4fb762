"""What kind of operation a document is about, as graphql-core finds it in generated documents."""

from graphql import get_operation_ast, parse
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis_graphql import from_schema

from odoo.tests import BaseCase, tagged

from ...schema.execution.operation_kind import find_operation_type
from ...schema.exposure.limits import Limits

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


@tagged("post_install", "-at_install", "generated")
class TestGeneratedOperations(BaseCase):
    @settings(deadline=None, max_examples=300)
    @given(documents(), NAMES)
    def test_misleading_documents(self, query, name):
        self.compare(query, name)

    @settings(deadline=None, max_examples=100)
    @given(from_schema(SCHEMA))
    def test_documents_of_a_schema(self, query):
        self.compare(query, None)

    def compare(self, query: str, name: str | None):
        operation = get_operation_ast(parse(query), name)
        if operation is not None:
            found = find_operation_type(query, name, Limits().max_tokens)
            self.assertEqual(found, operation.operation, (query, name))
