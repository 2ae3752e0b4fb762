"""Errors at commit, when all of Odoo's work and the answer are done: nothing is kept either."""

import contextlib

from odoo.tests import tagged

from ..cases.server import ServerCase, committed

CREATE = "mutation ($name: String!) { createCustomerTag(input: {name: $name}) { id } }"


@tagged("post_install", "-at_install")
class TestCommit(ServerCase):
    """What PostgreSQL refuses only when the transaction is committed."""

    failures = {
        "23514": (422, "VALIDATION_FAILED"),
        "23505": (409, "CONFLICT"),
        "40001": (409, "CONFLICT"),
        "P0001": (500, "INTERNAL_SERVER_ERROR"),
    }
    """State that PostgreSQL reports -> status and code of the answer."""

    @contextlib.contextmanager
    def constraint(self):
        """Refuse tags at commit, with the state that their name ends in."""
        with committed() as env:
            env.cr.execute(
                """
                CREATE FUNCTION graphql_api_test_refuse() RETURNS trigger AS $$ BEGIN
                  RAISE EXCEPTION 'secret' USING ERRCODE = split_part(NEW.name->>'en_US', ' ', 2);
                END $$ LANGUAGE plpgsql;
                CREATE CONSTRAINT TRIGGER graphql_api_test_refuse
                AFTER INSERT OR UPDATE ON res_partner_category DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW WHEN (NEW.name->>'en_US' LIKE 'Zrefused %')
                EXECUTE FUNCTION graphql_api_test_refuse()
                """
            )
        try:
            yield
        finally:
            with committed() as env:
                env.cr.execute("DROP FUNCTION graphql_api_test_refuse CASCADE")

    def setUp(self):
        super().setUp()
        self.addCleanup(self.remove)
        self.requests = self.client()

    def remove(self):
        with committed() as env:
            env["res.partner.category"].search([("name", "=like", "Z%")]).unlink()
            env["graphql_api.idempotency"].search([("key", "=like", "Z%")]).unlink()

    def send(self, api: str, state: str):
        """Create tags of which the last one is refused with a state; return response and code."""
        name = f"Zrefused {state}"
        headers = {"Idempotency-Key": f"Z{api}-{state}"}
        if api == "rest":
            path, body = "/api/customer-tags", [{"name": "Zbefore"}, {"name": name}]
        else:
            path, body = "/api/graphql", {"query": CREATE, "variables": {"name": name}}
        response = self.requests.send_request("POST", path, json=body, headers=headers)
        answer = response.json()
        if "errors" in answer:
            return response, answer["errors"][0]["extensions"]["code"]
        return response, answer.get("code")

    def test_nothing_is_kept(self):
        with self.constraint():
            for state, expected in self.failures.items():
                for api in ("rest", "graphql"):
                    with self.subTest(state, api=api):
                        response, code = self.send(api, state)
                        self.assertEqual((response.status_code, code), expected, response.text)
                        self.assertNotIn("secret", response.text)
                        self.assertFalse(response.json().get("data"))
        with committed() as env:
            self.assertFalse(env["res.partner.category"].search([("name", "=like", "Z%")]))
            self.assertFalse(env["graphql_api.idempotency"].search([("key", "=like", "Z%")]))
        # The same requests, with what was in their way gone.
        for state in self.failures:
            for api in ("rest", "graphql"):
                response, code = self.send(api, state)
                self.assertIsNone(code, response.text)
                self.assertNotIn("Idempotency-Replayed", response.headers)
        with committed() as env:
            tags = env["res.partner.category"].search([("name", "=like", "Z%")])
            self.assertEqual(len(tags), 3 * len(self.failures))
