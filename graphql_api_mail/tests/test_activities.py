"""Activities: those of a record, those of a user; planned, moved, done and cancelled."""

import datetime

from odoo import fields
from odoo.tests import new_test_user, tagged

from odoo.addons.graphql_api.tests.cases.scoped_keys import ScopedKeyCase

SCHEDULE = """mutation ($id: ID!, $input: ScheduleActivityLeadInput) {
    scheduleActivityLead(id: $id, input: $input) {
        id summary note dateDeadline state type { name } user { name } recordName
    }
}"""


@tagged("post_install", "-at_install")
class TestActivities(ScopedKeyCase):
    login = "demo"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.demo = cls.user("demo")
        cls.lead = cls.env["crm.lead"].create({"name": "Zann", "user_id": cls.demo.id})
        cls.hidden = cls.env["crm.lead"].create({"name": "Secret", "user_id": cls.user("admin").id})
        cls.call = cls.env.ref("mail.mail_activity_data_call")
        cls.other = new_test_user(cls.env, "other", groups="base.group_user", name="Other")

    def schedule(self, record=None, errors=(), login="", **values):
        """Plan an activity over GraphQL."""
        variables = {"id": (record or self.lead).id, "input": values}
        data = self.graphql(SCHEDULE, variables, errors=errors, login=login)
        return data and data["scheduleActivityLead"]

    def test_a_day_with_an_activity(self):
        """In GraphQL and REST: planned, found among one's own, moved, done with feedback."""
        tomorrow = fields.Date.today() + datetime.timedelta(days=1)
        planned = self.schedule(
            summary="Call back",
            note="<p>About <script>alert(1)</script>the offer</p>",
            dateDeadline=str(tomorrow),
            type=self.call.id,
        )
        self.assertEqual(planned["note"], "<p>About the offer</p>")
        self.assertEqual(planned["user"], {"name": "Marc Demo"})
        self.assertEqual(planned["recordName"], "Zann")
        path = f"/api/activities/{planned['id']}"
        own = self.rest(f"/api/activities?filter[user][id][eq]={self.demo.id}&fields=id,summary")
        self.assertIn({"id": int(planned["id"]), "summary": "Call back"}, own["data"])
        later = str(tomorrow + datetime.timedelta(days=7))
        moved = self.rest(
            f"{path}?fields=date_deadline", method="PATCH", json={"date_deadline": later}
        )
        self.assertEqual(moved["data"], {"date_deadline": later})
        self.rest(f"{path}/complete?fields=state", method="POST", json={"feedback": "Reached"})
        lead = self.graphql(
            "query ($id: ID!) { lead(id: $id) { activities { id } messages(first: 1) { text } } }",
            {"id": self.lead.id},
        )["lead"]
        self.assertEqual(lead["activities"], [])
        self.assertIn("Reached", lead["messages"][0]["text"])

    def test_defaults_are_those_of_odoo(self):
        planned = self.rest(
            f"/api/leads/{self.lead.id}/schedule-activity?fields=date_deadline,type.name,user.id",
            method="POST",
            json={"type": self.call.id},
        )["data"]
        self.assertEqual(planned["type"]["name"], self.call.name)
        self.assertEqual(planned["user"]["id"], self.demo.id)
        deadline = self.call.with_context(tz=self.demo.tz)._get_date_deadline()
        self.assertEqual(planned["date_deadline"], str(deadline))

    def test_an_activity_is_cancelled(self):
        planned = self.schedule(summary="Call back")
        mutation = f'mutation {{ deleteActivity(id: "{planned["id"]}") }}'
        self.assertEqual(self.graphql(mutation)["deleteActivity"], planned["id"])
        self.assertFalse(self.lead.activity_ids)

    def test_records_and_users_that_are_not_seen(self):
        errors = [("NOT_FOUND", ["scheduleActivityLead"])]
        self.schedule(self.hidden, errors=errors, summary="Call back")
        response = self.graphql_response(
            SCHEDULE, {"id": self.lead.id, "input": {"user": "999999999"}}
        ).json()
        self.assertEqual(response["errors"][0]["extensions"]["code"], "BAD_USER_INPUT")
        self.assertFalse(self.lead.activity_ids)

    def test_activities_of_others(self):
        """They are seen where the record is, and of records that are no resources by nobody."""
        seen, unseen = (
            record.with_user(self.user("admin")).activity_schedule(
                "mail.mail_activity_data_todo", summary=name, user_id=self.user("admin").id
            )
            for record, name in ((self.lead, "Seen"), (self.hidden, "Unseen"))
        )
        data = self.rest("/api/activities?fields=summary&limit=1000")["data"]
        summaries = [activity["summary"] for activity in data]
        self.assertIn("Seen", summaries)
        self.assertNotIn("Unseen", summaries)
        self.rest(f"/api/activities/{seen.id}")
        self.rest(f"/api/activities/{unseen.id}", status=404)
        employee = self.env["hr.employee"].search([], limit=1)
        of_employee = employee.with_user(self.user("admin")).activity_schedule(
            "mail.mail_activity_data_todo", summary="Talk", user_id=self.user("admin").id
        )
        self.rest(f"/api/activities/{of_employee.id}", login="admin", status=404)

    def test_pages_are_full_whatever_is_hidden_between(self):
        """Odoo's search takes hidden activities away after it has cut the page."""
        admin = self.user("admin")
        day = fields.Date.today() + datetime.timedelta(days=3000)
        for number in range(12):
            record = self.hidden if number % 3 else self.lead
            record.with_user(admin).activity_schedule(
                "mail.mail_activity_data_todo",
                summary=f"Zpage {number}",
                user_id=admin.id,
                date_deadline=day + datetime.timedelta(days=number),
            )
        query = """query ($after: String) {
            activities(first: 2, after: $after, filter: {summary: {startsWith: "Zpage"}}) {
                totalCount nodes { summary } pageInfo { hasNextPage endCursor }
            }
        }"""
        first = self.graphql(query)["activities"]
        self.assertEqual(first["totalCount"], 4)
        self.assertEqual(first["nodes"], [{"summary": "Zpage 0"}, {"summary": "Zpage 3"}])
        self.assertTrue(first["pageInfo"]["hasNextPage"])
        second = self.graphql(query, {"after": first["pageInfo"]["endCursor"]})["activities"]
        self.assertEqual(second["nodes"], [{"summary": "Zpage 6"}, {"summary": "Zpage 9"}])
        self.assertFalse(second["pageInfo"]["hasNextPage"])

    def test_a_policy_that_does_not_grant_the_record(self):
        self.schedule(summary="Call back")
        granted = self.scoped_key(self.policy({"Activity": ["read"], "Task": ["read"]}), "demo")
        data = self.rest("/api/activities?fields=summary&limit=1000", headers=granted)["data"]
        self.assertNotIn("Call back", [activity["summary"] for activity in data])
