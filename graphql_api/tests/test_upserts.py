"""Upserts: a key finds the record to change, or a new one gets it."""

from odoo.tests import tagged

from .writing import WriteCase

UPSERT = """mutation ($by: CustomerKey!, $input: CustomerCreateInput!) {
  upsertCustomer(by: $by, input: $input) { id name } }"""


@tagged("post_install", "-at_install")
class TestUpserts(WriteCase):
    def upsert(self, by, values, **kwargs):
        """Upsert a customer and return it."""
        data = self.graphql(UPSERT, {"by": by, "input": values}, **kwargs)["upsertCustomer"]
        return self.env["res.partner"].browse(int(data["id"]))

    def refuse(self, by, values, code="BAD_USER_INPUT", fields=None, **kwargs):
        return self.refuse_graphql(
            UPSERT, {"by": by, "input": values}, code=code, fields=fields, **kwargs
        )

    def test_create_and_update(self):
        """The first one creates the record with its key; the same again changes it."""
        for by in (
            {"ref": "R-1"},
            {"email": "ann@example.com"},
            {"externalId": "my_app.customer_5"},
        ):
            for login in ("admin", "demo"):
                with self.subTest(by, login=login):
                    by = {key: login + value for key, value in by.items()}
                    created = self.upsert(by, {"name": "Ann", "city": "Ghent"}, login=login)
                    self.assertEqual((created.name, created.city), ("Ann", "Ghent"))
                    for field in ("ref", "email"):
                        self.assertEqual(created[field], by.get(field, False))
                    again = self.upsert(by, {"name": "Bob"}, login=login)
                    self.assertEqual(again, created)
                    self.assertEqual((again.name, again.city), ("Bob", "Ghent"))

    def test_external_id(self):
        """It is Odoo's own, and no upgrade of an addon removes the record."""
        customer = self.upsert({"externalId": "my_app.customer-5.a"}, {"name": "Ann"})
        self.assertEqual(self.env.ref("my_app.customer-5.a"), customer)
        row = self.env["ir.model.data"].search([("module", "=", "my_app")])
        self.assertTrue(row.noupdate)
        main = self.env.ref("base.main_partner")
        self.assertEqual(self.upsert({"externalId": "base.main_partner"}, {"name": "Us"}), main)

    def test_external_id_of_another_record(self):
        """The name of something else is taken, and an addon's names are its own."""
        country = {"xml_id": "my_app.country", "record": self.env.ref("base.be")}
        self.env["ir.model.data"]._update_xmlids([country])
        self.refuse({"externalId": "my_app.country"}, {"name": "x"}, "CONFLICT")
        hidden = self.upsert({"externalId": "my_app.hidden"}, {"name": "Ann"})
        self.hide(hidden)
        self.refuse({"externalId": "my_app.hidden"}, {"name": "x"}, "CONFLICT", login="demo")
        for name in ("base.be", "base.customer_5", "sale.customer_5", "graphql_api.customer_5"):
            self.refuse({"externalId": name}, {"name": "x"}, fields=["by.externalId"])
        for name in ("customer_5", "a.", ".a", "a b.c", "My.x", "a.b\x00", f"a.{'b' * 200}", "é.b"):
            with self.subTest(name):
                self.refuse({"externalId": name}, {"name": "x"}, fields=["by.externalId"])

    def test_external_id_of_a_deleted_record(self):
        """The name is free again."""
        customer = self.upsert({"externalId": "my_app.gone"}, {"name": "Ann"})
        customer.unlink()
        again = self.upsert({"externalId": "my_app.gone"}, {"name": "Bob"})
        self.assertNotEqual(again, customer)
        self.assertEqual(self.env.ref("my_app.gone"), again)

    def test_several_matches(self):
        self.env["res.partner"].create([{"name": name, "ref": "same"} for name in "ab"])
        self.refuse({"ref": "same"}, {"name": "x"}, "CONFLICT")

    def test_key_in_the_input(self):
        """The input may repeat the key, and says nothing else."""
        customer = self.upsert({"ref": "R-1"}, {"name": "a", "ref": "R-1"})
        self.assertEqual(customer.ref, "R-1")
        for values in ({"name": "b", "ref": "R-2"}, {"name": "b", "ref": None}):
            self.refuse({"ref": "R-1"}, values, fields=["input.ref"])
            self.refuse({"ref": "R-3"}, values, fields=["input.ref"])

    def test_archived_match(self):
        customer = self.env["res.partner"].create({"name": "a", "ref": "R-1", "active": False})
        self.assertEqual(self.upsert({"ref": "R-1"}, {"name": "b"}), customer)
        self.assertEqual((customer.name, customer.active), ("b", False))
        self.upsert({"ref": "R-1"}, {"name": "b", "active": True})
        self.assertTrue(customer.active)

    def test_hidden_match(self):
        """What the caller does not see is not changed, and not told of."""
        hidden = self.env["res.partner"].create({"name": "a", "ref": "R-1"})
        self.hide(hidden)
        created = self.upsert({"ref": "R-1"}, {"name": "b"}, login="demo")
        self.assertNotEqual(created, hidden)
        self.assertEqual(hidden.name, "a")

    def test_exactly_one_key(self):
        for by in ({}, {"ref": "a", "email": "b"}, {"ref": None}, {"city": "Ghent"}):
            body = self.graphql_response(UPSERT, {"by": by, "input": {"name": "x"}}).json()
            self.assertEqual(body["errors"][0]["extensions"]["code"], "BAD_USER_INPUT")
            self.assertNotIn("data", body)
        self.refuse({"ref": ""}, {"name": "x"}, fields=["by.ref"])
        self.refuse({"ref": "a\x00"}, {"name": "x"}, fields=["by.ref"])

    def test_rights(self):
        """Creating needs the right to create, changing the right to change."""
        self.refuse({"ref": "R-1"}, {"name": "x"}, "FORBIDDEN", login="clerk")
        customer = self.env["res.partner"].create({"name": "a", "ref": "R-1"})
        self.refuse({"ref": "R-1"}, {"name": "x"}, "FORBIDDEN", login="clerk")
        rights = self.env["ir.model.access"].search([("model_id.model", "=", "res.partner")])
        rights.perm_create = False
        self.assertEqual(self.upsert({"ref": "R-1"}, {"name": "b"}, login="demo"), customer)
        self.refuse({"ref": "R-2"}, {"name": "x"}, "FORBIDDEN", login="demo")
        self.forbid_fields("res.partner", "ref")
        self.refuse({"ref": "R-1"}, {"name": "x"}, "FORBIDDEN", login="demo")

    def test_offered_where_both_operations_are(self):
        resource = self.env["graphql_api.resource"].search([("type_name", "=", "Customer")])
        for operation in ("allow_create", "allow_update"):
            resource[operation] = False
            sdl = self.http("GET", "/api/graphql/schema.graphql").text
            self.assertNotIn("upsertCustomer(", sdl)
            resource[operation] = True
