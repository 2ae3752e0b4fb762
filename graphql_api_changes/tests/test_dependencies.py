"""Records that show, hide or change because others do."""

from odoo.fields import Domain
from odoo.tests import tagged

from .cases.committed import CommittedCase


@tagged("post_install", "-at_install")
class TestDependencies(CommittedCase):
    def setUp(self):
        super().setUp()
        with self.transaction() as env:
            self.belgium = env.ref("base.be").id
        (self.tag,) = self.keep("res.partner.category", {"name": "Heron", "color": 1})
        self.parent, self.other = self.keep("res.partner", {"name": "Amsel"}, {"name": "Buchfink"})
        (self.child,) = self.keep("res.partner", {"name": "Coot", "parent_id": self.parent})

    def restrict(self, domain: str) -> str:
        """Commit a user to whose contacts a record rule applies; return its login."""
        (group,) = self.keep("res.groups", {"name": "Birds"})
        with self.transaction() as env:
            contacts = env["ir.model"]._get_id("res.partner")
            groups = [group, env.ref("base.group_user").id, env.ref("base.group_allow_export").id]
        (user,) = self.keep(
            "res.users", {"name": "Zilver", "login": "zilver", "group_ids": [(6, 0, groups)]}
        )
        (self.rule,) = self.keep(
            "ir.rule",
            # Of everybody: rules of groups only add to each other.
            {"name": "Birds", "model_id": contacts, "domain_force": domain, "groups": []},
        )
        self.group, self.user = group, user
        return "zilver"

    def test_a_rule_through_a_list(self):
        """Rows that a rule compares are followed as soon as there is the rule."""
        with self.transaction() as env:
            env["res.partner"].browse(self.other).category_id = [(4, self.tag)]
        login = self.restrict(
            "['|', ('category_id', '=', False), ('category_id', 'any', [('color', '!=', 9)])]"
        )
        token = self.token("Customer", login)
        self.execute("UPDATE res_partner_category SET color = 9 WHERE id = %s", self.tag)
        self.assertEqual(self.changes("Customer", token, login), [self.other])

    def test_a_rule_through_followers(self):
        """A field with a search method; what it searches is found by what it is computed from."""
        login = self.restrict(
            "['|', ('message_partner_ids', 'in', [user.partner_id.id]), ('name', '!=', 'Amsel')]"
        )
        token = self.token("Customer", login)
        with self.transaction() as env:
            follower = env["res.users"].browse(self.user).partner_id
            env["res.partner"].browse(self.parent).message_subscribe(follower.ids)
        self.assertIn(self.parent, self.changes("Customer", token, login))
        token = self.token("Customer", login)
        self.execute(
            "DELETE FROM mail_followers WHERE res_model = 'res.partner' AND res_id = %s",
            self.parent,
        )
        self.assertIn(self.parent, self.changes("Customer", token, login))

    def in_aviary(self) -> tuple[int, int]:
        """Commit a state and a contact in it, with the parent; return their ids."""
        values = {"name": "Aviary", "code": "AV", "country_id": self.belgium}
        (state,) = self.keep("res.country.state", values)
        # Others have the address of their parent.
        values = {"name": "Dipper", "state_id": state, "parent_id": self.parent, "type": "other"}
        (contact,) = self.keep("res.partner", values)
        return state, contact

    def test_a_filter_through_a_record(self):
        state, contact = self.in_aviary()
        domain = Domain("state_id", "any", [("name", "=", "Aviary")])
        token = self.token("Customer", domain=domain)
        self.execute("UPDATE res_country_state SET name = 'Cage' WHERE id = %s", state)
        self.assertEqual(self.changes("Customer", token, domain=domain), [contact])

    def test_a_filter_through_a_list(self):
        domain = Domain("child_ids", "any", [("city", "=", "Ghent")])
        token = self.token("Customer", domain=domain)
        self.execute("UPDATE res_partner SET city = 'Ghent' WHERE id = %s", self.child)
        self.assertIn(self.parent, self.changes("Customer", token, domain=domain))
        token = self.token("Customer", domain=domain)
        # Before and after, a change of the record's place counts.
        self.execute("UPDATE res_partner SET parent_id = NULL WHERE id = %s", self.child)
        self.assertIn(self.parent, self.changes("Customer", token, domain=domain))

    def test_a_filter_through_what_is_not_tracked_is_refused(self):
        domain = Domain("industry_id", "any", [("name", "=", "Falconry")])
        with self.assertApiError("BAD_USER_INPUT"):
            self.token("Customer", domain=domain)

    def test_a_resource_that_is_not_tracked_is_refused(self):
        with self.assertApiError("BAD_USER_INPUT"):
            self.token("Currency")

    def test_fields_of_other_records(self):
        state, contact = self.in_aviary()
        token = self.token("Customer")
        self.execute("UPDATE res_country_state SET name = 'Cage' WHERE id = %s", state)
        cases = {
            (): [],
            ("city", "state_id"): [],
            ("state_id.name",): [contact],
            ("child_ids.state_id.name",): [self.parent],
        }
        for fields, expected in cases.items():
            with self.subTest(fields):
                self.assertEqual(self.changes("Customer", token, fields=fields), expected)

    def test_fields_that_are_taken_from_other_records(self):
        (country,) = self.keep("res.country", {"name": "Aviary", "code": "ZY"})
        (contact,) = self.keep("res.partner", {"name": "Dipper", "country_id": country})
        token = self.token("Customer")
        self.execute("UPDATE res_country SET code = 'ZX' WHERE id = %s", country)
        self.assertEqual(self.changes("Customer", token, fields=["country_code"]), [contact])
        self.assertEqual(self.changes("Customer", token, fields=["country_id"]), [])

    def test_inherited_fields(self):
        """A product's name is in the row of its template."""
        (template,) = self.keep("product.template", {"name": "Nest box"})
        with self.transaction() as env:
            products = env["product.template"].browse(template).product_variant_ids.ids
        token = self.token("Product")
        self.execute("UPDATE product_template SET active = false WHERE id = %s", template)
        self.assertEqual(self.changes("Product", token, fields=["name"]), products)
