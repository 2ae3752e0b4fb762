"""Customers answer quotations: who may, what becomes of it, and what is refused."""

import base64
from datetime import timedelta

from odoo import Command, fields
from odoo.tests import new_test_user, tagged

from odoo.addons.graphql_api.tests.cases.writing import WriteCase

# One pixel.
SIGNATURE = "R0lGODlhAQABAIAAAAAAAP///ywAAAAAAQABAAACAUwAOw=="
ACCEPT = """mutation ($id: ID!, $input: AcceptSaleOrderInput!) {
    acceptSaleOrder(id: $id, input: $input) { state signedBy }
}"""


@tagged("post_install", "-at_install")
class TestQuotations(WriteCase):
    login = "portal"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = cls.user("portal")
        cls.product = cls.env["product.product"].create({"name": "Zdesk", "list_price": 10})

    def quotation(self, **values):
        values = {
            "partner_id": self.portal.partner_id.id,
            "user_id": self.user("demo").id,
            "require_signature": True,
            "require_payment": False,
            "order_line": [Command.create({"product_id": self.product.id})],
            **values,
        }
        order = self.env["sale.order"].create(values)
        order.action_quotation_sent()
        return order

    def answer(self, order, action="accept", login="", **body):
        body = body or {"name": "Joel", "signature": SIGNATURE}
        return self.write_rest("POST", f"/api/sale-orders/{order.id}/{action}", body, login=login)

    def refuse(self, order, action="accept", status=422, code=None, login="", **body):
        """Assert that an answer is refused, and that nothing is kept."""
        body = body or {"name": "Joel", "signature": SIGNATURE}
        path = f"/api/sale-orders/{order.id}/{action}"
        return self.refuse_rest("POST", path, body, status=status, code=code, login=login)

    def test_accept(self):
        """The order is signed and confirmed, and says so in a message with its PDF."""
        order = self.quotation()
        self.answer(order)
        self.assertEqual((order.state, order.signed_by), ("sale", "Joel"))
        self.assertTrue(order.signature)
        self.assertTrue(order.signed_on)
        message = order.message_ids.filtered(lambda each: "signed by Joel" in str(each.body))
        self.assertEqual(message.author_id, self.portal.partner_id)
        self.assertEqual(message.attachment_ids.mapped("name"), [f"{order.name}.pdf"])

    def test_accept_over_graphql(self):
        order = self.quotation()
        variables = {"id": str(order.id), "input": {"name": "Joel", "signature": SIGNATURE}}
        data = self.graphql(ACCEPT, variables)
        self.assertEqual(data["acceptSaleOrder"], {"state": "sale", "signedBy": "Joel"})

    def test_what_has_to_be_paid_is_signed_alone(self):
        order = self.quotation(require_payment=True, prepayment_percent=0.5)
        self.answer(order)
        self.assertEqual((order.state, order.signed_by), ("sent", "Joel"))

    def test_decline(self):
        order = self.quotation()
        self.answer(order, "decline", message="Too <b>dear</b>")
        self.assertEqual(order.state, "cancel")
        message = order.message_ids.filtered(lambda each: "Too" in str(each.body))
        self.assertEqual(message.author_id, self.portal.partner_id)
        self.assertNotIn("<b>", message.body)

    def test_what_is_not_to_be_signed(self):
        yesterday = fields.Date.today() - timedelta(days=1)
        signed = self.quotation()
        self.answer(signed)
        for order in (
            signed,
            self.quotation(require_signature=False),
            self.quotation(validity_date=yesterday),
        ):
            self.refuse(order)
            self.refuse(order, "decline", message="No")

    def test_bad_input(self):
        order = self.quotation()
        svg = base64.b64encode(b"<svg xmlns='http://www.w3.org/2000/svg'/>").decode()
        for signature in ("no base64", base64.b64encode(b"text").decode(), svg):
            with self.subTest(signature):
                self.refuse(order, name="Joel", signature=signature)
        self.refuse(order, name="  ", signature=SIGNATURE)
        self.refuse(order, "decline", message=" ")
        for body in (
            {"name": "Joel"},
            {"name": "Joel", "signature": ""},
            {"name": 5, "signature": SIGNATURE},
            {"name": "Joel", "signature": SIGNATURE, "signed_on": "2020-01-01"},
        ):
            self.refuse(order, status=400, code="BAD_USER_INPUT", **body)

    def test_rights(self):
        """Another's quotation is not there; who merely sees one does not answer for a customer."""
        other = self.quotation(partner_id=self.user("demo").partner_id.id)
        self.refuse(other, status=404, code="NOT_FOUND")
        self.refuse(other, "decline", status=404, code="NOT_FOUND", message="No")
        new_test_user(self.env, "zreader", groups="account.group_account_readonly")
        order = self.quotation()
        self.rest(f"/api/sale-orders/{order.id}", login="zreader")
        self.refuse(order, status=403, code="FORBIDDEN", login="zreader")
        path = f"/api/sale-orders/{order.id}/confirm"
        self.refuse_rest("POST", path, {}, status=403, code="FORBIDDEN")
        self.answer(order, login="admin")
        self.assertEqual(order.state, "sale")

    def test_a_context_of_rpc_stays_outside(self):
        """What a client of Odoo's RPC has in its context does not reach what has all rights."""
        order = self.quotation().with_user(self.portal)
        order.with_context(default_is_internal=True).graphql_api_decline("Znothing")
        message = order.sudo().message_ids.filtered(lambda each: "Znothing" in str(each.body))
        self.assertEqual(message.mapped("is_internal"), [False])
