"""Generated groups have the numbers that their records give."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from odoo.tests import tagged

from ..cases.api import ApiCase


def period(day: date, granularity: str) -> date:
    """Return the first day of the period that a day lies in; weeks begin on Sunday."""
    match granularity:
        case "WEEK":
            return day - timedelta(days=day.isoweekday() % 7)
        case "MONTH":
            return day.replace(day=1)
        case "QUARTER":
            return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
        case "YEAR":
            return day.replace(month=1, day=1)
    return day


@tagged("generated")
class TestGenerated(ApiCase):
    """Any two keys: the groups are those that the records fall into."""

    KEYS = ("city", "type", "isCompany", "lang", "country", "state", "parent", "createDate")
    GRANULARITIES = ("DAY", "WEEK", "MONTH", "QUARTER", "YEAR")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user("admin").tz = "Asia/Tokyo"
        cls.env.cr.execute(
            "UPDATE res_partner SET create_date = "
            "timestamp '2025-12-20 15:30:00' + (id * 5) % 1200 * interval '7 hours', "
            "city = CASE WHEN id % 3 = 0 THEN NULL ELSE city END"
        )
        cls.env.invalidate_all()

    def nodes(self) -> list[dict]:
        selection = "id city type isCompany lang country { id } state { id } parent { id }"
        text = f"{{ customers(first: 1000) {{ nodes {{ {selection} createDate color: id }} }} }}"
        return self.graphql(text)["customers"]["nodes"]

    def value(self, node: dict, key: str, granularity: str):
        value = node[key]
        if key == "createDate":
            moment = datetime.fromisoformat(value).astimezone(ZoneInfo("Asia/Tokyo"))
            return period(moment.date(), granularity).isoformat()
        return value["id"] if isinstance(value, dict) else value

    def test_groups(self):
        nodes = self.nodes()

        @settings(
            max_examples=30,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        )
        @given(
            st.lists(st.sampled_from(self.KEYS), max_size=3, unique=True),
            st.sampled_from(self.GRANULARITIES),
            st.integers(1, 50),
        )
        def check(keys, granularity, size):
            expected: dict = defaultdict(int)
            for node in nodes:
                expected[tuple(self.value(node, key, granularity) for key in keys)] += 1
            terms = [{key: granularity if key == "createDate" else True} for key in keys]
            relations = ("country", "state", "parent")
            shown = " ".join(f"{key} {{ id }}" if key in relations else key for key in keys)
            text = f"""query ($by: [CustomerGroupBy!], $first: Int, $offset: Int) {{
              customersAggregate(groupBy: $by, first: $first, offset: $offset) {{
                keys {{ __typename {shown} }} count }} }}"""
            found: dict = {}
            for offset in range(0, len(expected) + 1, size):
                variables = {"by": terms, "first": size, "offset": offset}
                result = self.execute(text, variables)
                self.assertEqual(result.errors, [])
                for group in result.data["customersAggregate"]:
                    values = (group["keys"][key] for key in keys)
                    key = tuple(
                        value["id"] if isinstance(value, dict) else value for value in values
                    )
                    self.assertNotIn(key, found)
                    found[key] = group["count"]
            self.assertEqual(found, dict(expected))

        check()
