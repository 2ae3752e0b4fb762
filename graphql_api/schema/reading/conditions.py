"""What a filter means: its input -> an Odoo domain, every condition in it checked for access.

The class of a filter input has a :data:`Condition` for each of its attributes, in ``_conditions``
(see :mod:`.filters`). Below are all kinds of them.
"""

from collections.abc import Callable, Iterable
from typing import Any

import strawberry

from odoo.fields import Domain

from ..access.access import visible_domain
from ..access.context import Context
from ..access.external_ids import having_external_ids
from ..access.references import named_model
from ..exposure.errors import ApiError
from ..exposure.resource import Resource
from ..exposure.resource_field import ResourceField
from ..values.input_objects import given
from .comparisons import compare, presence

MAX_CONDITIONS = 1000
"""Filter objects of a request, nested ones included."""

Condition = Callable[[Context, Any], Domain | None]
"""What a client gave -> its domain; None where it is no condition."""


def to_domain(context: Context, value: Any) -> Domain:
    """Return the domain of a filter input, every condition in it checked for access.

    :param value: the input as Strawberry gives it; None is no filter
    :raise ApiError: FORBIDDEN for a field that the caller may not read, BAD_USER_INPUT for a
        value that the field cannot be compared with, QUERY_TOO_COMPLEX for too many conditions
    """
    domain = None if value is None else _conditions(context, value)
    return Domain.TRUE if domain is None else domain


def _conditions(context: Context, value: Any) -> Domain | None:
    """Return what all conditions of a filter input come to, None where it has none.

    A filter may have none because its variables were left out. That must not count as a condition
    that every record meets: ``not`` and relations would make the opposite of it.
    """
    context.conditions += 1
    if context.conditions > MAX_CONDITIONS:
        raise ApiError(
            "QUERY_TOO_COMPLEX",
            f"The filters of a request may have {MAX_CONDITIONS} conditions. To compare one field "
            "with many values, use in.",
        )
    return _all_of(
        condition(context, operand)
        for name, condition in type(value)._conditions.items()
        if (operand := getattr(value, name)) is not strawberry.UNSET and condition is not None
    )


def _all_of(domains: Iterable[Domain | None]) -> Domain | None:
    """Return the conjunction of the conditions among these, None where there are none."""
    conditions = [domain for domain in domains if domain is not None]
    return Domain.AND(conditions) if conditions else None


def _logical(combine: Callable[[list[Domain]], Domain]) -> Condition:
    def condition(context: Context, values: Any) -> Domain | None:
        parts = [_conditions(context, value) for value in _not_null("A list", values)]
        conditions = [part for part in parts if part is not None]
        return None if parts and not conditions else combine(conditions)

    return condition


conjunction = _logical(Domain.AND)
disjunction = _logical(Domain.OR)
"""The conditions of ``and`` and ``or``, whose values are lists of filters."""


def negation(context: Context, value: Any) -> Domain | None:
    """Return the condition of ``not``."""
    domain = _conditions(context, _not_null("not", value))
    return None if domain is None else ~domain


def _not_null(what: str, value: Any) -> Any:
    if value is None:
        raise ApiError("BAD_USER_INPUT", f"{what} cannot be null here; leave the condition out.")
    return value


def on_id(context: Context, value: Any) -> Domain | None:
    """Return the condition on the ids of the records themselves."""
    return _all_of(compare("id", "many2one", *operand) for operand in _operands(value))


def on_external_id(context: Context, resource: Resource, value: Any) -> Domain | None:
    """Return the condition on the external ids of the records."""
    conditions = []
    for operator, operand in _operands(value):
        operand = _not_null(operator, operand)
        wanted = operand if operator == "in" else [operand]
        conditions.append(having_external_ids(context, resource, wanted))
    return _all_of(conditions)


def on_value(
    context: Context, resource: Resource, field: ResourceField, value: Any
) -> Domain | None:
    """Return the condition on the values of a plain field."""
    context.check_field(resource, field, "filter by")
    operands = _operands(value)
    if field.model_of:
        operands = ((name, _named_models(context, operand)) for name, operand in operands)
    return _all_of(compare(field.field, field.type, *operand) for operand in operands)


def _named_models(context: Context, operand: Any) -> Any:
    """Return an operand of a field that holds a model, with Odoo's names in it."""
    match operand:
        case str():
            return named_model(context, operand)
        case list():
            return [named_model(context, name) for name in operand]
    return operand


def on_one(
    context: Context, resource: Resource, field: ResourceField, target: Resource, value: Any
) -> Domain | None:
    """Return the condition on the record that a many2one leads to, or on there being one."""
    context.check_field(resource, field, "filter by")
    value = _not_null(field.graphql_name, value)

    def at_other_end(operator: str, domain: Domain) -> Domain:
        visible = visible_domain(context, resource, field, target, domain, True)
        return Domain(field.field, operator, visible)

    conditions = []
    if value.isNull is not strawberry.UNSET:
        conditions.append(presence(field.field, _not_null("isNull", value.isNull)))
    inner = [_conditions(context, value)]
    if value.id is not strawberry.UNSET:
        # Where a relation leads to no record, the id is empty, which "any" never finds.
        for operator, operand in _operands(value.id):
            domain = compare("id", "many2one", operator, operand)
            if operator == "isNull" or operand is None:
                is_empty = operand if operator == "isNull" else operator == "eq"
                conditions.append(presence(field.field, is_empty))
            elif operator in ("ne", "notIn"):
                conditions.append(at_other_end("not any", ~domain))
            else:
                inner.append(domain)
    if (domain := _all_of(inner)) is not None:
        conditions.append(at_other_end("any", domain))
    return _all_of(conditions)


def on_many(
    context: Context, resource: Resource, field: ResourceField, target: Resource, value: Any
) -> Domain | None:
    """Return the condition on the records that a one2many or many2many leads to."""
    context.check_field(resource, field, "filter by")
    conditions = []
    for quantifier, operator in (("some", "any"), ("none", "not any")):
        inner = getattr(_not_null(field.graphql_name, value), quantifier)
        if inner is strawberry.UNSET:
            continue
        domain = _conditions(context, _not_null(quantifier, inner))
        if domain is None and any(given(inner)):
            continue
        domain = Domain.TRUE if domain is None else domain
        visible = visible_domain(context, resource, field, target, domain, False)
        conditions.append(Domain(field.field, operator, visible))
    return _all_of(conditions)


def _operands(value: Any) -> Iterable[tuple[str, Any]]:
    return given(_not_null("A comparison", value))
