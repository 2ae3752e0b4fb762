"""Writes that Odoo tries again: they happen once, from the start, with nothing left of a try."""

import json
from functools import wraps
from unittest.mock import patch

from odoo.exceptions import ConcurrencyError
from odoo.service.model import MAX_TRIES_ON_CONCURRENCY_FAILURE
from odoo.tests import tagged

from ..cases.api import ApiCase
from ..cases.transactions import RAISE, STATES

PIXEL = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,"
    b"\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)
CREATE_LEAD = """mutation ($input: LeadCreateInput!) {
  createLead(input: $input) { id name user { name } }
}"""
CREATE_CUSTOMER = """mutation ($input: CustomerCreateInput!) {
  createCustomer(input: $input) { id name image1920 { size } }
}"""


def fail_by_database(state: str):
    def fail(env):
        env.cr.execute(RAISE % state, log_exceptions=False)

    return fail


def fail_by_odoo(env):
    raise ConcurrencyError("changed")


FAILURES = {name: fail_by_database(state) for name, state in STATES.items()}
FAILURES["ConcurrencyError"] = fail_by_odoo


class RetryCase(ApiCase):
    """Records of names that begin with Z; methods that fail after they have done their work."""

    def setUp(self):
        super().setUp()
        # Odoo waits between tries for up to 2, 4, 8, 16 seconds.
        self.startPatcher(patch("odoo.service.model.time.sleep"))
        self.key(self.login)
        self.env.cr.flush()
        self.tries = 0

    def failing(self, model: str, method: str, fail, times: int = 1):
        """Return a context in which the first calls of a method fail, after their work."""
        registry_class = self.env.registry[model]
        original = getattr(registry_class, method)
        self.tries = 0

        @wraps(original)
        def replaced(records, *args, **kwargs):
            result = original(records, *args, **kwargs)
            records.env.cr.flush()
            self.tries += 1
            if self.tries <= times:
                fail(records.env)
            return result

        return patch.object(registry_class, method, replaced)

    def named(self, model: str, name: str):
        self.env.invalidate_all()
        return self.env[model].search([("name", "=", name)])

    def mutate(self, query: str, variables: dict):
        """Return status and body of a mutation over HTTP."""
        response = self.graphql_response(query, variables)
        return response.status_code, response.json()


@tagged("post_install", "-at_install")
class TestRetriedWrites(RetryCase):
    """A try that is undone leaves nothing, and the next one is a whole request."""

    def test_create(self):
        for name, fail in FAILURES.items():
            with self.subTest(name, shape="graphql"):
                with (
                    self.failing("res.partner", "create", fail),
                    self.assertNoLogs("odoo", "ERROR"),
                ):
                    variables = {"input": {"name": f"Zgraphql {name}"}}
                    status, body = self.mutate(CREATE_CUSTOMER, variables)
                self.assertEqual((status, set(body)), (200, {"data", "extensions"}), body)
                self.assertEqual(self.tries, 2)
                (partner,) = self.named("res.partner", f"Zgraphql {name}")
                self.assertEqual(body["data"]["createCustomer"]["id"], str(partner.id))
            with self.subTest(name, shape="rest"):
                with (
                    self.failing("res.partner", "create", fail),
                    self.assertNoLogs("odoo", "ERROR"),
                ):
                    values = {"name": f"Zrest {name}"}
                    body = self.rest("/api/customers", method="POST", json=values, status=201)
                self.assertEqual(self.tries, 2)
                (partner,) = self.named("res.partner", f"Zrest {name}")
                self.assertEqual(body["data"]["id"], partner.id)

    def test_update_and_delete(self):
        fail = FAILURES["SerializationFailure"]
        partner = self.env["res.partner"].create({"name": "Zpartner"})
        path = f"/api/customers/{partner.id}"
        with self.failing("res.partner", "write", fail), self.assertNoLogs("odoo", "ERROR"):
            body = self.rest(path, method="PATCH", json={"city": "Ghent"})
        self.assertEqual(body["data"]["city"], "Ghent")
        self.assertEqual(self.tries, 2)
        with self.failing("res.partner", "unlink", fail), self.assertNoLogs("odoo", "ERROR"):
            self.rest(path, method="DELETE")
        self.assertEqual(self.tries, 2)
        self.assertFalse(partner.exists())

    def test_several_mutations(self):
        """The first ones are done again too, each once in the end."""
        query = """mutation {
          first: createCustomer(input: {name: "Zfirst"}) { id }
          second: createCustomerTag(input: {name: "Zsecond"}) { id }
          third: createCustomer(input: {name: "Zthird"}) { id }
        }"""
        fail = FAILURES["DeadlockDetected"]
        with (
            self.failing("res.partner.category", "create", fail),
            self.assertNoLogs("odoo", "ERROR"),
        ):
            status, body = self.mutate(query, {})
        self.assertEqual((status, set(body)), (200, {"data", "extensions"}), body)
        for model, name in (
            ("res.partner", "Zfirst"),
            ("res.partner.category", "Zsecond"),
            ("res.partner", "Zthird"),
        ):
            self.assertEqual(len(self.named(model, name)), 1, name)

    def test_failure_in_the_answer(self):
        """Also what only reads, after the write, makes the whole request start again."""
        resource = self.env["graphql_api.resource"].search([("type_name", "=", "Customer")])
        self.env["graphql_api.resource.field"].create(
            {"resource_id": resource.id, "field_name": "tz_offset"}
        )
        fail = FAILURES["SerializationFailure"]
        query = 'mutation { createCustomer(input: {name: "Zann"}) { id tzOffset } }'
        with self.failing("res.partner", "_compute_tz_offset", fail):
            status, body = self.mutate(query, {})
        self.assertEqual((status, set(body)), (200, {"data", "extensions"}), body)
        self.assertEqual(self.tries, 2)
        self.assertEqual(len(self.named("res.partner", "Zann")), 1)

    def test_failure_before_commit(self):
        """In a hook that Odoo runs at the end."""

        def fail_late(env):
            env.cr.precommit.add(lambda: FAILURES["SerializationFailure"](env))

        for shape in ("graphql", "rest"):
            with self.subTest(shape), self.failing("res.partner", "create", fail_late):
                values = {"name": f"Z{shape}"}
                if shape == "rest":
                    self.rest("/api/customers", method="POST", json=values, status=201)
                else:
                    status, body = self.mutate(CREATE_CUSTOMER, {"input": values})
                    self.assertEqual((status, set(body)), (200, {"data", "extensions"}), body)
                self.assertEqual(self.tries, 2)
                self.assertEqual(len(self.named("res.partner", f"Z{shape}")), 1)

    def test_idempotency_key(self):
        """A key that a try has claimed does not stand in the way of the next try."""
        headers = {"Idempotency-Key": "key-1"}
        arguments = {"method": "POST", "json": {"name": "Zann"}, "headers": headers}
        with self.failing("res.partner", "create", FAILURES["SerializationFailure"]):
            first = self.rest("/api/customers", status=201, **arguments)
        self.assertEqual(self.tries, 2)
        self.assertEqual(self.rest("/api/customers", status=201, **arguments), first)
        self.assertEqual(len(self.named("res.partner", "Zann")), 1)

    def test_upsert(self):
        query = 'mutation { upsertCustomer(by: {ref: "Z-1"}, input: {name: "Zann"}) { id } }'
        with self.failing("graphql_api.upsert", "_lock", FAILURES["SerializationFailure"]):
            status, body = self.mutate(query, {})
        self.assertEqual((status, set(body)), (200, {"data", "extensions"}), body)
        self.assertEqual((self.tries, len(self.named("res.partner", "Zann"))), (2, 1))


@tagged("post_install", "-at_install")
class TestFiles(RetryCase):
    """Files are read again from their beginning."""

    def check(self, send):
        for name, fail in FAILURES.items():
            with self.subTest(name):
                with (
                    self.failing("res.partner", "create", fail),
                    self.assertNoLogs("odoo", "ERROR"),
                ):
                    response = send(f"Z{name}")
                self.assertLess(response.status_code, 300, response.text)
                self.assertNotIn("errors", response.json())
                self.assertEqual(self.tries, 2)
                (partner,) = self.named("res.partner", f"Z{name}")
                content = self.http("GET", f"/api/customers/{partner.id}/image_1920").content
                self.assertEqual(content, PIXEL)

    def test_form_of_rest(self):
        def send(name):
            files = {"image_1920": ("pixel.gif", PIXEL, "image/gif")}
            return self.http("POST", "/api/customers", data={"name": name}, files=files)

        self.check(send)

    def test_form_of_rest_with_a_key(self):
        """The key's digest has read the files before."""

        def send(name):
            files = {"image_1920": ("pixel.gif", PIXEL, "image/gif")}
            headers = {"Idempotency-Key": name}
            arguments = {"data": {"name": name}, "files": files, "headers": headers}
            return self.http("POST", "/api/customers", **arguments)

        self.check(send)

    def test_form_of_graphql(self):
        def send(name):
            variables = {"input": {"name": name, "image1920": None}}
            form = {
                "operations": json.dumps({"query": CREATE_CUSTOMER, "variables": variables}),
                "map": json.dumps({"file": ["variables.input.image1920"]}),
            }
            files = {"file": ("pixel.gif", PIXEL, "image/gif")}
            headers = {"GraphQL-Require-Preflight": "1"}
            return self.http("POST", "/api/graphql", data=form, files=files, headers=headers)

        self.check(send)

    def test_bytes(self):
        partner = self.env["res.partner"].create({"name": "Zpartner"})
        path = f"/api/customers/{partner.id}/image_1920"
        with self.failing("res.partner", "write", FAILURES["SerializationFailure"]):
            self.rest(path, method="PUT", data=PIXEL)
        self.assertEqual(self.tries, 2)
        self.assertEqual(self.http("GET", path).content, PIXEL)


@tagged("post_install", "-at_install")
class TestMails(RetryCase):
    """A lead that is given to somebody tells them by mail: once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.colleague = cls.user("demo")
        cls.colleague.notification_type = "email"
        cls.colleague.email = "colleague@example.com"

    def counts(self, name: str) -> dict:
        """Return what there is of leads of that name."""
        leads = self.named("crm.lead", name)
        messages = self.env["mail.message"].search(
            [("model", "=", "crm.lead"), ("res_id", "in", leads.ids)]
        )
        mails = self.env["mail.mail"].search([("mail_message_id", "in", messages.ids)])
        return {"leads": len(leads), "messages": len(messages), "mails": len(mails)}

    def everything(self) -> tuple:
        """Return how many messages, mails and followers there are at all."""
        models = ("mail.message", "mail.mail", "mail.followers", "mail.notification")
        return tuple(self.env[model].search_count([]) for model in models)

    def post(self, shape: str, name: str):
        if shape == "rest":
            values = {"name": name, "user": self.colleague.id}
            self.rest("/api/leads", method="POST", json=values, status=201)
            return
        variables = {"input": {"name": name, "user": str(self.colleague.id)}}
        status, body = self.mutate(CREATE_LEAD, variables)
        self.assertEqual((status, set(body)), (200, {"data", "extensions"}), body)

    def test_as_many_as_without_a_retry(self):
        for shape in ("graphql", "rest"):
            start = self.everything()
            self.post(shape, f"Zonce {shape}")
            once = self.everything()
            expected = self.counts(f"Zonce {shape}")
            self.assertEqual((expected["leads"], expected["mails"]), (1, 1))
            for name, fail in FAILURES.items():
                with self.subTest(name, shape=shape):
                    before = self.everything()
                    with (
                        self.failing("crm.lead", "create", fail),
                        self.assertNoLogs("odoo", "ERROR"),
                    ):
                        self.post(shape, f"Z{name} {shape}")
                    self.assertEqual(self.tries, 2)
                    self.assertEqual(self.counts(f"Z{name} {shape}"), expected)
                    added = [b - a for a, b in zip(before, self.everything(), strict=True)]
                    self.assertEqual(added, [b - a for a, b in zip(start, once, strict=True)])


@tagged("post_install", "-at_install")
class TestNoTryLeft(RetryCase):
    """When Odoo gives up, the client may try: 409 CONFLICT, and nothing is kept."""

    def test_create(self):
        for name, fail in FAILURES.items():
            for shape in ("graphql", "rest"):
                with self.subTest(name, shape=shape):
                    before = self.env["mail.message"].search_count([])
                    always = self.failing("res.partner", "create", fail, times=100)
                    with always, self.assertNoLogs("odoo", "ERROR"):
                        if shape == "rest":
                            values = {"name": "Zann"}
                            body = self.rest(
                                "/api/customers", method="POST", json=values, status=409
                            )
                            self.assertEqual(body["code"], "CONFLICT")
                        else:
                            self.refused_by_graphql({"name": "Zann"})
                    self.assertEqual(self.tries, MAX_TRIES_ON_CONCURRENCY_FAILURE)
                    self.assertFalse(self.named("res.partner", "Zann"))
                    self.assertEqual(self.env["mail.message"].search_count([]), before)

    def refused_by_graphql(self, values):
        status, body = self.mutate(CREATE_CUSTOMER, {"input": values})
        self.assertEqual(status, 409)
        self.assertFalse(body.get("data"))
        (error,) = body["errors"]
        self.assertEqual(error["extensions"], {"code": "CONFLICT"})
        self.assertNotIn("concurrency", error["message"])

    def test_with_a_key(self):
        """Nothing is stored under the key, so that the client's next try works."""
        headers = {"Idempotency-Key": "key-1"}
        arguments = {"method": "POST", "json": {"name": "Zann"}, "headers": headers}
        always = self.failing("res.partner", "create", fail_by_odoo, times=100)
        with always, self.assertNoLogs("odoo", "ERROR"):
            self.rest("/api/customers", status=409, **arguments)
        self.assertFalse(self.env["graphql_api.idempotency"].search([]))
        self.rest("/api/customers", status=201, **arguments)
        self.assertEqual(len(self.named("res.partner", "Zann")), 1)
