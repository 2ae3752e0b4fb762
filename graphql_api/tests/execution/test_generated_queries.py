"""Execution by columns gives what graphql-core's own gives for generated queries."""

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from odoo.tests import tagged

from ..cases.executors import ExecutorCase
from ..cases.query_strategies import queries

CASES = 2000


@tagged("generated")
class TestGeneratedQueries(ExecutorCase):
    def test_same_responses(self):
        seen = {"data": 0, "errors": 0, "refused": 0}

        @settings(
            max_examples=CASES,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        )
        @given(queries(self.schema), st.booleans(), st.integers(0, 7), st.sampled_from(self.ids))
        def check(query, yes, few, record_id):
            data, errors = self.check(query, {"yes": yes, "few": few, "id": str(record_id)})
            seen["data"] += bool(data)
            seen["errors"] += bool(errors)
            seen["refused"] += data is None

        check()
        # The strategies would prove little if most of what they make were refused.
        self.assertGreater(seen["data"], CASES * 0.8)
        self.assertGreater(seen["errors"], CASES * 0.1)
        self.assertLess(seen["refused"], CASES * 0.2)
