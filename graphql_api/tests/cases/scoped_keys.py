"""Keys under a policy that the test writes."""

from datetime import datetime, timedelta

from odoo import Command
from odoo.tests import tagged

from .api import ApiCase


@tagged("post_install", "-at_install")
class ScopedKeyCase(ApiCase):
    """Tests with a key that reads countries and creates customers."""

    grants = {"Country": ["read"], "Customer": ["create"]}

    def policy(self, grants: dict[str, list[str]] | None, **values):
        """Return a new policy with rights on resources, None for all."""
        resources = self.env["graphql_api.resource"].search(
            [("type_name", "in", list(grants or ()))]
        )
        rights = [
            {
                "resource_id": resource.id,
                **{
                    f"allow_{operation}": operation in grants[resource.type_name]
                    for operation in ("read", "create", "update", "delete", "actions")
                },
            }
            for resource in resources
        ]
        return self.env["graphql_api.policy"].create(
            {
                "name": "Test",
                "all_resources": grants is None,
                "right_ids": [Command.create(right) for right in rights],
                **values,
            }
        )

    def scoped_key(self, policy, login: str = "admin", expires: timedelta = timedelta(days=1)):
        """Return headers with a new key of a user under a policy."""
        key = self.env["graphql_api.key"]._generate(
            self.user(login), policy, "test", datetime.now() + expires
        )
        return {"Authorization": f"Bearer {key}"}
