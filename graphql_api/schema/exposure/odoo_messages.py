"""Odoo's messages that clients do not see: they name records that were found with sudo."""

import pkgutil
import sys
from types import CodeType

_OTHER_COMPANY = "The record and what it refers to belong to different companies."

REPLACED_MESSAGES = {
    "odoo.addons.base.models.res_partner:ResPartner._unlink_except_user": (
        "The contact belongs to an active user, so it cannot be deleted."
    ),
    "odoo.addons.hr.models.res_partner:ResPartner._unlink_contact_rel_employee": (
        "The contact belongs to an employee, so it cannot be deleted."
    ),
    "odoo.addons.product.models.product_product"
    ":ProductProduct._check_duplicated_product_barcodes": (
        "Another product has the same barcode already."
    ),
    "odoo.addons.purchase.models.purchase_order:PurchaseOrder._check_order_line_company_id": (
        _OTHER_COMPANY
    ),
    "odoo.addons.sale.models.product_template:ProductTemplate._check_sale_product_company": (
        "The product is in use in another company already."
    ),
    "odoo.addons.sale.models.sale_order:SaleOrder._check_order_line_company_id": _OTHER_COMPANY,
    "odoo.orm.models:BaseModel._check_company": _OTHER_COMPANY,
}
"""Method of Odoo, as ``module:class.method`` -> what the client is told instead of its message.

The caller may not be allowed to see the records that the methods name.
"""


def replaced_message(error: BaseException) -> str | None:
    """Return what a client is told instead of the message of an exception; None for nothing.

    A method is recognised by its code: one of the same name elsewhere, or one that overrides it
    and raises an exception of its own, is another method.
    """
    code = _raising_code(error)
    for method, message in REPLACED_MESSAGES.items():
        if code is not None and code is _code_of(method):
            return message
    return None


def _raising_code(error: BaseException) -> CodeType | None:
    """Return the code of the function that raised an exception."""
    traceback = error.__traceback__
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    return traceback.tb_frame.f_code if traceback is not None else None


def _code_of(method: str) -> CodeType | None:
    """Return the code of a method, None where its addon is not loaded or has no such method."""
    module, _colon, _name = method.partition(":")
    if module not in sys.modules:  # Odoo alone imports addons, those that are installed.
        return None
    try:
        return pkgutil.resolve_name(method).__code__
    except AttributeError:
        return None
