"""What decides which records a caller sees, and what their fields are, beyond their own rows.

Record rules, domains and filters compare fields of other records along paths of relations
(``partner_id.country_id``), and so do fields that are computed or taken from another record. The
paths of a model are a tree of :class:`Dependency`. A change at one of its nodes may concern each
record of the model from which the path leads there.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from odoo.fields import Domain
from odoo.tools import SQL, OrderedSet, Query

from odoo.addons.graphql_api.schema.extension import Context, RecordFilter, Resource

from .log_table import Column, link_name

_TABLE = re.compile(r'(?<![.\w"])(?<!AS )"(\w+)"(?!\s*[.(])|\b(?:FROM|JOIN)\s+(\w+)', re.IGNORECASE)
"""The name of a table in SQL that Odoo makes, where columns have the name of theirs before them."""


_RELATIVE_DATE = re.compile(r"\s*(?:today\b|now\b|[=+-])")
"""How a text begins that Odoo takes for such a date (odoo/tools/date_utils.py, ``parse_date``)."""


@dataclass(frozen=True, order=True)
class LoggedColumn:
    """A column that is logged, and the table that has it."""

    table: str
    column: Column


@dataclass
class Dependency:
    """Records of a model that others depend on.

    :param model: the empty recordset
    :param relations: name of a stored relation of the model -> the records at its other end
    :param tables: names of tables that are read without a path that would lead to them
    """

    model: Any
    relations: dict[str, "Dependency"] = field(default_factory=dict)
    tables: set[str] = field(default_factory=set)

    def edges(self) -> Iterator[tuple["Dependency", str, "Dependency"]]:
        """Yield (node, name of a relation, node at its other end) for all of the tree."""
        for name, target in self.relations.items():
            yield self, name, target
            yield from target.edges()

    def columns(self) -> set[LoggedColumn]:
        """Return the columns along the paths that are logged where the dependency is followed."""
        columns = {own_column(self.model)}
        for node, name, target in self.edges():
            columns.update(relation_columns(node.model, name))
            if node.model._fields[name].type != "one2many":
                columns.add(own_column(target.model))
        return columns

    def all_named(self) -> set[str]:
        """Return the names of tables that are read without a path, anywhere in the tree."""
        named = self.tables.union(*(target.tables for _node, _name, target in self.edges()))
        return named - self.path_tables()

    def path_tables(self) -> set[str]:
        """Return the names of the tables along the paths, that of the model too."""
        names = {self.model._table}
        for node, name, target in self.edges():
            names.add(target.model._table)
            names.update(logged.table for logged in relation_columns(node.model, name))
        return names

    def all_logged(self) -> set[str]:
        """Return all names under which changes of what is read are in the log."""
        return self.all_named() | {each.column.logged_as for each in self.columns()}

    def all_tables(self) -> set[str]:
        """Return the names of all tables that are read."""
        return self.path_tables() | self.all_named()


def own_column(model: Any) -> LoggedColumn:
    """Return the column by which the records of a model are logged."""
    return LoggedColumn(model._table, Column(model._table, "id"))


def relation_columns(model: Any, name: str) -> Iterator[LoggedColumn]:
    """Yield the columns that are logged where a stored relation of a record changes.

    A many2one is in the record's own row. A change of a record in a one2many counts as one of the
    list.
    """
    relation = model._fields[name]
    if relation.type == "many2many":
        yield LoggedColumn(relation.relation, Column(model._table, relation.column1))
    elif relation.type == "one2many":
        table = model.env[relation.comodel_name]._table
        inverse = relation.inverse_name
        yield LoggedColumn(table, Column(link_name(table, inverse), inverse))


def add_path(
    node: Dependency, path: str, into: bool = False, seen: frozenset = frozenset()
) -> Dependency | None:
    """Add what a path of fields leads through.

    :param path: names of fields with points between them
    :param into: the records at its end are looked into; otherwise a many2one there is a value
    :param seen: fields that are being added
    :return: the records at its end, None where it ends in a value or cannot be followed
    """
    name, _dot, rest = path.partition(".")
    target = _add_field(node, name, into or bool(rest), seen)
    if rest and target is not None:
        return add_path(target, rest, into, seen)
    return None if rest else target


def _add_field(node: Dependency, name: str, into: bool, seen: frozenset) -> Dependency | None:
    model_field = node.model._fields.get(name)
    if model_field is None or model_field in seen:
        return None
    seen |= {model_field}
    if is_followed(node.model, model_field):
        if not into and model_field.type == "many2one":
            return None
        if name not in node.relations:
            node.relations[name] = Dependency(node.model.env[model_field.comodel_name])
        return node.relations[name]
    if model_field.store:
        return None
    if model_field.related:
        return add_path(node, model_field.related, into, seen)
    for path in node.model.pool.field_depends[model_field]:
        add_path(node, path, seen=seen)
    return None


def is_followed(model: Any, model_field: Any) -> bool:
    """Tell whether a field is a relation that the database has as columns."""
    if not (model_field.relational and model_field.store) or model_field.company_dependent:
        return False
    if model.env[model_field.comodel_name]._abstract:
        return False
    if model_field.type != "one2many":
        return True
    inverse = model.env[model_field.comodel_name]._fields.get(model_field.inverse_name)
    return inverse is not None and inverse.store and bool(inverse.column_type)


Rules = Callable[[str], Iterable[Domain]]
"""Name of a model -> the domains of its record rules."""


def add_domain(node: Dependency, domain: Domain, rules: Rules | None = None) -> None:
    """Add what a domain on the records of a node compares.

    :param rules: count for the records that it compares with ``any``, too; within record rules
        they do not
    """
    for condition in domain.iter_conditions():
        value = condition.value
        target = add_path(node, condition.field_expr, into=not _compares_ids(condition))
        if isinstance(value, Domain) and target is not None:
            add_domain(target, value, rules)
            for rule in rules(target.model._name) if rules else ():
                add_domain(target, rule)
        elif isinstance(value, Query):
            node.tables |= read_tables(value.select())
        elif isinstance(value, SQL):
            node.tables |= read_tables(value)


def compares_with_now(domain: Domain) -> bool:
    """Tell whether a domain may compare with a date that is relative to the present one."""
    for condition in domain.iter_conditions():
        value = condition.value
        if isinstance(value, Domain):
            if compares_with_now(value):
                return True
        elif any(isinstance(each, str) and _RELATIVE_DATE.match(each) for each in _values(value)):
            return True
    return False


def _values(value: Any) -> Iterable:
    return value if isinstance(value, list | tuple | set | OrderedSet) else [value]


def _compares_ids(condition: Any) -> bool:
    """Tell whether a condition on a relation is about which records it has, not about theirs."""
    return condition.operator in ("=", "!=", "in", "not in") and all(
        isinstance(each, int | None) for each in _values(condition.value)
    )


def visibility(context: Context, resource: Resource, domain: Domain, search: SQL) -> Dependency:
    """Return what decides which records of a list the caller sees.

    :param domain: of the list
    :param search: what the database is asked for it, by the whole domain
    """
    model = context.env[resource.model]

    def rules(name: str) -> Iterable[Domain]:
        return [model.env["ir.rule"]._compute_domain(name, "read")]

    root = Dependency(model)
    for rule in rules(model._name):
        add_domain(root, rule)
    add_domain(root, Domain(list(resource.domain)) & domain, rules)
    if resource.type_name in context.policy.filters:
        add_domain(root, filter_paths(context.policy.filters[resource.type_name]))
    if model._active_name:
        add_path(root, model._active_name)
    # What is read by no path that is known, say by the search method of a field.
    root.tables |= read_tables(search)
    return root


_ANYBODY = {"user": 1, "partner": 1, "company_ids": [1], "today": "2000-01-01"}
"""Variable of a record filter -> some value of its kind."""


def filter_paths(record_filter: RecordFilter) -> Domain:
    """Return a domain with the paths of a policy's record filter; its values are of nobody."""
    return Domain(record_filter.evaluate(_ANYBODY))


def read_tables(sql: SQL) -> set[str]:
    """Return the names of the tables that a query reads, and maybe others."""
    return {quoted or plain for quoted, plain in _TABLE.findall(sql.code)}


def field_dependencies(model: Any, paths: Iterable[str]) -> Dependency:
    """Return what decides the values of fields, beyond the rows of the records themselves.

    :param paths: Odoo's names of fields, with points between them where they are of other records
    """
    root = Dependency(model)
    for path in paths:
        add_path(root, path)
    return root
