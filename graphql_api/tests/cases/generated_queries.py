"""Generated queries for both executors."""

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from .executors import ExecutorCase
from .query_strategies import queries


class GeneratedQueriesCase(ExecutorCase):
    def assert_same_responses(self, cases: int):
        """Both executors respond alike to so many queries, the same ones each time."""
        seen = {"data": 0, "errors": 0, "refused": 0}

        @settings(
            max_examples=cases,
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
        self.assertGreater(seen["data"], cases * 0.8)
        self.assertGreater(seen["errors"], cases * 0.03)
        self.assertLess(seen["refused"], cases * 0.2)
