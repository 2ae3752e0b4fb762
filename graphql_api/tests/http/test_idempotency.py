"""``Idempotency-Key``: a request that is sent again is served once."""

import datetime
from unittest.mock import patch

from odoo.tests import new_test_user, tagged

from ...models.idempotency import (
    MAX_BODY_SIZE,
    MAX_BYTES_OF_USER,
    MAX_RESPONSES,
    MAX_RESPONSES_OF_USER,
)
from ...models.purge import DELETED_AT_ONCE
from ..cases.api import ApiCase

CREATE = "mutation ($name: String!) { createCustomer(input: {name: $name}) { id name } }"
PIXEL = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,"
    b"\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)


class IdempotencyCase(ApiCase):
    """Partners whose names begin with Z tell how often a request was served."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.store = cls.env["graphql_api.idempotency"]

    def post(self, key: str, values=None, *, path="/api/customers", headers=None, **kwargs):
        if values is not None:
            kwargs["json"] = values
        headers = {"Idempotency-Key": key, **(headers or {})}
        return self.http("POST", path, headers=headers, **kwargs)

    def created(self) -> list[str]:
        """Return the names of the partners that the test has created, in order."""
        self.env.invalidate_all()
        return self.env["res.partner"].search([("name", "=like", "Z%")], order="id").mapped("name")

    def age(self, **ago):
        """Make the stored answers older."""
        moment = self.env.cr.now() - datetime.timedelta(**ago)
        self.env.cr.execute("UPDATE graphql_api_idempotency SET created_at = %s", [moment])
        self.env.invalidate_all()

    def assert_replayed(self, response, first):
        """Check that a response is that of the first request, and says so."""
        self.assertEqual(response.status_code, first.status_code)
        self.assertEqual(response.content, first.content)
        self.assertEqual(response.headers["Idempotency-Replayed"], "true")
        self.assertNotIn("Idempotency-Replayed", first.headers)
        for name in ("Content-Type", "Location", "ETag", "Content-Length"):
            self.assertEqual(response.headers.get(name), first.headers.get(name), name)


@tagged("post_install", "-at_install")
class TestReplay(IdempotencyCase):
    """The same key and the same request: the stored answer, and nothing executed."""

    def test_create(self):
        first = self.post("key-1", {"name": "Zann", "city": "Aalst"})
        self.assertEqual(first.status_code, 201)
        self.assertTrue(first.headers["Location"])
        self.assertTrue(first.headers["ETag"])
        for _repetition in range(2):
            self.assert_replayed(self.post("key-1", {"name": "Zann", "city": "Aalst"}), first)
        self.assertEqual(self.created(), ["Zann"])

    def test_nothing_is_executed(self):
        """The answer is the old one, whatever happened to the record meanwhile."""
        first = self.post("key-1", {"name": "Zann"})
        self.env["res.partner"].search([("name", "=", "Zann")]).unlink()
        registry_class = self.env.registry["res.partner"]
        with patch.object(registry_class, "search_fetch", side_effect=AssertionError("executed")):
            self.assert_replayed(self.post("key-1", {"name": "Zann"}), first)
        self.assertEqual(self.created(), [])

    def test_list(self):
        items = [{"name": "Zann"}, {"name": "Zbob"}]
        first = self.post("key-1", items)
        self.assert_replayed(self.post("key-1", items), first)
        self.assertEqual(self.created(), ["Zann", "Zbob"])

    def test_action(self):
        lead = self.env["crm.lead"].create({"name": "Zlead"})
        path = f"/api/leads/{lead.id}/mark-won"
        first = self.post("key-1", path=path)
        self.assertEqual(first.status_code, 200, first.text)
        registry_class = self.env.registry["crm.lead"]
        with patch.object(registry_class, "action_set_won", side_effect=AssertionError("called")):
            self.assert_replayed(self.post("key-1", path=path), first)

    def test_mutation(self):
        def mutate(key, name):
            body = {"query": CREATE, "variables": {"name": name}}
            return self.post(key, body, path="/api/graphql")

        first = mutate("key-1", "Zann")
        self.assertNotIn("errors", first.json())
        self.assert_replayed(mutate("key-1", "Zann"), first)
        self.assertEqual(mutate("key-1", "Zbob").status_code, 422)
        self.assertNotEqual(mutate("key-2", "Zann").content, first.content)
        self.assertEqual(self.created(), ["Zann", "Zann"])

    def test_media_type_of_a_mutation(self):
        body = {"query": CREATE, "variables": {"name": "Zann"}}
        headers = {"Accept": "application/graphql-response+json"}
        first = self.post("key-1", body, path="/api/graphql", headers=headers)
        self.assertIn("graphql-response+json", first.headers["Content-Type"])
        second = self.post("key-1", body, path="/api/graphql", headers=headers)
        self.assert_replayed(second, first)

    def test_queries_ignore_it(self):
        body = {"query": "{ me { user { name } } }"}
        self.assertEqual(self.post("key-1", body, path="/api/graphql").status_code, 200)
        response = self.post("key-1", {"query": "{ me { lang } }"}, path="/api/graphql")
        self.assertEqual(response.status_code, 200)
        self.assertNotIn("Idempotency-Replayed", response.headers)
        self.assertFalse(self.store.search([]))
        self.assertEqual(self.post("key-1", {"name": "Zann"}).status_code, 201)

    def test_without_a_key(self):
        """Then the same request twice is two requests."""
        for _repetition in range(2):
            self.rest("/api/customers", method="POST", json={"name": "Zann"}, status=201)
        self.assertEqual(self.created(), ["Zann", "Zann"])
        self.assertFalse(self.store.search([]))


@tagged("post_install", "-at_install")
class TestOtherRequests(IdempotencyCase):
    """A key stands for one request of one user."""

    def assert_refused(self, response):
        self.assertEqual(response.status_code, 422, response.text)
        self.assertEqual(response.json()["code"], "VALIDATION_FAILED")
        self.assertNotIn("Idempotency-Replayed", response.headers)

    def test_another_body(self):
        first = self.post("key-1", {"name": "Zann"})
        self.assert_refused(self.post("key-1", {"name": "Zbob"}))
        self.assert_refused(self.post("key-1", {"name": "Zann", "city": None}))
        self.assert_refused(self.post("key-1", [{"name": "Zann"}]))
        self.assert_replayed(self.post("key-1", {"name": "Zann"}), first)
        self.assertEqual(self.created(), ["Zann"])

    def test_another_address(self):
        self.post("key-1", {"name": "Zann"})
        self.assert_refused(self.post("key-1", {"name": "Zann"}, path="/api/customer-tags"))
        self.assert_refused(self.post("key-1", {"name": "Zann"}, path="/api/customers?fields=id"))
        query = 'mutation { createCustomer(input: {name: "Zbob"}) { id } }'
        response = self.post("key-1", {"query": query}, path="/api/graphql")
        self.assertEqual(response.status_code, 422)
        (error,) = response.json()["errors"]
        self.assertEqual(error["extensions"]["code"], "VALIDATION_FAILED")
        self.assertEqual(self.created(), ["Zann"])

    def test_another_user(self):
        new_test_user(self.env, "clerk", groups="base.group_partner_manager", lang="en_US")
        first = self.post("key-1", {"name": "Zann"})
        other = self.post("key-1", {"name": "Zbob"}, login="clerk")
        self.assertEqual(other.status_code, 201)
        same = self.post("key-2", {"name": "Zann"}, login="clerk")
        self.assertNotEqual(same.json()["data"]["id"], first.json()["data"]["id"])
        self.assert_replayed(self.post("key-1", {"name": "Zbob"}, login="clerk"), other)
        self.assert_replayed(self.post("key-1", {"name": "Zann"}), first)
        self.assertEqual(self.created(), ["Zann", "Zbob", "Zann"])

    def test_malformed_key(self):
        for key in ("", "two words", "x" * 256, "caf\xe9", "tab\tbed"):
            with self.subTest(key):
                response = self.post(key.encode("latin-1"), {"name": "Zann"})
                self.assertEqual(response.status_code, 400, response.text)
                self.assertEqual(response.json()["code"], "BAD_USER_INPUT")
        self.assertEqual(self.created(), [])
        for key in ("x", "x" * 255, "!'\"%s;--~", "6f2d1c1e-8a0b-4c5a-9f57-1d0a8a2c7b11"):
            with self.subTest(key):
                self.assertEqual(self.post(key, {"name": "Zann"}).status_code, 201)

    def test_case_of_the_key(self):
        self.post("key", {"name": "Zann"})
        self.assertEqual(self.post("KEY", {"name": "Zbob"}).status_code, 201)


@tagged("post_install", "-at_install")
class TestFailures(IdempotencyCase):
    """A failed request stores nothing: its key is free."""

    def test_corrected_request(self):
        for values, status in (
            ({"name": "Zann", "city": 5}, 400),
            ({"name": None, "type": "contact"}, 422),
            ([{"name": "Zann"}, {"name": None}], 422),
        ):
            with self.subTest(values=values):
                self.assertEqual(self.post("key-1", values).status_code, status)
                self.assertFalse(self.store.search([]))
        first = self.post("key-1", {"name": "Zann"})
        self.assertEqual(first.status_code, 201)
        self.assert_replayed(self.post("key-1", {"name": "Zann"}), first)

    def test_repeated_request(self):
        """The same request works when what was in its way is gone."""
        values = {"name": "Zann", "ref": "Z-1"}
        registry_class = self.env.registry["res.partner"]
        with (
            patch.object(registry_class, "create", side_effect=ZeroDivisionError),
            self.assertLogs("odoo.addons.graphql_api", "ERROR"),
        ):
            self.assertEqual(self.post("key-1", values).status_code, 500)
        response = self.post("key-1", values)
        self.assertEqual(response.status_code, 201)
        self.assertNotIn("Idempotency-Replayed", response.headers)

    def test_failed_mutation(self):
        for variables in ({"name": ""}, {"name": "Z\x00"}, {"name": 5}, {}):
            body = {"query": CREATE, "variables": variables}
            with self.subTest(variables=variables):
                response = self.post("key-1", body, path="/api/graphql")
                self.assertIn("errors", response.json(), response.text)
                self.assertFalse(self.store.search([]))
        body = {"query": CREATE, "variables": {"name": "Zann"}}
        response = self.post("key-1", body, path="/api/graphql")
        self.assertEqual(response.json()["data"]["createCustomer"]["name"], "Zann")

    def test_refused_request_leaves_the_stored_answer(self):
        first = self.post("key-1", {"name": "Zann"})
        self.post("key-1", {"name": 5})
        self.assert_replayed(self.post("key-1", {"name": "Zann"}), first)


@tagged("post_install", "-at_install")
class TestForms(IdempotencyCase):
    """Of a form its parts count, not how they were packed."""

    def send(self, key, boundary, content=PIXEL, name="Zann", filename="pixel.gif"):
        parts = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="name"\r\n\r\n{name}\r\n',
            f'--{boundary}\r\nContent-Disposition: form-data; name="image_1920"; '
            f'filename="{filename}"\r\nContent-Type: image/gif\r\n\r\n',
        ]
        body = "".join(parts).encode() + content + f"\r\n--{boundary}--\r\n".encode()
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        return self.post(key, headers=headers, data=body)

    def test_another_boundary(self):
        first = self.send("key-1", "one")
        self.assertEqual(first.status_code, 201, first.text)
        self.assert_replayed(self.send("key-1", "two"), first)
        self.assertEqual(self.created(), ["Zann"])
        partner = self.env["res.partner"].search([("name", "=", "Zann")])
        self.assertTrue(partner.image_1920)

    def test_other_parts(self):
        self.send("key-1", "one")
        for different in (
            {"content": PIXEL + b"\x00"},
            {"name": "Zbob"},
            {"filename": "other.gif"},
        ):
            with self.subTest(different=different):
                self.assertEqual(self.send("key-1", "one", **different).status_code, 422)
        self.assertEqual(self.created(), ["Zann"])


@tagged("post_install", "-at_install")
class TestAge(IdempotencyCase):
    """Answers are repeated for 24 hours and vacuumed after that."""

    def test_within_a_day(self):
        first = self.post("key-1", {"name": "Zann"})
        self.age(hours=23, minutes=59)
        self.assert_replayed(self.post("key-1", {"name": "Zann"}), first)

    def test_after_a_day(self):
        self.post("key-1", {"name": "Zann"})
        self.age(hours=24, minutes=1)
        response = self.post("key-1", {"name": "Zbob"})
        self.assertEqual(response.status_code, 201)
        self.assert_replayed(self.post("key-1", {"name": "Zbob"}), response)
        self.assertEqual(self.created(), ["Zann", "Zbob"])
        self.assertEqual(len(self.store.search([])), 1)

    def test_failure_after_a_day(self):
        """What fails stores nothing and removes nothing."""
        self.post("key-1", {"name": "Zann"})
        self.age(days=2)
        self.assertEqual(self.post("key-1", {"name": 5}).status_code, 400)
        self.assertEqual(len(self.store.search([])), 1)

    def test_vacuum(self):
        self.post("old", {"name": "Zann"})
        self.age(hours=24, minutes=1)
        first = self.post("new", {"name": "Zbob"})
        self.store._gc_responses()
        self.assertEqual(self.store.search([]).mapped("key"), ["new"])
        self.assert_replayed(self.post("new", {"name": "Zbob"}), first)

    def test_vacuum_of_the_locks_of_upserts(self):
        """A lock is needed as long as a request runs."""
        locks = self.env["graphql_api.upsert"]
        locks._lock(["old"])
        long_ago = self.env.cr.now() - datetime.timedelta(hours=25)
        self.env.cr.execute("UPDATE graphql_api_upsert SET locked_at = %s", [long_ago])
        locks._lock(["new"])
        locks._gc_locks()
        self.assertEqual(len(locks.search([])), 1)
        locks._lock(["new"])
        locks._lock(["old"])
        self.assertEqual(len(locks.search([])), 2)

    def test_vacuum_by_odoo(self):
        """Odoo's daily vacuum knows both."""
        for model, method in (
            ("graphql_api.idempotency", "_gc_responses"),
            ("graphql_api.upsert", "_gc_locks"),
        ):
            vacuumed = getattr(self.env.registry[model], method)
            self.assertTrue(getattr(vacuumed, "_autovacuum", False), method)


@tagged("post_install", "-at_install", "generated")
class TestBounds(IdempotencyCase):
    """What is stored is bounded, of a user and in all; nothing is served twice because of that."""

    def post(self, *args, **kwargs):
        """Send a request to a process that has just begun: then it looks at the bounds."""
        self.env.registry.clear_cache()
        return super().post(*args, **kwargs)

    def fill(self, number: int, login: str = "admin", size: int = 0, hours: int = 0) -> None:
        """Store responses of a user, 100 in each second until some hours ago.

        :param size: bytes of the body of each
        """
        self.env.cr.execute(
            "INSERT INTO graphql_api_idempotency (user_id, key, digest, created_at, body) "
            "SELECT %s, n, n, %s - n * interval '10 ms', body FROM generate_series(1, %s) n, "
            "(SELECT convert_to(repeat('x', %s), 'UTF8') AS body) AS response",
            [
                self.user(login).id,
                self.env.cr.now() - datetime.timedelta(hours=hours),
                number,
                size,
            ],
        )

    def stored(self, login: str = "admin") -> tuple[int, int]:
        """Return how many responses of a user are stored, and the bytes of their bodies."""
        self.env.cr.execute(
            "SELECT count(*), coalesce(sum(octet_length(body)), 0) FROM graphql_api_idempotency "
            "WHERE user_id = %s",
            [self.user(login).id],
        )
        return self.env.cr.fetchone()

    def has(self, key: str) -> bool:
        return bool(self.store.search_count([("key", "=", key)]))

    def test_oldest_answers_go_first(self):
        self.fill(MAX_RESPONSES_OF_USER, hours=2)
        oldest = MAX_RESPONSES_OF_USER
        for number in range(2):
            self.assertEqual(self.post(f"key-{number}", {"name": "Z"}).status_code, 201)
            self.assertEqual(self.stored()[0], MAX_RESPONSES_OF_USER)
            self.assertFalse(self.has(str(oldest - number)))
            self.assertTrue(self.has(str(oldest - number - 1)))
        self.assertTrue(self.has("key-0"))

    def test_bytes(self):
        fitting = MAX_BYTES_OF_USER // MAX_BODY_SIZE
        self.fill(fitting + 5, size=MAX_BODY_SIZE, hours=2)
        self.assertEqual(self.post("key-0", {"name": "Z"}).status_code, 201)
        count, size = self.stored()
        self.assertEqual(count, fitting + 1)
        self.assertLess(size, MAX_BYTES_OF_USER + MAX_BODY_SIZE)

    def test_answers_of_the_last_hour_stay(self):
        """A client that may still repeat its request is not served twice: new ones wait."""
        first = self.post("key-0", {"name": "Zann"})
        self.fill(MAX_RESPONSES_OF_USER - 2)
        self.assertEqual(self.post("key-1", {"name": "Z"}).status_code, 201)
        for _repetition in range(2):
            response = self.post("key-3", {"name": "Zbob"})
            self.assertEqual(response.status_code, 429)
        self.assertEqual(response.json()["code"], "RATE_LIMITED")
        self.assertEqual(response.headers["Retry-After"], "3600")
        self.assert_replayed(self.post("key-0", {"name": "Zann"}), first)
        self.assertEqual(self.created(), ["Zann", "Z"])
        other = self.post("key-3", {"name": "Zcarl"}, login="demo")
        self.assertEqual(other.status_code, 201, other.text)

    def test_too_many_in_all(self):
        self.fill(MAX_RESPONSES - 1)
        self.fill(1, "demo", hours=2)
        self.assertEqual(self.post("key-0", {"name": "Z"}, login="demo").status_code, 201)
        self.assertEqual((self.stored("demo")[0], self.stored()[0]), (1, MAX_RESPONSES - 1))
        response = self.post("key-2", {"name": "Z"}, login="demo")
        self.assertEqual(response.status_code, 503)
        self.assertEqual(response.json()["code"], "SERVICE_UNAVAILABLE")
        self.assertTrue(response.headers["Retry-After"])

    def test_large_answer(self):
        """That it was served is stored, so that it is not served again."""
        self.set_setting("max_body_size", 2 * MAX_BODY_SIZE)
        values = {"name": "Zann", "street": "x" * MAX_BODY_SIZE}
        self.assertEqual(self.post("key-1", values).status_code, 201)
        self.assertFalse(self.store.search([]).body)
        response = self.post("key-1", values)
        self.assertEqual(response.status_code, 422)
        self.assertIn("was executed already", response.json()["message"])
        self.assertEqual(self.created(), ["Zann"])

    def test_vacuum_in_batches(self):
        """So does the vacuum of each table that clients fill."""
        long_ago = self.env.cr.now() - datetime.timedelta(days=40)
        number = DELETED_AT_ONCE + 1
        for model, vacuum, columns, values in (
            (
                *("graphql_api.idempotency", "_gc_responses"),
                *("user_id, key, digest, created_at", "%(uid)s, n, n, %(long_ago)s"),
            ),
            ("graphql_api.upsert", "_gc_locks", "name, locked_at", "n, %(long_ago)s"),
            (
                *("graphql_api.document", "_gc_documents"),
                *("text, sha256, registered, create_date", "n, n, FALSE, %(long_ago)s"),
            ),
        ):
            with self.subTest(model):
                table = self.env[model]._table
                self.env.cr.execute(
                    f"INSERT INTO {table} ({columns}) "
                    f"SELECT {values} FROM generate_series(1, %(number)s) n",
                    {"uid": self.env.uid, "long_ago": long_ago, "number": number},
                )
                self.assertEqual(getattr(self.env[model], vacuum)(), (DELETED_AT_ONCE, 1))
                self.assertEqual(getattr(self.env[model], vacuum)(), (1, 0))
