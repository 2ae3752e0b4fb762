"""A policy whose requests are logged, and what of the schema they have used."""

import json

from .policies import PolicyCase


class UsageCase(PolicyCase):
    """``self.scoped`` are the headers of a key whose requests are logged."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.write({"log_requests": True, "read_only": False})
        cls.customer = cls.env["res.partner"].create({"name": "Zcustomer", "city": "Zcity"})

    def setUp(self):
        super().setUp()
        self.forget()

    def forget(self) -> None:
        """Forget what was used, in the database and in this process."""
        self.env["graphql_api.usage"].search([]).unlink()
        vars(self.env.registry).pop("_graphql_api_stored_uses", None)

    def used(self) -> set[str]:
        """Return what was used since the last call: ``Customer read_field city``."""
        self.env.invalidate_all()
        rows = self.env["graphql_api.usage"].search([("policy_id", "=", self.policy.id)])
        found = {" ".join(filter(None, (row.type_name, row.use, row.name))) for row in rows}
        self.forget()
        return found

    def ask(self, query: str, variables=None, status: int = 200, headers=None) -> bytes:
        """Send a request to GraphQL under the policy; return the response's body."""
        headers = {**self.scoped, "Accept": "application/graphql-response+json", **(headers or {})}
        response = self.graphql_response(query, variables, headers=headers)
        self.assertEqual(response.status_code, status, response.text[:2000])
        return response.content

    def send(self, method: str, path: str, body=None, status: int = 200, headers=None) -> bytes:
        """Send a request to REST under the policy; return the response's body."""
        headers = {**self.scoped, "Content-Type": "application/json", **(headers or {})}
        data = None if body is None else json.dumps(body).encode()
        response = self.http(method, path, headers=headers, data=data)
        self.assertEqual(response.status_code, status, response.text[:2000])
        return response.content
