"""Which tables are logged: those that tracked resources need."""

import contextlib
import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from odoo.fields import Domain
from odoo.tools import SQL, sql
from odoo.tools.safe_eval import safe_eval

from odoo.addons.graphql_api.schema.extension import Resource

from . import log_table
from .dependencies import (
    Dependency,
    LoggedColumn,
    add_domain,
    add_path,
    field_dependencies,
    own_column,
    read_tables,
    relation_columns,
)
from .log_table import Column, Columns

_logger = logging.getLogger(__name__)


def needed_columns(env: Any, resources: Iterable[Resource], filters: dict) -> Columns:
    """Return the columns that have to be logged for tracked resources.

    :param env: that of the superuser
    :param filters: type name -> the record filters that policies set, as domains
    """
    needed: dict[str, set[Column]] = defaultdict(set)
    resources = list(resources)
    tracked = {resource.model for resource in resources}
    for resource in resources:
        model = env[resource.model]
        for logged in _resource_columns(model, resource, tracked):
            needed[logged.table].add(logged.column)
        for logged in _visibility_columns(model, resource, filters.get(resource.type_name, ())):
            needed[logged.table].add(logged.column)
    return {
        table: frozenset(columns)
        for table, columns in needed.items()
        if sql.table_kind(env.cr, table) == sql.TableKind.Regular
    }


def _resource_columns(
    model: Any, resource: Resource, tracked: Collection[str]
) -> Iterator[LoggedColumn]:
    """Yield what is logged of the records themselves and of their exposed lists.

    A one2many is, where its records are tracked, too.
    """
    yield own_column(model)
    for name in model._inherits.values():
        yield own_column(model[name])
    root = field_dependencies(model, [field.field for field in resource.fields.values()])
    for name in root.relations:
        relation = model._fields[name]
        if relation.type != "one2many" or relation.comodel_name in tracked:
            yield from relation_columns(model, name)


def _visibility_columns(
    model: Any, resource: Resource, filters: Iterable[Domain]
) -> Iterator[LoggedColumn]:
    """Yield what is logged because it decides who sees which records."""
    root = Dependency(model)

    def rules(name: str) -> Iterable[Domain]:
        return _rule_domains(model.env, name)

    for rule in rules(model._name):
        add_domain(root, rule)
        root.tables |= _searched_tables(model, rule)
    for domain in (Domain(list(resource.domain)), *filters):
        add_domain(root, domain, rules)
        root.tables |= _searched_tables(model, domain)
    if model._active_name:
        add_path(root, model._active_name)
    yield from root.columns()
    for table in root.all_named():
        if sql.column_exists(model.env.cr, table, "id"):
            yield LoggedColumn(table, Column(table, "id"))


def _rule_domains(env: Any, name: str) -> Iterator[Domain]:
    """Yield the domains of all record rules of a model that are about reading.

    They are those of nobody in particular: the paths in a rule hardly depend on the user, and where
    they do, a copy of the user is refused a token (see tokens).
    """
    model = env[name]
    rules = env["ir.rule"].search([("model_id.model", "=", name), ("perm_read", "=", True)])
    variables = rules._eval_context()
    for rule in rules:
        try:
            domain = Domain(safe_eval(rule.domain_force, variables) if rule.domain_force else [])
            domain.validate(model)
        except Exception:  # whatever the expression of a rule raises for this user
            _logger.info("The record rule %s is not followed", rule.name, exc_info=True)
            continue
        yield domain
    for parent, field_name in model._inherits.items():
        for domain in _rule_domains(env, parent):
            yield Domain(field_name, "any", domain)


def _searched_tables(model: Any, domain: Domain) -> set[str]:
    search = model.with_context(active_test=False)._search(domain)
    return read_tables(search.select())


def update_triggers(env: Any, needed: Columns) -> None:
    """Make and remove triggers so that what is needed is logged, and nothing else.

    Tables whose triggers are right are not locked. ``graphql_api.change.table`` gets a row for each
    table, anew where the triggers are.

    :raise psycopg2.errors.SerializationFailure: another transaction has changed them meanwhile
    """
    logged = log_table.find_logged(env)
    tables = env["graphql_api.change.table"]
    known = {record.name: record for record in tables.search([])}
    bodies = {
        table: log_table.function_body(env, table, columns) for table, columns in needed.items()
    }
    wrong = [
        table
        for table in sorted(needed)
        if table not in known or logged.get(table) != bodies[table]
    ]
    gone = sorted((logged.keys() | known.keys()) - needed.keys())
    if not wrong and not gone:
        return
    log_table.take_turn(env)
    for table in gone:
        log_table.drop_triggers(env, table)
    for table in wrong:
        log_table.create_triggers(env, table, needed[table])
    tables.concat(*(known[table] for table in (*gone, *wrong) if table in known)).unlink()
    tables.create(
        [{"name": table, "columns": tables._pack_columns(needed[table])} for table in wrong]
    )


@contextlib.contextmanager
def lock_briefly(env: Any) -> Iterator[None]:
    """Give up where another transaction holds a table for long.

    :raise psycopg2.errors.LockNotAvailable: one does
    """
    ((before,),) = env.execute_query(SQL("SELECT current_setting('lock_timeout')"))
    env.cr.execute(SQL("SELECT set_config('lock_timeout', '5s', true)"))
    yield
    env.cr.execute(SQL("SELECT set_config('lock_timeout', %s, true)", before))


def followed_columns(env: Any) -> set[LoggedColumn]:
    """Return the columns that are logged, as this transaction sees it."""
    rows = env.execute_query(SQL("SELECT name, columns FROM graphql_api_change_table"))
    return {LoggedColumn(name, Column(*each)) for name, columns in rows for each in columns}


def missing_tables(env: Any, dependency: Dependency) -> set[str]:
    """Return the names of the tables of which not all is logged that the dependency needs."""
    followed = followed_columns(env)
    missing = {logged.table for logged in dependency.columns() - followed}
    other = {
        table
        for table in dependency.all_named()
        if LoggedColumn(table, Column(table, "id")) not in followed
    }
    if other:
        # What looks like the name of a table in SQL need not be one.
        rows = env.execute_query(
            SQL(
                "SELECT t FROM unnest(%s) AS t WHERE to_regclass(quote_ident(t)) IS NOT NULL",
                [*other],
            )
        )
        missing.update(name for (name,) in rows)
    return missing
