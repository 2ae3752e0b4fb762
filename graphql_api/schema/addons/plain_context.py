"""Records for code of an addon that does more than the caller may."""

from odoo.models import BaseModel

_NAMES = ("lang", "tz", "allowed_company_ids")


def with_plain_context(records: BaseModel) -> BaseModel:
    """Return records whose context has the language, the time zone and the companies alone.

    Public methods are called by Odoo's RPC as well, with any context: ``default_…`` keys set
    fields, others switch checks off. None of it may reach what is done with ``sudo``.
    """
    context = records.env.context
    plain = {name: context[name] for name in _NAMES if name in context}
    return records.with_context(plain)  # pylint: disable=context-overridden
