"""Execution by columns gives what graphql-core's own gives, also with hundreds of resources.

``make test`` runs it on a database that serves two hundred; anywhere else it is a few queries more.
"""

from odoo.tests import tagged

from ..cases.generated_queries import GeneratedQueriesCase

CASES = 100


@tagged("generated")
class TestWideQueries(GeneratedQueriesCase):
    def test_same_responses(self):
        self.assert_same_responses(CASES)
