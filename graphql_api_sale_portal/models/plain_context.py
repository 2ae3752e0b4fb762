"""The context that a page of Odoo's portal has."""

from odoo.models import BaseModel

_NAMES = ("lang", "tz", "allowed_company_ids")


def with_plain_context(records: BaseModel) -> BaseModel:
    """Return records whose context has the language, the time zone and the companies alone.

    Public methods are called by RPC as well, with any context. None of the rest may reach what is
    done with more rights than the caller has.
    """
    context = records.env.context
    plain = {name: context[name] for name in _NAMES if name in context}
    return records.with_context(plain)  # pylint: disable=context-overridden
