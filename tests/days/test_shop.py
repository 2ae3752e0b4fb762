"""The day of a web shop: products with variants, what they cost a customer, an order, the stock."""

import base64
import sys

import pytest

pytestmark = pytest.mark.server

_CUSTOMER = "Working Day Shopper"
_VENDOR = "Working Day Weaver"
_PACK = "Working Day Pack of 6"
_ATTRIBUTES = {
    "Working Day Size": [("S", 0.0), ("XL", 2.5)],
    "Working Day Colour": [("Red", 0.0), ("Blue", 0.0)],
}
_TEMPLATE = {"name": "Working Day Shirt", "type": "consu", "is_storable": True, "list_price": 20.0}
_EMBROIDERY = 4.0
_VENDOR_PRICES = ((1.0, 9.0), (100.0, 7.5))
_BARCODE = "WORKINGDAY6"
_IMAGE = base64.b64encode(
    b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">'
    b'<rect width="9" height="9"/></svg>'
).decode()
_QUANTITIES = (2, 7)
_ORDER = "working_day_shop.order_1"


def test_day(days, api):
    days.check(sys.modules[__name__], api)


def prepare(env):
    """Have pricelists, and a customer who buys more for less."""
    group = env.ref("product.group_product_pricelist")
    env.ref("base.group_user").sudo().implied_ids = [(4, group.id)]
    rules = [{"compute_price": "percentage", "percent_price": 10, "min_quantity": 5}]
    pricelists = env["product.pricelist"].create(
        [
            {"name": "Working Day Default", "sequence": 0},
            {
                "name": "Working Day Wholesale",
                "sequence": 1000,
                "item_ids": [(0, 0, rule) for rule in rules],
            },
        ]
    )
    env["res.partner"].create(
        [
            {"name": _CUSTOMER, "specific_property_product_pricelist": pricelists[1].id},
            {"name": _VENDOR},
        ]
    )
    unit = env.ref("uom.product_uom_unit")
    env["uom.uom"].create({"name": _PACK, "relative_factor": 6, "relative_uom_id": unit.id})


def day(api):
    """Do it by an API."""
    customer, vendor = (
        api.find("customers", "id", name=name)[0]["id"] for name in (_CUSTOMER, _VENDOR)
    )
    (pack,) = api.find("units", "id", name=_PACK)
    lines = []
    for name, values in _ATTRIBUTES.items():
        attribute = api.create("product-attributes", name=name)
        created = [
            {"name": value, "attribute": attribute, "default_extra_price": extra}
            for value, extra in values
        ]
        lines.append({"attribute": attribute, "values": {"create": created}})
    api.create(
        "product-templates",
        **_TEMPLATE,
        image_1920=_IMAGE,
        attribute_lines={"create": lines},
        packagings={"link": [pack["id"]]},
        vendor_prices={
            "create": [
                {"vendor": vendor, "min_quantity": quantity, "price": price}
                for quantity, price in _VENDOR_PRICES
            ]
        },
    )
    (embroidered,) = api.find("product-template-attribute-values", "id", name="Blue")
    api.update("product-template-attribute-values", embroidered["id"], price_extra=_EMBROIDERY)
    variants = api.find("products", "id,display_name,lst_price", name=_TEMPLATE["name"])
    assert len(variants) == 4
    chosen = [variants[0]["id"], variants[-1]["id"]]
    api.create("packaging-barcodes", product=chosen[0], unit=pack["id"], barcode=_BARCODE)

    costs = [
        quantity
        * api.read("products", product, f"price(customer:{customer},quantity:{quantity}).amount")[
            "price"
        ]["amount"]
        for product, quantity in zip(chosen, _QUANTITIES, strict=True)
    ]
    values = {
        "customer": customer,
        "order_lines": {
            "replace": [
                {
                    "by": {"external_id": f"{_ORDER}_{product}"},
                    "input": {"product": product, "quantity": quantity},
                }
                for product, quantity in zip(chosen, _QUANTITIES, strict=True)
            ]
        },
    }
    order = api.create_once("sale-orders", _ORDER, **values)
    assert api.create_once("sale-orders", _ORDER, **values) == order
    shown = api.read("sale-orders", order, "amount_untaxed,order_lines.price_subtotal")
    assert [line["price_subtotal"] for line in shown["order_lines"]] == pytest.approx(costs)
    assert shown["amount_untaxed"] == pytest.approx(sum(costs))
    api.act("sale-orders", order, "confirm")
    stock = api.read("products", chosen[1], "qty_available,virtual_available,stock_levels.quantity")
    assert stock == {
        "qty_available": 0,
        "virtual_available": -_QUANTITIES[1],
        "stock_levels": [],
    }


def in_odoo(env):
    """Do it by Odoo's methods."""
    customer, vendor = (
        env["res.partner"].search([("name", "=", name)]) for name in (_CUSTOMER, _VENDOR)
    )
    pack = env["uom.uom"].search([("name", "=", _PACK)])
    lines = []
    for name, values in _ATTRIBUTES.items():
        attribute = env["product.attribute"].create(
            {
                "name": name,
                "value_ids": [
                    (0, 0, {"name": value, "default_extra_price": extra}) for value, extra in values
                ],
            }
        )
        line = {"attribute_id": attribute.id, "value_ids": [(6, 0, attribute.value_ids.ids)]}
        lines.append((0, 0, line))
    template = env["product.template"].create(
        {
            **_TEMPLATE,
            "image_1920": _IMAGE,
            "attribute_line_ids": lines,
            "uom_ids": [(4, pack.id)],
            "seller_ids": [
                (0, 0, {"partner_id": vendor.id, "min_qty": quantity, "price": price})
                for quantity, price in _VENDOR_PRICES
            ],
        }
    )
    values = template.attribute_line_ids.product_template_value_ids
    values.filtered(lambda value: value.name == "Blue").price_extra = _EMBROIDERY
    variants = template.product_variant_ids.sorted("id")
    chosen = [variants[0], variants[-1]]
    env["product.uom"].create({"product_id": chosen[0].id, "uom_id": pack.id, "barcode": _BARCODE})
    ordered = [
        (0, 0, {"product_id": product.id, "product_uom_qty": quantity})
        for product, quantity in zip(chosen, _QUANTITIES, strict=True)
    ]
    order = env["sale.order"].create({"partner_id": customer.id, "order_line": ordered})
    order.action_confirm()


def figures(env):
    """Return what Odoo says at the end."""
    template = env["product.template"].search([("name", "=", _TEMPLATE["name"])])
    orders = env["sale.order"].search([("partner_id.name", "=", _CUSTOMER)])
    vendor_prices = template.seller_ids.sorted("min_qty")
    return {
        "template": [template.name, template.type, template.is_storable, template.list_price],
        "image": bool(template.image_1920),
        "packagings": template.uom_ids.mapped("name"),
        "vendor prices": [
            [each.partner_id.name, each.min_qty, each.price] for each in vendor_prices
        ],
        "variants": [
            [
                *(product.display_name, product.lst_price, product.virtual_available),
                product.product_uom_ids.mapped("barcode"),
            ]
            for product in template.product_variant_ids.sorted("id")
        ],
        "orders": [
            [
                *(order.state, order.pricelist_id.name),
                [order.amount_untaxed, order.amount_tax, order.amount_total],
                [[line.name, line.price_unit, line.discount] for line in order.order_line],
                order.picking_ids.move_ids.mapped("product_uom_qty"),
            ]
            for order in orders
        ],
    }
