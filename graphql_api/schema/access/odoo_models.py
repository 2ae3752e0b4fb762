"""What is known of Odoo's models by name, where Odoo declares it nowhere.

A test reads each of these tables: what they name has to exist in Odoo.
"""

from ..exposure.resource import Document

ATTACHMENT = "ir.attachment"
COMPANY = "res.company"
USER = "res.users"

OWNERS = {
    "ir.attachment": ("res_model", "res_id"),
    "mail.activity": ("res_model", "res_id"),
    "mail.followers": ("res_model", "res_id"),
    "mail.message": ("model", "res_id"),
}
"""Model -> the fields with the model and the id of the record of any model that each belongs to.

What belongs to nothing that is exposed cannot be reached.
"""

OWNER_NAMES = {
    "ir.attachment": "res_name",
    "mail.activity": "res_name",
    "mail.message": "record_name",
}
"""Model of ``OWNERS`` -> the field with the display name of the record that each belongs to.

Odoo composes it with all rights.
"""

FILTERED_AFTER_LIMIT = ("mail.activity", "mail.message")
"""Models whose search takes away what the caller may not see after it has cut the page."""

DISPLAY_NAMES = {
    "account.move": ("name", "ref"),
    "account.move.line": ("name", "move_id.name", "move_id.ref", "product_id.display_name"),
    "purchase.order": ("name", "partner_ref"),
    "res.partner": ("name", "type", "is_company", "company_name", "parent_id.name"),
    "sale.order": ("name",),
    "sale.order.line": (
        "name",
        "order_id.name",
        "order_partner_id.name",
        "product_id.display_name",
    ),
    "stock.move": (
        "location_id.name",
        "location_dest_id.name",
        "picking_id.origin",
        "product_id.default_code",
    ),
    "stock.quant": ("location_id.display_name", "lot_id", "package_id", "owner_id.name"),
    "uom.uom": ("name",),
}
"""Model -> fields that its display names show, where Odoo declares others.

It declares too few where an invoice shows its reference. It declares too many where a contact
shows its VAT number for a key of the context, which the API never sets.
"""

ALSO_SEARCHED = {
    "product.product": ("default_code", "barcode"),
    "product.template": (
        "default_code",
        "barcode",
        "product_variant_ids.default_code",
        "product_variant_ids.barcode",
    ),
    "res.company": (),
    "res.country": ("code",),
    "res.country.state": ("country_id.name", "country_id.code"),
    "res.partner.category": (),
    "res.users": ("login",),
    "stock.picking.type": (),
}
"""Model with a name search of its own -> fields that it compares beside the declared ones.

Of a search that is not listed here nobody knows what it compares; then the declared fields are
compared one by one. Fields with dots are compared by Odoo's own search alone.
"""

SEARCHED_FIRST = {"product.product": ("default_code", "barcode")}
"""Model -> fields; where one of them equals the text, no other field is compared."""

SEARCHED_IN_BRACKETS = {"product.product": "default_code"}
"""Model -> field that display names show in brackets.

Where nothing else is found, it is compared with what the text has in brackets.
"""

_OPEN_ORDER = Document("order_id", (("state", "!=", "cancel"), ("locked", "=", False)))
_OPEN_TRANSFER = Document(
    "picking_id",
    ("&", ("state", "!=", "cancel"), "|", ("state", "!=", "done"), ("is_locked", "=", False)),
)

DOCUMENTS = {
    "account.move.line": Document("move_id", (("state", "=", "draft"),)),
    "purchase.order.line": _OPEN_ORDER,
    "sale.order.line": _OPEN_ORDER,
    "stock.move": _OPEN_TRANSFER,
    "stock.move.line": _OPEN_TRANSFER,
}
"""Model -> the document that its records are lines of, and while it is open.

It is open while its form in Odoo lets people edit the list of lines (``readonly`` of
``invoice_line_ids``, ``order_line``, ``move_ids``). The models themselves do not refuse all other
changes.
"""

NEEDED_LISTS = {"product.template.attribute.line": ("value_ids",)}
"""Model -> lists that no new record may be without; only a constraint in Python says so."""

SENT_DEFAULTS = {"hr.leave": ("employee_id",)}
"""Model -> fields whose default has to be among the values of a new record, as forms send it.

``create`` looks for it there (hr_holidays/models/hr_leave.py).
"""

FILLED_FROM = {
    "stock.move.line": {
        ("stock_move_line", "company_id"): "picking_id",
        ("stock_move_line", "product_uom_id"): "product_id",
        ("stock_move", "product_id"): "product_id",
    },
}
"""Model -> table and column that may not be empty -> the field that Odoo fills it from.

Where the column is empty, the value of that field is what is missing.
"""

SKIPPED_DIALOGS = {
    "account.autopost.bills.wizard": None,
    "confirm.stock.sms": {"skip_sms": True},
}
"""Model of a dialog -> the context in which an action does its work without asking.

They ask about something beside the action, like notifications. None where the work is done
before Odoo asks.
"""
