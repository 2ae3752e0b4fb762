from markupsafe import Markup

from odoo import models
from odoo.exceptions import AccessError, UserError
from odoo.tools.mail import html_sanitize, is_html_empty, plaintext2html

from odoo.addons.graphql_api.schema.extension import with_plain_context

SUBTYPES = {"comment": "mail.mt_comment", "note": "mail.mt_note"}


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def graphql_api_post_message(
        self,
        body="",
        kind="comment",
        body_is_html=False,
        mentions=(),
        mentioned_users=(),
        attachments=(),
        files=(),
    ):
        """Post a message of the user on one record, and return it.

        :param str body: plain text, or HTML of which what could be harmful is taken out
        :param str kind: comment, or note, which employees alone can write and see
        :param bool body_is_html: the body is HTML
        :param mentions: ids of partners who are notified
        :param mentioned_users: ids of users who are notified
        :param attachments: ids of attachments that the user may read
        :param files: ids of attachments that were sent with the message
        :raise AccessError: the user may not write this kind of message here
        :raise UserError: there is nothing to post, or somebody is mentioned who cannot be
        """
        self.ensure_one()
        if kind not in SUBTYPES:
            raise UserError(self.env._("A message is a comment or a note."))
        content = html_sanitize(body) if body_is_html else plaintext2html(body)
        attachments = [*attachments, *files]
        if is_html_empty(content) and not attachments:
            raise UserError(self.env._("A message needs a body or an attachment."))
        self._graphql_api_check_post(kind == "note" or mentions or mentioned_users or attachments)
        partners = self.env["res.partner"].browse(mentions)
        partners |= self.env["res.users"].browse(mentioned_users).partner_id
        if partners:
            partners.check_access("read")
        thread = self
        if not self.env.user._is_internal():
            # Others may post, but read little of what Odoo looks up for it. They have been checked
            # above; Odoo's own route does the same (mail/controllers/thread.py).
            thread = with_plain_context(self).sudo()
        if not self.has_access("write"):
            thread = thread.with_context(
                mail_post_autofollow_author_skip=True, mail_post_autofollow=False
            )
        message = thread.message_post(
            body=Markup(content),
            message_type="comment",
            subtype_xmlid=SUBTYPES[kind],
            partner_ids=partners.ids,
            attachment_ids=self._graphql_api_hand_over(attachments).ids,
        )
        return message.with_env(self.env)

    def _graphql_api_check_post(self, is_for_employees):
        """Check that the user may post, as Odoo's own pages do (mail/controllers/thread.py).

        :param is_for_employees: it is a note, or one that mentions somebody or has files
        :raise AccessError: the user may not
        """
        self.check_access("read")
        operation = self._mail_get_operation_for_mail_message_operation("create")[self]
        if operation:
            self.check_access(operation)
        if is_for_employees and not self.env.user._is_internal():
            raise AccessError(
                self.env._("Only employees write internal notes, mention somebody or send files.")
            )

    def _graphql_api_hand_over(self, attachments):
        """Return attachments for a message.

        The user's own that belong to no record go to this one: Odoo moves what waits in its
        composer.
        """
        found = self.env["ir.attachment"].browse(attachments)
        if not found:
            return found
        found.check_access("read")
        pending = found.filtered(
            lambda file: not file.res_model and not file.res_id and file.create_uid == self.env.user
        )
        pending.write({"res_model": "mail.compose.message", "res_id": 0})
        return found

    def graphql_api_follow(self):
        """Let the user follow the records."""
        self.check_access("read")
        self.message_subscribe(self.env.user.partner_id.ids)

    def graphql_api_unfollow(self):
        """Let the user no longer follow the records."""
        self.check_access("read")
        self.message_unsubscribe(self.env.user.partner_id.ids)
