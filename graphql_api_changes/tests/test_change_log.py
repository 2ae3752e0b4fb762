"""The change log: what is in it, and what is found since a position."""

import contextlib

from odoo import SUPERUSER_ID, api
from odoo.fields import Domain
from odoo.sql_db import db_connect
from odoo.tests import TransactionCase, tagged

from odoo.addons.graphql_api.schema.extension import ApiError
from odoo.addons.graphql_api_changes.schema.change_log import find_changes
from odoo.addons.graphql_api_changes.schema.tokens import make_token, read_token


class CommittedCase(TransactionCase):
    """Tests that work in transactions of their own, as requests do, and clean up what they keep."""

    @contextlib.contextmanager
    def transaction(self, login: str = "", commit: bool = True):
        """Give the environment of a user, the superuser's by default, in its own transaction."""
        with contextlib.closing(db_connect(self.env.cr.dbname).cursor()) as cursor:
            env = api.Environment(cursor, SUPERUSER_ID, {})
            if login:
                env = env(user=env["res.users"].search([("login", "=", login)]).id)
            yield env
            if commit:
                cursor.commit()
                env.registry.signal_changes()

    def keep(self, model: str, *values: dict) -> list[int]:
        """Commit new records, which are deleted after the test; return their ids."""
        with self.transaction() as env:
            ids = env[model].create(list(values)).ids
        self.addCleanup(self.remove, model, ids)
        return ids

    def remove(self, model: str, ids: list[int]) -> None:
        with self.transaction() as env:
            env[model].browse(ids).exists().unlink()

    def token(self, type_name: str, login: str = "admin", domain=Domain.TRUE, **arguments) -> str:
        with self.transaction(login) as env:
            context, resource = self.find_resource(env, type_name)
            return make_token(context, resource, domain=domain, **arguments)

    def changes(
        self, type_name: str, token: str, login: str = "admin", domain=Domain.TRUE, **arguments
    ) -> list[int]:
        """Return the ids of what has changed since a token."""
        with self.transaction(login) as env:
            context, resource = self.find_resource(env, type_name)
            snapshot = read_token(context, resource, token, domain=domain)
            found = find_changes(context, resource, snapshot, domain=domain, **arguments)
            return found.ids

    def find_resource(self, env, type_name: str):
        policy = env["graphql_api.policy"]._get_policy(None)
        schema = env["graphql_api.schema"]._get_schema(policy.rights)
        return schema.context(env, policy=policy), schema.resources[type_name]

    @contextlib.contextmanager
    def assertApiError(self, code: str):
        with self.assertRaises(ApiError) as caught:
            yield
        self.assertEqual(caught.exception.code, code)


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
