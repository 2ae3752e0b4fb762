"""Floods: what clients send leaves nothing behind that grows, and strangers cost next to nothing.

Memory and processor time are those of the server's process, which other work on the machine does
not change much.
"""

import contextlib
import gzip
import itertools
import json

import psutil

from odoo.tests import tagged

from ...schema.exposure.limits import Limits
from ..cases.server import ServerCase

JSON = {"Content-Type": "application/json"}
REQUESTS = 40
NEVER = "x" * 40
MEGABYTE = 2**20

_numbers = itertools.count()


def large_document() -> str:
    """Return a document as large as the limits allow, which nobody has sent before."""
    return "{ " + "a " * (Limits().max_tokens - 20) + f"x{next(_numbers)} }}"


def large_valid_document() -> str:
    """Return one that can be executed."""
    names = " ".join(
        f"... on Query {{ __typename @include(if: {yes}) }}" for yes in ["false"] * 700
    )
    return f"query Q{next(_numbers)} {{ __typename {names} }}"


@tagged("post_install", "-at_install")
class TestFloods(ServerCase):
    def setUp(self):
        super().setUp()
        self.process = psutil.Process(self.server.process_id)
        # What a first request of a kind loads is no growth.
        self.flood(self.key, [large_document(), large_valid_document(), "{ me { lang } }"] * 2)

    def post(self, key: str | None, document: str, **members):
        headers = {**JSON, "Authorization": f"Bearer {key}" if key else None}
        body = json.dumps({"query": document, **members})
        return self.client().send_request("POST", "/api/graphql", data=body, headers=headers)

    def flood(self, key: str | None, documents) -> set[int]:
        """Send documents, return the statuses of the answers."""
        client = self.client()
        headers = {**JSON, "Authorization": f"Bearer {key}" if key else None}
        return {
            client.send_request(
                "POST", "/api/graphql", data=json.dumps({"query": document}), headers=headers
            ).status_code
            for document in documents
        }

    def seconds(self) -> float:
        """Return the processor time of the server."""
        return sum(self.process.cpu_times()[:2])

    def memory(self) -> int:
        return self.process.memory_info().rss

    @contextlib.contextmanager
    def little_growth(self, megabytes: int):
        before = self.memory()
        yield
        self.assertLess((self.memory() - before) / MEGABYTE, megabytes)

    def test_without_a_right_key(self):
        """A large document of a stranger is as cheap as a small one, and nothing stays of it."""
        for name, key, statuses in (
            ("none", None, {401}),
            ("wrong", NEVER, {401, 429}),
        ):
            with self.subTest(name):
                started = self.seconds()
                self.assertLessEqual(self.flood(key, ["{ me { lang } }"] * REQUESTS), statuses)
                trivial = self.seconds() - started
                started = self.seconds()
                documents = [large_document() for _number in range(REQUESTS)]
                with self.little_growth(20):
                    self.assertLessEqual(self.flood(key, documents), statuses)
                # Parsing these takes 0.07 s of each.
                self.assertLess(self.seconds() - started, 3 * trivial + 0.02 * REQUESTS)

    def test_bodies_without_a_right_key(self):
        """A body of a stranger is not even read at length."""
        size = Limits().max_body_size - 100
        bodies = {
            "values": b'{"variables": [' + b"{}," * (size // 3 - 10) + b"{}]}",
            "text": b'{"query": "{ a }' + b" " * (size - 30) + b'"}',
        }
        client = self.client(NEVER)
        for path in ("/api/graphql", "/api/customers"):
            for name, body in bodies.items():
                with self.subTest(name, path=path):
                    started = self.seconds()
                    with self.little_growth(100):
                        for _number in range(3):
                            client.send_request("POST", path, data=body, headers=JSON)
                    self.assertLess(self.seconds() - started, 1.0)
        packed = gzip.compress(b" " * (200 * MEGABYTE), 9)
        for path in ("/api/graphql", "/api/customers", "/api/auth/token"):
            with self.subTest("packed", path=path), self.little_growth(20):
                headers = {**JSON, "Content-Encoding": "gzip"}
                started = self.seconds()
                response = client.send_request("POST", path, data=packed, headers=headers)
                self.assertIn(response.status_code, (401, 404, 415, 429))
                self.assertLess(self.seconds() - started, 0.5)

    def test_with_a_right_key(self):
        """What is kept for a caller has a bound, whatever it sends."""
        for make in (large_document, large_valid_document):
            with self.subTest(make.__name__):
                # Python gives back later what it needed for the work.
                self.flood(self.key, [make() for _number in range(REQUESTS)])
                with self.little_growth(60):
                    self.flood(self.key, [make() for _number in range(2 * REQUESTS)])

    def test_names_of_members(self):
        """Names that clients make up are not kept, if they are long."""
        client = self.client()

        def send():
            for _number in range(10):
                members = {f"a{next(_numbers)}_" + "b" * 10_000: 1 for _name in range(200)}
                body = json.dumps(members).encode()
                client.send_request("POST", "/api/customers", data=body, headers=JSON)

        send()
        with self.little_growth(30):
            send()

    def test_introspection(self):
        """Answers about the schema are kept within a bound too."""

        def documents():
            return [
                f"query Q{next(_numbers)} {{ __schema {{ types {{ name description fields {{ name "
                "description type { name } } } } }"
                for _number in range(40)
            ]

        self.flood(self.key, documents())
        with self.little_growth(25):
            self.assertEqual(self.flood(self.key, documents()), {200})

    def test_kept_introspection(self):
        """The same question again takes no work."""
        query = "{ __schema { types { name fields { name type { name ofType { name } } } } } }"
        started = self.seconds()
        first = self.post(self.key, query)
        once = self.seconds() - started
        started = self.seconds()
        answers = [self.post(self.key, query).content for _number in range(10)]
        self.assertLess((self.seconds() - started) / 10, max(once / 2, 0.05))
        self.assertEqual(set(answers), {first.content})
        self.assertGreater(len(first.content), 50_000)

    def test_introspection_at_length(self):
        """It costs, and ends at the time limit."""
        schema = "__schema { types { fields { type { fields { name } } } } }"
        aliases = " ".join(f"a{number}: {schema}" for number in range(22))
        started = self.seconds()
        response = self.post(self.key, f"{{ {aliases} }}")
        self.assertEqual(response.json()["errors"][0]["extensions"]["code"], "QUERY_TOO_COMPLEX")
        within = " ".join(f"a{number}: types {{ ...F }}" for number in range(22))
        fragment = "fragment F on __Type { fields { type { fields { args { name } } } } }"
        response = self.post(self.key, f"{{ __schema {{ {within} }} }} {fragment}")
        self.assertEqual(response.json()["errors"][0]["extensions"]["code"], "QUERY_TOO_COMPLEX")
        self.assertLess(self.seconds() - started, 1.0)
        key = self.scoped_key(max_seconds=1, max_cost=1_000_000)
        started = self.seconds()
        response = self.post(key, f"{{ __schema {{ {within} }} }} {fragment}")
        self.assertIn("longer than 1 s", response.json()["errors"][0]["message"])
        self.assertLess(self.seconds() - started, 4.0)
