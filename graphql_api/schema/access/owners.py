"""What belongs to a record of any model: it can be reached where that record can."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from odoo.api import Environment
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ..exposure.resource import Resource
from .odoo_models import ATTACHMENT, OWNERS


def reachable(env: Environment, model: str, resources: Iterable[Resource]) -> Domain:
    """Return the condition that a record belongs to nothing that is not exposed.

    Odoo itself shows the attachments, say, of all records that the caller may read. Left out are
    those of models that are no resources and of records outside the domains of all resources
    of their model, and the files of binary fields, which are served under the name of the
    field where it is exposed.

    :param env: the caller's environment
    :param model: one of ``OWNERS``
    :param resources: all resources of the schema
    """
    owner_model, owner_id = OWNERS[model]
    domains: dict[str, list[Domain]] = {}
    for resource in resources:
        if "read" in resource.operations:
            domains.setdefault(resource.model, []).append(Domain(list(resource.domain)))
    whole = [name for name, limits in domains.items() if any(map(Domain.is_true, limits))]
    # Attachments of no record are their creator's alone, unless they are public.
    reached = Domain(owner_model, "in", [*whole, False])
    for name, limits in domains.items():
        owners = env[name].with_context(active_test=False)
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
