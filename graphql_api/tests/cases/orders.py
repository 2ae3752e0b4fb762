"""Orders that are counted and summed."""

from .api import ApiCase

ORDERS = '(filter: {clientOrderRef: {eq: "Zagg"}}'


class OrdersCase(ApiCase):
    """Some sales orders with the reference Zagg."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user("admin").tz = "Europe/Brussels"
        cls.ann, cls.bob = cls.env["res.partner"].create([{"name": "Zann"}, {"name": "Zbob"}])

    @classmethod
    def order(cls, partner, moment: str = "2026-05-05 12:00:00", price: float = 10, **values):
        return cls.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "date_order": moment,
                "client_order_ref": "Zagg",
                "order_line": [(0, 0, {"name": "x", "product_uom_qty": 1, "price_unit": price})],
                **values,
            }
        )

    def groups(self, selection: str, arguments: str = "", **kwargs) -> list[dict]:
        """Return the groups of the orders of this test."""
        text = f"{{ groups: saleOrdersAggregate{ORDERS}{arguments}) {{ {selection} }} }}"
        return self.graphql(text, **kwargs)["groups"]
