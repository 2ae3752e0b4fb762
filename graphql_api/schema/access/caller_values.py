"""Values of the caller, which stand for the variables of a policy."""

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import Any

from odoo.api import Environment
from odoo.fields import Date, Domain
from odoo.models import BaseModel
from odoo.tools import SQL, Query

from ..exposure.record_filter import RecordFilter, Variable


class CallerValues:
    """The values of variables, each read when it is needed.

    :param env: the caller's environment
    """

    def __init__(self, env: Environment):
        self._env = env

    @cached_property
    def time_zone(self) -> str:
        """That of the current company, whatever the request asks for."""
        return self._env.company._graphql_api_get_time_zone()

    def get(self, name: str) -> Any:
        """Return the value of a variable."""
        match name:
            case "user":
                return self._env.uid
            case "partner":
                return self._env.user.partner_id.id
            case "company":
                return self._env.company.id
            case "company_ids":
                return list(self._env.companies._ids)
            case "today":
                return self._today
        raise KeyError(name)

    @cached_property
    def _today(self) -> date:
        return Date.context_today(self._env.user.with_context(tz=self.time_zone))

    def evaluate(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return values by names, with those of the caller in the place of variables."""
        return {
            name: self.get(value.name) if isinstance(value, Variable) else value
            for name, value in values.items()
        }


def filter_domain(record_filter: RecordFilter, values: CallerValues) -> Domain:
    """Return the domain of a record filter, for the caller.

    As record rules, it is compiled with all rights (odoo/orm/models.py, ``_search``): its meaning
    depends neither on which fields and records the user may read, nor on whether the request asks
    for archived records, nor on its language and time zone.
    """
    variables = {name: values.get(name) for name in record_filter.variables}
    domain = Domain(record_filter.evaluate(variables))
    if domain.is_true() or domain.is_false():
        return domain
    options: dict[str, Any] = {"active_test": False, "lang": None}
    if record_filter.compares_dates:
        options["tz"] = values.time_zone

    def to_sql(model: BaseModel, alias: str, query: Query) -> SQL:
        model = model.sudo().with_context(**options)
        return domain.optimize_full(model)._to_sql(model, alias, query)

    return Domain.custom(to_sql=to_sql)
