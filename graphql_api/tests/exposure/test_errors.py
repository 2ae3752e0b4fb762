"""The table of errors, and what a client learns of the unexpected."""

import re
from unittest.mock import patch

import psycopg2
import psycopg2.errors
import werkzeug.exceptions
from psycopg2.pool import PoolError

from odoo import http
from odoo.exceptions import (
    AccessDenied,
    AccessError,
    ConcurrencyError,
    LockError,
    MissingError,
    RedirectWarning,
    UserError,
    ValidationError,
)
from odoo.tests import BaseCase, tagged

from ...http.statuses import STATUS, error_headers
from ...schema.exposure.errors import CODES, ApiError, to_api_error
from ..cases.api import ApiCase

LOGGER = "odoo.addons.graphql_api.schema.exposure.errors"
SECRET = 'SELECT "secret" FROM res_partner WHERE id = 1'


def integrity_error(cause=None):
    """Return what Odoo makes of a broken constraint (odoo/service/model.py, ``retrying``)."""
    error = ValidationError("Another partner has this reference.")
    error.__cause__ = cause or psycopg2.errors.UniqueViolation(SECRET)
    return error


@tagged("post_install", "-at_install")
class TestTable(BaseCase):
    """Any exception -> code, status and message for the client."""

    def check(self, error, code, status, message=None):
        found = to_api_error(error)
        self.assertEqual((found.code, STATUS[found.code]), (code, status))
        self.assertEqual(found.extensions, {"code": code})
        self.assertNotIn("secret", found.message)
        if message is not None:
            self.assertEqual(found.message, message)
        return found

    def test_statuses(self):
        """The codes of the contract."""
        contract = {
            "UNAUTHENTICATED": 401,
            "FORBIDDEN": 403,
            "NOT_FOUND": 404,
            "BAD_USER_INPUT": 400,
            "GRAPHQL_PARSE_FAILED": 400,
            "GRAPHQL_VALIDATION_FAILED": 400,
            "VALIDATION_FAILED": 422,
            "CONFLICT": 409,
            "PRECONDITION_FAILED": 412,
            "QUERY_TOO_COMPLEX": 400,
            "RATE_LIMITED": 429,
            "INTERNAL_SERVER_ERROR": 500,
        }
        self.assertEqual(contract, {code: STATUS[code] for code in contract})
        self.assertEqual(tuple(STATUS), CODES)

    def test_own(self):
        for code, status in STATUS.items():
            error = ApiError(code, "Because.")
            self.assertIs(self.check(error, code, status, "Because."), error)

    def test_messages_for_users(self):
        """Odoo's messages for users reach the client as they are."""
        for error in (
            UserError("Sold out."),
            ValidationError("Sold out."),
            RedirectWarning("Sold out.", 1, "Go there"),
        ):
            self.check(error, "VALIDATION_FAILED", 422, "Sold out.")
        self.check(UserError(""), "VALIDATION_FAILED", 422, "")

    def test_access(self):
        """Odoo's message names models, fields and records: it stays on the server."""
        self.check(AccessError(f"secret {SECRET}"), "FORBIDDEN", 403)
        for error in (
            AccessDenied(),
            AccessDenied("secret"),
            werkzeug.exceptions.Unauthorized(),
        ):
            found = self.check(error, "UNAUTHENTICATED", 401)
            self.assertIn("WWW-Authenticate", dict(error_headers(found)))
        self.check(MissingError("secret"), "NOT_FOUND", 404)

    def test_conflicts(self):
        for error in (
            LockError("secret"),
            ConcurrencyError("secret"),
            psycopg2.errors.SerializationFailure(SECRET),
            psycopg2.errors.DeadlockDetected(SECRET),
            psycopg2.errors.LockNotAvailable(SECRET),
            psycopg2.errors.UniqueViolation(SECRET),
            psycopg2.errors.ForeignKeyViolation(SECRET),
        ):
            with self.subTest(error):
                self.check(error, "CONFLICT", 409)

    def test_values_that_the_database_refuses(self):
        for error in (
            psycopg2.errors.NotNullViolation(SECRET),
            psycopg2.errors.CheckViolation(SECRET),
        ):
            with self.subTest(error):
                self.check(error, "VALIDATION_FAILED", 422)
        for error in (
            psycopg2.errors.NumericValueOutOfRange(SECRET),
            psycopg2.errors.StringDataRightTruncation(SECRET),
            psycopg2.errors.ProgramLimitExceeded(SECRET),
        ):
            with self.subTest(error):
                self.check(error, "BAD_USER_INPUT", 400)

    def test_constraint_with_a_message(self):
        """A constraint's own message is for users."""
        self.check(integrity_error(), "CONFLICT", 409, "Another partner has this reference.")
        self.check(
            integrity_error(psycopg2.errors.ForeignKeyViolation(SECRET)),
            "CONFLICT",
            409,
        )

    def test_http(self):
        for error, code, status in (
            (werkzeug.exceptions.BadRequest("Because."), "BAD_USER_INPUT", 400),
            (werkzeug.exceptions.Forbidden("Because."), "FORBIDDEN", 403),
            (werkzeug.exceptions.NotFound("Because."), "NOT_FOUND", 404),
            (werkzeug.exceptions.NotAcceptable("Because."), "NOT_ACCEPTABLE", 406),
            (werkzeug.exceptions.Conflict("Because."), "CONFLICT", 409),
            (werkzeug.exceptions.PreconditionFailed("Because."), "PRECONDITION_FAILED", 412),
            (werkzeug.exceptions.RequestEntityTooLarge("Because."), "PAYLOAD_TOO_LARGE", 413),
            (
                werkzeug.exceptions.UnsupportedMediaType("Because."),
                "UNSUPPORTED_MEDIA_TYPE",
                415,
            ),
            (werkzeug.exceptions.UnprocessableEntity("Because."), "VALIDATION_FAILED", 422),
            (werkzeug.exceptions.ImATeapot("Because."), "BAD_USER_INPUT", 400),
        ):
            with self.subTest(code):
                self.check(error, code, status, "Because.")

    def test_http_headers(self):
        """What the status requires comes along."""
        error = werkzeug.exceptions.MethodNotAllowed(["GET", "HEAD"])
        found = self.check(error, "METHOD_NOT_ALLOWED", 405)
        self.assertEqual(error_headers(found), [("Allow", "GET, HEAD")])
        error = werkzeug.exceptions.RequestedRangeNotSatisfiable(length=10)
        found = self.check(error, "RANGE_NOT_SATISFIABLE", 416)
        self.assertEqual(error_headers(found), [("Content-Range", "bytes */10")])
        error = werkzeug.exceptions.TooManyRequests(retry_after=3)
        found = self.check(error, "RATE_LIMITED", 429)
        self.assertEqual(error_headers(found), [("Retry-After", "3")])

    def test_database_that_is_not_there(self):
        for error in (
            psycopg2.OperationalError(SECRET),
            psycopg2.errors.AdminShutdown(SECRET),
            psycopg2.InterfaceError(SECRET),
            PoolError(SECRET),
        ):
            with self.subTest(error), self.assertLogs(LOGGER, "ERROR"):
                found = self.check(error, "SERVICE_UNAVAILABLE", 503)
                self.assertEqual(error_headers(found), [("Retry-After", "1")])

    def test_unexpected(self):
        """The client gets an id; the log has it with the exception."""
        for error in (
            ValueError(SECRET),
            KeyError("secret"),
            AttributeError("secret"),
            RecursionError("secret"),
            psycopg2.ProgrammingError(SECRET),
            psycopg2.errors.UndefinedColumn(SECRET),
            werkzeug.exceptions.InternalServerError("secret"),
            werkzeug.exceptions.ServiceUnavailable("secret"),
            MemoryError(),
        ):
            with self.subTest(error), self.assertLogs(LOGGER, "ERROR") as logs:
                found = self.check(error, "INTERNAL_SERVER_ERROR", 500)
                error_id = re.search(r"[0-9a-f]{12}", found.message)[0]
                self.assertEqual(len(logs.records), 1)
                self.assertIn(error_id, logs.records[0].getMessage())
                self.assertIs(logs.records[0].exc_info[1], error)

    def test_id_is_new_every_time(self):
        with self.assertLogs(LOGGER, "ERROR"):
            messages = {to_api_error(ValueError()).message for _ in range(10)}
        self.assertEqual(len(messages), 10)


@tagged("post_install", "-at_install")
class TestOverHttp(ApiCase):
    """An exception in the middle of an answer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.env["res.partner"].create({"name": "Zpartner", "city": "Ghent"})
        resource = cls.env["graphql_api.resource"].search([("type_name", "=", "Customer")])
        cls.env["graphql_api.resource.field"].create(
            {"resource_id": resource.id, "field_name": "contact_address"}
        )
        cls.query = "query ($id: ID!) { customer(id: $id) { name contactAddress city } }"
        cls.path = f"/api/customers/{cls.partner.id}?fields=name,contact_address"

    def setUp(self):
        super().setUp()
        # What is stored and depends on the field is computed before the test takes over.
        self.key(self.login)
        self.env.cr.flush()

    def failing(self, error):
        """Return a context in which the computed field raises."""

        def fail(records):
            raise error

        return patch.object(self.env.registry["res.partner"], "_compute_contact_address", fail)

    def assert_masked(self, text, logs):
        self.assertRegex(logs.records[0].getMessage(), r"[0-9a-f]{12}")
        error_id = re.search(r"[0-9a-f]{12}", logs.records[0].getMessage())[0]
        self.assertIn(error_id, text)
        for internal in (
            "Traceback",
            "SELECT",
            "secret",
            "res_partner",
            "res.partner",
            "ValueError",
            "psycopg2",
            "contact_address",
            ".py",
        ):
            self.assertNotIn(internal, text)

    def test_graphql(self):
        """The field is null with an error at its path; the rest of the answer stands."""
        with self.failing(ValueError(SECRET)), self.assertLogs(LOGGER, "ERROR") as logs:
            response = self.graphql_response(self.query, {"id": self.partner.id})
        self.assertEqual(response.status_code, 200)
        body = response.json()
        self.assertEqual(
            body["data"]["customer"], {"name": "Zpartner", "contactAddress": None, "city": "Ghent"}
        )
        (error,) = body["errors"]
        self.assertEqual(error["extensions"], {"code": "INTERNAL_SERVER_ERROR"})
        self.assertEqual(error["path"], ["customer", "contactAddress"])
        self.assertEqual(set(error), {"message", "locations", "path", "extensions"})
        self.assert_masked(response.text, logs)

    def test_rest(self):
        with self.failing(ValueError(SECRET)), self.assertLogs(LOGGER, "ERROR") as logs:
            response = self.http("GET", self.path)
        self.assertEqual(response.status_code, 500)
        body = response.json()
        self.assertEqual(set(body), {"status", "code", "message"})
        self.assertEqual((body["status"], body["code"]), ("error", "INTERNAL_SERVER_ERROR"))
        self.assert_masked(response.text, logs)

    def test_database(self):
        """An error of PostgreSQL ends the transaction, and with it the request."""

        def broken_sql(records):
            records.env.cr.execute('SELECT "secret" FROM res_partner')

        compute = patch.object(
            self.env.registry["res.partner"], "_compute_contact_address", broken_sql
        )
        for shape in ("graphql", "rest"):
            with (
                self.subTest(shape),
                compute,
                self.assertLogs(LOGGER, "ERROR") as logs,
                self.assertLogs("odoo.sql_db", "ERROR"),
            ):
                if shape == "rest":
                    response = self.http("GET", self.path)
                    code = response.json()["code"]
                else:
                    response = self.graphql_response(self.query, {"id": self.partner.id})
                    code = response.json()["errors"][0]["extensions"]["code"]
                self.assertEqual(response.status_code, 500)
                self.assertEqual(code, "INTERNAL_SERVER_ERROR")
                self.assert_masked(response.text.replace("contactAddress", ""), logs)

    def test_session_that_has_expired(self):
        """It ends as a wrong key does, whatever Odoo says about it."""
        ended = http.SessionExpiredException("secret")
        with patch.object(self.env.registry["ir.http"], "_dispatch", side_effect=ended):
            response = self.http("GET", "/api/me")
        self.assertEqual(response.status_code, 401)
        self.assertEqual(response.json()["code"], "UNAUTHENTICATED")
        self.assertIn("WWW-Authenticate", response.headers)
        self.assertNotIn("secret", response.text)

    def test_errors_for_clients(self):
        """Expected errors in the middle: each with its own code, nothing in the log."""
        for error, code, status in (
            (UserError("Sold out."), "VALIDATION_FAILED", 422),
            (AccessError("secret"), "FORBIDDEN", 403),
            (MissingError("secret"), "NOT_FOUND", 404),
            (LockError("secret"), "CONFLICT", 409),
            (werkzeug.exceptions.NotFound("Gone."), "NOT_FOUND", 404),
        ):
            with self.subTest(error), self.failing(error), self.assertNoLogs("odoo", "ERROR"):
                data = self.graphql(
                    self.query,
                    {"id": self.partner.id},
                    errors=[(code, ["customer", "contactAddress"])],
                )
                self.assertEqual(data["customer"]["city"], "Ghent")
                if code != "FORBIDDEN":
                    self.assertEqual(self.rest(self.path, status=status)["code"], code)

    def test_controller(self):
        """What fails outside the executor has the shape of its route."""

        def fail(parts):
            raise ValueError(SECRET)

        self.extend_schema(fail)
        with self.assertLogs(LOGGER, "ERROR") as logs:
            body = self.rest("/api/customers", status=500)
        self.assert_masked(body["message"], logs)
        with self.assertLogs(LOGGER, "ERROR") as logs:
            response = self.graphql_response("{ me { lang } }")
        self.assertEqual(response.status_code, 500)
        self.assertEqual(
            response.json()["errors"][0]["extensions"], {"code": "INTERNAL_SERVER_ERROR"}
        )
        self.assert_masked(response.text, logs)
