"""What a salesperson does with leads: convert, lose, restore, quote."""

from odoo.fields import Command
from odoo.tests import tagged

from .test_action_arguments import ArgumentCase


@tagged("post_install", "-at_install")
class TestLeads(ArgumentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team = cls.env["crm.team"].create({"name": "Zteam"})
        cls.known = cls.env["res.partner"].create({"name": "Zknown", "email": "known@z.example"})

    def lead(self, **values):
        values = {"name": "Zlead", "type": "lead", "contact_name": "Zcontact", **values}
        return self.env["crm.lead"].create(values)

    def convert(self, lead, **body):
        self.write_rest("POST", f"/api/leads/{lead.id}/convert", body)

    def test_convert_with_a_new_customer(self):
        lead = self.lead(email_from="new@z.example", partner_name="Zcompany")
        user = self.env.ref("base.user_admin")
        self.convert(lead, customer_action="create", user=user.id, team=self.team.id)
        self.assertEqual((lead.type, lead.user_id, lead.team_id), ("opportunity", user, self.team))
        self.assertEqual(lead.partner_id.email, "new@z.example")
        self.assertEqual(lead.partner_id.parent_id.name, "Zcompany")
        self.assertTrue(lead.stage_id)

    def test_convert_with_a_known_customer(self):
        """By its id, by the email; without one nobody is made where that is asked for."""
        for values, body, expected in (
            ({}, {"customer": self.known.id}, self.known),
            ({"email_from": "known@z.example"}, {}, self.known),
            ({"email_from": "no@z.example"}, {"customer_action": "exist"}, self.known.browse()),
        ):
            with self.subTest(body):
                lead = self.lead(**values)
                self.convert(lead, **body)
                self.assertEqual((lead.type, lead.partner_id), ("opportunity", expected))

    def test_convert_never_merges(self):
        """Odoo's dialog proposes to merge what looks alike; that deletes leads."""
        leads = self.lead() + self.lead() + self.lead()
        leads.email_from = "known@z.example"
        data = self.graphql(
            "mutation ($ids: [ID!]!) { convertLeads(ids: $ids) { type customer { id } } }",
            {"ids": [str(number) for number in leads.ids]},
        )
        converted = {"type": "opportunity", "customer": {"id": str(self.known.id)}}
        self.assertEqual(data["convertLeads"], [converted] * 3)
        self.assertEqual(len(leads.exists()), 3)

    def test_restore(self):
        lead = self.lead(type="opportunity")
        self.write_rest("POST", f"/api/leads/{lead.id}/mark-lost", {})
        data = self.write_rest("POST", f"/api/leads/{lead.id}/restore?fields=active,won_status", {})
        self.assertEqual(data, {"active": True, "won_status": "pending"})

    def test_assign(self):
        """A salesperson is a field of the lead; Odoo finds the team."""
        demo = self.env.ref("base.user_demo")
        self.team.member_ids = [Command.link(demo.id)]
        lead = self.lead(type="opportunity", team_id=self.team.id, user_id=False)
        self.write_rest("PATCH", f"/api/leads/{lead.id}", {"user": demo.id})
        self.assertEqual((lead.user_id, lead.team_id), (demo, self.team))

    def test_bad_input(self):
        """Each is refused, and nothing is kept."""
        lead = self.lead()
        path = f"/api/leads/{lead.id}/convert"
        for body, field in (
            ({"customer_action": "merge"}, "customer_action"),
            ({"customer": 2000000000}, "customer"),
            ({"team": "x"}, "team"),
            ({"user": -1}, "user"),
            ({"name": "merge"}, "name"),
            ({"duplicated_lead_ids": []}, "duplicated_lead_ids"),
        ):
            with self.subTest(body), self.nothing_written():
                response = self.refuse_rest("POST", path, body, status=400, code="BAD_USER_INPUT")
                self.assertEqual([error["field"] for error in response["errors"]], [field])
        won = self.lead(type="opportunity")
        won.action_set_won()
        self.refuse_rest(
            "POST", f"/api/leads/{won.id}/convert", {}, status=422, code="VALIDATION_FAILED"
        )
        missing = "/api/leads/2000000000/convert"
        self.refuse_rest("POST", missing, {}, status=404, code="NOT_FOUND")
