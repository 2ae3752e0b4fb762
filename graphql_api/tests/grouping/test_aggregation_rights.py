"""Groups of records under the rights and limits of the caller."""

from odoo.tests import new_test_user, tagged

from ..cases.access import AccessCase
from ..cases.orders import ORDERS, OrdersCase
from ..cases.scoped_keys import ScopedKeyCase


@tagged("post_install", "-at_install")
class TestLimits(OrdersCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customers = cls.env["res.partner"].create([{"name": f"Z{i}"} for i in range(9)])
        for customer in cls.customers:
            cls.order(customer)

    def names(self, arguments: str, **kwargs):
        arguments = f", groupBy: [{{customer: true}}], {arguments}"
        groups = self.groups("keys { customer { name } }", arguments, **kwargs)
        return groups and [group["keys"]["customer"]["name"] for group in groups]

    def test_pages(self):
        names = [f"Z{i}" for i in range(9)]
        self.assertEqual(self.names("first: 4"), names[:4])
        self.assertEqual(self.names("first: 4, offset: 4"), names[4:8])
        self.assertEqual(self.names("first: 4, offset: 8"), names[8:])
        self.assertEqual(self.names("first: 4, offset: 9"), [])
        self.assertEqual(self.names("first: 0"), [])
        self.assertEqual(self.groups("count", ", first: 0"), [])

    def test_more_than_the_maximum(self):
        """It is an error, not a silent cut: sums of what is left would be wrong."""
        resource = self.env["graphql_api.resource"].search([("type_name", "=", "SaleOrder")])
        resource.write({"max_page_size": 9, "default_page_size": 3})
        self.assertEqual(len(self.names("")), 9)
        resource.write({"max_page_size": 8})
        self.assertIsNone(self.names("", errors=[("BAD_USER_INPUT", ["groups"])]))
        self.assertEqual(len(self.names("first: 8")), 8)
        self.assertIsNone(self.names("first: 9", errors=[("BAD_USER_INPUT", ["groups"])]))
        path = "/api/sale-orders/aggregate?client_order_ref=Zagg&group_by=customer"
        self.rest(path, status=400)
        self.assertEqual(len(self.rest(f"{path}&limit=8")["data"]), 8)

    def test_the_number_of_queries_is_constant(self):
        text = f"""query ($first: Int) {{ saleOrdersAggregate{ORDERS}, first: $first,
          groupBy: [{{customer: true}}, {{user: true}}, {{dateOrder: MONTH}}]) {{
            keys {{ customer {{ name country {{ code }} }} user {{ name }} dateOrder }}
            count amountTotal {{ sum avg }} createDate {{ max }} }} }}"""
        few, many = (self.query_count(text, {"first": size}) for size in (2, 9))
        self.assertEqual(few, many)
        self.assertLess(many, 12)


@tagged("post_install", "-at_install")
class TestRights(AccessCase):
    """What cannot be read can be neither grouped by, nor summed up, nor ordered by."""

    login = "seller"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        new_test_user(
            cls.env, "seller", groups="sales_team.group_sale_salesman_all_leads", lang="en_US"
        )
        for partner in (cls.visible, cls.hidden):
            cls.env["sale.order"].create(
                {"partner_id": partner.id, "client_order_ref": "Zagg", "user_id": False}
            )

    def test_forbidden_key(self):
        self.forbid_fields("res.partner", "ref")
        for login, errors in (("seller", [("FORBIDDEN", ["customersAggregate"])]), ("admin", [])):
            for text in (
                "{ customersAggregate(groupBy: [{ref: true}]) { count } }",
                "{ customersAggregate(groupBy: [{ref: true}]) { keys { city } count } }",
            ):
                self.graphql(text, errors=errors, login=login)
        path = "/api/customers/aggregate?group_by=ref"
        error = self.rest(path, status=403)
        self.assertEqual(error["message"], "You are not allowed to group by Customer.ref.")

    def test_forbidden_number(self):
        """It is null with an error; the rest stands."""
        self.forbid_fields("sale.order", "amount_total", "date_order")
        data = self.graphql(
            f"{{ saleOrdersAggregate{ORDERS}) "
            "{ count amountTotal { min } dateOrder { max } amountUntaxed { min } } }",
            errors=[
                ("FORBIDDEN", ["saleOrdersAggregate", 0, name])
                for name in ("amountTotal", "dateOrder")
            ],
        )
        self.assertEqual(
            data["saleOrdersAggregate"],
            [
                {
                    "count": 2,
                    "amountTotal": None,
                    "dateOrder": None,
                    "amountUntaxed": {"min": 0},
                }
            ],
        )
        for parameters in ("fields=amount_total.max", "fields=date_order", "sort=amount_total.sum"):
            error = self.rest(f"/api/sale-orders/aggregate?{parameters}", status=403)
            self.assertEqual(error["code"], "FORBIDDEN")

    def test_forbidden_order(self):
        self.forbid_fields("sale.order", "amount_total")
        text = "{ saleOrdersAggregate(orderBy: [{amountTotal: {sum: ASC}}]) { count } }"
        self.graphql(text, errors=[("FORBIDDEN", ["saleOrdersAggregate"])])

    def test_forbidden_currency(self):
        """Whether there are several currencies would be an answer too."""
        self.forbid_fields("sale.order", "currency_id")
        text = f"{{ saleOrdersAggregate{ORDERS}) {{ amountTotal {{ sum }} }} }}"
        self.graphql(text, errors=[("FORBIDDEN", ["saleOrdersAggregate", 0, "amountTotal"])])

    def test_forbidden_model(self):
        self.forbid_model("sale.order")
        text = "{ saleOrdersAggregate { count } }"
        self.graphql(text, errors=[("FORBIDDEN", ["saleOrdersAggregate"])])
        self.rest("/api/sale-orders/aggregate", status=403)

    def test_forbidden_model_at_the_other_end(self):
        self.forbid_model("res.country")
        text = "{ customersAggregate(groupBy: [{country: true}]) { count } }"
        self.graphql(text, errors=[("FORBIDDEN", ["customersAggregate"])])

    def test_hidden_records_do_not_count(self):
        text = '{ customersAggregate(filter: {city: {eq: "Ghent"}}) { count } }'
        before = self.graphql(text)["customersAggregate"][0]["count"]
        self.hide(self.hidden)
        after = self.graphql(text)["customersAggregate"][0]["count"]
        self.assertEqual(after, before - 1)

    def test_hidden_record_as_key(self):
        """It is null with an error, as many2one fields are; nothing tells its name."""
        self.hide(self.hidden)
        text = f"""{{ saleOrdersAggregate{ORDERS}, groupBy: [{{customer: true}}]) {{
          keys {{ customer {{ name }} }} count }} }}"""
        path = ["saleOrdersAggregate", 1, "keys", "customer"]
        response = self.graphql_response(text)
        self.assertNotIn("Zhidden", response.text)
        data = self.graphql(text, errors=[("FORBIDDEN", path)])
        self.assertEqual(
            [group["keys"]["customer"] for group in data["saleOrdersAggregate"]],
            [{"name": "Zvisible"}, None],
        )
        groups = self.rest("/api/sale-orders/aggregate?client_order_ref=Zagg&group_by=customer")
        self.assertEqual(
            groups["data"],
            [
                {
                    "keys": {"customer": {"id": self.visible.id, "name": "Zvisible"}},
                    "count": 1,
                },
                {"keys": {"customer": None}, "count": 1},
            ],
        )

    def test_groups_are_not_ordered_by_what_is_hidden(self):
        """Neither the name nor the id of a hidden record decides where its group stands."""
        early = self.env["res.partner"].create({"name": "Aaaa"})
        self.env["sale.order"].create({"partner_id": early.id, "client_order_ref": "Zagg"})
        self.hide(self.hidden, self.visible)
        text = f"""{{ saleOrdersAggregate{ORDERS}, groupBy: [{{customer: true}}]) {{
          keys {{ customer {{ name }} }} }} }}"""
        paths = [["saleOrdersAggregate", place, "keys", "customer"] for place in (0, 1)]
        data = self.graphql(text, errors=[("FORBIDDEN", path) for path in paths])
        names = [group["keys"]["customer"] for group in data["saleOrdersAggregate"]]
        self.assertEqual(names, [None, None, {"name": "Aaaa"}])

    def test_domain_of_the_resource(self):
        resource = self.env["graphql_api.resource"].search([("type_name", "=", "Customer")])
        resource.domain = repr([("id", "!=", self.hidden.id)])
        text = '{ customersAggregate(filter: {name: {in: ["Zvisible", "Zhidden"]}}) { count } }'
        self.assertEqual(self.graphql(text)["customersAggregate"], [{"count": 1}])
        text = f"""{{ saleOrdersAggregate{ORDERS}, groupBy: [{{customer: true}}]) {{
          keys {{ customer {{ name }} }} }} }}"""
        path = ["saleOrdersAggregate", 1, "keys", "customer"]
        self.graphql(text, errors=[("FORBIDDEN", path)])

    def test_not_filterable(self):
        self.lines("Customer", "ref").filterable = False
        text = "{ customersAggregate(groupBy: [{ref: true}]) { count } }"
        self.graphql(text, errors=[("GRAPHQL_VALIDATION_FAILED", None)])

    def test_not_readable(self):
        self.lines("SaleOrder", "amount_total").readable = False
        text = "{ saleOrdersAggregate { amountTotal { sum } } }"
        self.graphql(text, errors=[("GRAPHQL_VALIDATION_FAILED", None)])


@tagged("post_install", "-at_install")
class TestPolicies(ScopedKeyCase):
    def test_what_is_not_granted_does_not_exist(self):
        headers = self.scoped_key(self.policy(self.grants))
        self.graphql("{ countriesAggregate { count } }", headers=headers)
        self.rest("/api/countries/aggregate", headers=headers)
        for text in (
            "{ customersAggregate { count } }",
            "{ countriesAggregate(groupBy: [{currency: true}]) { count } }",
            "{ countriesAggregate { keys { currency { id } } } }",
        ):
            errors = [("GRAPHQL_VALIDATION_FAILED", None)]
            self.graphql(text, errors=errors, headers=headers)
        self.rest("/api/customers/aggregate", status=404, headers=headers)
        self.rest("/api/countries/aggregate?group_by=currency", status=400, headers=headers)
