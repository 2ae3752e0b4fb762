"""The change log: what is in it, and what is found since a position."""

from odoo.tests import tagged

from odoo.addons.graphql_api_changes.schema import positions
from odoo.addons.graphql_api_changes.schema.change_log import find_changes
from odoo.addons.graphql_api_changes.schema.extension import LoggedChange, now, read_log
from odoo.addons.graphql_api_changes.schema.tokens import make_token, read_token

from .cases.committed import CommittedCase


@tagged("post_install", "-at_install")
class TestLog(CommittedCase):
    def setUp(self):
        super().setUp()
        names = ("Amsel", "Buchfink", "Coot")
        self.ids = self.keep("res.partner", *({"name": name} for name in names))

    def test_each_kind_of_change_is_found(self):
        token = self.token("Customer")
        self.assertEqual(self.changes("Customer", token), [])
        (new,) = self.keep("res.partner", {"name": "Dipper"})
        with self.transaction() as env:
            env["res.partner"].browse(self.ids[0]).city = "Ghent"
            env.cr.execute("DELETE FROM res_partner WHERE id = %s", [self.ids[1]])
            env.cr.execute("UPDATE res_partner SET active = false WHERE id = %s", [self.ids[2]])
        self.assertEqual(self.changes("Customer", token), [*self.ids, new])

    def test_late_commits_are_found_and_stall_nothing(self):
        """What a poll by times misses: a transaction that began before and ends after."""
        with self.transaction() as slow:
            slow["res.partner"].browse(self.ids[0]).city = "Ghent"
            slow.flush_all()
            token = self.token("Customer")
            with self.transaction() as quick:
                quick["res.partner"].browse(self.ids[1]).city = "Bruges"
            self.assertEqual(self.changes("Customer", token), [self.ids[1]])
            later = self.token("Customer")
            self.assertEqual(self.changes("Customer", later), [])
        self.assertEqual(self.changes("Customer", token), self.ids[:2])
        self.assertEqual(self.changes("Customer", later), self.ids[:1])

    def test_what_is_rolled_back_is_not_found(self):
        token = self.token("Customer")
        with self.transaction(commit=False) as env:
            env["res.partner"].browse(self.ids[0]).city = "Ghent"
            env.flush_all()
        with self.transaction() as env:
            savepoint = env.cr.savepoint()
            env["res.partner"].browse(self.ids[1]).city = "Ghent"
            env.flush_all()
            savepoint.close(rollback=True)
        with self.transaction() as env, env.cr.savepoint():
            env["res.partner"].browse(self.ids[2]).city = "Ghent"
        self.assertEqual(self.changes("Customer", token), self.ids[2:])

    def test_own_writes_are_found_again(self):
        """They are not visible in the snapshot of the transaction that makes them."""
        with self.transaction("admin") as env:
            env["res.partner"].browse(self.ids[0]).city = "Ghent"
            env.flush_all()
            token = make_token(*self.find_resource(env, "Customer"))
        self.assertEqual(self.changes("Customer", token), self.ids[:1])

    def test_many_rows_of_one_statement(self):
        token = self.token("Customer")
        self.execute("UPDATE res_partner SET city = 'Ghent' WHERE id = ANY(%s)", self.ids)
        self.assertEqual(self.changes("Customer", token), self.ids)
        rows = self.execute(
            "SELECT kind, count(*) FROM graphql_api_change_log "
            "WHERE table_name = 'res_partner' AND record_id = ANY(%s) "
            "GROUP BY kind, transaction ORDER BY transaction DESC LIMIT 1",
            self.ids,
        )
        self.assertEqual(rows, [("update", 3)])

    def test_many2many_rows_change_the_records_at_both_ends(self):
        (tag,) = self.keep("res.partner.category", {"name": "Heron"})
        customers, tags = self.token("Customer"), self.token("CustomerTag")
        link = "INSERT INTO res_partner_res_partner_category_rel (partner_id, category_id) "
        self.execute(link + "SELECT unnest(%s), %s", self.ids[:2], tag)
        self.assertEqual(self.changes("Customer", customers), self.ids[:2])
        self.assertEqual(self.changes("CustomerTag", tags), [tag])
        customers = self.token("Customer")
        # The rows of the relation go with the tag, by its foreign key.
        self.execute("DELETE FROM res_partner_category WHERE id = %s", tag)
        self.assertEqual(self.changes("Customer", customers), self.ids[:2])

    def test_cascades(self):
        (order,) = self.keep(
            "sale.order",
            {
                "partner_id": self.ids[0],
                "order_line": [(0, 0, {"display_type": "line_note", "name": "Ibis"})],
            },
        )
        with self.transaction() as env:
            lines = env["sale.order"].browse(order).order_line.ids
        token = self.token("SaleOrderLine")
        self.execute("DELETE FROM sale_order WHERE id = %s", order)
        self.assertEqual(self.changes("SaleOrderLine", token), lines)

    def test_pages(self):
        token = self.token("Customer")
        with self.transaction() as env:
            env["res.partner"].browse(self.ids).city = "Ghent"
        found = []
        for number in range(3):
            with self.transaction("admin") as env:
                context, resource = self.find_resource(env, "Customer")
                snapshot = read_token(context, resource, token)
                now = positions.now(env).snapshot
                changes = find_changes(context, resource, snapshot, limit=1, until=now)
                token = make_token(context, resource, page=changes.page)
            found += changes.ids
            self.assertEqual(changes.page is None, number == 2)
        self.assertEqual(found, self.ids)

    def test_an_emptied_table_asks_for_a_new_copy(self):
        token = self.token("Customer")
        with self.transaction("admin", commit=False) as env:
            # Of a table that nothing refers to: its tags are in a list of the customer.
            env.cr.execute("TRUNCATE res_partner_res_partner_category_rel")
            context, resource = self.find_resource(env, "Customer")
            snapshot = read_token(context, resource, token)
            with self.assertApiError("RESYNC_REQUIRED"):
                find_changes(context, resource, snapshot)

    def test_other_addons_read_the_log(self):
        with self.transaction() as env:
            position = now(env).snapshot
        with self.transaction() as env:
            env.cr.execute("DELETE FROM res_partner WHERE id = %s", [self.ids[0]])
            env.cr.execute("UPDATE res_partner SET city = 'x' WHERE id = %s", [self.ids[1]])
            env.cr.execute("UPDATE res_partner SET city = 'y' WHERE id = %s", [self.ids[1]])
        with self.transaction() as env:
            changes = read_log(env, ["res_partner"], position)
            self.assertCountEqual(
                changes,
                [
                    LoggedChange("res_partner", self.ids[0], "delete"),
                    LoggedChange("res_partner", self.ids[1], "update"),
                ],
            )
            self.assertIsNone(read_log(env, ["res_partner", "res_bank"], position))
            self.assertIsNone(read_log(env, ["res_partner"], "1:1:"))
