from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL, format_datetime

_MOST_ROWS = 100_000
"""The newest rows of the log that are counted, so that a busy server shows its overview at once."""

PERIODS = {"day": "-24H", "week": "-7d"}
"""When they begin, as domains say it."""

_TOP = 5
"""Operations and keys that are listed."""

_FIGURES = ("__count", "errors:sum", "duration:p95")


class GraphqlApiTraffic(models.AbstractModel):
    """What the overview tells of the request log."""

    _name = "graphql_api.traffic"
    _description = "API Traffic"

    @api.model
    def _get_traffic(self, period: str, most_rows: int = _MOST_ROWS) -> dict:
        """Return the traffic of a period, one of :data:`PERIODS`.

        ``requests``, ``errors``, ``p95`` (the 95th percentile of the duration in milliseconds),
        and the same of the top ``operations`` and ``keys``, each with a link to its requests.
        ``most_rows``: how many of the newest rows were counted, where the log has more; else 0.
        """
        bound = self.env.execute_query(
            SQL(
                "SELECT id FROM %s ORDER BY id DESC OFFSET %s LIMIT 1",
                SQL.identifier(self._table),
                most_rows,
            )
        )
        since = Domain("started_at", ">=", PERIODS.get(period, PERIODS["day"]))
        counted = since & Domain("id", ">", bound[0][0]) if bound else since
        ((count, errors, p95),) = self._read_group(counted, [], _FIGURES)
        operations, keys = [], []
        if count:
            operations = self._read_top(counted, "operation")
            keys = self._read_top(counted, "key_id", "key_name")
        return {
            "requests": count,
            "errors": errors or 0,
            "p95": p95,
            "operations": [
                self._row(name, since & Domain("operation", "=", name), *figures)
                for name, *figures in operations
            ],
            "keys": [
                self._row(
                    name or self.env._("Without a key: a session of Odoo"),
                    since & Domain("key_id", "=", key_id) & Domain("key_name", "=", name),
                    *figures,
                )
                for key_id, name, *figures in keys
            ],
            "most_rows": most_rows if bound else 0,
        }

    def _read_top(self, domain: Domain, *groupby: str) -> list[tuple]:
        return self._read_group(domain, groupby, _FIGURES, order="__count DESC", limit=_TOP)

    def _row(self, name: str, domain: Domain, count: int, errors: int, p95: float) -> dict:
        return {
            "link": {"text": name, "action": self._open_requests(name, domain), "context": {}},
            "requests": count,
            "errors": errors or 0,
            "p95": p95,
        }

    def _describe_log(self, settings, policies) -> dict:
        """Return whose requests are logged, and buttons to change it."""
        logged = policies.filtered("log_requests")
        until = self._get_log_end()
        log_all = {"text": self.env._("Log All Requests"), "method": "turn_on"}
        log_a_day = {"text": self.env._("Log for 24 Hours"), "method": "turn_on_for_a_day"}
        if settings.log_requests and until:
            end = format_datetime(self.env, until, dt_format="short")
            text = self.env._("All requests are logged until %s.", end)
            return {"text": text, "links": [{**log_all, "text": self.env._("Keep Logging")}]}
        if settings.log_requests:
            return {"text": "", "links": []}
        text = self.env._("The request log is off.")
        if logged:
            text = self.env._(
                "Requests are logged under these policies: %s. Others are not.",
                ", ".join(logged.mapped("name")),
            )
        return {"text": text, "links": [log_a_day, log_all]}
