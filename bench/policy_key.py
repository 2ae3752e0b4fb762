"""Make a key that sees a part of what is exposed. Runs in Odoo, as a process of its own.

Usage: python -m bench.policy_key <configuration file> <database> <login>

The key's policy grants the fields that the workloads read, and filters records by conditions that
all of them meet: it reads the same as a key without a policy, and its schema and queries have more
to say.
"""

import json
import sys
from datetime import datetime, timedelta

from odoo.api import SUPERUSER_ID, Environment
from odoo.fields import Command
from odoo.modules.registry import Registry
from odoo.tools import config

from bench.reading import CUSTOMER, ORDER

_NAME = "Benchmark, a part of it"

_FIELDS = {
    CUSTOMER: (
        *("name", "email", "phone", "city"),
        *("partner_latitude", "is_company", "type", "country_id"),
    ),
    ORDER: ("name", "date_order", "state", "amount_total", "partner_id", "order_line"),
    "sale.order.line": ("product_uom_qty", "price_unit", "product_id"),
    "product.product": ("name", "categ_id"),
    "product.category": ("name",),
    "res.country": ("name", "code"),
    "res.users": ("name",),
}

_FILTERS = {
    CUSTOMER: '["|", ("user_id", "=", user), ("id", ">", 0)]',
    ORDER: '[("company_id", "in", company_ids)]',
    "sale.order.line": '[("order_id.company_id", "in", company_ids)]',
}


def make_key(env: Environment, login: str) -> str:
    """Return a new key of a user, under the policy of this name."""
    policies = env["graphql_api.policy"]
    policy = policies.search([("name", "=", _NAME)], limit=1) or policies.create({"name": _NAME})
    policy.right_ids.unlink()
    policy.right_ids = [
        Command.create(
            {
                "resource_id": resource.id,
                "all_read_fields": False,
                "read_field_ids": resource.field_ids.filtered(
                    lambda field: field.field_name in _FIELDS[field.resource_id.model]
                ),
                "record_filter": _FILTERS.get(resource.model, "[]"),
            }
        )
        for resource in env["graphql_api.resource"].search([("model", "in", list(_FIELDS))])
    ]
    user = env["res.users"].search([("login", "=", login)])
    end = datetime.now() + timedelta(days=1)
    return env["graphql_api.key"]._generate(user.ensure_one(), policy, "Benchmark", end)


def main(configuration: str, database: str, login: str) -> None:
    """Print the key, as JSON."""
    config.parse_config([f"--config={configuration}", f"--database={database}", "--log-level=warn"])
    with Registry(database).cursor() as cr:
        print(json.dumps(make_key(Environment(cr, SUPERUSER_ID, {}), login)))


if __name__ == "__main__":
    main(*sys.argv[1:])
