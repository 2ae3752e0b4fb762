"""Generated orders: page by page, a list is the same as in one piece."""

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from odoo.tests import tagged

from ..cases.pages import OrderingCase


@tagged("generated")
class TestGeneratedOrders(OrderingCase):
    def test_random_orders(self):
        names = self.orderings("Lead")
        terms = st.tuples(st.sampled_from(names), st.sampled_from(["ASC", "DESC"]))
        orders = st.lists(terms, min_size=1, max_size=4, unique_by=lambda term: term[0])

        @settings(
            max_examples=25,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        )
        @given(orders, st.integers(3, 60))
        def check(order, size):
            self.check_order("Lead", [dict([term]) for term in order], size)

        check()
