"""Keyset cursors: the place of a record in an order, opaque and signed.

A cursor holds the record's values of the order's expressions, as PostgreSQL prints them, so
that a page begins where the last one ended whatever was added or deleted meanwhile. The
signature keeps clients from writing values of their own into the comparison.
"""

import base64
import hashlib

import orjson

from odoo.fields import Domain
from odoo.tools import SQL, consteq, hmac

from ..exposure.errors import ApiError
from .ordering import OrderTerm

_SIGNATURE_LENGTH = 16


def cursors(records, terms: tuple[OrderTerm, ...], scope: str) -> dict[int, str]:
    """Return the cursor of each record, with one query for all.

    :param records: records of one model, visible to the caller
    :param scope: of the list, see :meth:`.Context.cursor_scope`
    :return: id -> cursor
    """
    if not records:
        return {}
    query = records._as_query(ordered=False)
    expressions = [
        SQL("(%s)::text", _expression(records, records._table, term, query)) for term in terms
    ]
    rows = records.env.execute_query(
        query.select(SQL.identifier(records._table, "id"), *expressions)
    )
    return {
        record_id: _encode(records.env, _order_key(records, terms, scope), values)
        for record_id, *values in rows
    }


def after(
    model, terms: tuple[OrderTerm, ...], cursor: str, scope: str, argument: str = "after"
) -> Domain:
    """Return the condition that a record comes after the cursor in the order.

    :param argument: the name of the client's argument, for the error
    :raise ApiError: BAD_USER_INPUT where the cursor is not one of this list in this order
    """
    return _bound(terms, _decode(model.env, _order_key(model, terms, scope), cursor, argument))


def steps(
    model,
    terms: tuple[OrderTerm, ...],
    cursor: str,
    scope: str,
    argument: str,
    backwards: bool = False,
) -> list[Domain]:
    """Return conditions that find, one after the other, what comes after the cursor.

    In an ascending order nulls come last. The first condition leaves them out, so that PostgreSQL
    can start at one place of an index: a page deep in the list costs what the first one does. The
    second condition finds them.

    :param backwards: find what comes before the cursor, in the reversed order
    """
    values = _decode(model.env, _order_key(model, terms, scope), cursor, argument)
    if backwards:
        terms = tuple(term.reversed() for term in terms)
    if terms[0].descending or terms[0].field == "id" or values[0] is None:
        return [_bound(terms, values)]

    def is_null(model, alias, query):
        return SQL("%s IS NULL", _expression(model, alias, terms[0], query))

    return [_bound(terms, values, nulls=False), Domain.custom(to_sql=is_null)]


def before(model, terms: tuple[OrderTerm, ...], cursor: str, scope: str) -> Domain:
    """Return the condition that a record comes before the cursor in the order."""
    values = _decode(model.env, _order_key(model, terms, scope), cursor, "before")
    return _bound(tuple(term.reversed() for term in terms), values)


def _bound(terms: tuple[OrderTerm, ...], values, nulls: bool = True) -> Domain:
    def to_sql(model, alias, query):
        return _after_sql(model, alias, query, terms, values, nulls)

    return Domain.custom(to_sql=to_sql)


def _after_sql(model, alias, query, terms, values, nulls: bool) -> SQL:
    """Return ``(e1 > v1) OR (e1 = v1 AND e2 > v2) OR ...`` with PostgreSQL's order of nulls.

    Nulls come last in ascending and first in descending order, in Odoo's ORDER BY too. Where
    the first term finds none, ``e1 >= v1 AND`` is put in front, for PostgreSQL to start there.

    :param nulls: whether nulls of the first term count as after its value
    """
    alternatives = []
    equal: list[SQL] = []
    start = None
    for term, value in zip(terms, values, strict=True):
        expression = _expression(model, alias, term, query)
        if value is None:
            beyond = SQL("%s IS NOT NULL", expression) if term.descending else None
            same = SQL("%s IS NULL", expression)
        else:
            first = not equal
            if term.descending:
                beyond = SQL("%s < %s", expression, value)
                start = SQL("%s <= %s", expression, value) if first else start
            elif term.field == "id" or (first and not nulls):
                beyond = SQL("%s > %s", expression, value)
                start = SQL("%s >= %s", expression, value) if first else start
            else:
                beyond = SQL("(%s > %s OR %s IS NULL)", expression, value, expression)
            same = SQL("%s = %s", expression, value)
        if beyond is not None:
            alternatives.append(SQL(" AND ").join([*equal, beyond]))
        equal.append(same)
    condition = SQL("(%s)", SQL(" OR ").join(SQL("(%s)", part) for part in alternatives))
    return condition if start is None else SQL("(%s AND %s)", start, condition)


def _expression(model, alias, term: OrderTerm, query) -> SQL:
    """Return what Odoo orders by for a term, without direction."""
    return model._order_field_to_sql(alias, term.field, SQL(), SQL(), query)


def _order_key(model, terms, scope: str) -> str:
    """Return what tells one list and order from another, and what their values depend on."""
    text = f"{model._name}:{', '.join(map(str, terms))}"
    if scope:
        text += f":{scope}"
    for term in terms:
        field = model._fields[term.field]
        while not field.store and field.related_field is not None:
            field = field.related_field
        if field.translate:
            text += f":{model.env.lang or 'en_US'}"
        if field.company_dependent:
            text += f":{model.env.company.id}"
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _sign(env, payload: bytes) -> str:
    return hmac(env(su=True), "graphql_api.cursor", payload.decode())[:_SIGNATURE_LENGTH]


def _encode(env, key: str, values: list[str | None]) -> str:
    payload = orjson.dumps([key, *values])
    signed = _sign(env, payload).encode() + payload
    return base64.urlsafe_b64encode(signed).decode().rstrip("=")


def _decode(env, key: str, cursor: str, argument: str) -> list[str | None]:
    found = _read(env, cursor)
    if found and found[0] == key:
        return found[1:]
    raise ApiError(
        "BAD_USER_INPUT",
        f"{argument} is not a cursor of this list in this order; "
        "take it from pageInfo or edges of the same list with the same orderBy and language.",
        argument=argument,
    )


def _read(env, cursor: str) -> list | None:
    """Return what a cursor holds, None where this server has not signed it."""
    try:
        signed = base64.b64decode(
            cursor.encode("ascii") + b"=" * (-len(cursor) % 4), altchars=b"-_", validate=True
        )
        signature, payload = signed[:_SIGNATURE_LENGTH].decode("ascii"), signed[_SIGNATURE_LENGTH:]
        return orjson.loads(payload) if consteq(signature, _sign(env, payload)) else None
    except ValueError:
        return None
