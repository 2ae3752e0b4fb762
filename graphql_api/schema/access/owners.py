"""What belongs to a record of any model: it can be reached where that record can."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from odoo.exceptions import AccessError
from odoo.fields import Domain

from .odoo_models import ATTACHMENT, OWNERS

if TYPE_CHECKING:
    from .context import Context


def reachable(context: Context, model: str) -> Domain:
    """Return the condition that a record belongs to nothing that is not exposed.

    Odoo itself shows the attachments, say, of all records that the caller may read. Left out are
    those of models that are no resources, those of records that no resource of their model reaches
    (:meth:`.Context.domain`), and the files of binary fields, which are served under the name of
    the field where it is exposed.

    :param model: one of ``OWNERS``
    """
    owner_model, owner_id = OWNERS[model]
    domains: dict[str, list[Domain]] = {}
    for resource in context.resources.values():
        if "read" in resource.operations:
            domains.setdefault(resource.model, []).append(context.domain(resource))
    whole = [name for name, limits in domains.items() if any(map(Domain.is_true, limits))]
    # Attachments of no record are their creator's alone, unless they are public.
    reached = Domain(owner_model, "in", [*whole, False])
    for name, limits in domains.items():
        owners = context.env[name].with_context(active_test=False)
        if name not in whole and owners.has_access("read"):
            ids = owners._search(Domain.OR(limits))
            reached |= Domain(owner_model, "=", name) & Domain(owner_id, "in", ids)
    return Domain("res_field", "=", False) & reached if model == ATTACHMENT else reached


@contextmanager
def refused_alike(model: str, refusal: Exception) -> Iterator[None]:
    """Refuse an attachment of a missing record with the error for a record out of reach.

    Odoo refuses the first itself, when it is written; the second is noticed afterwards.

    :param model: the model that is written; only attachments are concerned
    :param refusal: the error for a record out of reach
    """
    try:
        yield
    except AccessError:
        if model != ATTACHMENT:
            raise
        raise refusal from None
