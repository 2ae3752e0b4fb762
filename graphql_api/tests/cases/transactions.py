"""Transactions that PostgreSQL ends, as Odoo sees them."""

import threading
from unittest.mock import patch

from .api import ApiCase

RAISE = "DO $$ BEGIN RAISE EXCEPTION 'concurrency' USING ERRCODE = '%s'; END $$"
STATES = {"SerializationFailure": "40001", "DeadlockDetected": "40P01", "LockNotAvailable": "55P03"}


class TransactionCase(ApiCase):
    """A computed field of which each test decides what it does."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.env["res.partner"].create({"name": "Zpartner"})
        resource = cls.env["graphql_api.resource"].search([("type_name", "=", "Customer")])
        cls.env["graphql_api.resource.field"].create(
            {"resource_id": resource.id, "field_name": "contact_address"}
        )
        cls.query = "query ($id: ID!) { customer(id: $id) { name contactAddress } }"
        cls.path = f"/api/customers/{cls.partner.id}?fields=name,contact_address"

    def setUp(self):
        super().setUp()
        # Odoo waits between tries for up to 2, 4, 8, 16 seconds.
        self.startPatcher(patch("odoo.service.model.time.sleep"))
        # What is stored and depends on the field is computed before the test takes over.
        self.key(self.login)
        self.env.cr.flush()
        self.calls = []
        self.modes = []

    def computing(self, action):
        """Return a context in which computing the field is calling ``action(cr, number)``."""

        def compute(records):
            self.calls.append(len(self.calls) + 1)
            self.modes.append(
                (records.env.cr.readonly, getattr(threading.current_thread(), "cursor_mode", None))
            )
            action(records.env.cr, self.calls[-1])
            for record in records:
                record.contact_address = "computed"

        return patch.object(self.env.registry["res.partner"], "_compute_contact_address", compute)

    def ask(self, shape):
        """Return status, code and computed value of the same question in one of the APIs."""
        if shape == "rest":
            response = self.http("GET", self.path)
            body = response.json()
            return response.status_code, body.get("code"), body.get("data", {})
        response = self.graphql_response(self.query, {"id": self.partner.id})
        body = response.json()
        code = body["errors"][0]["extensions"]["code"] if "errors" in body else None
        data = body["data"]["customer"] if body.get("data") else {}
        if "contactAddress" in data:
            data["contact_address"] = data.pop("contactAddress")
        return response.status_code, code, data
