"""A change counts for all who begin after it, whatever a concurrent request still sees."""

import contextlib

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, tagged

from ...models.settings import PREFIX
from ..cases.server import committed, database

NAME = PREFIX + "max_depth"


@tagged("post_install", "-at_install")
class TestOvertakenChanges(BaseCase):
    """Two transactions of one process: an older one looks, the other one has changed something."""

    @contextlib.contextmanager
    def transaction(self):
        """Yield an environment that sees from the first statement on what there was then."""
        with Registry(database()).cursor() as cursor:
            cursor.execute("SELECT 1 FROM orm_signaling_routing LIMIT 1")
            yield api.Environment(cursor, SUPERUSER_ID, {})

    def assert_counts(self, change, look, before, after):
        """Check that a change counts afterwards, though an older transaction looks at each point.

        :param change: gets an environment whose transaction is committed then
        :param look: returns of an environment what is kept
        """
        with self.transaction() as older, self.transaction() as another:
            with committed() as env:
                change(env)
                env.flush_all()
                # Between the change and its commit the caches are empty already.
                self.assertEqual(look(older), before)
            self.assertEqual(look(another), before)
        with self.transaction() as newer:
            self.assertEqual(look(newer), after)

    def test_resource(self):
        self.addCleanup(self.remove_resources)

        def look(env):
            return "Zindustry" in env["graphql_api.schema"]._get_schema().resources

        def change(env):
            values = {"type_name": "Zindustry", "collection": "zindustries"}
            fields = [(0, 0, {"field_name": "name"})]
            values |= {"model": "res.partner.industry", "field_ids": fields}
            env["graphql_api.resource"].create(values)

        self.assert_counts(change, look, False, True)

    def test_policy(self):
        with committed() as env:
            policy_id = env["graphql_api.policy"].create({"name": "Z", "max_depth": 7}).id
        self.addCleanup(self.remove_policy, policy_id)

        def look(env):
            return env["graphql_api.policy"]._get_policy(policy_id).limits.max_depth

        def change(env):
            env["graphql_api.policy"].browse(policy_id).max_depth = 5

        self.assert_counts(change, look, 7, 5)

    def test_settings(self):
        self.addCleanup(self.remove_setting)

        def look(env):
            return env["graphql_api.settings"]._get_settings().limits.max_depth

        with self.transaction() as env:
            before = look(env)

        def change(env):
            env["ir.config_parameter"].set_param(NAME, "3")

        self.assert_counts(change, look, before, 3)

    def remove_resources(self):
        with committed() as env:
            resources = env["graphql_api.resource"].with_context(active_test=False)
            resources.search([("type_name", "=", "Zindustry")]).unlink()

    def remove_policy(self, policy_id: int):
        with committed() as env:
            env["graphql_api.policy"].browse(policy_id).unlink()

    def remove_setting(self):
        with committed() as env:
            env["ir.config_parameter"].set_param(NAME, False)
