"""Automatic persisted queries, over HTTP."""

import datetime
import json

from graphql import parse

from odoo.tests import BaseCase, tagged

from ...http.persisted_documents import MAX_LENGTH
from ...models.document import MAX_STORED, MAX_STORED_OF_USER
from ..cases.cursors import cursor_modes
from ..cases.persisted_documents import MUTATION, QUERY, DocumentCase, digest, extensions
from ..cases.server import committed

SPEC_TYPE = "application/graphql-response+json"


@tagged("post_install", "-at_install")
class TestProtocol(DocumentCase):
    def test_post(self):
        self.assert_not_found(self.post(QUERY))
        self.assert_data(self.post(QUERY, query=True), {"me": {"lang": "en_US"}})
        self.assert_data(self.post(QUERY), {"me": {"lang": "en_US"}})
        self.assert_data(self.get(QUERY), {"me": {"lang": "en_US"}})
        # For everybody with a key, who is somebody else.
        self.assert_data(self.post(QUERY, login="demo"), {"me": {"lang": "en_US"}})
        document = self.documents.search([])
        self.assertEqual((document.name, document.sha256), ("Me", digest(QUERY)))
        self.assertEqual(document.create_uid, self.user("admin"))
        self.assertFalse(document.registered)

    def test_get(self):
        unknown = self.get(QUERY)
        self.assert_not_found(unknown)
        self.assertEqual(unknown.headers["Cache-Control"], "private, no-cache")
        self.assertNotIn("ETag", unknown.headers)
        self.assert_data(self.get(QUERY, query=True), {"me": {"lang": "en_US"}})
        known = self.get(QUERY)
        self.assert_data(known, {"me": {"lang": "en_US"}})
        again = self.get(QUERY, headers={"If-None-Match": known.headers["ETag"]})
        self.assertEqual((again.status_code, again.content), (304, b""))

    def test_status_follows_the_media_type(self):
        """As of all requests that are refused before they run."""
        self.assert_not_found(self.post(QUERY, accept="application/json"))
        self.assert_not_found(self.post(QUERY, accept=SPEC_TYPE), 400)
        both = self.post(QUERY, accept=f"{SPEC_TYPE}, application/json;q=0.9")
        self.assert_not_found(both, 400)
        self.assertEqual(both.headers["Content-Type"].split(";")[0], SPEC_TYPE)

    def test_members_that_clients_add(self):
        """urql tells with ``miss`` that it sends the text because of an error before."""
        persisted = extensions(QUERY, miss=True)["persistedQuery"]
        response = self.post(QUERY, query=True, persisted=persisted)
        self.assert_data(response, {"me": {"lang": "en_US"}})
        self.assertEqual(self.stored(), [QUERY])

    def test_mutation(self):
        self.assert_not_found(self.post(MUTATION))
        created = {"createCustomer": {"name": "Zpersisted"}}
        self.assert_data(self.post(MUTATION, query=True), created)
        self.assert_data(self.post(MUTATION), created)
        self.assertEqual(self.env["res.partner"].search_count([("name", "=", "Zpersisted")]), 2)
        for query in (True, False):
            response = self.get(MUTATION, query=query)
            self.assert_error(response, 405, "METHOD_NOT_ALLOWED")
            self.assertEqual(response.headers["Allow"], "POST")
        self.assertEqual(self.env["res.partner"].search_count([("name", "=", "Zpersisted")]), 2)

    def test_variables_and_operation_name(self):
        document = """query Name($id: ID!) { customer(id: $id) { name } }
        query Lang { me { lang } }"""
        partner = self.env["res.partner"].create({"name": "Zname"})
        values = {"variables": {"id": str(partner.id)}, "operationName": "Name"}
        expected = {"customer": {"name": "Zname"}}
        self.assert_data(self.post(document, query=True, **values), expected)
        self.assert_data(self.post(document, **values), expected)
        self.assert_data(self.post(document, operationName="Lang"), {"me": {"lang": "en_US"}})
        self.assertEqual(self.documents.search([]).name, "Name, Lang")
        for values in ({}, {"operationName": "Other"}):
            response = self.post(document, accept=SPEC_TYPE, **values)
            self.assert_error(response, 400, "BAD_USER_INPUT")

    def test_multipart(self):
        operations = {"extensions": extensions(QUERY), "query": QUERY}
        for members in (operations, {"extensions": extensions(QUERY)}):
            response = self.http(
                "POST",
                "/api/graphql",
                files={"operations": (None, json.dumps(members)), "map": (None, "{}")},
                headers={"GraphQL-Require-Preflight": "1"},
            )
            self.assert_data(response, {"me": {"lang": "en_US"}})

    def test_idempotency_key(self):
        """The repeated request has the stored answer, also where it names the hash."""
        headers = {"Idempotency-Key": "zpersisted"}
        self.post(MUTATION, query=True)
        first = self.post(MUTATION, headers=headers)
        again = self.post(MUTATION, headers=headers)
        self.assertEqual(first.json(), again.json())
        self.assertEqual(again.headers["Idempotency-Replayed"], "true")
        self.assertEqual(self.env["res.partner"].search_count([("name", "=", "Zpersisted")]), 2)


@tagged("post_install", "-at_install")
class TestWhatIsStored(DocumentCase):
    def assert_not_stored(self, text: str, **kwargs):
        self.post(text, query=True, **kwargs)
        self.assertEqual(self.stored(), [])
        self.assert_not_found(self.post(text))

    def test_only_what_is_valid(self):
        for text in (
            "nonsense {",
            "{ nope }",
            "{ me " * 60 + "{ lang }" + "}" * 60,
            "{ customers { nodes { id } } }" + " " * 100_000,
            "query ($id: ID!) { customer(id: $id) { id } }",  # without its variable
        ):
            with self.subTest(text[:40]):
                self.assert_not_stored(text)

    def test_only_within_the_limits_of_the_caller(self):
        self.set_setting("max_cost", 10)
        self.assert_not_stored("{ customers { nodes { id } } }")
        self.set_setting("max_depth", 1)
        self.assert_not_stored(QUERY)

    def test_only_of_callers_that_are_known(self):
        for headers in ({}, {"Authorization": "Bearer wrong"}):
            response = self.post(QUERY, query=True, login=None, headers=headers)
            self.assert_error(response, 401, "UNAUTHENTICATED")
        self.assertEqual(self.stored(), [])
        self.post(QUERY, query=True)
        for text in (QUERY, "{ __typename }"):
            self.assert_error(self.post(text, login=None), 401, "UNAUTHENTICATED")

    def test_only_on_request(self):
        self.graphql(QUERY)
        self.assertEqual(self.stored(), [])

    def test_errors_in_the_data(self):
        """The document is valid, whatever it finds."""
        text = '{ customers(filter: { name: { eq: "Zno" } }, after: "x") { totalCount } }'
        response = self.post(text, query=True)
        self.assertIn("errors", response.json())
        self.assertEqual(self.stored(), [text])

    def test_nothing_of_a_mutation_that_failed(self):
        self.assert_not_stored('mutation { deleteCustomer(id: "999999999") }')

    def test_size(self):
        """Longer documents run, but are not kept."""
        comment = "#" * MAX_LENGTH
        self.assert_not_stored(f"{QUERY} {comment}")
        # Bytes count, not characters.
        self.assert_not_stored(f"{QUERY} #{'é' * (MAX_LENGTH // 2)}")
        fits = f"{QUERY} {comment}"[:MAX_LENGTH]
        self.assert_data(self.post(fits, query=True), {"me": {"lang": "en_US"}})
        self.assert_data(self.post(fits), {"me": {"lang": "en_US"}})

    def store_many(self, user: str, number: int):
        """Let a user have stored so many documents."""
        self.env.cr.execute(
            """INSERT INTO graphql_api_document (sha256, text, registered, create_uid, create_date)
            SELECT %(user)s || n, '{ me { lang } } # ' || n, FALSE, %(uid)s, now()
            FROM generate_series(1, %(number)s) n""",
            {"user": user, "uid": self.user(user).id, "number": number},
        )

    def test_number(self):
        """There is a bound for each user and one for all; what is registered does not count."""
        texts = [f"{QUERY} # {number} of a client" for number in range(5)]
        self.store_many("admin", MAX_STORED_OF_USER - 2)
        for text in texts[:3]:
            self.assert_data(self.post(text, query=True), {"me": {"lang": "en_US"}})
        self.assertEqual([text in self.stored() for text in texts[:3]], [True, True, False])
        self.store_many("portal", MAX_STORED - MAX_STORED_OF_USER - 1)
        for text in texts[3:]:
            self.post(text, query=True, login="demo")
        self.assertEqual([text in self.stored() for text in texts[3:]], [True, False])
        self.env.cr.execute("UPDATE graphql_api_document SET registered = TRUE")
        self.env.invalidate_all()
        self.post(texts[4], query=True)
        self.assertIn(texts[4], self.stored())

    def test_cron(self):
        """After 30 days a document is removed, and stored again when it is used again."""
        self.post(QUERY, query=True)
        self.post(MUTATION, query=True)
        kept = self.documents.create({"text": "{ __typename }"})
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE graphql_api_document SET create_date = now() at time zone 'UTC' - "
            "CASE name WHEN 'Make' THEN interval '29 days' ELSE interval '31 days' END"
        )
        self.env.invalidate_all()
        new = self.documents.search([("name", "=", "Make")])
        self.documents._gc_documents()
        self.assertEqual(self.documents.search([]), kept | new)
        self.env.registry.clear_all_caches()
        self.assert_not_found(self.post(QUERY))
        self.post(QUERY, query=True)
        self.assertIn(QUERY, self.stored())

    def test_a_character_that_cannot_be_stored(self):
        text = f"{QUERY} # \x00"
        self.assert_data(self.post(text, query=True), {"me": {"lang": "en_US"}})
        self.assertEqual(self.stored(), [])


@tagged("post_install", "-at_install")
class TestHostileInput(DocumentCase):
    def test_malformed(self):
        right = digest(QUERY)
        cases = [
            ("persisted", "must be a JSON object"),
            (["x"], "must be a JSON object"),
            ({"version": 2, "sha256Hash": right}, "version must be 1"),
            ({"version": "1", "sha256Hash": right}, "version must be 1"),
            ({"version": True, "sha256Hash": right}, "version must be 1"),
            ({"sha256Hash": right}, "version must be 1"),
            ({"version": 1}, "64 hexadecimal digits"),
            ({"version": 1, "sha256Hash": None}, "64 hexadecimal digits"),
            ({"version": 1, "sha256Hash": 5}, "64 hexadecimal digits"),
            ({"version": 1, "sha256Hash": [right]}, "64 hexadecimal digits"),
            ({"version": 1, "sha256Hash": right.upper()}, "64 hexadecimal digits"),
            ({"version": 1, "sha256Hash": "g" * 64}, "64 hexadecimal digits"),
            ({"version": 1, "sha256Hash": right + "\n"}, "64 hexadecimal digits"),
            ({"version": 1, "sha256Hash": "' OR 1=1 --"}, "64 hexadecimal digits"),
            ({"version": 1, "sha256Hash": "a" * 1_000_000}, "64 hexadecimal digits"),
            ({"version": 1, "sha256Hash": digest("{ __typename }")}, "is not the SHA-256"),
        ]
        for persisted, message in cases:
            with self.subTest(str(persisted)[:60]):
                response = self.post(QUERY, query=True, persisted=persisted)
                self.assertIn(message, self.assert_error(response, 400, "BAD_USER_INPUT"))
                self.assertLess(len(response.content), 300)
        self.assertEqual(self.stored(), [])

    def test_query_that_is_none(self):
        for query in (5, [], {}, False):
            body = {"query": query, "extensions": extensions(QUERY)}
            response = self.http("POST", "/api/graphql", json=body)
            self.assert_error(response, 400, "BAD_USER_INPUT")
        for query in (None, ""):
            body = {"query": query, "extensions": extensions(QUERY)}
            self.assert_not_found(self.http("POST", "/api/graphql", json=body))
        for body in ({}, {"extensions": {}}, {"extensions": {"persistedQuery": None}}):
            response = self.http("POST", "/api/graphql", json=body)
            self.assertIn("query is missing", self.assert_error(response, 400, "BAD_USER_INPUT"))

    def test_get(self):
        for text in ("{", "[]", "5", '{"persistedQuery": {"version": 1}}'):
            response = self.http("GET", "/api/graphql", params={"extensions": text})
            self.assert_error(response, 400, "BAD_USER_INPUT")

    def test_of_another_policy(self):
        """It is a document like any other to whom it is not valid for."""
        text = "query Secret { customers(first: 1) { nodes { id } } }"
        self.post(text, query=True)
        policy = self.env["graphql_api.policy"].create({"name": "Znothing"})
        expiration = datetime.datetime.now() + datetime.timedelta(days=1)
        user = self.user("admin")
        key = self.env["graphql_api.key"]._generate(user, policy, "test", expiration)
        headers = {"Authorization": f"Bearer {key}"}
        by_hash = self.post(text, headers=headers)
        by_text = self.graphql_response(text, headers=headers)
        self.assertEqual(by_hash.json(), by_text.json())
        (error,) = by_hash.json()["errors"]
        self.assertEqual(error["extensions"]["code"], "GRAPHQL_VALIDATION_FAILED")
        self.assertNotIn("Customer", by_hash.text)


@tagged("post_install", "-at_install")
class TestCost(DocumentCase):
    """What documents cost: the transaction that they run in, and SQL queries."""

    def spy(self, send) -> tuple[str, int]:
        """Return the mode of the cursor that a request ran on, and how many queries it took."""
        with cursor_modes() as modes:
            response = send()
        self.assertEqual(response.status_code, 200)
        (mode,) = modes
        queries = response.headers["Server-Timing"].rpartition('desc="')[2].partition(" ")[0]
        return mode, int(queries)

    def test_cursor(self):
        """Only the request that stores needs more than to read."""
        for send in (self.post, self.get):
            self.documents.search([]).unlink()
            self.assertEqual(self.spy(lambda send=send: send(QUERY, query=True))[0], "rw")
            self.assertEqual(self.spy(lambda send=send: send(QUERY, query=True))[0], "ro")
            self.assertEqual(self.spy(lambda send=send: send(QUERY))[0], "ro")
        too_long = f"{QUERY} #{'x' * MAX_LENGTH}"
        self.assertEqual(self.spy(lambda: self.post(too_long, query=True))[0], "ro")
        self.post(MUTATION, query=True)
        self.assertEqual(self.spy(lambda: self.post(MUTATION))[0], "rw")

    def test_queries(self):
        """What a process has found once, it does not ask for again."""
        self.post(QUERY, query=True)
        self.post(QUERY)
        _mode, plain = self.spy(lambda: self.graphql_response(QUERY))
        self.assertEqual(self.spy(lambda: self.post(QUERY))[1], plain)
        self.assertEqual(self.spy(lambda: self.get(QUERY))[1], plain)
        self.assertEqual(self.spy(lambda: self.post(QUERY, query=True))[1], plain)
        self.documents._get_remembered().clear()
        self.assertEqual(self.spy(lambda: self.post(QUERY))[1], plain + 1)


@tagged("post_install", "-at_install")
class TestTransactions(BaseCase):
    """With transactions that really end."""

    def test_another_one_was_first(self):
        """A row that this one cannot see is no reason to fail, or to start anew."""
        self.addCleanup(self.clear)
        with committed() as env, committed() as other:
            env.cr.execute("SELECT FROM graphql_api_document")
            other["graphql_api.document"]._store(QUERY, parse(QUERY))
            other.cr.commit()
            env["graphql_api.document"]._store(QUERY, parse(QUERY))
            env["graphql_api.document"]._store(MUTATION, parse(MUTATION))
        with committed() as env:
            self.assertEqual(env["graphql_api.document"].search([]).mapped("name"), ["Make", "Me"])

    def clear(self):
        with committed() as env:
            env["graphql_api.document"].search([]).unlink()
