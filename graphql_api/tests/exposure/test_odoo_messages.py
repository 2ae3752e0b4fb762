"""Which messages of Odoo's exceptions clients see, decided by the method that raises."""

import inspect
import pkgutil

from odoo.exceptions import UserError
from odoo.tests import BaseCase, tagged
from odoo.tools import mute_logger

from ...schema.exposure.errors import to_api_error
from ...schema.exposure.odoo_messages import REPLACED_MESSAGES
from ..cases.inputs import InputCase

UPDATE = """mutation ($id: ID!) { updateCustomer(id: $id, input: { name: "Znew" }) { id } }"""
DELETE = "mutation ($id: ID!) { deleteCustomer(id: $id) }"
USED = "The contact belongs to an active user, so it cannot be deleted."
OWN = "Zown message"
GENERIC = "Something went wrong on the server."


class Elsewhere:
    """Has a method with the name of one whose messages are replaced."""

    @staticmethod
    def _unlink_except_user(error):
        raise error


def _unlink_except_user(error):
    raise error


def _check_company(self, fnames=None):
    raise UserError(OWN)


@tagged("post_install", "-at_install")
class TestKnownMethods(BaseCase):
    def test_methods_exist(self):
        """A method that Odoo renames or moves fails here, not at a client that sees names."""
        for method in REPLACED_MESSAGES:
            with self.subTest(method):
                self.assertIn("raise ", inspect.getsource(pkgutil.resolve_name(method)))

    def test_no_traceback(self):
        self.assertEqual(to_api_error(UserError(OWN)).message, OWN)


@tagged("post_install", "-at_install")
class TestMessages(InputCase):
    """Over both APIs."""

    def refusals(self, query, method, body=None):
        """Send a change of the customer by both APIs; yield the message, code and status."""
        error = self.refuse_graphql(query, {"id": self.customer.id}, code="VALIDATION_FAILED")
        yield error["message"]
        yield self.refuse_rest(method, self.path, body, status=422, code="VALIDATION_FAILED")[
            "message"
        ]

    def test_known_method(self):
        """The name of the user is not for everybody who may delete contacts."""
        user = self.user("demo")
        user.partner_id = self.customer
        for message in self.refusals(DELETE, "DELETE"):
            self.assertEqual(message, USED)

    def raise_on_write(self, function):
        self.patch(self.env.registry["res.partner"], "write", lambda _self, _vals: function())

    def test_same_name_elsewhere(self):
        """What other methods tell people is shown, whatever their names are."""
        for function in (_unlink_except_user, Elsewhere._unlink_except_user):
            with self.subTest(function.__qualname__):
                self.raise_on_write(lambda function=function: function(UserError(OWN)))
                for message in self.refusals(UPDATE, "PATCH", {"name": "Znew"}):
                    self.assertEqual(message, OWN)

    def test_override(self):
        """An override that raises an exception of its own is another method."""
        self.patch(self.env.registry["sale.order"], "_check_company", _check_company)
        body = self.refuse_rest(
            "POST", "/api/sale-orders", {"customer": self.customer.id}, status=422
        )
        self.assertEqual(body["message"], OWN)

    def test_unexpected_exception(self):
        """What is not for people is not shown, whatever raises it: the client gets an id."""
        function = Elsewhere._unlink_except_user
        self.raise_on_write(lambda: function(ValueError("Zsecret")))
        logger = "odoo.addons.graphql_api.schema.exposure.errors"
        with mute_logger(logger):
            responses = [
                self.graphql_response(UPDATE, {"id": self.customer.id}),
                self.http("PATCH", self.path, json={"name": "Znew"}),
            ]
        self.assertEqual(responses[1].status_code, 500)
        for response in responses:
            self.assertNotIn("Zsecret", response.text)
            self.assertIn(GENERIC, response.text)
            self.assertIn("INTERNAL_SERVER_ERROR", response.text)
            self.assertNotIn(USED, response.text)
