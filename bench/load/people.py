"""Give a database salespeople, and print an API key of each. Runs in Odoo, as a process of its own.

Usage: python -m bench.load.people <configuration file> <database> <count>

Every second one sees all orders, the others their own and those of nobody; the orders of the
database are theirs by turns.
"""

import datetime
import json
import sys

from odoo.api import SUPERUSER_ID, Environment
from odoo.modules.registry import Registry
from odoo.tools import config

_GROUPS = ("sales_team.group_sale_salesman_all_leads", "sales_team.group_sale_salesman")
_REQUESTS = 1_000_000
"""Per minute: they are counted, as always, and never refused."""


def people(env: Environment, count: int) -> list[str]:
    """Return a key of each."""
    users = env["res.users"]
    for number in range(count):
        group = env.ref(_GROUPS[number % len(_GROUPS)])
        login = f"salesperson-{number}"
        users |= users.search([("login", "=", login)]) or users.create(
            {"name": f"Salesperson {number}", "login": login, "group_ids": [(4, group.id)]}
        )
    env.flush_all()
    env.cr.execute(
        "UPDATE sale_order SET user_id = (%s)[1 + id %% %s] WHERE name LIKE 'B%%'",
        [users.ids, count],
    )
    env["ir.config_parameter"].set_param("graphql_api.requests_per_minute", str(_REQUESTS))
    expires = datetime.datetime.now() + datetime.timedelta(hours=12)
    return [
        env["res.users.apikeys"].with_user(user)._generate(None, "Load test", expires)
        for user in users
    ]


def main(configuration: str, database: str, count: str) -> None:
    """Make them and print the keys."""
    config.parse_config([f"--config={configuration}", f"--database={database}", "--log-level=warn"])
    with Registry(database).cursor() as cr:
        keys = people(Environment(cr, SUPERUSER_ID, {"no_reset_password": True}), int(count))
    print(json.dumps(keys))


if __name__ == "__main__":
    main(*sys.argv[1:])
