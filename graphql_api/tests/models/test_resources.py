"""Resources as records: what they mean, and what becomes of a change."""

from odoo import SUPERUSER_ID
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import convert_file

from ..cases.api import ApiCase


@tagged("post_install", "-at_install")
class TestResources(ApiCase):
    def resource(self, collection: str):
        return (
            self.env["graphql_api.resource"]
            .with_context(active_test=False)
            .search([("collection", "=", collection)])
        )

    def create_bank_resource(self, install_mode=False, **values):
        """Create a resource; in ``install_mode`` as what an addon ships (odoo/tools/convert.py)."""
        resources = self.env["graphql_api.resource"].with_context(install_mode=install_mode)
        return resources.create(
            {
                "type_name": "Bank",
                "collection": "banks",
                "model": "res.bank",
                "field_ids": [
                    (0, 0, {"field_name": "name"}),
                    (0, 0, {"field_name": "bic", "api_name": "swift"}),
                    (0, 0, {"field_name": "country"}),
                ],
                **values,
            }
        )

    def test_a_new_resource_is_served_at_once(self):
        bank = self.env["res.bank"].create({"name": "Reserve", "bic": "RESEBEBB"})
        self.rest("/api/banks", status=404)
        self.create_bank_resource()
        query = "{ banks(filter: {swift: {eq: RESEBEBB}}) { nodes { id name swift } } }"
        data = self.graphql(query.replace("RESEBEBB", '"RESEBEBB"'))
        self.assertEqual(
            data["banks"]["nodes"], [{"id": str(bank.id), "name": "Reserve", "swift": "RESEBEBB"}]
        )
        self.assertEqual(self.rest(f"/api/banks/{bank.id}")["data"]["swift"], "RESEBEBB")

    def test_a_change_is_served_at_once(self):
        resource = self.create_bank_resource()
        self.rest("/api/banks?fields=swift")
        resource.field_ids.filtered(lambda line: line.api_name == "swift").api_name = "bic_code"
        self.rest("/api/banks?fields=swift", status=400)
        self.rest("/api/banks?fields=bic_code")
        resource.allow_read = False
        self.rest("/api/banks", status=404)
        self.assertIn("Bank", self.http("GET", "/api/graphql/schema.graphql").text)
        resource.active = False
        self.assertNotIn("type Bank ", self.http("GET", "/api/graphql/schema.graphql").text)

    def test_a_missing_model_leaves_the_resource_out(self):
        self.create_bank_resource(install_mode=True, model="not.installed")
        self.rest("/api/banks", status=404)
        self.rest("/api/customers?limit=1")

    def test_a_missing_field_is_skipped(self):
        lines = [(0, 0, {"field_name": name}) for name in ("name", "no_such_field")]
        self.create_bank_resource(install_mode=True, field_ids=lines)
        self.rest("/api/banks")
        self.rest("/api/banks?fields=no_such_field", status=400)

    def test_a_relation_to_what_is_not_exposed_is_left_out(self):
        self.create_bank_resource()
        self.rest("/api/banks?fields=country.code")
        self.resource("countries").active = False
        self.rest("/api/banks?fields=country.code", status=400)

    def test_domain_order_and_page_size(self):
        self.env["res.bank"].search([]).active = False
        self.env["res.bank"].create([{"name": f"Bank {letter}"} for letter in "abcde"])
        self.create_bank_resource(
            domain="[('name', '!=', 'Bank c')]",
            order="name desc",
            default_page_size=2,
            max_page_size=3,
        )
        names = [record["name"] for record in self.rest("/api/banks?fields=name")["data"]]
        self.assertEqual(names, ["Bank e", "Bank d"])
        self.assertEqual(self.rest("/api/banks?fields=name&total=true")["meta"]["total"], 4)
        self.rest("/api/banks?limit=3")
        self.rest("/api/banks?limit=4", status=400)

    def test_mistakes_are_refused(self):
        for values in (
            {"type_name": "bank"},
            {"type_name": "My Bank"},
            {"collection": "Banks"},
            {"collection": "graphql"},
            {"collection": "me"},
            {"domain": "[('nonsense', '=', 1)]"},
            {"domain": "env.user"},
            {"order": "name; drop table"},
            {"field_ids": [(0, 0, {"field_name": "name", "api_name": "Name"})]},
            {"field_ids": [(0, 0, {"field_name": "name", "api_name": "version"})]},
        ):
            with self.subTest(values), self.assertRaises(ValidationError):
                self.create_bank_resource(**values)

    def test_what_is_shipped_is_archived_and_not_deleted(self):
        """Deleted, a line would be exposed again by the next upgrade."""
        line = self.env.ref("graphql_api.customer__phone")
        with self.assertRaises(UserError):
            line.unlink()
        line.active = False
        self.rest("/api/customers?fields=phone", status=400)
        own = self.create_bank_resource()
        own.field_ids[0].unlink()
        own.unlink()

    def test_an_upgrade_adds_what_is_new_and_keeps_what_was_changed(self):
        edited = self.env.ref("graphql_api.customer")
        edited.write({"collection": "clients", "allow_delete": False, "order": "name desc"})
        archived = self.env.ref("graphql_api.customer__phone")
        archived.active = False
        renamed = self.env.ref("graphql_api.customer__city")
        renamed.write({"api_name": "town", "writable": False, "filterable": False})
        own = edited.field_ids.create({"resource_id": edited.id, "field_name": "color"})
        new = self.env.ref("graphql_api.customer__email")
        # As if the catalog of the installed version did not have this line yet.
        self.env["ir.model.data"].search(
            [("model", "=", new._name), ("res_id", "=", new.id)]
        ).unlink()
        new.unlink()
        self.load_catalog("catalog_base.xml")
        self.assertEqual(
            (edited.collection, edited.allow_delete, edited.order), ("clients", False, "name desc")
        )
        self.assertFalse(archived.active)
        self.assertEqual(
            (renamed.api_name, renamed.writable, renamed.filterable), ("town", False, False)
        )
        self.assertTrue(own.exists())
        self.assertEqual(self.env.ref("graphql_api.customer__email").field_name, "email")
        self.rest("/api/clients?fields=town,color,email&limit=1")
        self.rest("/api/clients?fields=phone&limit=1", status=400)

    def test_an_upgrade_keeps_changes_of_actions(self):
        actions = self.env["graphql_api.resource.action"].search(
            [("resource_id", "=", self.env.ref("graphql_api.sale_order").id)]
        )
        renamed, archived = actions[:2]
        renamed.name = "settle"
        archived.active = False
        self.load_catalog("catalog_sale.xml")
        self.assertEqual((renamed.name, archived.active), ("settle", False))
        after = self.env["graphql_api.resource.action"].with_context(active_test=False)
        self.assertEqual(after.search([("resource_id", "=", renamed.resource_id.id)]), actions)

    def test_an_upgrade_does_not_stop_at_a_name_that_is_taken(self):
        """What came first is served; the form of the other says why it is not."""
        own = self.create_bank_resource()
        for values in ({"collection": "credit-institutes"}, {"type_name": "CreditInstitute"}):
            with self.subTest(values), self.assertLogs("odoo.addons.graphql_api", "WARNING"):
                shipped = self.create_bank_resource(install_mode=True, **values)
                self.rest("/api/banks?fields=name,swift")
                self.assertEqual((own.status, shipped.is_served), ("Served", False))
                self.assertIn(
                    "res.bank is exposed already, as Bank, which has the %s"
                    % ("type Bank" if "collection" in values else "query banks"),
                    shipped.status,
                )
                shipped.unlink()

    def load_catalog(self, name: str):
        """Load a file of the catalog as an upgrade of the addon does."""
        convert_file(self.env, "graphql_api", f"data/{name}", {}, mode="update", noupdate=False)

    def test_an_action_follows_its_new_arguments(self):
        """As long as nobody has changed it; what a user wrote stays, archived or not."""
        action = self.env.ref("graphql_api.lead__action_mark_lost")
        installing = action.with_context(install_mode=True)
        older = {"method": "action_set_lost", "wizard_model": False, "wizard_method": False}
        followed = (False, "crm.lead.lost", "action_lost_reason_apply")
        stays = ("action_set_lost", False, False)
        administrator = self.user("admin").id
        for user, values, expected in (
            (SUPERUSER_ID, older, followed),
            (SUPERUSER_ID, {**older, "method": "action_set_won"}, ("action_set_won", False, False)),
            (administrator, older, stays),
            (administrator, {**older, "active": False}, stays),
        ):
            with self.subTest(user=user, values=values):
                installing.with_user(user).write(values)
                self.load_catalog("catalog_crm.xml")
                row = (action.method, action.wizard_model, action.wizard_method)
                self.assertEqual(row, expected)
                self.assertEqual(action.active, values.get("active", True))

    def test_only_administrators_may_look_at_or_change_what_is_exposed(self):
        for model in ("graphql_api.resource", "graphql_api.resource.field"):
            for login, allowed in (("admin", True), ("demo", False), ("portal", False)):
                records = self.env[model].with_user(self.user(login))
                for operation in ("read", "write", "create", "unlink"):
                    self.assertEqual(records.has_access(operation), allowed)
