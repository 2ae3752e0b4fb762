from odoo import api, fields, models
from odoo.tools.mail import html2plaintext

KINDS = [
    ("comment", "Comment"),
    ("note", "Internal Note"),
    ("email", "Email"),
    ("notification", "Notification"),
]


class MailMessage(models.Model):
    _inherit = "mail.message"

    graphql_api_kind = fields.Selection(
        KINDS,
        string="Kind",
        compute="_compute_graphql_api_kind",
        help="A comment is sent to followers and visible to all who can see the record; a note "
        "is visible only to employees. An email was received or sent; a notification comes "
        "from Odoo itself.",
    )
    graphql_api_author_name = fields.Char(
        string="Author Name",
        compute="_compute_graphql_api_author_name",
        # Who reads a message sees whose it is, as on Odoo's own pages.
        compute_sudo=True,
    )
    graphql_api_text = fields.Text(
        string="Text", compute="_compute_graphql_api_text", help="The body without its markup."
    )

    @api.depends("message_type", "subtype_id")
    def _compute_graphql_api_kind(self):
        note = self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_note")
        for message in self:
            kind = "notification"
            if message.message_type == "comment":
                kind = "note" if message.subtype_id.id in (note, False) else "comment"
            elif message.message_type in ("email", "email_outgoing"):
                kind = "email"
            message.graphql_api_kind = kind

    @api.depends("author_id.name", "author_guest_id.name", "email_from")
    def _compute_graphql_api_author_name(self):
        for message in self:
            author = message.author_id or message.author_guest_id
            message.graphql_api_author_name = author.name or message.email_from

    @api.depends("body")
    def _compute_graphql_api_text(self):
        for message in self:
            message.graphql_api_text = html2plaintext(message.body or "").strip() or False
