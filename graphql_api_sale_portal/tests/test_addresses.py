"""Customers edit their own addresses, within the rules of Odoo's portal."""

from odoo.tests import new_test_user, tagged

from odoo.addons.graphql_api.tests.cases.writing import WriteCase

ADDRESS = {
    "name": "Zann",
    "email": "zann@example.com",
    "phone": "+32 2 123 45 67",
    "street": "Rue Neuve 1",
    "city": "Brussels",
}


@tagged("post_install", "-at_install")
class TestAddresses(WriteCase):
    login = "zann"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.belgium = cls.env.ref("base.be")
        guest = new_test_user(cls.env, cls.login, groups="base.group_portal")
        cls.partner = guest.partner_id
        cls.company = cls.env["res.partner"].create({"name": "Zcompany", "is_company": True})
        cls.partner.parent_id = cls.company
        cls.partner.write({**ADDRESS, "country_id": cls.belgium.id, "zip": "1000"})
        cls.delivery, cls.colleague = cls.env["res.partner"].create(
            [
                {"name": name, "parent_id": cls.company.id, "type": kind}
                for name, kind in (("Zdock", "delivery"), ("Zbob", "contact"))
            ]
        )
        cls.env.cr.flush()  # what Odoo tracks is written now, not within a request

    def path(self, partner=None):
        return f"/api/customers/{(partner or self.partner).id}/edit-address"

    def refuse(self, body, **expected):
        return self.refuse_rest("POST", self.path(), body, **expected)

    def test_own_address(self):
        """What is sent changes, the rest stays."""
        path = f"{self.path()}?fields=street,city"
        data = self.write_rest("POST", path, {"street": " Rue Haute 2 "})
        self.assertEqual(data, {"street": "Rue Haute 2", "city": "Brussels"})
        mutation = """mutation ($id: ID!) {
            editAddressCustomer(id: $id, input: {city: "Ghent", street2: null}) { city street2 }
        }"""
        data = self.graphql(mutation, {"id": str(self.partner.id)})
        self.assertEqual(data["editAddressCustomer"], {"city": "Ghent", "street2": None})

    def test_a_delivery_address(self):
        body = {**ADDRESS, "name": "Zdock", "country": self.belgium.id}
        self.refuse_rest("POST", self.path(self.delivery), body, status=422)
        body["zip"] = "1000"
        self.write_rest("POST", self.path(self.delivery), body)
        self.assertEqual(self.delivery.country_id, self.belgium)

    def test_rights(self):
        """Neither a colleague, nor the company itself, nor somebody else."""
        body = {"city": "Ghent"}
        for partner, status in (
            (self.colleague, 403),
            (self.company, 403),
            (self.user("demo").partner_id, 404),
        ):
            self.refuse_rest("POST", self.path(partner), body, status=status)
        new_test_user(self.env, "zclerk", groups="base.group_user")
        self.refuse(body, status=403, code="FORBIDDEN", login="zclerk")
        path = f"/api/customers/{self.partner.id}"
        self.refuse_rest("PATCH", path, body, status=403, code="FORBIDDEN")

    def test_bad_input(self):
        for body in (
            {"email": "nowhere"},
            {"name": " "},
            {"city": None},
            {"state": self.env.ref("base.state_us_5").id},
        ):
            with self.subTest(body):
                self.refuse(body, status=422, code="VALIDATION_FAILED")
        for body in ({"vat": "1"}, {"parent_id": 1}, {"country": 2000000000}, {"city": []}):
            with self.subTest(body):
                self.refuse(body, status=400, code="BAD_USER_INPUT")

    def test_the_country_of_documents_stays(self):
        order = self.env["sale.order"].create({"partner_id": self.partner.id})
        order.action_confirm()
        self.env.cr.flush()
        body = {"country": self.env.ref("base.fr").id}
        response = self.refuse(body, status=422)
        self.assertIn("country", response["message"])
