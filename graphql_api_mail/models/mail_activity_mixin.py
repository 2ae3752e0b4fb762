from odoo import models


class MailActivityMixin(models.AbstractModel):
    _inherit = "mail.activity.mixin"

    def graphql_api_schedule_activity(
        self, kind=None, summary=None, note=None, deadline=None, user=None
    ):
        """Schedule an activity on each record, and return them.

        :param int kind: id of its type; None for Odoo's default
        :param str summary: what is to be done, on one line
        :param str note: more of it, as plain text or HTML, of which what could be harmful is
            taken out
        :param deadline: the day; None for what the type says
        :param int user: id of the user who is to do it; None for the caller
        """
        activity_type = self.env["mail.activity.type"].browse(kind)
        if not activity_type:
            activity_type = self.env["mail.activity"]._default_activity_type_for_model(self._name)
        model_id = self.env["ir.model"]._get_id(self._name)
        return self.env["mail.activity"].create(
            [
                {
                    "res_model_id": model_id,
                    "res_id": record.id,
                    "activity_type_id": activity_type.id,
                    "summary": summary or activity_type.summary,
                    "note": note or activity_type.default_note,
                    "date_deadline": deadline or activity_type._get_date_deadline(),
                    "user_id": user or activity_type.default_user_id.id or self.env.uid,
                }
                for record in self
            ]
        )
