"""Relations in batches: what one record asks for is found for all its siblings at once.

Records that were read together share Odoo's prefetch ids; the first of them that reaches a
relation resolves it for all, so that the number of queries follows the depth of the
selection and never the number of records.
"""

from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass

from odoo.fields import Domain
from odoo.orm.domains import DomainAnd
from odoo.tools import SQL

from ..access.access import (
    Context,
    cached_values,
    fetch_related,
    find_visible,
    found_in_all_companies,
    restrict_domain,
    search,
)
from ..exposure.errors import OTHER_COMPANIES, ApiError
from ..exposure.resource import Resource, ResourceField
from .ordering import OrderTerm, order_string

MAX_WHOLE = 5000
"""Records that are fetched at once for the lists of one level; more are cut by the database."""


def batch(context: Context, info, record, build: Callable, name: str | None = None):
    """Return ``build(siblings)``, built once for the record's siblings at this path.

    :param name: what stands for the last name in the path, where several fields show the same
    """
    siblings = record._prefetch_ids
    path = (name or info.path.key, *_response_path(info.path.prev))
    # The object itself is kept beside the result: its id stays unique for the request.
    key = (path, record._name, id(siblings))
    if key not in context.batches:
        ids = list(dict.fromkeys([record.id, *siblings]))
        context.batches[key] = (siblings, build(record.browse(filter(None, ids))))
    return context.batches[key][1]


def _response_path(path) -> tuple:
    """Return the path without the positions in lists."""
    keys = []
    while path is not None:
        if isinstance(path.key, str):
            keys.append(path.key)
        path = path.prev
    return tuple(keys)


def many2one(
    context: Context, resource: Resource, field: ResourceField, target: Resource, siblings, columns
) -> dict:
    """Return the visible record at the other end for each sibling that has one.

    :return: sibling's id -> the record's id, or an :class:`ApiError` where the caller may not
        see it
    """
    values = cached_values(siblings._fields[field.field], siblings)
    targets = {key: value for key, value in zip(siblings._ids, values, strict=True) if value}
    ids = list(dict.fromkeys(targets.values()))
    visible = set(find_visible(context, target, ids, columns)._ids) if ids else set()
    if visible.issuperset(ids):
        return targets
    hidden = hidden_records(context, target, set(ids) - visible)
    return {key: hidden.get(value, value) for key, value in targets.items()}


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


def to_records(context: Context, target: Resource, found: dict) -> dict:
    """Return what :func:`many2one` or :func:`to_many` found, as records of one prefetch set.

    For graphql-core's own way of execution, which goes on with each record by itself.
    """
    ids: dict[int, None] = {}
    for value in found.values():
        match value:
            case int():
                ids[value] = None
            case list():
                ids.update(dict.fromkeys(value))
    records = context.env[target.model].browse(ids)
    by_id = dict(zip(ids, records, strict=True))

    def convert(value):
        if isinstance(value, list):
            return [by_id[record_id] for record_id in value]
        return by_id.get(value, value)

    return {key: convert(value) for key, value in found.items()}


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
    siblings,
    columns,
    arguments: ListArguments,
) -> dict:
    """Return the visible records of a one2many or many2many field for each sibling.

    :return: sibling's id -> list of ids, or an :class:`ApiError` where there are too many
    """
    model_field = siblings._fields[field.field]
    maximum = context.max_page_size(target)
    ids = None
    if _is_whole(context, model_field, target, arguments):
        ids = _whole_ids(context, model_field, target, siblings, columns, arguments)
    is_fetched = ids is not None
    if ids is None:
        limit = maximum + 1 if arguments.limit is None else arguments.limit
        page_ids = _computed_ids
        if _is_joined(context, model_field):
            page_ids = _joined_ids
        elif arguments.archived and _is_of_another_record(context, model_field):
            page_ids = _related_ids
        ids = page_ids(context, model_field, target, siblings, arguments, limit)
    if not is_fetched:
        unique = dict.fromkeys(record_id for part in ids.values() for record_id in part)
        found = context.env[target.model].browse(unique)
        names = [name for name in columns if context.may_read(target, name)]
        found.fetch(names)
        fetch_related(found, names)
    result: dict = {}
    for sibling_id in siblings._ids:
        part = ids.get(sibling_id, [])
        if arguments.limit is None and len(part) > maximum:
            part = ApiError(
                "BAD_USER_INPUT",
                f"{field.graphql_name} has more than {maximum} records here; "
                "page through it with first and offset.",
                argument="selection",
            )
        result[sibling_id] = part
    return result


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
    context: Context, model_field, target: Resource, siblings, columns, arguments: ListArguments
) -> dict[int, list] | None:
    """Return the ids of every sibling's list, and fetch the records, with one query for all.

    None where there are so many that the lists have to be cut.
    """
    inverse = context.env[target.model]._fields[model_field.inverse_name]
    found = search(
        context,
        target,
        arguments.domain
        & _comodel_domain(context, model_field, target, siblings, arguments)
        & Domain(inverse.name, "in", siblings.ids),
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
    context: Context, model_field, target: Resource, siblings, arguments: ListArguments
) -> Domain:
    """Return Odoo's own condition on the records of the lists.

    A partner's contacts have to be active, say: not where archived ones are asked for.
    """
    domain = model_field.get_comodel_domain(siblings)
    active = context.env[target.model]._active_name
    if not (arguments.archived and active):
        return domain
    parts = domain.children if isinstance(domain, DomainAnd) else [domain]
    is_active = [Domain(active, "=", True), Domain(active, "in", [True])]
    return Domain.AND(part for part in parts if part not in is_active)


def _joined_ids(context, model_field, target, siblings, arguments, limit) -> dict[int, list]:
    """Return the ids of a page of every sibling's list, with one query for all.

    The ORM's own search query, with its rules, is ranked per sibling by a window function.
    """
    comodel = context.model(target).with_context(**model_field.context)
    domain = restrict_domain(context, target, arguments.domain, arguments.archived)
    domain &= _comodel_domain(context, model_field, target, siblings, arguments)
    query = comodel._search(domain, order=order_string(arguments.terms))
    if query.is_empty() or not siblings:
        return {}
    if model_field.type == "many2many":
        alias = query.join(
            comodel._table, "id", model_field.relation, model_field.column2, model_field.name
        )
        parent = SQL.identifier(alias, model_field.column1)
        context.env[siblings._name].flush_model([model_field.name])
    else:
        parent = comodel._field_to_sql(comodel._table, model_field.inverse_name, query)
    query.add_where(SQL("%s IN %s", parent, tuple(siblings.ids)))
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


def _related_ids(context, model_field, target, siblings, arguments, limit) -> dict[int, list]:
    """Return the same for the list of another record, like a user's contacts: its partner's.

    Odoo copies that list, which its own condition has taken the archived records from.
    """
    name, _dot, _rest = model_field.related.partition(".")
    link = siblings._fields[name]
    owners = dict(zip(siblings._ids, cached_values(link, siblings), strict=True))
    others = context.env[link.comodel_name].browse(dict.fromkeys(filter(None, owners.values())))
    ids = _joined_ids(context, model_field.related_field, target, others, arguments, limit)
    return {key: ids.get(owner, []) for key, owner in owners.items()}


def _computed_ids(context, model_field, target, siblings, arguments, limit) -> dict[int, list]:
    """Return the same for a list that Odoo computes: searched for all, cut in Python."""
    if arguments.archived:
        siblings = siblings.with_context(active_test=False)
    siblings.fetch([model_field.name])
    lists = {sibling.id: sibling[model_field.name].ids for sibling in siblings}
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
        key: sorted((i for i in part if i in position), key=position.get)[page]
        for key, part in lists.items()
    }
