from odoo import models
from odoo.exceptions import AccessError, UserError
from odoo.tools.mail import single_email_re

from odoo.addons.graphql_api.schema.extension import with_plain_context

_WRITABLE = {
    *("name", "email", "phone", "street", "street2", "zip", "city"),
    *("state_id", "country_id"),
}
_REQUIRED = ("name", "email", "phone", "street", "city", "country_id")


class ResPartner(models.Model):
    """The addresses that customers edit on Odoo's portal (portal/controllers/portal.py)."""

    _inherit = "res.partner"

    def graphql_api_edit_address(self, **values):
        """Change one address of the user.

        The rules are those of ``portal_address_submit``: the address has to be complete. What is
        not sent stays as it is.

        :param values: of the fields of an address; ids of records, None to empty a field
        :raise AccessError: it is no address of the user
        :raise UserError: a value may not be so, or not be changed
        """
        self.ensure_one()
        address = with_plain_context(self).sudo()
        if self.env.user._is_internal():
            self.check_access("write")
        else:
            self.check_access("read")
            if not address._can_be_edited_by_current_customer():
                raise AccessError(self.env._("This is not an address that you can edit."))
        if unknown := values.keys() - _WRITABLE:
            raise UserError(
                self.env._("An address has no %(names)s.", names=", ".join(sorted(unknown)))
            )
        changed = address._graphql_api_find_changed(values)
        address._graphql_api_check_changed(changed)
        address.write(changed)
        if "phone" in changed and hasattr(address, "_onchange_phone_validation"):
            address._onchange_phone_validation()

    def _graphql_api_find_changed(self, values):
        """Return those values that this address does not have, by field."""
        changed = {}
        for name, value in values.items():
            new = value.strip() if isinstance(value, str) else value
            old = self[name].id if self._fields[name].type == "many2one" else self[name]
            if (new or False) != (old or False):
                changed[name] = new or False
        return changed

    def _graphql_api_check_changed(self, changed):
        """Refuse what Odoo's page refuses (``_validate_address_values``).

        :raise UserError: with the reason
        """
        country = self.env["res.country"].browse(changed.get("country_id", self.country_id.id))
        state = self.env["res.country.state"].browse(changed.get("state_id", self.state_id.id))
        if "country_id" in changed and self.country_id and not self._can_edit_country():
            raise UserError(
                self.env._(
                    "Changing your country is not allowed once document(s) have been issued for "
                    "your account. Please contact us directly for this operation."
                )
            )
        if {"name", "email"} & changed.keys() and not all(self.user_ids.mapped("share")):
            raise UserError(
                self.env._("The name and the email of an employee cannot be changed here.")
            )
        if changed.get("email") and not single_email_re.match(changed["email"]):
            raise UserError(self.env._("Invalid Email! Please enter a valid email address."))
        if state and state.country_id != country:
            raise UserError(self.env._("The state does not belong to the country."))
        required = [*_REQUIRED]
        required += ["state_id"] if country.state_required else []
        required += ["zip"] if country.zip_required else []
        empty = [name for name in required if not changed.get(name, self[name])]
        if empty:
            labels = [self._fields[name]._description_string(self.env) for name in empty]
            raise UserError(
                self.env._("An address needs values for: %(names)s.", names=", ".join(labels))
            )
