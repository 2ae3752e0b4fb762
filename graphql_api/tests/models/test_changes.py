"""Who changed what of policies and of what is exposed."""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..cases.api import ApiCase


@tagged("post_install", "-at_install")
class TestChanges(ApiCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = cls.user("admin")
        cls.customer = cls.env["graphql_api.resource"].search([("type_name", "=", "Customer")])
        cls.policy = (
            cls.env["graphql_api.policy"].with_user(cls.admin).create({"name": "Sales phone"})
        )

    def changes(self, owner) -> list[tuple]:
        """Return the changes of a policy or a resource since the last call."""
        owner.flush_recordset()
        found = owner.change_ids.sorted("id")
        last = getattr(self, "_last", {})
        news = found.filtered(lambda change: change.id > last.get(owner, 0))
        self._last = {**last, owner: max(found.ids, default=0)}
        for change in news:
            self.assertEqual((change.create_uid, bool(change.create_date)), (self.admin, True))
        return [(change.record, change.kind, change.changes) for change in news]

    def test_a_policy_and_its_lines(self):
        policy = self.policy
        self.assertEqual(
            self.changes(policy), [("Sales phone", "created", "Name: Sales phone\nActive: yes")]
        )
        phone = self.customer.field_ids.filtered(lambda each: each.field_name == "phone")
        policy.write(
            {
                "read_only": True,
                "name": "Sales phone",
                "right_ids": [Command.create({"resource_id": self.customer.id})],
            }
        )
        line = policy.right_ids
        line.write(
            {
                "all_read_fields": False,
                "read_field_ids": [Command.set(phone.ids)],
                "record_filter": '[("user_id", "=", user)]',
            }
        )
        created, policy_change, line_change = sorted(
            self.changes(policy), key=lambda change: (change[1] != "created", change[0])
        )
        self.assertEqual(created[:2], ("Sales phone: Customer", "created"))
        self.assertIn("Read: yes", created[2])
        self.assertEqual(policy_change, ("Sales phone", "changed", "Read Only: - → yes"))
        self.assertEqual(
            line_change,
            (
                "Sales phone: Customer",
                "changed",
                "Read All Fields: yes → -\nFields Read: - → phone\n"
                'Record Filter: [] → [("user_id", "=", user)]',
            ),
        )
        line.value_ids = [Command.create({"field_id": phone.id, "value": '"1"'})]
        line.value_ids.value = '"2"'
        (created, changed) = self.changes(policy)
        self.assertEqual(created[0], "Sales phone: Customer: phone")
        self.assertEqual(changed[1:], ("changed", 'Value: "1" → "2"'))
        line.unlink()
        ((name, kind, _text),) = self.changes(policy)
        self.assertEqual((name, kind), ("Sales phone: Customer", "deleted"))

    def test_nothing_changed(self):
        self.changes(self.policy)
        self.policy.write({"name": "Sales phone", "read_only": False})
        self.assertEqual(self.changes(self.policy), [])

    def test_a_resource_and_its_parts(self):
        customer = self.customer.with_user(self.admin)
        self.changes(customer)
        customer.max_page_size = 500
        customer.field_ids.filtered(lambda each: each.field_name == "phone").active = False
        customer.action_ids[:1].write({"sequence": 99})
        news = self.changes(customer)
        self.assertEqual(
            news,
            [
                ("Customer", "changed", "Maximum Page Size: 1000 → 500"),
                ("Customer: phone", "changed", "Active: yes → -"),
            ],
        )

    def test_what_is_deleted_stays_known(self):
        self.policy.unlink()
        last = self.env["graphql_api.change"].search([], limit=1)
        self.assertEqual(
            (last.record, last.kind, last.policy_id.id), ("Sales phone", "deleted", False)
        )
        self.assertEqual(last.create_uid, self.admin)

    def test_data_of_addons_is_not_tracked(self):
        before = self.env["graphql_api.change"].search_count([])
        data = self.customer.with_context(install_mode=True)
        data.description = "Somebody else"
        data.copy({"type_name": "Other", "collection": "others"}).unlink()
        self.assertEqual(self.env["graphql_api.change"].search_count([]), before)

    def test_nobody_rewrites_it(self):
        change = self.env["graphql_api.change"].with_user(self.admin).search([], limit=1)
        for refused in (
            lambda: change.write({"record": "x"}),
            lambda: change.unlink(),
            lambda: change.create({"record": "x", "kind": "created"}),
            lambda: change.with_user(self.user("demo")).read(["changes"]),
        ):
            with self.assertRaises(AccessError):
                refused()
