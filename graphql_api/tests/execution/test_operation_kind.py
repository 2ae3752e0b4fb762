"""What kind of operation a document is about, found out without parsing it."""

from time import process_time

from graphql import OperationType, parse

from odoo.tests import BaseCase, tagged

from ...schema.execution.operation_kind import find_operation_type
from ...schema.exposure.limits import Limits

QUERY, MUTATION = OperationType.QUERY, OperationType.MUTATION


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
