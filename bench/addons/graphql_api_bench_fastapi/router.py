"""What a developer writes for the addon ``fastapi``: Pydantic models, filled by the ORM."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel

from odoo.addons.fastapi.dependencies import odoo_env
from odoo.api import Environment

router = APIRouter()


def user_env(
    credentials: Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())],
    env: Annotated[Environment, Depends(odoo_env)],
) -> Environment:
    """Return the environment of the user whose API key the request carries."""
    keys = env["res.users.apikeys"].sudo()
    uid = keys._check_credentials(scope="rpc", key=credentials.credentials)
    if not uid:
        raise HTTPException(401, "The API key is unknown, expired or revoked.")
    return env(user=uid, su=False)


UserEnv = Annotated[Environment, Depends(user_env)]


class Named(BaseModel):
    id: int
    name: str


class CustomerContact(Named):
    email: str | None
    phone: str | None


class Customer(CustomerContact):
    city: str | None
    partner_latitude: float
    is_company: bool
    type: str | None
    create_date: datetime
    country: Named | None


class OrderLine(BaseModel):
    id: int
    quantity: float
    price_unit: float
    product: Named | None


class Order(Named):
    date_order: datetime
    state: str
    amount_total: float


class OrderScreen(Order):
    customer: Named
    order_lines: list[OrderLine]


_CUSTOMER_FIELDS = [
    *("name", "email", "phone", "city", "partner_latitude", "is_company", "type"),
    *("create_date", "country_id"),
]


@router.get("/customers-total")
def count_customers(env: UserEnv) -> int:
    return env["res.partner"].search_count([])


@router.get("/customers/{customer_id}")
def read_customer(customer_id: int, env: UserEnv) -> CustomerContact:
    record = env["res.partner"].search_fetch([("id", "=", customer_id)], ["name", "email", "phone"])
    if not record:
        raise HTTPException(404)
    return CustomerContact(
        id=record.id, name=record.name, email=record.email or None, phone=record.phone or None
    )


@router.get("/customers")
def list_customers(
    env: UserEnv, first: int = 80, offset: int = 0, order: str = "-id"
) -> list[Customer]:
    records = env["res.partner"].search_fetch(
        [],
        _CUSTOMER_FIELDS,
        offset=offset,
        limit=first,
        order="name, id" if order == "name" else "id desc",
    )
    return [
        Customer(
            id=record.id,
            name=record.name,
            email=record.email or None,
            phone=record.phone or None,
            city=record.city or None,
            partner_latitude=record.partner_latitude,
            is_company=record.is_company,
            type=record.type or None,
            create_date=record.create_date.replace(tzinfo=UTC),
            country=_named(record.country_id),
        )
        for record in records
    ]


@router.get("/sale-orders")
def list_orders(
    env: UserEnv, first: int = 80, country: str | None = None, depth: int = 3
) -> list[OrderScreen] | list[Order]:
    domain = [("partner_id.country_id.code", "=", country)] if country else []
    records = env["sale.order"].search_fetch(
        domain, ["name", "date_order", "state", "amount_total"], limit=first, order="id desc"
    )
    if depth == 1:
        return [Order(**_order(record)) for record in records]
    return [
        OrderScreen(
            **_order(record),
            customer=_named(record.partner_id),
            order_lines=[
                OrderLine(
                    id=line.id,
                    quantity=line.product_uom_qty,
                    price_unit=line.price_unit,
                    product=_named(line.product_id),
                )
                for line in record.order_line
            ],
        )
        for record in records
    ]


def _order(record) -> dict:
    return {
        "id": record.id,
        "name": record.name,
        "date_order": record.date_order.replace(tzinfo=UTC),
        "state": record.state,
        "amount_total": record.amount_total,
    }


def _named(record) -> Named | None:
    return Named(id=record.id, name=record.name) if record else None
