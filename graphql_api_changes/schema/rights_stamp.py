"""A stamp of what decides which records and fields a caller sees, beyond the records themselves."""

import dataclasses
import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from odoo.tools import SQL

from odoo.addons.graphql_api.schema.extension import Context, Resource


def rights_stamp(context: Context, resources: Iterable[Resource] | None = None) -> str:
    """Return a text that differs when records could be shown or hidden by a change of rights.

    It is made of the user, its contact and all of its groups; of the access rights for these
    groups and the record rules (``ir.model.access``, ``ir.rule``) of the models of the resources
    and of those that their relations lead to, with the values that the rules have for the user; of
    the companies of the request and their tree; of the language and of how numbers are rounded; and
    of the policy and the resources themselves, as the policy leaves them.

    :param resources: those that are read; None for all of the caller's schema
    """
    env = context.env
    if resources is None:
        resources = context.resources.values()
    resources = sorted(resources, key=lambda resource: resource.type_name)
    names = {resource.model for resource in resources}
    for resource in resources:
        for field in resource.fields.values():
            if field.relation is not None:
                names.add(context.resources[field.relation].model)
    models = tuple(sorted(names))
    log = env["graphql_api.change.log"]
    groups = tuple(sorted(env.user._get_group_ids()))
    parts = (
        env.uid,
        env.user.partner_id.id,
        env.lang,
        groups,
        log._get_rights_digest(groups, models),
        log._get_rules_digest(models),
        env.companies.ids,
        context.policy.id,
        sorted((name, each.text) for name, each in context.policy.filters.items()),
        [log._get_resource_digest(resource)[1] for resource in resources],
    )
    return digest(parts)


def read_rights_digest(env: Any, groups: tuple[int, ...], models: tuple[str, ...]) -> str:
    """Return a digest of the rights to read models, for whoever is in the groups.

    In it is, too, what else the records look like for everybody: the tree of the companies, and how
    numbers are rounded.

    :param groups: ids of all groups of a user, those that others imply too
    """
    rows = env.execute_query(
        SQL(
            """
            SELECT 'rule', r.id, m.model, r.domain_force
            FROM ir_rule r JOIN ir_model m ON m.id = r.model_id
            WHERE r.active AND r.perm_read AND m.model = ANY(%(models)s) AND (
                r.global OR EXISTS (
                    SELECT FROM rule_group_rel g
                    WHERE g.rule_group_id = r.id AND g.group_id = ANY(%(groups)s)
                )
            )
            UNION ALL
            SELECT 'access', a.id, m.model, NULL
            FROM ir_model_access a JOIN ir_model m ON m.id = a.model_id
            WHERE a.active AND a.perm_read AND m.model = ANY(%(models)s)
                AND (a.group_id IS NULL OR a.group_id = ANY(%(groups)s))
            UNION ALL
            SELECT 'company', id, parent_path, NULL FROM res_company
            UNION ALL
            SELECT 'precision', id, name, digits::varchar FROM decimal_precision
            ORDER BY 1, 2
            """,
            models=list(models),
            groups=list(groups),
        )
    )
    return digest(rows)


def digest(value: Any) -> str:
    """Return a short text that is the same for equal plain values."""
    return hashlib.sha256(repr(value).encode()).hexdigest()[:24]


def describe(value: Any) -> Any:
    """Return plain values for dataclasses, mappings and sets, in an order of their own."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return [describe(getattr(value, field.name)) for field in dataclasses.fields(value)]
    if isinstance(value, Mapping):
        return sorted((str(key), describe(each)) for key, each in value.items())
    if isinstance(value, set | frozenset):
        return sorted(map(repr, value))
    if isinstance(value, list | tuple):
        return [describe(each) for each in value]
    return value
