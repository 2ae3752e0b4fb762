"""``Server-Timing`` for those who may see it, gzip where it gains."""

import re

from odoo.tests import tagged

from ...http.compression import MIN_SIZE
from ..cases.api import ApiCase
from ..cases.server import ServerCase, database
from ..cases.sign_in import SignInCase

PHASES = ["auth", "parse", "execute", "serialize", "total", "sql"]


@tagged("post_install", "-at_install")
class TestServerTiming(ApiCase):
    def check(self, response):
        text = response.headers["Server-Timing"]
        metrics = dict(re.findall(r"(\w+);dur=([0-9.]+)", text))
        self.assertEqual(list(metrics), PHASES)
        self.assertRegex(text, r'desc="\d+ queries"$')
        spent = {name: float(value) for name, value in metrics.items()}
        self.assertLessEqual(spent["execute"], spent["total"])
        return spent

    def test_what_is_served(self):
        for path in ("/api/customers?limit=2", "/api", "/api/graphql?query={me{lang}}"):
            self.check(self.http("GET", path))

    def test_refusals(self):
        """They are the same to a client whatever stands behind them; also to administrators."""
        for method, path, status in (
            ("GET", "/api/customers/999999999", 404),
            ("GET", "/api/nothing", 404),
            ("GET", "/api/nothing/at/all/here", 404),
            ("DELETE", "/api/customers", 405),
            ("GET", "/api/graphql?query={", 400),
        ):
            with self.subTest(path):
                headers = {"Accept": "application/graphql-response+json"}
                response = self.http(method, path, headers=headers)
                self.assertEqual(response.status_code, status)
                self.assertNotIn("Server-Timing", response.headers)
        for response in (
            self.http("GET", "/api/me", login=None),
            self.http("GET", "/api/me", headers={"Authorization": "Bearer wrong"}),
            self.http("GET", "/api/health", login=None),
            self.graphql_response('{ customer(id: "nonsense") { id } }'),
            self.graphql_response('mutation { deleteCustomer(id: "2000000000") }'),
        ):
            self.assertNotIn("Server-Timing", response.headers)

    def test_where_the_time_went(self):
        spent = self.check(self.graphql_response("{ customers { totalCount nodes { name } } }"))
        for phase in ("auth", "execute", "total", "sql"):
            self.assertGreater(spent[phase], 0, phase)

    def test_log(self):
        with self.assertLogs("odoo.addons.graphql_api.http.timing", "DEBUG") as logs:
            response = self.http("GET", "/api/customers?limit=2")
        (record,) = logs.records
        text = record.getMessage()
        self.assertTrue(text.startswith("GET /api/customers auth;dur="), text)
        self.assertTrue(text.endswith(response.headers["Server-Timing"]))


@tagged("post_install", "-at_install")
class TestSmallRequests(ServerCase):
    """What a request costs before its own queries, on a server with warm caches."""

    def query_count(self, key: str, query: str) -> int:
        client = self.client(key)
        # With a dbfilter, Odoo asks for the names of all databases unless a request names one.
        client.headers["X-Odoo-Database"] = database()
        for _time in range(3):
            response = client.send_request("POST", "/api/graphql", json={"query": query})
            self.assertNotIn("errors", response.json())
        return int(re.search(r'desc="(\d+) queries"', response.headers["Server-Timing"])[1])

    def test_queries(self):
        """Odoo asks whether caches are current; the key is read, and what stands behind it."""
        for key, before in ((self.key, 2), (self.scoped_key(), 3)):
            with self.subTest(before):
                self.assertEqual(self.query_count(key, "{ __typename }"), before)
                self.assertEqual(self.query_count(key, '{ country(id: "1") { code } }'), before + 1)


@tagged("post_install", "-at_install")
class TestWhoSeesIt(SignInCase):
    def test_policies(self):
        for login, values, shown in (
            ("clerk", {}, False),
            ("clerk", {"server_timing": True}, True),
            ("admin", {}, True),
        ):
            with self.subTest(login, values=values):
                headers = self.scoped_key(self.policy(self.grants, **values), login)
                response = self.http("GET", "/api/countries?limit=1", headers=headers)
                self.assertEqual(response.status_code, 200)
                self.assertEqual("Server-Timing" in response.headers, shown)
        response = self.http("GET", "/api/me", login="clerk")
        self.assertNotIn("Server-Timing", response.headers)

    def test_known_and_unknown_logins(self):
        """The whole response is the same, headers too."""
        self.sign_in()
        answers = []
        for login in ("clerk", "nobody"):
            response = self.http(
                "POST",
                "/api/auth/token",
                login=None,
                json={"login": login, "password": "wrong", "device": "Phone"},
            )
            headers = {key: value for key, value in response.headers.items() if key != "Date"}
            answers.append((response.status_code, headers, response.content))
        self.assertEqual(*answers)
        self.assertEqual(answers[0][0], 401)


@tagged("post_install", "-at_install")
class TestCompression(ApiCase):
    path = "/api/customers?limit=50"

    def get(self, path, encoding):
        """Return a response, whose body is decoded, and the size that was sent."""
        response = self.http("GET", path, headers={"Accept-Encoding": encoding})
        return response, int(response.headers["Content-Length"])

    def test_large(self):
        plain, size = self.get(self.path, "identity")
        self.assertNotIn("Content-Encoding", plain.headers)
        self.assertEqual(size, len(plain.content))
        for encoding in ("gzip", "deflate, gzip;q=0.5", "gzip, br"):
            response, compressed = self.get(self.path, encoding)
            self.assertEqual(response.headers["Content-Encoding"], "gzip")
            self.assertEqual(response.content, plain.content)
            self.assertLess(compressed, size / 3)
            self.assertIn("Accept-Encoding", response.headers["Vary"])
        self.assertIn("Accept-Encoding", plain.headers["Vary"])

    def test_not_wanted(self):
        for encoding in ("identity", "br", "gzip;q=0", ""):
            response, _size = self.get(self.path, encoding)
            self.assertNotIn("Content-Encoding", response.headers)

    def test_small(self):
        response, size = self.get("/api/customers?limit=1&fields=id", "gzip")
        self.assertLess(size, MIN_SIZE)
        self.assertNotIn("Content-Encoding", response.headers)

    def test_etag(self):
        """A compressed answer has the same tag, as a weak one; both get a 304 and a write."""
        customer = self.env["res.partner"].create({"name": "Ann", "comment": "<p>" + "a" * 3000})
        path = f"/api/customers/{customer.id}"
        plain, _size = self.get(path, "identity")
        compressed, _size = self.get(path, "gzip")
        tag = compressed.headers["ETag"]
        self.assertEqual(tag, f"W/{plain.headers['ETag']}")
        headers = {"If-None-Match": tag, "Accept-Encoding": "gzip"}
        self.assertEqual(self.http("GET", path, headers=headers).status_code, 304)
        response = self.http(
            "PATCH",
            path,
            data=b'{"city": "Ghent"}',
            headers={"If-Match": tag, "Content-Type": "application/json"},
        )
        self.assertEqual(response.status_code, 200)
