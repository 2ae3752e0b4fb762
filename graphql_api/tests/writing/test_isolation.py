"""Two transactions at a time: what PostgreSQL must refuse, so that Odoo starts again.

A transaction sees the database as it was at its first query (REPEATABLE READ). What another one
has committed since then it does not see; a decision on what it sees would be wrong.
"""

import contextlib

import psycopg2.errors

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, tagged
from odoo.tools import mute_logger

from ...http.idempotency_key import StoredResponse
from ...schema.execution.executor import Request, execute
from ...schema.exposure.errors import ApiError
from ..cases.server import committed, database

STORED = StoredResponse(201, [["Location", "/api/customers/1"]], b"{}")
UPSERT = """mutation ($ref: String!, $city: String) {
  upsertCustomer(by: {ref: $ref}, input: {name: "Zann", city: $city}) { id }
}"""


class IsolationCase(BaseCase):
    """``self.early`` has begun before ``self.other`` does anything."""

    def setUp(self):
        super().setUp()
        self.other = self.begin()
        self.early = self.begin()

    def begin(self) -> api.Environment:
        """Return an environment of the administrator, in a transaction that has begun."""
        cursor = Registry(database()).cursor()
        self.addCleanup(cursor.close)
        # Who waits for a lock here would wait for ever: both are in this thread.
        cursor.execute("SET lock_timeout = '2s'")
        cursor.commit()
        admin = api.Environment(cursor, SUPERUSER_ID, {}).ref("base.user_admin")
        return api.Environment(cursor, admin.id, {"lang": "en_US"})

    def again(self, env: api.Environment):
        """Let a transaction start again, as Odoo does after a failure."""
        env.cr.rollback()
        env.transaction.reset()

    @contextlib.contextmanager
    def refused(self):
        """Expect that PostgreSQL refuses to go on with the early transaction."""
        with self.assertRaises(psycopg2.errors.SerializationFailure), mute_logger("odoo.sql_db"):
            yield
        self.again(self.early)

    def mutate(self, env: api.Environment, query: str, **variables):
        """Execute a mutation; return its data, or the code of its error."""
        schema = env["graphql_api.schema"]._get_schema()
        result = execute(schema, schema.context(env), Request(query, variables))
        return result.code or result.data


@tagged("post_install", "-at_install")
class TestKeys(IsolationCase):
    """``Idempotency-Key``: of two requests one is served."""

    def setUp(self):
        super().setUp()
        self.addCleanup(self.remove)
        self.addCleanup(self.other.cr.close)
        self.addCleanup(self.early.cr.close)

    def remove(self):
        with committed() as env:
            env["graphql_api.idempotency"].search([("key", "=", "Zkey")]).unlink()

    def claim(self, env, digest="digest"):
        return env["graphql_api.idempotency"]._claim("Zkey", digest)

    def serve(self, env):
        self.assertIsNone(self.claim(env))
        env["graphql_api.idempotency"]._keep("Zkey", STORED)

    def test_served_since_the_transaction_began(self):
        """The answer exists but cannot be seen: start again, then see it."""
        self.serve(self.other)
        self.other.cr.commit()
        with self.refused():
            self.claim(self.early)
        self.assertEqual(self.claim(self.early), STORED)
        with self.assertRaises(ApiError) as caught:
            self.claim(self.early, "another")
        self.assertEqual(caught.exception.code, "VALIDATION_FAILED")

    def test_being_served(self):
        """The other request is answered at once, without waiting for this one."""
        self.serve(self.other)
        with self.assertRaises(ApiError) as caught:
            self.claim(self.early)
        self.assertEqual(caught.exception.code, "CONFLICT")
        self.assertEqual(caught.exception.retry_after, 1)

    def test_failed(self):
        """A request that failed leaves the key to the next one."""
        self.serve(self.other)
        self.other.cr.rollback()
        self.serve(self.early)

    def test_expired(self):
        """Two requests with a key whose answer is too old: one is served."""
        self.serve(self.other)
        self.other.cr.execute(
            "UPDATE graphql_api_idempotency SET created_at = created_at - interval '25 hours' "
            "WHERE key = 'Zkey'"
        )
        self.other.cr.commit()
        self.again(self.early)
        self.early.cr.execute("SELECT 1")
        self.serve(self.other)
        self.other.cr.commit()
        with self.refused():
            self.claim(self.early)
        self.assertEqual(self.claim(self.early), STORED)

    def test_another_user(self):
        self.serve(self.other)
        demo = self.early.ref("base.user_demo")
        self.assertIsNone(self.claim(self.early(user=demo.id)))


class PartnerCase(IsolationCase):
    """A committed partner with two tags."""

    def setUp(self):
        super().setUp()
        with committed() as env:
            partner = env["res.partner"].create({"name": "Zann", "ref": "Zref"})
            tags = env["res.partner.category"].create([{"name": "Zone"}, {"name": "Ztwo"}])
            self.partner_id, self.tag_ids = partner.id, tags.ids
        self.addCleanup(self.remove)
        for env in (self.early, self.other):
            self.addCleanup(env.cr.close)
            self.again(env)
            env.cr.execute("SELECT 1")

    def remove(self):
        with committed() as env:
            partners = env["res.partner"].search([("ref", "=like", "Zref%")])
            (partners.child_ids | partners).unlink()
            env["res.partner.category"].browse(self.tag_ids).unlink()
            env["graphql_api.upsert"].search([]).unlink()


@tagged("post_install", "-at_install")
class TestVersions(PartnerCase):
    """A version that was right when the transaction began does not help it to overwrite."""

    update = """mutation ($id: ID!, $version: String, $input: CustomerUpdateInput!) {
      updateCustomer(id: $id, ifVersion: $version, input: $input) { id }
    }"""
    delete = (
        "mutation ($id: ID!, $version: String) { deleteCustomer(id: $id, ifVersion: $version) }"
    )

    def check(self, first: dict, query: str, **variables):
        """Change the partner in the other transaction, then try to do it in the early one."""
        read = "query ($id: ID!) { customer(id: $id) { version } }"
        version = self.mutate(self.early, read, id=self.partner_id)["customer"]["version"]
        arguments = {"id": str(self.partner_id), "version": version}
        self.assertIsInstance(self.mutate(self.other, self.update, **arguments, input=first), dict)
        self.other.cr.commit()
        with self.refused():
            self.mutate(self.early, query, **arguments, **variables)
        code = self.mutate(self.early, query, **arguments, **variables)
        self.assertEqual(code, "PRECONDITION_FAILED")

    def test_values(self):
        self.check({"city": "Aalst"}, self.update, input={"phone": "1"})

    def test_lists(self):
        """Different records in a list are different rows; yet the record was changed."""
        one, two = ({"tags": {"link": [str(number)]}} for number in self.tag_ids)
        self.check(one, self.update, input=two)

    def test_records_of_lists(self):
        """New records in a list change no row that the other transaction changes."""
        one, two = ({"children": {"create": [{"name": name}]}} for name in ("Zone", "Ztwo"))
        self.check(one, self.update, input=two)

    def test_delete(self):
        self.check({"city": "Aalst"}, self.delete)


@tagged("post_install", "-at_install")
class TestUpserts(PartnerCase):
    """Of two requests with the same key one creates the record and the other finds it."""

    def test_created_since_the_transaction_began(self):
        created = self.mutate(self.other, UPSERT, ref="Zref-1")
        self.other.cr.commit()
        with self.refused():
            self.mutate(self.early, UPSERT, ref="Zref-1")
        self.assertEqual(self.mutate(self.early, UPSERT, ref="Zref-1"), created)

    def test_being_created(self):
        """The second request waits until the first one has ended."""
        self.mutate(self.other, UPSERT, ref="Zref-1")
        with self.assertRaises(psycopg2.errors.LockNotAvailable):
            self.mutate(self.early, UPSERT, ref="Zref-1")
        self.again(self.early)
        self.assertIsInstance(self.mutate(self.early, UPSERT, ref="Zref-2"), dict)

    def test_failed(self):
        """A request that is undone leaves the key to the next one."""
        self.mutate(self.other, UPSERT, ref="Zref-1")
        self.other.cr.rollback()
        created = self.mutate(self.early, UPSERT, ref="Zref-1")["upsertCustomer"]
        self.early.cr.commit()
        self.again(self.other)
        self.assertEqual(self.mutate(self.other, UPSERT, ref="Zref-1"), {"upsertCustomer": created})

    def test_changed_since_the_transaction_began(self):
        """Two updates by the same key: the second one starts again on what the first one made."""
        expected = {"upsertCustomer": {"id": str(self.partner_id)}}
        self.assertEqual(self.mutate(self.other, UPSERT, ref="Zref", city="Aalst"), expected)
        self.other.cr.commit()
        with self.refused():
            self.mutate(self.early, UPSERT, ref="Zref", city="Ghent")
        self.assertEqual(self.mutate(self.early, UPSERT, ref="Zref", city="Ghent"), expected)

    def test_external_id(self):
        query = """mutation {
          upsertCustomer(by: {externalId: "zapp.one"}, input: {name: "Zann", ref: "Zref-3"}) { id }
        }"""
        created = self.mutate(self.other, query)
        self.other.cr.commit()
        with self.refused():
            self.mutate(self.early, query)
        self.assertEqual(self.mutate(self.early, query), created)


@tagged("post_install", "-at_install")
class TestListUpserts(PartnerCase):
    """Of two requests with the same list the second one begins again on what the first made."""

    def test_written_since_the_transaction_began(self):
        query = """mutation ($id: ID!, $input: CustomerUpdateInput!) {
          updateCustomer(id: $id, input: $input) { children { id name } } }"""
        by_id = {"by": {"externalId": "zapp.contact"}, "input": {"name": "Z1"}}
        by_ref = {"by": {"ref": "Zref-2"}, "input": {"name": "Z2"}}
        for values, names in (
            ({"upsert": [by_id]}, ["Z1"]),
            ({"upsert": [by_ref]}, ["Z1", "Z2"]),
            ({"replace": [by_ref, by_id]}, ["Z1", "Z2"]),
            ({"replace": [{"input": {"name": "Z3"}}]}, ["Z3"]),
        ):
            with self.subTest(values):
                for env in (self.other, self.early):
                    self.again(env)
                    env.cr.execute("SELECT 1")
                variables = {"id": str(self.partner_id), "input": {"children": values}}
                self.mutate(self.other, query, **variables)
                self.other.cr.commit()
                with self.refused():
                    self.mutate(self.early, query, **variables)
                found = self.mutate(self.early, query, **variables)["updateCustomer"]["children"]
                self.assertEqual(sorted(child["name"] for child in found), names)
                self.early.cr.commit()
