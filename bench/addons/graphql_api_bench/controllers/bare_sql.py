"""The limit: SQL written by hand for each answer, in a bare Odoo route behind the same key check.

No access right, no record rule, no translation but the one that the data has. The answers have
the shape of our GraphQL.
"""

import orjson

from odoo import http
from odoo.http import request
from odoo.tools import SQL

_ROUTE = {
    "type": "http",
    "auth": "graphql_api",
    "methods": ["GET"],
    "readonly": True,
    "save_session": False,
}
_JSON_OPTIONS = orjson.OPT_NAIVE_UTC | orjson.OPT_UTC_Z | orjson.OPT_OMIT_MICROSECONDS


class BareSqlController(http.Controller):
    @http.route("/bench/sql/customers", **_ROUTE)
    def customers(self, **parameters):
        """Answer one customer, a page of them, or their number."""
        if "total" in parameters:
            [[total]] = _rows(SQL("SELECT count(*) FROM res_partner WHERE active"))
            return _answer({"customers": {"totalCount": total}})
        if "id" in parameters:
            return _answer({"customer": _customer(int(parameters["id"]))})
        return _answer({"customers": {"nodes": _customers(**parameters)}})

    @http.route("/bench/sql/sale-orders", **_ROUTE)
    def sale_orders(self, first, depth, country=None, customer=None):
        """Answer a page of orders, with their lines from depth 2 on."""
        orders = _orders(int(first), country, bool(customer))
        if depth != "1":
            _add_lines(orders, int(depth))
        return _answer({"saleOrders": {"nodes": list(orders.values())}})


def _customer(record_id: int) -> dict | None:
    rows = _rows(
        SQL("SELECT name, email, phone FROM res_partner WHERE active AND id = %s", record_id)
    )
    for name, email, phone in rows:
        return {"id": str(record_id), "name": name, "email": email, "phone": phone}
    return None


def _customers(first, order="-id", after_id=None, after_name=None) -> list[dict]:
    beyond = SQL("TRUE")
    if after_id and order == "name":
        beyond = SQL("(p.name, p.id) > (%s, %s)", after_name, int(after_id))
    elif after_id:
        beyond = SQL("p.id < %s", int(after_id))
    rows = _rows(
        SQL(
            """
            SELECT p.id, p.name, p.email, p.phone, p.city, p.partner_latitude, p.is_company,
                   p.type, p.create_date, c.id, c.name->>'en_US'
            FROM res_partner p LEFT JOIN res_country c ON c.id = p.country_id
            WHERE p.active AND %s ORDER BY %s LIMIT %s
            """,
            beyond,
            SQL("p.name, p.id") if order == "name" else SQL("p.id DESC"),
            int(first),
        )
    )
    return [
        {
            "id": str(row[0]),
            "name": row[1],
            "email": row[2],
            "phone": row[3],
            "city": row[4],
            "partnerLatitude": row[5],
            "isCompany": row[6],
            "type": row[7],
            "createDate": row[8],
            "country": {"id": str(row[9]), "name": row[10]} if row[9] else None,
        }
        for row in rows
    ]


def _orders(first: int, country: str | None, with_customer: bool) -> dict[int, dict]:
    condition = SQL("TRUE")
    if country:
        condition = SQL(
            "o.partner_id IN (SELECT p.id FROM res_partner p JOIN res_country c"
            " ON c.id = p.country_id WHERE c.code = %s)",
            country,
        )
    rows = _rows(
        SQL(
            """
            SELECT o.id, o.name, o.date_order, o.state, o.amount_total, p.id, p.name
            FROM sale_order o JOIN res_partner p ON p.id = o.partner_id
            WHERE %s ORDER BY o.id DESC LIMIT %s
            """,
            condition,
            first,
        )
    )
    orders = {}
    for id_, name, date, state, total, customer_id, customer in rows:
        orders[id_] = {
            "id": str(id_),
            "name": name,
            "dateOrder": date,
            "state": state,
            "amountTotal": total,
        }
        if with_customer:
            orders[id_]["customer"] = {"id": str(customer_id), "name": customer}
    return orders


def _add_lines(orders: dict[int, dict], depth: int) -> None:
    for order in orders.values():
        order["orderLines"] = []
    rows = _rows(
        SQL(
            """
            SELECT l.order_id, l.id, l.product_uom_qty, l.price_unit,
                   l.product_id, t.name->>'en_US', c.id, c.name
            FROM sale_order_line l
            LEFT JOIN product_product p ON p.id = l.product_id
            LEFT JOIN product_template t ON t.id = p.product_tmpl_id
            LEFT JOIN product_category c ON c.id = t.categ_id
            WHERE l.order_id = ANY(%s) ORDER BY l.sequence, l.id
            """,
            list(orders),
        )
    )
    for order_id, id_, quantity, price, product_id, product, category_id, category in rows:
        line = {"id": str(id_), "quantity": quantity, "priceUnit": price}
        if depth > 2:
            line["product"] = {"id": str(product_id), "name": product} if product_id else None
        if depth > 3 and product_id:
            line["product"]["category"] = (
                {"id": str(category_id), "name": category} if category_id else None
            )
        orders[order_id]["orderLines"].append(line)


def _rows(query: SQL) -> list[tuple]:
    return request.env.execute_query(query)


def _answer(data: dict) -> http.Response:
    body = orjson.dumps({"data": data}, option=_JSON_OPTIONS)
    return http.Response(body, content_type="application/json; charset=utf-8")
