"""Tests on a database that others see, as requests do."""

import contextlib

from odoo import SUPERUSER_ID, api
from odoo.fields import Domain
from odoo.sql_db import db_connect
from odoo.tests import TransactionCase

from odoo.addons.graphql_api.schema.extension import ApiError

from ...schema.change_log import find_changes
from ...schema.tokens import make_token, read_token


class CommittedCase(TransactionCase):
    """Tests that work in transactions of their own, as requests do, and clean up what they keep."""

    @contextlib.contextmanager
    def transaction(self, login: str = "", commit: bool = True):
        """Give the environment of a user, the superuser's by default, in its own transaction."""
        with contextlib.closing(db_connect(self.env.cr.dbname).cursor()) as cursor:
            # A test that waits for itself fails.
            cursor.execute("SET lock_timeout = '20s'")
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
            return find_changes(context, resource, snapshot, domain=domain, **arguments).ids

    @contextlib.contextmanager
    def changed(self, model: str, ids: list[int], values: dict):
        """Commit other values of records, until the end of the block."""
        with self.transaction() as env:
            records = env[model].browse(ids)
            before = [
                (
                    record.id,
                    {
                        name: record._fields[name].convert_to_write(record[name], record)
                        for name in values
                    },
                )
                for record in records
            ]
            records.write(values)
        try:
            yield
        finally:
            with self.transaction() as env:
                for record_id, old in before:
                    env[model].browse(record_id).write(old)

    def execute(self, query: str, *parameters) -> list:
        """Commit a statement that goes past the ORM; return its rows."""
        with self.transaction() as env:
            env.cr.execute(query, parameters)
            return env.cr.fetchall() if env.cr.description else []

    def find_resource(self, env, type_name: str):
        policy = env["graphql_api.policy"]._get_policy(None)
        schema = env["graphql_api.schema"]._get_schema(policy.rights)
        return schema.context(env, policy=policy), schema.resources[type_name]

    @contextlib.contextmanager
    def assertApiError(self, code: str):
        with self.assertRaises(ApiError) as caught:
            yield
        self.assertEqual(caught.exception.code, code)
