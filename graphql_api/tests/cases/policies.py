"""A policy and a key of it."""

from .api import ApiCase


class PolicyCase(ApiCase):
    """``self.scoped`` are the headers of a key with a policy, which grants to read."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.env["graphql_api.policy"].create(
            {"name": "Zreaders", "all_resources": True, "read_only": True}
        )
        keys = cls.env["graphql_api.key"]
        key = keys._generate(cls.user("admin"), cls.policy, "Zphone", None)
        cls.scoped = {"Authorization": f"Bearer {key}"}
        cls.record = keys.search([("name", "=", "Zphone")]).ensure_one()
