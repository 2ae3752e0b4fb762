"""Execution by columns gives what graphql-core's own gives for generated queries."""

from odoo.tests import tagged

from ..cases.generated_queries import GeneratedQueriesCase

CASES = 2000


@tagged("generated")
class TestGeneratedQueries(GeneratedQueriesCase):
    def test_same_responses(self):
        self.assert_same_responses(CASES)
