"""The one place that decides access: a record reaches a client only through a search.

Records become visible, at the root or through a relation, by :func:`search`,
:func:`find_visible` or :func:`restrict_domain`, and conditions on a relation are made by
:func:`visible_domain`, all in the caller's environment: model access, record rules and the
resource's domain are applied by the database, whatever the ORM's cache holds already.
"""

from collections.abc import Iterable

from odoo.fields import Domain

from ..exposure.errors import ApiError
from ..exposure.resource import Resource
from ..exposure.resource_field import ResourceField
from .cached_values import fetch_related
from .context import Context
from .odoo_models import ATTACHMENT, FILTERED_AFTER_LIMIT, OWNERS
from .owners import reachable


def restrict_domain(
    context: Context,
    resource: Resource,
    domain: Domain,
    archived: bool = False,
    owned: bool = False,
) -> Domain:
    """Return the domain narrowed to what the resource exposes.

    :param archived: include archived records, which Odoo leaves out otherwise
    :param owned: the domain asks for what belongs to records that the caller sees
    """
    scoped = context.domain(resource) & domain
    if resource.model in OWNERS and not owned:
        scoped &= reachable(context, resource.model)
    active = context.env[resource.model]._active_name
    if archived and active:
        # A term on the field switches Odoo's own term off (orm/models.py, ``_search``).
        scoped &= Domain(active, "in", [True, False])
    return scoped


def visible_domain(
    context: Context,
    resource: Resource,
    field: ResourceField,
    target: Resource,
    domain: Domain,
    archived: bool = False,
) -> Domain:
    """Return a condition on the records at the other end of a relation, for Odoo's ``any``.

    It is limited to those that the caller may see.

    :raise ApiError: FORBIDDEN where the caller may not read the other model
    """
    model = context.model(target)
    domain = restrict_domain(context, target, domain, archived)
    model_field = context.env[resource.model]._fields[field.field]
    while model_field.related_field is not None:
        model_field = model_field.related_field
    if model_field.bypass_search_access or resource.model == ATTACHMENT:
        # Odoo applies the rules of the other model inside "any" (orm/domains.py), but not for
        # these fields, nor for attachments, which it searches with sudo.
        return Domain("id", "in", model._search(domain))
    return domain


def search(
    context: Context,
    resource: Resource,
    domain: Domain,
    columns: Iterable[str] = (),
    *,
    archived: bool = False,
    order: str = "id",
    limit: int | None = None,
    offset: int = 0,
):
    """Return the records that the caller may see, with the given Odoo fields in the cache.

    Fields that the caller may not read are not fetched; reading them is refused later, where
    the error has its path.

    :raise ApiError: FORBIDDEN where the caller may not read the model
    """
    model = context.model(resource)
    names = [name for name in columns if context.may_read(resource, name)]
    domain = restrict_domain(context, resource, domain, archived)
    if resource.model in FILTERED_AFTER_LIMIT and (limit is not None or offset):
        found = model._search(domain, order=order).get_result_ids()
        domain = Domain("id", "in", found[offset:][:limit])
        limit, offset = None, 0
    records = model.search_fetch(
        domain,
        names,
        order=order,
        limit=limit,
        offset=offset,
    )
    fetch_related(records, names)
    return records


def read_groups(
    context: Context,
    resource: Resource,
    domain: Domain,
    keys: Iterable[str],
    aggregates: Iterable[str],
    *,
    archived: bool = False,
    order: str | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> list[tuple]:
    """Return groups of the records that the caller may see, as Odoo's ``_read_group`` does.

    The caller has checked the access to the fields. What a many2one key leads to has not been
    checked: it is for :func:`find_visible` to do.

    :param keys: what Odoo groups by, like ``date_order:month``
    :param aggregates: like ``__count`` and ``amount_total:sum``
    :raise ApiError: FORBIDDEN where the caller may not read the model
    """
    model = context.model(resource)
    return model._read_group(
        restrict_domain(context, resource, domain, archived),
        list(keys),
        list(aggregates),
        order=order,
        limit=limit,
        offset=offset,
    )


def found_in_all_companies(context: Context, resource: Resource, ids: Iterable[int]) -> set[int]:
    """Return those of hidden records that the caller would see in all of its companies.

    None where it has chosen no companies, or all. What it may see by another header is no secret.
    """
    own = context.env.user._get_company_ids()
    chosen = context.env.context.get("allowed_company_ids")
    if not chosen or set(own) <= set(chosen):
        return set()
    everywhere = context.model(resource).with_context(allowed_company_ids=[*own])
    return set(
        everywhere._search(restrict_domain(context, resource, Domain("id", "in", list(ids)), True))
    )


def find_visible(
    context: Context, resource: Resource, ids: Iterable[int], columns: Iterable[str] = ()
):
    """Return those of the records that the caller may see, archived ones too."""
    return search(context, resource, Domain("id", "in", list(ids)), columns, archived=True)


def not_found(resource: Resource, ids: Iterable[int | str]) -> ApiError:
    """Return the error for records that do not exist, or that the caller does not see."""
    some = ", ".join(str(number)[:40] for number in list(ids)[:20])
    return ApiError("NOT_FOUND", f"{resource.type_name} {some} not found")
