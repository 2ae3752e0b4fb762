"""Relations: what many records lead to, found for all of them at once.

The number of queries follows the depth of the selection and never the number of records.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from odoo.fields import Domain
from odoo.orm.domains import DomainAnd
from odoo.tools import SQL

from ..access.access import find_visible, found_in_all_companies, restrict_domain, search
from ..access.attachments import ATTACHMENT_LIST
from ..access.cached_values import cached_values, fetch_related
from ..access.context import Context
from ..exposure.errors import OTHER_COMPANIES, ApiError
from ..exposure.resource import Resource
from ..exposure.resource_field import ResourceField
from .ordering import OrderTerm, order_string

MAX_WHOLE = 5000
"""Records that are fetched at once for the lists of one level; more are cut by the database."""


def many2one(
    context: Context,
    field: ResourceField,
    target: Resource,
    records,
    columns: Collection[str],
) -> list[int | ApiError | None]:
    """Return the id of the visible record at the other end, for each record.

    :param target: the resource at the other end
    :param columns: Odoo fields of those records to be fetched
    :return: None where there is none; an :class:`ApiError` where the caller may not see it
    """
    ids = cached_values(records._fields[field.field], records)
    unique = list(dict.fromkeys(filter(None, ids)))
    visible = set(find_visible(context, target, unique, columns)._ids) if unique else set()
    if visible.issuperset(unique):
        return [number or None for number in ids]
    hidden = hidden_records(context, target, set(unique) - visible)
    return [hidden.get(number, number or None) for number in ids]


def hidden_records(context: Context, target: Resource, ids: Collection[int]) -> dict[int, ApiError]:
    """Return the errors that stand for records at the other end that the caller may not see.

    Where other companies of the caller's would show a record, its error says so.
    """
    if not ids:
        return {}
    refusal = f"You are not allowed to read this {target.type_name}"
    hidden = ApiError("FORBIDDEN", f"{refusal}.")
    elsewhere = ApiError("FORBIDDEN", f"{refusal} {OTHER_COMPANIES}")
    shown = found_in_all_companies(context, target, ids)
    return {number: elsewhere if number in shown else hidden for number in ids}


@dataclass(frozen=True, slots=True)
class ListArguments:
    """The arguments of a nested list, checked and translated.

    ``limit`` is None where the client did not give ``first``; then a list longer than the
    resource's maximum is an error.
    """

    domain: Domain
    terms: tuple[OrderTerm, ...]
    limit: int | None
    offset: int
    archived: bool


def to_many(
    context: Context,
    field: ResourceField,
    target: Resource,
    records,
    columns: Collection[str],
    arguments: ListArguments,
) -> list[list[int] | ApiError]:
    """Return the ids of the visible records of a list, for each record.

    :param field: a one2many or many2many field, or the list of attachments, which is no field
    :param target: the resource at the other end
    :param columns: Odoo fields of those records to be fetched
    :return: an :class:`ApiError` in the place of a list that is too long
    """
    model_field = records._fields[field.field] if field.field else ATTACHMENT_LIST
    maximum = context.max_page_size(target)
    ids = None
    if _is_whole(context, model_field, target, arguments):
        ids = _whole_ids(context, model_field, target, records, columns, arguments)
    if ids is None:
        ids = _page_ids(context, model_field, target, records, columns, arguments, maximum)

    return _checked(field, records, ids, arguments, maximum)


def _checked(
    field: ResourceField,
    records,
    ids: dict[int, list[int]],
    arguments: ListArguments,
    maximum: int,
) -> list[list[int] | ApiError]:
    """Return the list of each record, an error in the place of one that is too long."""

    def checked(part: list[int]) -> list[int] | ApiError:
        if arguments.limit is not None or len(part) <= maximum:
            return part
        return ApiError(
            "BAD_USER_INPUT",
            f"{field.graphql_name} has more than {maximum} records here; "
            "page through it with first and offset.",
            argument="selection",
        )

    return [checked(ids.get(record_id, [])) for record_id in records._ids]


def _page_ids(
    context: Context,
    model_field,
    target: Resource,
    records,
    columns: Collection[str],
    arguments: ListArguments,
    maximum: int,
) -> dict[int, list[int]]:
    """Return the ids of a page of each record's list, and fetch the records of all pages."""
    limit = maximum + 1 if arguments.limit is None else arguments.limit
    page_ids = _computed_ids
    if _is_joined(context, model_field):
        page_ids = _joined_ids
    elif arguments.archived and _is_of_another_record(context, model_field):
        page_ids = _related_ids
    ids = page_ids(context, model_field, target, records, arguments, limit)
    unique = dict.fromkeys(record_id for part in ids.values() for record_id in part)
    found = context.env[target.model].browse(unique)
    names = [name for name in columns if context.may_read(target, name)]
    found.fetch(names)
    fetch_related(found, names)
    return ids


def _is_joined(context: Context, model_field) -> bool:
    """Tell whether the relation is in columns of the database, not computed in Python."""
    if model_field.type == "many2many":
        return bool(model_field.store and model_field.relation)
    if model_field.compute or model_field.related or not model_field.inverse_name:
        return False
    inverse = context.env[model_field.comodel_name]._fields[model_field.inverse_name]
    return bool(inverse.store and inverse.column_type)


def _is_of_another_record(context: Context, model_field) -> bool:
    """Tell whether the list is one of a record that each record leads to."""
    if model_field.store or not model_field.related or model_field.related.count(".") != 1:
        return False
    name, _dot, _rest = model_field.related.partition(".")
    link = context.env[model_field.model_name]._fields[name]
    return bool(
        link.type == "many2one" and link.store and _is_joined(context, model_field.related_field)
    )


def _is_whole(context: Context, model_field, target: Resource, arguments: ListArguments) -> bool:
    """Tell whether all of each list is asked for, and the records know whose they are."""
    if arguments.limit is not None or arguments.offset or model_field.context:
        return False
    if model_field.type != "one2many" or not _is_joined(context, model_field):
        return False
    inverse = context.env[target.model]._fields[model_field.inverse_name]
    return inverse.type == "many2one" and context.may_read(target, inverse.name)


def _whole_ids(
    context: Context, model_field, target: Resource, records, columns, arguments: ListArguments
) -> dict[int, list] | None:
    """Return the ids of the list of each record, and fetch the records, with one query for all.

    None where there are so many that the lists have to be cut.
    """
    inverse = context.env[target.model]._fields[model_field.inverse_name]
    found = search(
        context,
        target,
        arguments.domain
        & _comodel_domain(context, model_field, target, records, arguments)
        & Domain(inverse.name, "in", records.ids),
        {*columns, inverse.name},
        archived=arguments.archived,
        order=order_string(arguments.terms),
        limit=MAX_WHOLE + 1,
    )
    if len(found) > MAX_WHOLE:
        return None
    ids = defaultdict(list)
    parents = cached_values(inverse, found)
    for record_id, parent_id in zip(found._ids, parents, strict=True):
        ids[parent_id].append(record_id)
    return ids


def _comodel_domain(
    context: Context, model_field, target: Resource, records, arguments: ListArguments
) -> Domain:
    """Return Odoo's own condition on the records of the lists.

    A partner's contacts have to be active, say: not where archived ones are asked for.
    """
    domain = model_field.get_comodel_domain(records)
    active = context.env[target.model]._active_name
    if not (arguments.archived and active):
        return domain
    parts = domain.children if isinstance(domain, DomainAnd) else [domain]
    is_active = [Domain(active, "=", True), Domain(active, "in", [True])]
    return Domain.AND(part for part in parts if part not in is_active)


def _joined_ids(context, model_field, target, records, arguments, limit) -> dict[int, list]:
    """Return the ids of a page of the list of each record, with one query for all.

    The ORM's own search query, with its rules, is ranked per record by a window function.
    """
    comodel = context.model(target).with_context(**model_field.context)
    inverse = comodel._fields.get(getattr(model_field, "inverse_name", None) or "")
    owned = inverse is not None and inverse.type == "many2one_reference"
    domain = restrict_domain(context, target, arguments.domain, arguments.archived, owned)
    if owned:
        # Models like mail.message look at all that the domain finds, one by one.
        domain &= Domain(model_field.inverse_name, "in", records.ids)
    domain &= _comodel_domain(context, model_field, target, records, arguments)
    query = comodel._search(domain, order=order_string(arguments.terms))
    if query.is_empty() or not records:
        return {}
    if model_field.type == "many2many":
        alias = query.join(
            comodel._table, "id", model_field.relation, model_field.column2, model_field.name
        )
        parent = SQL.identifier(alias, model_field.column1)
        context.env[records._name].flush_model([model_field.name])
    else:
        parent = comodel._field_to_sql(comodel._table, model_field.inverse_name, query)
    query.add_where(SQL("%s IN %s", parent, tuple(records.ids)))
    order, query.order = query.order, None
    ranked = query.select(
        SQL("%s AS parent", parent),
        SQL("%s AS id", SQL.identifier(comodel._table, "id")),
        SQL("row_number() OVER (PARTITION BY %s ORDER BY %s) AS position", parent, order),
    )
    rows = context.env.execute_query(
        SQL(
            "SELECT parent, id FROM (%s) AS ranked WHERE position > %s AND position <= %s "
            "ORDER BY parent, position",
            ranked,
            arguments.offset,
            arguments.offset + limit,
        )
    )
    ids = defaultdict(list)
    for parent_id, record_id in rows:
        ids[parent_id].append(record_id)
    return ids


def _related_ids(context, model_field, target, records, arguments, limit) -> dict[int, list]:
    """Return the same for the list of another record, like a user's contacts: its partner's.

    Odoo copies that list, which its own condition has taken the archived records from.
    """
    name, _dot, _rest = model_field.related.partition(".")
    link = records._fields[name]
    owners = dict(zip(records._ids, cached_values(link, records), strict=True))
    others = context.env[link.comodel_name].browse(dict.fromkeys(filter(None, owners.values())))
    ids = _joined_ids(context, model_field.related_field, target, others, arguments, limit)
    return {key: ids.get(owner, []) for key, owner in owners.items()}


def _computed_ids(context, model_field, target, records, arguments, limit) -> dict[int, list]:
    """Return the same for a list that Odoo computes: searched for all, cut in Python."""
    if arguments.archived:
        records = records.with_context(active_test=False)
    records.fetch([model_field.name])
    lists = {record.id: record[model_field.name].ids for record in records}
    found = search(
        context,
        target,
        arguments.domain & Domain("id", "in", list({i for part in lists.values() for i in part})),
        archived=arguments.archived,
        order=order_string(arguments.terms),
    )
    position = {record_id: place for place, record_id in enumerate(found.ids)}
    page = slice(arguments.offset, arguments.offset + limit)
    return {
        key: sorted((i for i in part if i in position), key=position.__getitem__)[page]
        for key, part in lists.items()
    }
