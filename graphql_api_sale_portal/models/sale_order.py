import base64
import binascii

from odoo import SUPERUSER_ID, fields, models
from odoo.exceptions import UserError
from odoo.tools.image import ImageProcess

from odoo.addons.graphql_api.schema.extension import with_plain_context


class SaleOrder(models.Model):
    """What customers do with quotations on Odoo's portal (sale/controllers/portal.py)."""

    _inherit = "sale.order"

    def graphql_api_accept(self, name="", signature=""):
        """Sign one quotation; confirm it, unless it has to be paid first.

        It does what ``portal_quote_accept`` does, after the same checks.

        :param str name: who signs
        :param str signature: image in base64: PNG, JPEG or GIF
        :raise AccessError: the user may not answer for the customer
        :raise UserError: nothing is to be signed, or a parameter is empty or no image
        """
        order = self._graphql_api_check_answer()
        if not name.strip():
            raise UserError(self.env._("Say who signs."))
        order.write(
            {
                "signed_by": name.strip(),
                "signed_on": fields.Datetime.now(),
                "signature": self._graphql_api_check_signature(signature),
            }
        )
        order.flush_recordset()
        if not order._has_to_be_paid():
            order._validate_order()
        report = with_plain_context(self.env["ir.actions.report"]).sudo()
        pdf, _kind = report._render_qweb_pdf("sale.action_report_saleorder", order.ids)
        order.message_post(
            attachments=[(f"{order.name}.pdf", pdf)],
            author_id=self.env.user.partner_id.id,
            body=self.env._("Order signed by %s", name.strip()),
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )

    def graphql_api_decline(self, message=""):
        """Decline one quotation, which cancels it, and post why.

        It does what ``portal_quote_decline`` does, after the same checks.

        :param str message: plain text
        :raise AccessError: the user may not answer for the customer
        :raise UserError: nothing is to be signed, or the message is empty
        """
        order = self._graphql_api_check_answer()
        if not message.strip():
            raise UserError(self.env._("Say why the quotation is declined."))
        order._action_cancel()
        order.message_post(
            author_id=self.env.user.partner_id.id,
            body=message,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )

    def _graphql_api_check_answer(self):
        """Return the order with all rights, which an answer of the customer is written with.

        Odoo's portal takes an answer of whoever may read the quotation. Here employees need the
        right to change it: those who merely see it do not answer for a customer.

        :raise AccessError: the user may not answer
        :raise UserError: the quotation does not wait for a signature
        """
        self.ensure_one()
        self.check_access("write" if self.env.user._is_internal() else "read")
        order = with_plain_context(self).with_user(SUPERUSER_ID)
        if not order._has_to_be_signed():
            raise UserError(self.env._("The order is not in a state requiring customer signature."))
        return order

    def _graphql_api_check_signature(self, signature):
        """Return the signature as the field takes it.

        :raise UserError: it is no image that a browser could not run
        """
        try:
            raw = base64.b64decode(signature, validate=True)
        except (binascii.Error, ValueError):
            raw = b""
        # SVG, which can hold scripts, is read as no image.
        if not raw or not ImageProcess(raw).image:
            raise UserError(
                self.env._("The signature has to be a PNG, JPEG or GIF image, in base64.")
            )
        return signature
