"""Groups of records: the same numbers as their records give, in both APIs."""

from odoo.tests import tagged

from ..cases.api import ApiCase
from ..cases.orders import ORDERS, OrdersCase


@tagged("generated")
class TestEveryResource(ApiCase):
    """All that the catalog offers works, and agrees with the records."""

    def check_counts(self, login: str):
        schema = self.env["graphql_api.schema"]._get_schema()
        types = schema.graphql_schema.type_map
        for resource in schema.by_collection.values():
            total = self.execute(f"{{ {resource.list_name} {{ totalCount }} }}", login=login)
            if total.errors or resource.type_name == "State":  # more names than a page has groups
                continue
            total = total.data[resource.list_name]["totalCount"]
            for name, field in types[f"{resource.type_name}GroupBy"].fields.items():
                values = getattr(field.type, "values", ["true"])
                for value in values:
                    with self.subTest(resource=resource.type_name, key=name, value=value):
                        text = (
                            f"{{ groups: {resource.aggregate_name}(groupBy: [{{{name}: {value}}}]"
                            ", first: 1000) { count } }"
                        )
                        result = self.execute(text, login=login)
                        codes = [error["extensions"]["code"] for error in result.errors]
                        if codes:
                            # Another model, that the caller may not read.
                            self.assertEqual((login, codes), ("demo", ["FORBIDDEN"]))
                            continue
                        counts = [group["count"] for group in result.data["groups"]]
                        self.assertEqual(sum(counts), total)
                        self.assertNotIn(0, counts)

    def test_counts(self):
        self.check_counts("admin")

    def test_counts_for_others(self):
        self.check_counts("demo")

    def test_numbers(self):
        """Each aggregate of each field is that of the values that lists show."""
        schema = self.env["graphql_api.schema"]._get_schema()
        types = schema.graphql_schema.type_map
        compared = 0
        for resource in schema.by_collection.values():
            fields = {
                name: list(field.type.fields)
                for name, field in types[f"{resource.type_name}Aggregate"].fields.items()
                if name not in ("keys", "count")
            }
            shown = " ".join(f"{name} {{ {' '.join(below)} }}" for name, below in fields.items())
            text = (
                f"{{ list: {resource.list_name}(first: 1000) "
                f"{{ totalCount nodes {{ {' '.join(fields)} }} }} "
                f"groups: {resource.aggregate_name} {{ count {shown} }} }}"
            )
            data = self.execute(text).data
            nodes, (group,) = data["list"]["nodes"], data["groups"]
            self.assertEqual(group["count"], data["list"]["totalCount"])
            if len(nodes) != group["count"]:
                continue
            for name, functions in fields.items():
                values = [node[name] for node in nodes if node[name] is not None]
                with self.subTest(resource=resource.type_name, field=name):
                    if group[name] is None:  # several currencies
                        continue
                    if "sum" in functions:
                        self.assertAlmostEqual(group[name]["sum"], sum(values), 4)
                    # Where a number was never set, a list shows 0 and no aggregate counts it.
                    if values and (0 not in values or "sum" not in functions):
                        self.assertEqual(group[name]["min"], min(values))
                        self.assertEqual(group[name]["max"], max(values))
                        if "avg" in functions:
                            self.assertAlmostEqual(group[name]["avg"], sum(values) / len(values))
                        compared += 1
        self.assertGreater(compared, 30)

    def test_orders(self):
        schema = self.env["graphql_api.schema"]._get_schema()
        types = schema.graphql_schema.type_map
        for resource in schema.by_collection.values():
            fields = types[f"{resource.type_name}GroupOrder"].fields
            functions = ["{sum: DESC}", "{avg: ASC}", "{min: DESC}", "{max: ASC}"]
            terms = [
                f"{{{name}: {value}}}"
                for name in fields
                for value in (["DESC"] if name == "count" else functions)
            ]
            text = (
                f"{{ groups: {resource.aggregate_name}(groupBy: [{{createDate: YEAR}}], "
                f"orderBy: [{', '.join(terms)}], first: 5) {{ count }} }}"
            )
            if "createDate" in types[f"{resource.type_name}GroupBy"].fields:
                self.assertEqual(self.execute(text).errors, [], resource.type_name)


@tagged("post_install", "-at_install")
class TestGroups(OrdersCase):
    def test_no_group_by(self):
        self.order(self.ann, price=10)
        self.order(self.bob, price=30)
        (group,) = self.groups("count amountUntaxed { sum avg min max } keys { state }")
        self.assertEqual(group["count"], 2)
        self.assertEqual(group["keys"], {"state": None})
        self.assertEqual(group["amountUntaxed"], {"sum": 40, "avg": 20, "min": 10, "max": 30})

    def test_amounts(self):
        self.order(self.ann, price=10.1)
        self.order(self.ann, price=10.2)
        self.order(self.bob, price=30)
        groups = self.groups(
            "keys { customer { id name } } n: count amountUntaxed { sum avg least: min max }",
            ", groupBy: [{customer: true}]",
        )
        self.assertEqual(
            groups,
            [
                {
                    "keys": {"customer": {"id": str(self.ann.id), "name": "Zann"}},
                    "n": 2,
                    "amountUntaxed": {"sum": 20.3, "avg": 10.15, "least": 10.1, "max": 10.2},
                },
                {
                    "keys": {"customer": {"id": str(self.bob.id), "name": "Zbob"}},
                    "n": 1,
                    "amountUntaxed": {"sum": 30, "avg": 30, "least": 30, "max": 30},
                },
            ],
        )

    def test_no_records(self):
        selection = "count amountTotal { sum avg min max } dateOrder { min max }"
        (group,) = self.groups(selection)
        none = dict.fromkeys(("avg", "min", "max"))
        self.assertEqual(
            group,
            {
                "count": 0,
                "amountTotal": {"sum": 0, **none},
                "dateOrder": {"min": None, "max": None},
            },
        )
        self.assertEqual(self.groups(selection, ", groupBy: [{state: true}]"), [])

    def test_large_numbers(self):
        """A sum may exceed 32 bits."""
        countries = self.env["res.country"].search([("code", "in", ["BE", "NL"])])
        countries.phone_code = 2_000_000_000
        text = """{ countriesAggregate(filter: {code: {in: ["BE", "NL"]}}) {
          phoneCode { sum avg min max } } }"""
        (group,) = self.graphql(text)["countriesAggregate"]
        number = 2_000_000_000
        self.assertEqual(
            group["phoneCode"], {"sum": 2 * number, "avg": number, "min": number, "max": number}
        )

    def test_arguments_of_lists(self):
        """filter, search and includeArchived mean what they mean in lists."""
        self.env["res.partner"].create({"name": "Zold", "city": "Zcity", "active": False})
        self.ann.city = "Zcity"
        for arguments, expected in (
            ('filter: {city: {eq: "Zcity"}}', 1),
            ('filter: {city: {eq: "Zcity"}}, includeArchived: true', 2),
            ('search: "Zann"', 1),
        ):
            text = f"{{ customersAggregate({arguments}) {{ count }} }}"
            self.assertEqual(self.graphql(text)["customersAggregate"], [{"count": expected}])

    def test_keys_of_all_kinds(self):
        values = {"name": "Zlead", "type": "opportunity", "priority": "2", "city": False}
        self.env["crm.lead"].create(
            [
                {**values, "date_deadline": "2026-05-20", "partner_id": False},
                {**values, "date_deadline": False, "partner_id": False, "active": True},
            ]
        )
        text = """{ leadsAggregate(filter: {name: {eq: "Zlead"}}, groupBy: [
          {city: true}, {type: true}, {priority: true}, {active: true}, {customer: true},
          {dateDeadline: QUARTER}]) {
            keys { city type priority active customer { id } dateDeadline } count } }"""
        keys = {"city": None, "type": "opportunity", "priority": "2", "active": True}
        self.assertEqual(
            self.graphql(text)["leadsAggregate"],
            [
                {"keys": {**keys, "customer": None, "dateDeadline": day}, "count": 1}
                for day in ("2026-04-01", None)
            ],
        )

    def test_fragments_and_directives(self):
        self.order(self.ann)
        text = f"""query ($no: Boolean!) {{
          saleOrdersAggregate{ORDERS}, groupBy: [{{state: true}}]) {{
            ...F count @skip(if: $no) amountTotal @skip(if: $no) {{ sum }} }} }}
          fragment F on SaleOrderAggregate {{
            keys {{ ... {{ state }} }} all: amountUntaxed {{ ...G }} }}
          fragment G on FloatAggregates {{ max __typename }}"""
        for no in (True, False):
            (group,) = self.graphql(text, {"no": no})["saleOrdersAggregate"]
            self.assertEqual("count" in group, not no)
            self.assertEqual(group["keys"], {"state": "draft"})
            self.assertEqual(group["all"], {"max": 10, "__typename": "FloatAggregates"})

    def test_order(self):
        for partner, prices in ((self.ann, [1, 2]), (self.bob, [50, 3, 4])):
            for price in prices:
                self.order(partner, price=price)
        last = self.env["res.partner"].create({"name": "Zlast"})
        self.order(last, price=100)

        def names(order_by):
            arguments = f", groupBy: [{{customer: true}}], orderBy: [{order_by}]"
            groups = self.groups("keys { customer { name } }", arguments)
            return [group["keys"]["customer"]["name"] for group in groups]

        self.assertEqual(names("{count: DESC}"), ["Zbob", "Zann", "Zlast"])
        self.assertEqual(names("{count: ASC}"), ["Zlast", "Zann", "Zbob"])
        self.assertEqual(names("{amountUntaxed: {sum: DESC}}"), ["Zlast", "Zbob", "Zann"])
        self.assertEqual(names("{amountUntaxed: {min: ASC}}"), ["Zann", "Zbob", "Zlast"])
        self.assertEqual(
            names("{amountUntaxed: {max: DESC}}, {count: ASC}"), ["Zlast", "Zbob", "Zann"]
        )

    def test_refused(self):
        self.order(self.ann)
        for arguments, word in (
            ("groupBy: [{state: false}]", "must be true"),
            ("groupBy: [{customer: true}, {customer: true}]", "twice"),
            ("groupBy: [{dateOrder: DAY}, {dateOrder: YEAR}]", "twice"),
            ("first: -1", "between 0 and 1000"),
            ("first: 1001", "between 0 and 1000"),
            ("offset: -1", "negative"),
        ):
            with self.subTest(arguments):
                response = self.graphql_response(
                    f"{{ saleOrdersAggregate({arguments}) {{ count }} }}"
                ).json()
                (error,) = response["errors"]
                self.assertEqual(error["extensions"]["code"], "BAD_USER_INPUT")
                self.assertIn(word, error["message"])
        for arguments, code in (
            ("groupBy: [{state: true, name: true}]", "BAD_USER_INPUT"),
            ("groupBy: [{state: null}]", "BAD_USER_INPUT"),
            ("groupBy: [{}]", "BAD_USER_INPUT"),
            ("orderBy: [{count: null}]", "BAD_USER_INPUT"),
            ("orderBy: [{amountTotal: null}]", "BAD_USER_INPUT"),
            ("orderBy: [{amountTotal: {sum: ASC, avg: ASC}}]", "BAD_USER_INPUT"),
            ("groupBy: [{dateOrder: true}]", "GRAPHQL_VALIDATION_FAILED"),
            ("groupBy: [{dateOrder: HOUR}]", "GRAPHQL_VALIDATION_FAILED"),
            ("groupBy: [{amountTotal: true}]", "GRAPHQL_VALIDATION_FAILED"),
            ("groupBy: [{orderLines: true}]", "GRAPHQL_VALIDATION_FAILED"),
            ("orderBy: [{state: ASC}]", "GRAPHQL_VALIDATION_FAILED"),
        ):
            with self.subTest(arguments):
                text = f"{{ saleOrdersAggregate({arguments}) {{ count }} }}"
                error = self.graphql_response(text).json()["errors"][0]
                self.assertEqual(error["extensions"]["code"], code)


@tagged("post_install", "-at_install")
class TestTimeZones(OrdersCase):
    """A period is the caller's: what is Tuesday night in UTC is Wednesday in Brussels."""

    def days(self, granularity: str, **kwargs) -> dict[str, int]:
        groups = self.groups(
            "keys { dateOrder } count", f", groupBy: [{{dateOrder: {granularity}}}]", **kwargs
        )
        return {group["keys"]["dateOrder"]: group["count"] for group in groups}

    def test_around_midnight(self):
        self.order(self.ann, "2026-03-31 21:59:59")
        self.order(self.ann, "2026-03-31 22:00:00")
        self.order(self.ann, "2026-04-01 00:30:00")
        self.assertEqual(self.days("DAY"), {"2026-03-31": 1, "2026-04-01": 2})
        self.assertEqual(self.days("MONTH"), {"2026-03-01": 1, "2026-04-01": 2})
        self.assertEqual(self.days("QUARTER"), {"2026-01-01": 1, "2026-04-01": 2})
        self.assertEqual(self.days("YEAR"), {"2026-01-01": 3})
        for zone, expected in (
            ("UTC", {"2026-03-31": 2, "2026-04-01": 1}),
            ("America/New_York", {"2026-03-31": 3}),
            ("Asia/Tokyo", {"2026-04-01": 3}),
        ):
            self.assertEqual(self.days("DAY", headers={"X-Timezone": zone}), expected, zone)

    def test_daylight_saving_time(self):
        """On 29 March 2026 Brussels goes from UTC+1 to UTC+2."""
        self.order(self.ann, "2026-03-28 22:59:00")
        self.order(self.ann, "2026-03-28 23:00:00")
        self.order(self.ann, "2026-03-29 21:59:00")
        self.order(self.ann, "2026-03-29 22:00:00")
        expected = {"2026-03-28": 1, "2026-03-29": 2, "2026-03-30": 1}
        self.assertEqual(self.days("DAY"), expected)

    def test_moments_stay_in_utc(self):
        self.order(self.ann, "2026-03-31 22:00:00")
        (group,) = self.groups("dateOrder { min max }", headers={"X-Timezone": "Asia/Tokyo"})
        moment = "2026-03-31T22:00:00Z"
        self.assertEqual(group["dateOrder"], {"min": moment, "max": moment})

    def test_weeks(self):
        """They begin as the language says: in the United States on Sunday, in France on Monday."""
        self.order(self.ann, "2026-05-10 12:00:00")  # a Sunday
        self.assertEqual(self.days("WEEK"), {"2026-05-10": 1})
        self.env["res.lang"]._activate_lang("fr_FR")
        french = self.days("WEEK", headers={"Accept-Language": "fr"})
        self.assertEqual(french, {"2026-05-04": 1})


@tagged("post_install", "-at_install")
class TestCurrencies(OrdersCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.euro = cls.env.ref("base.EUR")
        cls.euro.active = True
        prices = cls.env["product.pricelist"].create({"name": "Zeuro", "currency_id": cls.euro.id})
        cls.order(cls.ann, price=10)
        cls.order(cls.bob, price=20)
        cls.order(cls.bob, price=40, pricelist_id=prices.id)

    def test_several(self):
        """Amounts of several currencies are not added; the other groups stand."""
        groups = self.groups(
            "keys { customer { name } } count amountUntaxed { sum }",
            ", groupBy: [{customer: true}]",
            errors=[("BAD_USER_INPUT", ["groups", 1, "amountUntaxed"])],
        )
        self.assertEqual([group["amountUntaxed"] for group in groups], [{"sum": 10}, None])
        self.assertEqual([group["count"] for group in groups], [1, 2])

    def test_grouped_by_currency(self):
        groups = self.groups(
            "keys { customer { name } currency { name } } amountUntaxed { sum }",
            ", groupBy: [{customer: true}, {currency: true}]",
        )
        found = [
            (*[k["name"] for k in g["keys"].values()], g["amountUntaxed"]["sum"]) for g in groups
        ]
        name = self.env.company.currency_id.name
        self.assertEqual(found, [("Zann", name, 10), ("Zbob", name, 20), ("Zbob", "EUR", 40)])

    def test_filtered_by_currency(self):
        text = """{ saleOrdersAggregate(filter: {clientOrderRef: {eq: "Zagg"},
          currency: {name: {eq: "EUR"}}}) { amountUntaxed { sum } } }"""
        (group,) = self.graphql(text)["saleOrdersAggregate"]
        self.assertEqual(group["amountUntaxed"], {"sum": 40})

    def test_rest(self):
        path = "/api/sale-orders/aggregate?client_order_ref=Zagg&fields=amount_untaxed.sum"
        error = self.rest(path, status=400)
        self.assertIn("several currencies", error["message"])
        groups = self.rest(f"{path}&group_by=currency")["data"]
        self.assertEqual(sorted(group["amount_untaxed"]["sum"] for group in groups), [30, 40])

    def test_currency_that_is_not_exposed(self):
        """Then groups have no amounts."""
        lines = self.env["graphql_api.resource.field"].search(
            [("resource_id.type_name", "=", "SaleOrder"), ("field_name", "=", "currency_id")]
        )
        lines.readable = False
        text = f"{{ saleOrdersAggregate{ORDERS}) {{ amountTotal {{ sum }} }} }}"
        self.graphql(text, errors=[("GRAPHQL_VALIDATION_FAILED", None)])


@tagged("post_install", "-at_install")
class TestRest(OrdersCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order(cls.ann, "2026-05-05 12:00:00", 10)
        cls.order(cls.ann, "2026-05-31 23:00:00", 20)
        cls.order(cls.bob, "2026-06-05 12:00:00", 40).action_quotation_sent()

    def test_the_same_as_graphql(self):
        response = self.rest(
            "/api/sale-orders/aggregate?group_by=state,customer,date_order:month"
            "&fields=count,amount_untaxed.sum,amount_untaxed.avg,create_date"
            "&filter[client_order_ref][eq]=Zagg&sort=-count,amount_untaxed.sum&limit=2&offset=1"
        )
        groups = self.groups(
            """keys { state customer { id name: displayName } date_order: dateOrder } count
            amount_untaxed: amountUntaxed { sum avg } create_date: createDate { min max }""",
            """, groupBy: [{state: true}, {customer: true}, {dateOrder: MONTH}], first: 2,
            offset: 1, orderBy: [{count: DESC}, {amountUntaxed: {sum: ASC}}]""",
        )
        for group in groups:
            group["keys"]["customer"]["id"] = int(group["keys"]["customer"]["id"])
        self.assertEqual(len(groups), 2)
        self.assertEqual(response["data"], groups)
        self.assertEqual(response["meta"], {"limit": 2, "offset": 1})

    def test_defaults(self):
        response = self.rest("/api/sale-orders/aggregate?client_order_ref=Zagg")
        self.assertEqual(response["data"], [{"count": 3}])
        self.assertEqual(response["meta"], {"limit": 1000, "offset": 0})

    def test_other_parameters(self):
        path = "/api/customers/aggregate?filter[name][in]=Zann,Zbob"
        self.assertEqual(self.rest(path)["data"], [{"count": 2}])
        self.bob.active = False
        self.assertEqual(self.rest(path)["data"], [{"count": 1}])
        self.assertEqual(self.rest(f"{path}&include_archived=true")["data"], [{"count": 2}])
        self.assertEqual(self.rest("/api/customers/aggregate?q=Zann")["data"], [{"count": 1}])

    def test_time_zone(self):
        path = "/api/sale-orders/aggregate?client_order_ref=Zagg&group_by=date_order:month"
        for zone, counts in (("UTC", [2, 1]), ("Europe/Brussels", [1, 2])):
            groups = self.rest(path, headers={"X-Timezone": zone})["data"]
            found = {group["keys"]["date_order"]: group["count"] for group in groups}
            self.assertEqual(found, dict(zip(["2026-05-01", "2026-06-01"], counts, strict=True)))

    def test_more_of_a_key(self):
        groups = self.rest(
            "/api/sale-orders/aggregate?client_order_ref=Zagg&group_by=customer"
            "&fields=keys.customer.city,count"
        )["data"]
        self.assertEqual(
            groups[0]["keys"]["customer"], {"id": self.ann.id, "name": "Zann", "city": None}
        )

    def test_refused(self):
        for parameters in (
            "group_by=nothing",
            "group_by=date_order",
            "group_by=date_order:hour",
            "group_by=state:month",
            "group_by=state,state",
            "group_by=state&group_by=name",
            "group_by=amount_total",
            "fields=nothing",
            "fields=amount_total.median",
            "fields=state",
            "fields=",
            "sort=state",
            "sort=amount_total",
            "sort=amount_total.median",
            "sort=count.sum",
            "limit=x",
            "limit=1001",
            "offset=-1",
            "after=x",
            "total=true",
            "filter[nothing][eq]=1",
        ):
            with self.subTest(parameters):
                error = self.rest(f"/api/sale-orders/aggregate?{parameters}", status=400)
                self.assertEqual(error["code"], "BAD_USER_INPUT")

    def test_routes(self):
        """The route stands beside those of records."""
        self.rest("/api/nothing/aggregate", status=404)
        self.rest("/api/sale-orders/aggregates", status=404)
        self.rest("/api/sale-orders/aggregate", method="DELETE", status=404)
        self.rest("/api/sale-orders/aggregate", login=None, status=401)
