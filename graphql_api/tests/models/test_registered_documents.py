"""Registered documents: the only ones that run where the administrator wants it so."""

import datetime

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..cases.persisted_documents import MUTATION, QUERY, DocumentCase, digest

OTHER = "query Other { __typename }"


@tagged("post_install", "-at_install")
class TestRegisteredOnly(DocumentCase):
    def setUp(self):
        super().setUp()
        self.set_setting("registered_documents", True)
        self.document = self.documents.create({"text": QUERY})

    def policy_headers(self, **values) -> dict:
        """Return the header with a key under a policy that reaches everything."""
        policy = self.env["graphql_api.policy"].create(
            {"name": "Zpolicy", "all_resources": True, **values}
        )
        expiration = datetime.datetime.now() + datetime.timedelta(days=1)
        user = self.user("admin")
        key = self.env["graphql_api.key"]._generate(user, policy, "test", expiration)
        return {"Authorization": f"Bearer {key}"}

    def assert_refused(self, response):
        message = self.assert_error(response, 403, "FORBIDDEN")
        self.assertIn("odoo graphql_documents", message)
        return message

    def test_registered(self):
        for query in (False, True):
            self.assert_data(self.post(QUERY, query=query), {"me": {"lang": "en_US"}})
            self.assert_data(self.get(QUERY, query=query), {"me": {"lang": "en_US"}})
        self.assertEqual(self.graphql(QUERY), {"me": {"lang": "en_US"}})

    def test_others(self):
        """Nothing tells what is wrong with them, or that a client stored them once."""
        self.set_setting("registered_documents", False)
        self.post(OTHER, query=True)
        self.set_setting("registered_documents", True)
        messages = {
            self.assert_refused(self.graphql_response(text))
            for text in (
                f"{QUERY} ",
                OTHER,
                MUTATION,
                "{ nope }",
                "nonsense {",
                "{ __schema { x } }",
            )
        }
        for text in (OTHER, MUTATION):
            for query in (False, True):
                messages.add(self.assert_refused(self.post(text, query=query)))
        self.assertEqual(len(messages), 1)
        self.assertEqual(len(self.stored()), 2)

    def test_mutation(self):
        self.documents.create({"text": MUTATION})
        created = {"createCustomer": {"name": "Zpersisted"}}
        self.assert_data(self.post(MUTATION), created)
        self.assertEqual(self.graphql(MUTATION), created)

    def test_a_wrong_hash(self):
        persisted = {"version": 1, "sha256Hash": digest(OTHER)}
        response = self.post(QUERY, query=True, persisted=persisted)
        self.assert_error(response, 400, "BAD_USER_INPUT")

    def test_unregistered(self):
        self.post(QUERY)
        self.document.registered = False
        self.assert_refused(self.post(QUERY))
        self.document.registered = True
        self.assert_data(self.post(QUERY), {"me": {"lang": "en_US"}})
        self.document.unlink()
        self.assert_refused(self.post(QUERY))

    def test_rest_stays(self):
        self.rest("/api/me")
        self.rest("/api/customers?limit=1")
        self.assertEqual(self.http("GET", "/api/graphql/schema.graphql").status_code, 200)

    def test_policy(self):
        """A policy restricts; it does not lift what the server demands."""
        lenient = self.policy_headers()
        self.assert_refused(self.graphql_response(OTHER, headers=lenient))
        self.set_setting("registered_documents", False)
        strict = self.policy_headers(registered_documents=True)
        self.assert_refused(self.graphql_response(OTHER, headers=strict))
        self.assert_refused(self.post(MUTATION, query=True, headers=strict))
        self.assert_data(self.post(QUERY, headers=strict), {"me": {"lang": "en_US"}})
        self.assertEqual(self.graphql(OTHER, headers=lenient), {"__typename": "Query"})
        self.assertEqual(self.stored(), [QUERY])

    def test_queries(self):
        """The check costs no SQL once the process knows the document."""
        self.graphql(QUERY)
        restricted = self.graphql_response(QUERY).headers["Server-Timing"]
        self.set_setting("registered_documents", False)
        self.graphql(QUERY)
        free = self.graphql_response(QUERY).headers["Server-Timing"]
        self.assertEqual(restricted.rpartition("desc=")[2], free.rpartition("desc=")[2])


@tagged("post_install", "-at_install")
class TestScreen(DocumentCase):
    def test_register(self):
        with Form(self.documents) as form:
            form.text = QUERY
        document = form.record
        self.assertEqual(
            (document.name, document.sha256, document.registered), ("Me", digest(QUERY), True)
        )
        with mute_logger("odoo.sql_db"):
            response = self.http(
                "POST", "/json/2/graphql_api.document/create", json={"vals_list": [{"text": QUERY}]}
            )
        self.assertEqual(response.status_code, 422)
        self.assertIn("in the list already", response.json()["message"])

    def test_what_cannot_be_registered(self):
        for text, message in (
            ("query Me { me { lang nope } }", r"1:22: .*nope"),
            ("nonsense {", "1:1: Syntax Error"),
            (f"{QUERY} {OTHER}", "one operation"),
            ("fragment F on Customer { id }", "one operation"),
            ("type Nope { id: ID }", "one operation"),
            ("{ me " * 60 + "{ lang }" + "}" * 60, "deeper"),
        ):
            with self.subTest(text[:30]), self.assertRaisesRegex(ValidationError, message):
                self.documents.create({"text": text})

    def test_register_what_a_client_stored(self):
        self.post(QUERY, query=True)
        document = self.documents.search([])
        document.registered = True
        self.post(f"{QUERY}{OTHER}", query=True, operationName="Me")
        several = self.documents.search([("registered", "=", False)])
        with self.assertRaisesRegex(ValidationError, "one operation"):
            several.registered = True

    def test_menu_and_access(self):
        menu = self.env.ref("graphql_api.menu_documents")
        self.assertEqual(menu.action.res_model, "graphql_api.document")
        self.assertEqual(menu.parent_id, self.env.ref("graphql_api.menu_root"))
        document = self.documents.create({"text": QUERY}).with_user(self.user("demo"))
        for action in (
            lambda: document.read(["text"]),
            lambda: document.write({"registered": False}),
            document.unlink,
            lambda: document.create({"text": OTHER}),
        ):
            with self.assertRaises(AccessError):
                action()
