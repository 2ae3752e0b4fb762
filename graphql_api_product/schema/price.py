"""``price`` of products: what a customer pays, as Odoo's pricelists have it."""

import datetime
from typing import Any

import strawberry

from odoo.addons.graphql_api.schema.extension import ApiError, batch_field, find_record

_MAX_QUANTITY = 1e12


@strawberry.type(description="What one unit of a product costs, as pricelists say.")
class ProductPrice:
    amount: float = strawberry.field(
        description="With the discounts of the pricelist; it includes the taxes that the "
        "product's own price includes."
    )
    currency: str = strawberry.field(description="The code of the currency, like EUR.")


@strawberry.type
class ProductPrices:
    @batch_field(
        description="The price of one unit by the pricelist, else by the customer's pricelist, "
        "else the sales price. By default the date is now and the unit is the product's own; "
        "quantity is in that unit."
    )
    def price(
        records: Any,
        info: strawberry.Info,
        customer: strawberry.ID | None = None,
        quantity: float = 1,
        date: datetime.datetime | None = None,
        pricelist: strawberry.ID | None = None,
        unit: strawberry.ID | None = None,
    ) -> list[ProductPrice | None]:
        if not 0 < quantity <= _MAX_QUANTITY:
            raise ApiError(
                "BAD_USER_INPUT", f"quantity must be above 0, at most {_MAX_QUANTITY:g}."
            )
        prices = records.env["product.pricelist"]
        if pricelist is not None:
            prices = find_record(info, "Pricelist", pricelist)
        elif customer is not None:
            prices = find_record(info, "Customer", customer).property_product_pricelist
        uom = None if unit is None else find_record(info, "Unit", unit)
        currency = prices.currency_id or records.env.company.currency_id
        fitting = records.filtered(lambda record: _fits(uom, record))
        amounts = prices._get_products_price(
            fitting, quantity, currency=currency, uom=uom, date=date or False
        )
        digits = records.env["decimal.precision"].precision_get("Product Price")

        def value(record: Any) -> ProductPrice | ApiError:
            if record not in fitting:
                return ApiError("BAD_USER_INPUT", f"Product {record.id} is not sold in this unit.")
            return ProductPrice(amount=round(amounts[record.id], digits), currency=currency.name)

        return [value(record) for record in records]


def _fits(unit: Any, product: Any) -> bool:
    """Tell whether quantities in a unit can be those of a product; None is the product's own."""
    return unit is None or unit._has_common_reference(product.uom_id)
