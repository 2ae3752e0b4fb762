"""Upserts: a key finds the record to change, or a new one gets it."""

import re

from odoo.tests import tagged

from ..cases.writing import WriteCase

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
        """It is one of Odoo, in a module of its own; no upgrade of an addon removes the record."""
        customer = self.upsert({"externalId": "my_app.customer-5.a"}, {"name": "Ann"})
        self.assertEqual(self.env.ref("__api__.res_partner.my_app.customer-5.a"), customer)
        row = self.env["ir.model.data"].search([("module", "=", "__api__")])
        self.assertTrue(row.noupdate)
        self.assertNotIn(row.complete_name, self.env.registry.loaded_xmlids)
        self.assertFalse(self.env["ir.model.data"].search([("module", "=", "my_app")]))
        main = self.env.ref("base.main_partner")
        self.assertEqual(self.upsert({"externalId": "base.main_partner"}, {"name": "Us"}), main)

    def name(self, record, external_id: str):
        """Give a record an external id, as Odoo's imports do, and clients did once."""
        self.env["ir.model.data"]._update_xmlids([{"xml_id": external_id, "record": record}])

    def test_external_ids_of_odoo(self):
        """Whatever names a record that is visible finds it."""
        for module in ("my_app", "__export__", "__import__", "studio_customization", "base"):
            with self.subTest(module):
                customer = self.env["res.partner"].create({"name": "Ann"})
                self.name(customer, f"{module}.customer_5")
                for login in ("admin", "demo"):
                    by = {"externalId": f"{module}.customer_5"}
                    self.assertEqual(self.upsert(by, {"name": "Bob"}, login=login), customer)

    def test_external_id_of_another_type(self):
        self.name(self.env.ref("base.be"), "my_app.one")
        customer = self.upsert({"externalId": "my_app.one"}, {"name": "Ann"})
        query = """mutation { upsertCustomerTag(by: { externalId: "my_app.one" },
            input: { name: "Ztag" }) { id } }"""
        first = self.graphql(query)
        self.assertEqual(self.graphql(query), first)
        self.assertEqual(self.upsert({"externalId": "my_app.one"}, {"name": "Bob"}), customer)

    def test_hidden_is_as_missing(self):
        """A name that somebody else has given is free for who does not see the record."""
        hidden = self.upsert({"externalId": "my_app.shared"}, {"name": "Ann"})
        old = self.env["res.partner"].create({"name": "Old"})
        self.name(old, "my_app.old")
        self.hide(hidden, old)
        for name in ("shared", "old", "missing"):
            with self.subTest(name):
                by = {"externalId": f"my_app.{name}"}
                created = self.upsert(by, {"name": "Cid"}, login="demo")
                self.assertNotIn(created, hidden | old)
                self.assertEqual(self.upsert(by, {"name": "Dan"}, login="demo"), created)
                # Who made it is the only one who is asked for another name.
                also = self.upsert(by, {"name": "Eve"})
                self.assertEqual(also == created, name != "shared")
                self.assertEqual(self.upsert(by, {"name": "Eve"}), also)
                self.assertEqual(self.upsert(by, {"name": "Eve"}, login="demo"), created)
        self.assertEqual((hidden.name, old.name), ("Ann", "Old"))

    def test_hidden_is_as_missing_to_the_byte(self):
        """The whole answers are the same, but for the new record's id."""
        cases = {"shared": self.upsert({"externalId": "my_app.shared"}, {"name": "Ann"})}
        for module in ("my_app", "base", "__export__", "studio_customization"):
            cases[module] = self.env["res.partner"].create({"name": "Old"})
            self.name(cases[module], f"{module}.hidden")
        self.hide(*cases.values())
        pairs = [("my_app.shared", "my_app.missing1"), ("my_app.hidden", "my_app.missing2")]
        pairs += [
            (f"{module}.hidden", f"{module}.missing")
            for module in ("base", "__export__", "studio_customization")
        ]
        for names in pairs:
            with self.subTest(names):
                answers = []
                for name in names:
                    variables = {"by": {"externalId": name}, "input": {"name": "Zname"}}
                    response = self.graphql_response(UPSERT, variables, login="demo")
                    answers.append((response.status_code, re.sub(r'"id":"\d+"', "", response.text)))
                self.assertEqual(*answers)

    def test_own_name_of_a_record_that_got_hidden(self):
        by = {"externalId": "my_app.one"}
        for _again in range(3):
            record = self.upsert(by, {"name": "Ann"}, login="demo")
            self.assertEqual(self.upsert(by, {"name": "Bob"}, login="demo"), record)
            self.hide(record)

    def test_policies_do_not_share(self):
        """The same id under another policy is another record; under one policy it is shared."""
        by = {"externalId": "my_app.one"}
        records = [self.upsert(by, {"name": "Ann"})]
        headers = []
        for name in ("First app", "Second app"):
            policy = self.env["graphql_api.policy"].create({"name": name, "all_resources": True})
            keys = self.env["graphql_api.key"]
            found = [
                {"Authorization": f"Bearer {keys._generate(self.user(login), policy, name, None)}"}
                for login in ("admin", "demo")
            ]
            first = self.upsert(by, {"name": "Ann"}, headers=found[0])
            self.assertEqual(self.upsert(by, {"name": "Bob"}, headers=found[1]), first)
            self.assertEqual(self.env.ref(f"__api_{policy.id}__.res_partner.my_app.one"), first)
            records.append(first)
            headers += found
            for external_id in (
                f"__api_{policy.id}__.res_partner.my_app.one",
                "__api__.res_partner.my_app.one",
            ):
                for key in headers:
                    self.refuse(
                        {"externalId": external_id},
                        {"name": "x"},
                        fields=["by.externalId"],
                        headers=key,
                    )
        self.assertEqual(len(set(records)), 3)
        # What has a name in Odoo is found under each.
        self.name(records[0], "my_app.two")
        for key in headers:
            by = {"externalId": "my_app.two"}
            self.assertEqual(self.upsert(by, {"name": "Cid"}, headers=key), records[0])

    def test_names_that_are_odoos(self):
        """What is not there under an addon's name, or that of an export, is not made there."""
        for module in ("__export__", "__import__", "studio_customization", "__api__", "__x"):
            self.refuse({"externalId": f"{module}.x"}, {"name": "x"}, fields=["by.externalId"])
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
        self.assertEqual(self.upsert({"externalId": "my_app.gone"}, {"name": "Cid"}), again)

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
