"""Fill a database with customers and sale orders. Runs in Odoo, as a process of its own.

Usage: python -m bench.seed <configuration file> <database> <customers> <orders>

One record of each kind is created by the ORM, so that every column is right; PostgreSQL then
multiplies it. The same sizes give the same rows, whenever they are made.
"""

import sys

from odoo.api import SUPERUSER_ID, Environment
from odoo.fields import Command
from odoo.modules.registry import Registry
from odoo.tools import SQL, config

LINES_PER_ORDER = 4
_PRODUCTS = 50
_COUNTRIES = ("BE", "FR", "NL", "DE", "LU", "ES", "IT", "PT", "AT", "PL")
_START = "2026-01-01 08:00:00"


def seed(env: Environment, customers: int, orders: int) -> None:
    """Create the records.

    :param customers: number of records of ``res.partner``
    :param orders: number of records of ``sale.order``, with :data:`LINES_PER_ORDER` lines each
    """
    products = _create_products(env)
    first_customer = multiply_customers(env, customers)
    _multiply_orders(env, orders, products, first_customer, customers)
    # A run sends more in a minute than a caller does, and may be slowed down by others.
    env["ir.config_parameter"].set_param("graphql_api.requests_per_minute", "0")
    env["ir.config_parameter"].set_param("graphql_api.max_seconds", "120")
    env.cr.execute("ANALYZE")


def _create_products(env: Environment):
    category = env["product.category"].create({"name": "Benchmark"})
    # No internal reference: it would be part of the display name, which not every peer reads.
    return env["product.product"].create(
        [
            {
                "name": f"Product {number:03}",
                "list_price": 5 + number * 1.25,
                "categ_id": category.id,
                "type": "consu",
            }
            for number in range(_PRODUCTS)
        ]
    )


def multiply_customers(env: Environment, count: int) -> int:
    """Return the id of the first of ``count`` customers; the others follow it."""
    model = env["res.partner"].create({"name": "Customer", "lang": "en_US"})
    env.flush_all()
    countries = env["res.country"].search([("code", "in", _COUNTRIES)])
    codes = {country.code: country.id for country in countries}
    others = SQL("(%s)::int[]", [codes[code] for code in _COUNTRIES[1:]])
    # Half of the customers are Belgian, one in twenty has no country, one in seven no phone.
    return _multiply(
        env,
        "res_partner",
        model.id,
        count,
        name=SQL("'Customer ' || lpad(n::text, 6, '0')"),
        complete_name=SQL("'Customer ' || lpad(n::text, 6, '0')"),
        commercial_partner_id=SQL("base + n"),
        email=SQL("'customer' || n || '@example.com'"),
        email_normalized=SQL("'customer' || n || '@example.com'"),
        phone=SQL("CASE WHEN n %% 7 > 0 THEN '+32 9 ' || lpad(n::text, 7, '0') END"),
        city=SQL("(ARRAY['Ghent', 'Brussels', 'Namur', 'Liege', 'Bruges'])[1 + n %% 5]"),
        partner_latitude=SQL("50 + (n %% 10000) / 10000.0"),
        is_company=SQL("n %% 3 = 0"),
        type=SQL("(ARRAY['contact', 'contact', 'delivery', 'other'])[1 + n %% 4]"),
        country_id=SQL(
            "CASE WHEN n %% 20 = 19 THEN NULL WHEN n %% 2 = 0 THEN %s ELSE (%s)[1 + n %% 9] END",
            codes["BE"],
            others,
        ),
        create_date=SQL("%s::timestamp + n * interval '1 minute'", _START),
    )


def _multiply_orders(env, count: int, products, first_customer: int, customers: int) -> None:
    model = env["sale.order"].create(
        {
            "partner_id": first_customer,
            "order_line": [
                Command.create({"product_id": product.id, "product_uom_qty": 1})
                for product in products[:LINES_PER_ORDER]
            ],
        }
    )
    env.flush_all()
    line_ids = model.order_line.ids
    customer = SQL("%s + (n * 7) %% %s", first_customer, customers)
    first_order = _multiply(
        env,
        "sale_order",
        model.id,
        count,
        name=SQL("'B' || lpad(n::text, 6, '0')"),
        partner_id=customer,
        partner_invoice_id=customer,
        partner_shipping_id=customer,
        state=SQL("(ARRAY['draft', 'sent', 'sale'])[1 + n %% 3]"),
        date_order=SQL("%s::timestamp + n * interval '1 hour'", _START),
        access_token=SQL("NULL"),
    )
    for number, line_id in enumerate(line_ids):
        product = SQL("(%s)[1 + (n * 3 + %s) %% %s]", products.ids, number, _PRODUCTS)
        _multiply(
            env,
            "sale_order_line",
            line_id,
            count,
            order_id=SQL("%s + n", first_order),
            order_partner_id=customer,
            state=SQL("(ARRAY['draft', 'sent', 'sale'])[1 + n %% 3]"),
            product_id=product,
            name=SQL("'Line ' || n || '.' || %s", number),
            product_uom_qty=SQL("1 + (n + %s) %% 9", number),
            price_unit=SQL("5 + (n + %s) %% 50 * 1.25", number),
        )
    env.cr.execute(
        """
        UPDATE sale_order_line SET price_subtotal = product_uom_qty * price_unit,
            price_total = product_uom_qty * price_unit, price_tax = 0
        WHERE order_id >= %(first)s;
        UPDATE sale_order SET amount_untaxed = total, amount_total = total, amount_tax = 0
        FROM (SELECT order_id, sum(price_total) AS total FROM sale_order_line GROUP BY order_id)
            AS lines
        WHERE sale_order.id = order_id AND order_id >= %(first)s
        """,
        {"first": first_order},
    )


def _multiply(env: Environment, table: str, source_id: int, count: int, **values: SQL) -> int:
    """Insert ``count`` copies of a row; return the id of the first.

    :param values: column -> expression of ``n``, the number of the copy from 0, and ``base``,
        the id of the copy 0; columns that the table does not have are left out
    """
    cr = env.cr
    cr.execute(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_schema = current_schema AND table_name = %s AND is_generated = 'NEVER'",
        [table],
    )
    columns = [name for (name,) in cr.fetchall()]
    cr.execute(SQL("SELECT max(id) + 1 FROM %s", SQL.identifier(table)))
    base = cr.fetchone()[0]
    values = {"id": SQL("base + n"), **values}
    expressions = [values.get(name, SQL.identifier("source", name)) for name in columns]
    cr.execute(
        SQL(
            "INSERT INTO %s (%s) SELECT %s FROM %s AS source, (SELECT %s AS base) AS bases,"
            " generate_series(0, %s) AS n WHERE source.id = %s",
            SQL.identifier(table),
            SQL(", ").join(map(SQL.identifier, columns)),
            SQL(", ").join(expressions),
            SQL.identifier(table),
            base,
            count - 1,
            source_id,
        )
    )
    cr.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, base + count])
    return base


def main(configuration: str, database: str, customers: str, orders: str) -> None:
    """Seed a database."""
    config.parse_config([f"--config={configuration}", f"--database={database}", "--log-level=warn"])
    with Registry(database).cursor() as cr:
        context = {"tracking_disable": True, "mail_create_nosubscribe": True}
        seed(Environment(cr, SUPERUSER_ID, context), int(customers), int(orders))


if __name__ == "__main__":
    main(*sys.argv[1:])
