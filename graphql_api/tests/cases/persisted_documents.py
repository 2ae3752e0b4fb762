"""Documents that a server stores for its clients."""

import hashlib
import json

from .api import ApiCase, without_cost

QUERY = "query Me { me { lang } }"
MUTATION = 'mutation Make { createCustomer(input: { name: "Zpersisted" }) { name } }'
PERSISTED_QUERY_NOT_FOUND = {
    "message": "PersistedQueryNotFound",
    "extensions": {"code": "PERSISTED_QUERY_NOT_FOUND"},
}


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def extensions(text: str, **members) -> dict:
    """Return what a client sends to name a document by its hash."""
    return {"persistedQuery": {"version": 1, "sha256Hash": digest(text), **members}}


class DocumentCase(ApiCase):
    """Clients that name documents by their hash.

    What the server knows about documents is what the test tells it.
    """

    def setUp(self):
        super().setUp()
        self.documents.search([]).unlink()

    @property
    def documents(self):
        return self.env["graphql_api.document"]

    def post(self, text: str, *, query=False, accept=None, persisted=None, **kwargs):
        """Send the hash of a document by POST, and its text with ``query``."""
        members = {"extensions": {"persistedQuery": persisted} if persisted else extensions(text)}
        if query:
            members["query"] = text
        for name in ("variables", "operationName"):
            if name in kwargs:
                members[name] = kwargs.pop(name)
        headers = {"Content-Type": "application/json", **kwargs.pop("headers", {})}
        if accept:
            headers["Accept"] = accept
        body = json.dumps(members).encode()
        return self.http("POST", "/api/graphql", data=body, headers=headers, **kwargs)

    def get(self, text: str, *, query=False, **kwargs):
        """Send the hash of a document by GET, and its text with ``query``."""
        parameters = {"extensions": json.dumps(extensions(text))}
        if query:
            parameters["query"] = text
        return self.http("GET", "/api/graphql", params=parameters, **kwargs)

    def assert_not_found(self, response, status: int = 200):
        self.assertEqual(response.status_code, status, response.text)
        self.assertEqual(response.json(), {"errors": [PERSISTED_QUERY_NOT_FOUND]})

    def assert_data(self, response, data: dict):
        self.assertEqual(response.status_code, 200, response.text)
        self.assertEqual(without_cost(response.json()), {"data": data})

    def assert_error(self, response, status: int, code: str) -> str:
        """Check that a request was refused; return the message."""
        self.assertEqual(response.status_code, status, response.text)
        (error,) = response.json()["errors"]
        self.assertEqual(error["extensions"]["code"], code)
        return error["message"]

    def stored(self) -> list[str]:
        self.env.invalidate_all()
        return self.documents.search([]).mapped("text")
