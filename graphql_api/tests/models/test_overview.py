"""What the overview tells administrators."""

from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError

from ..cases.scoped_keys import ScopedKeyCase


class TestOverview(ScopedKeyCase):
    def setUp(self):
        super().setUp()
        self.env["graphql_api.key"].search([]).unlink()
        self.env["graphql_api.policy"].search([]).unlink()
        self.env["graphql_api.request"].search([]).unlink()
        self.overview = self.env["graphql_api.overview"].with_user(self.user("admin"))

    def get(self) -> dict:
        self.env.flush_all()
        return self.overview.get_overview()

    def warnings(self) -> str:
        return "\n".join(warning["text"] for warning in self.get()["warnings"])

    def done(self) -> list[bool]:
        return [step["is_done"] for step in self.get()["steps"]]

    def log(self, age: timedelta, operation: str, **values):
        self.env["graphql_api.request"].create(
            {
                "started_at": fields.Datetime.now() - age,
                "operation": operation,
                "method": "GET",
                "status": 422 if values.get("errors") else 200,
                **values,
            }
        )

    def test_first_steps(self):
        """They are done one after the other, and gone with the first use of a key."""
        self.assertEqual(self.done(), [True, False, False])
        key = self.scoped_key(self.policy(self.grants))
        self.assertEqual(self.done(), [True, True, False])
        self.rest("/api/countries?limit=1", login=None, headers=key)
        self.assertEqual(self.done(), [])

    def test_first_steps_are_closed(self):
        self.overview.close_steps()
        self.assertEqual(self.done(), [])
        self.assertIn("No policy is in use", self.warnings())

    def test_numbers(self):
        before = {each["link"]["text"]: each["count"] for each in self.get()["exposed"]}
        resource = self.env.ref("graphql_api.country")
        served = len(resource.field_ids.filtered("is_served"))
        self.assertGreater(served, 0)
        resource.active = False
        self.scoped_key(self.policy(self.grants))
        after = {each["link"]["text"]: each["count"] for each in self.get()["exposed"]}
        self.assertEqual(after["Resources"], before["Resources"] - 1)
        # Others have relations to countries, which are not served without them.
        self.assertLessEqual(after["Fields"], before["Fields"] - served)
        self.assertEqual((after["Policies"], after["Keys"]), (1, 1))

    def test_warnings(self):
        policy = self.policy(self.grants, name="Web shop")
        self.scoped_key(policy)
        self.set_by_sql(self.env.ref("graphql_api.currency"), "domain", "[('nothing', '=', 1)]")
        self.set_by_sql(policy.right_ids[0], "record_filter", '[["nothing", "=", 1]]')
        self.env["ir.config_parameter"].set_param("graphql_api.sign_in", "True")
        self.env["ir.config_parameter"].set_param("graphql_api.sign_in_policy", str(policy.id))
        self.key("demo")
        found = self.warnings()
        for text in (
            "Currency is not served. The domain of Currency is not valid",
            "Keys of the policy Web shop are refused.",
            "under the policy Web shop.",
            "Keys without a policy: ",
        ):
            self.assertIn(text, found)
        self.env["ir.config_parameter"].set_param("graphql_api.plain_keys", "False")
        self.assertNotIn("Keys without a policy", self.warnings())

    def test_keys_that_expire_soon(self):
        """Not those that were made to live for a few days, or for the ten minutes of a trial."""
        self.scoped_key(self.policy(self.grants))
        keys, user = self.env["graphql_api.key"], self.user("demo")
        end = fields.Datetime.now() + timedelta(days=20)
        keys._generate(user, self.env["graphql_api.policy"].search([]), "Phone", end)
        self.assertNotIn("expire", self.warnings())
        with freeze_time(timedelta(days=10)):
            self.assertIn("Keys that expire within 14 days: 1.", self.warnings())
            link = self.get()["warnings"][0]["link"]
            self.assertEqual(keys.search(link["action"]["domain"]).mapped("name"), ["Phone"])

    def test_numbers_lead_to_what_they_count(self):
        self.scoped_key(self.policy(self.grants))
        contexts = [each["link"]["context"] for each in self.get()["exposed"]]
        self.assertEqual(
            contexts[-2:], [{"search_default_made": 1}, {"search_default_signed_in": 1}]
        )

    def set_by_sql(self, record, column: str, value: str):
        self.env.flush_all()
        self.env.cr.execute(
            f'UPDATE {record._table} SET "{column}" = %s WHERE id = %s', [value, record.id]
        )
        self.env.invalidate_all()
        self.env.registry.clear_cache("routing", "default")

    def test_traffic(self):
        hour, days = timedelta(hours=1), timedelta(days=3)
        for age, duration in ((hour, 100), (hour, 200), (days, 900)):
            self.log(age, "OpenOrders", key_id=7, key_name="Ann's phone", duration=duration)
        self.log(days, "GET /api/customers", errors=1, error_code="NOT_FOUND", duration=10)
        self.log(timedelta(days=8), "OpenOrders", duration=9000)
        day, week = self.get()["traffic"], self.overview.get_traffic("week")
        self.assertEqual((day["requests"], day["errors"], day["p95"]), (2, 0, 195.0))
        self.assertEqual((week["requests"], week["errors"]), (4, 1))
        rows = [
            [(row["link"]["text"], row["requests"], row["errors"]) for row in week[top]]
            for top in ("operations", "keys")
        ]
        self.assertEqual(rows[0], [("OpenOrders", 3, 0), ("GET /api/customers", 1, 1)])
        self.assertEqual(
            rows[1], [("Ann's phone", 3, 0), ("Without a key: a session of Odoo", 1, 1)]
        )
        for top in ("operations", "keys"):
            for row in week[top]:
                requests = self.env["graphql_api.request"].search(row["link"]["action"]["domain"])
                self.assertEqual(len(requests), row["requests"], row)

    def test_a_busy_log(self):
        """No more than the newest rows are counted, in a few queries whatever their number."""
        for number in range(5):
            self.log(timedelta(minutes=5 - number), f"GET /api/{number}", duration=1)
        self.get()
        requests = self.env["graphql_api.request"].with_user(self.user("admin"))
        with self.counted_queries() as counted:
            traffic = requests._get_traffic("day", most_rows=3)
        self.assertEqual((traffic["requests"], traffic["most_rows"]), (3, 3))
        self.assertNotIn("GET /api/1", [row["link"]["text"] for row in traffic["operations"]])
        self.assertEqual(counted[0], 4)
        with self.counted_queries() as counted:
            self.overview.get_overview()
        few = counted[0]
        for number in range(20):
            self.scoped_key(self.policy(self.grants, name=f"Policy {number}"))
        self.get()
        self.env.invalidate_all()
        with self.counted_queries() as counted:
            self.overview.get_overview()
        self.assertLessEqual(counted[0], few + 2)

    def test_a_day_of_the_log(self):
        """The log that is on for a day ends by itself, but not one that is to be kept."""
        requests = self.env["graphql_api.request"].with_user(self.user("admin"))
        self.assertEqual(self.get()["log"]["text"], "The request log is off.")
        requests.turn_on_for_a_day()
        self.overview.env.user.tz = "Asia/Tokyo"
        end = fields.Datetime.now() + timedelta(hours=24 + 9)
        self.assertIn(f"until {end:%-m/%-d/%y}, {end:%-I}:", self.get()["log"]["text"])
        requests._end_log()
        self.assertTrue(self.is_logged())
        with freeze_time(timedelta(hours=25)):
            requests._end_log()
        self.assertFalse(self.is_logged())
        requests.turn_on_for_a_day()
        requests.turn_on()
        self.assertEqual(self.get()["log"], {"text": "", "links": []})
        requests._end_log()
        self.assertTrue(self.is_logged())

    def is_logged(self) -> bool:
        return self.env["graphql_api.settings"]._get_settings().log_requests

    def test_only_administrators(self):
        overview = self.env["graphql_api.overview"].with_user(self.user("demo"))
        requests = self.env["graphql_api.request"].with_user(self.user("demo"))
        for call in (
            overview.get_overview,
            lambda: overview.get_traffic("day"),
            overview.close_steps,
            requests.turn_on_for_a_day,
        ):
            with self.assertRaises(AccessError):
                call()
