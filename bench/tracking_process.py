"""What a change log costs whoever writes. Runs in Odoo, as a process of its own.

Usage: python -m bench.tracking_process <configuration file> <database> <database with the log>

The databases have the same contents, and take turns. The result is one line of JSON on stdout, see
:func:`measure`.
"""

import json
import random
import statistics
import sys
import time
from collections.abc import Callable

from odoo.api import SUPERUSER_ID, Environment
from odoo.fields import Command
from odoo.modules.registry import Registry
from odoo.tools import config

_WARM_UP, _ROUNDS = 3, 60
_LINES = 4


def measure(plain: str, tracked: str) -> dict:
    """Return the medians in milliseconds, and their ratio, by what is done.

    Each is a transaction of its own: creating and changing a contact, creating an order of four
    lines, confirming it.
    """
    registries = {"plain": Registry(plain), "tracked": Registry(tracked)}
    seconds: dict[str, dict[str, list[float]]] = {
        name: {"plain": [], "tracked": []} for name in ("create", "update", "order", "confirm")
    }
    for number in range(_WARM_UP + _ROUNDS):
        for database in random.Random(number).sample(list(registries), len(registries)):
            for name, taken in _business(registries[database]).items():
                if number >= _WARM_UP:
                    seconds[name][database].append(taken)
    return {name: _figures(**taken) for name, taken in seconds.items()}


def _business(registry: Registry) -> dict[str, float]:
    """Do what is measured once; return the seconds that each part took."""
    made: dict[str, int] = {}

    def create(env: Environment) -> None:
        values = {"name": "Measured", "city": "Ghent", "email": "measured@example.com"}
        made["customer"] = env["res.partner"].create(values).id

    def update(env: Environment) -> None:
        env["res.partner"].browse(made["customer"]).write({"phone": "123", "city": "Bruges"})

    def order(env: Environment) -> None:
        products = env["product.product"].search([("name", "like", "Product ")], limit=_LINES)
        lines = [Command.create({"product_id": id, "product_uom_qty": 2}) for id in products.ids]
        values = {"partner_id": made["customer"], "order_line": lines}
        made["order"] = env["sale.order"].create(values).id

    def confirm(env: Environment) -> None:
        env["sale.order"].browse(made["order"]).action_confirm()

    parts: dict[str, Callable[[Environment], None]] = {
        "create": create,
        "update": update,
        "order": order,
        "confirm": confirm,
    }
    return {name: _committed(registry, part) for name, part in parts.items()}


def _committed(registry: Registry, part: Callable[[Environment], None]) -> float:
    started = time.perf_counter()
    with registry.cursor() as cr:
        part(Environment(cr, SUPERUSER_ID, {}))
    return time.perf_counter() - started


def _figures(plain: list[float], tracked: list[float]) -> dict:
    without, with_log = statistics.median(plain), statistics.median(tracked)
    return {
        "plain_ms": round(without * 1000, 2),
        "tracked_ms": round(with_log * 1000, 2),
        "ratio": round(with_log / without, 3),
    }


def main(configuration: str, plain: str, tracked: str) -> None:
    """Print the result."""
    config.parse_config(
        [f"--config={configuration}", f"--database={plain},{tracked}", "--log-level=error"],
        setup_logging=True,
    )
    print(json.dumps(measure(plain, tracked)))


if __name__ == "__main__":
    main(*sys.argv[1:])
