"""A field that was renamed goes on working under its former name, wherever that may stand."""

import base64

from odoo.tests import tagged

from ...schema.execution.columnar import ColumnarExecutor, TransactionalExecutor
from ...schema.execution.executor import Request, execute
from ...schema.exposure.policy import Rights
from ..cases.access import AccessCase
from ..cases.pictures import PIXEL

RENAMED = {
    "Customer": {
        "city": ("town", "city"),
        "country_id": ("nation", "country"),
        "child_ids": ("contacts", "children"),
        "image_1920": ("portrait", "image_1920, picture"),
        "name": ("full_name", "name"),
        "ref": ("number", "ref"),
    },
    "SaleOrder": {
        "state": ("status", "state"),
        "amount_total": ("total", "amount_total"),
        "order_line": ("items", "order_lines"),
        "partner_id": ("buyer", "customer"),
    },
}
"""Type -> Odoo field -> its name now, and what it was called."""


@tagged("post_install", "-at_install", "generated")
class FormerNamesCase(AccessCase):
    login = "admin"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        lines = cls.env["graphql_api.resource.field"]
        for type_name, fields in RENAMED.items():
            resource = cls.env["graphql_api.resource"].search([("type_name", "=", type_name)])
            for field_name, (name, former) in fields.items():
                line = resource.field_ids.filtered_domain([("field_name", "=", field_name)])
                line.write({"api_name": name, "former_names": former})
                lines |= line
        lines.filtered_domain([("field_name", "=", "ref")]).is_key = True
        cls.ann = cls.env["res.partner"].create(
            {
                "name": "Ann",
                "city": "Zedelgem",
                "ref": "A1",
                "country_id": cls.env.ref("base.be").id,
                "image_1920": base64.b64encode(PIXEL),
                "child_ids": [(0, 0, {"name": name, "type": "other"}) for name in ("Bob", "Cid")],
            }
        )

    def customer(self, selection: str, **kwargs):
        query = f"query ($id: ID!) {{ customer(id: $id) {selection} }}"
        return self.graphql(query, {"id": str(self.ann.id)}, **kwargs)["customer"]


class TestReading(FormerNamesCase):
    def test_both_names_are_one_field(self):
        found = self.customer(
            """{ town city nation { code } country { code } portrait { url size }
            image1920 { url size } contacts(first: 1) { name } children(first: 1) { fullName } }"""
        )
        self.assertEqual((found["town"], found["city"]), ("Zedelgem", "Zedelgem"))
        self.assertEqual((found["nation"], found["country"]), ({"code": "BE"}, {"code": "BE"}))
        self.assertEqual(found["portrait"], found["image1920"])
        self.assertEqual(found["contacts"], [{"name": "Bob"}])
        self.assertEqual(found["children"], [{"fullName": "Bob"}])

    def test_a_second_name_costs_no_query(self):
        """Neither of a value nor of records, a list or a file, at any depth."""
        new = """town nation { code states(first: 2) { name } } portrait { url }
            contacts(first: 3) { fullName nation { code } }"""
        former = """city country { code states(first: 2) { name } } image1920 { url }
            children(first: 3) { fullName nation { code } }"""
        query = "{ customers(first: 30) { nodes { id %s } } }"
        one = self.query_count(query % new)
        self.assertEqual(self.query_count(query % former), one)
        self.assertEqual(self.query_count(query % (new + former)), one)
        # Another selection of the same records has been found already.
        self.assertEqual(self.query_count(query % (new + "country { code }")), one)

    def test_other_arguments_are_other_lists(self):
        found = self.customer(
            """{ contacts(orderBy: [{ id: ASC }]) { name }
            children(orderBy: [{ id: DESC }], first: 1) { name } }"""
        )
        self.assertEqual([child["name"] for child in found["contacts"]], ["Bob", "Cid"])
        self.assertEqual(found["children"], [{"name": "Cid"}])

    def test_a_mutation_shows_what_was_written_before(self):
        query = """mutation ($id: ID!) {
            a: updateCustomer(id: $id, input: { city: "Ghent", country: null }) { town
                country { code } children { name } }
            b: updateCustomer(id: $id, input: { country: "%s",
                children: { create: [{ name: "Dan" }] } }) { city nation { code }
                contacts { fullName } } }"""
        query %= self.env.ref("base.us").id
        found = self.graphql(query, {"id": str(self.ann.id)})
        self.assertEqual((found["a"]["town"], found["a"]["country"]), ("Ghent", None))
        self.assertEqual((found["b"]["city"], found["b"]["nation"]), ("Ghent", {"code": "US"}))
        self.assertEqual((len(found["a"]["children"]), len(found["b"]["contacts"])), (2, 3))

    def test_conditions_and_orders(self):
        for name in ("town", "city"):
            query = f"""{{ customers(filter: {{ {name}: {{ eq: "Zedelgem" }} }},
                orderBy: [{{ {name}: DESC }}]) {{ nodes {{ name }} }} }}"""
            self.assertEqual(self.graphql(query)["customers"]["nodes"], [{"name": "Ann"}])
        query = """{ customers(filter: { city: { eq: "Zedelgem" }, town: { ne: "Zedelgem" } }) {
            totalCount } }"""
        self.assertEqual(self.graphql(query)["customers"]["totalCount"], 0)
        query = """{ customers(filter: { %s: { code: { eq: "BE" } }, %s: { some: { name: {
            eq: "Bob" } } } }, orderBy: [{ city: ASC }, { town: DESC }]) { totalCount } }"""
        for names in (("country", "children"), ("nation", "contacts")):
            self.assertEqual(self.graphql(query % names)["customers"]["totalCount"], 1)

    def test_the_default_order(self):
        self.lines("Customer", "city").resource_id.order = "city desc"
        found = self.graphql("{ customers(first: 40) { nodes { id } } }")["customers"]["nodes"]
        partners = self.env["res.partner"].search([], order="city desc, id", limit=40)
        self.assertEqual([int(node["id"]) for node in found], partners.ids)

    def test_variables_of_the_former_types(self):
        """An enum and the input of a list are called after the field."""
        query = """query ($states: [SaleOrderState!], $more: SaleOrderStatus!) { saleOrders(
            filter: { state: { in: $states }, status: { eq: $more } }, first: 1) {
            nodes { state status } } }"""
        found = self.graphql(query, {"states": ["sale"], "more": "sale"})["saleOrders"]["nodes"]
        self.assertEqual(found, [{"state": "sale", "status": "sale"}])
        query = """mutation ($children: CustomerChildrenInput, $id: ID!) { updateCustomer(
            id: $id, input: { children: $children }) { children { name } } }"""
        variables = {"id": str(self.ann.id), "children": {"set": []}}
        self.assertEqual(self.graphql(query, variables)["updateCustomer"], {"children": []})

    def test_groups(self):
        query = """{ saleOrdersAggregate(groupBy: [{ %(state)s: true }],
            orderBy: [{ %(total)s: { sum: DESC } }], filter: { %(customer)s: { isNull: false } }) {
            count keys { key: %(state)s } sums: %(total)s { sum } } }"""
        former = {"state": "state", "total": "amountTotal", "customer": "customer"}
        new = {"state": "status", "total": "total", "customer": "buyer"}
        data = self.graphql(query % new)
        self.assertTrue(data["saleOrdersAggregate"][0]["sums"]["sum"])
        self.assertEqual(self.graphql(query % former), data)
        both = "{ saleOrdersAggregate { count total { sum } amountTotal { sum } } }"
        self.assertEqual(
            self.query_count(both), self.query_count(both.replace("amountTotal { sum }", ""))
        )
        query = "{ saleOrdersAggregate(groupBy: [{ state: true }, { status: true }]) { count } }"
        self.graphql(query, errors=[("BAD_USER_INPUT", ["saleOrdersAggregate"])])

    def test_the_executors_agree(self):
        """The columnar one reads once for both names, graphql-core's own each for itself."""
        self.hide(self.env.ref("base.us"), self.ann.child_ids[0])
        self.forbid_fields("sale.order", "partner_id")
        env = self.env(user=self.user("demo"), su=False, context={"lang": "en_US"})
        schema = env["graphql_api.schema"]._get_schema()
        for query in (
            """{ customers(first: 60) { nodes { id town city nation { code name } country { name }
                contacts { fullName } children { name country { code } } portrait { url }
                image1920 { url mimetype } picture { url } } } }""",
            """{ saleOrders(first: 20) { edges { node { status state buyer { name }
                customer { name town } items(first: 1) { name } orderLines(first: 1) { name }
                orderLines2: orderLines { id product { name } } total amountTotal } } } }""",
        ):
            answers = []
            for executor in (ColumnarExecutor, TransactionalExecutor):
                self.env.invalidate_all()
                result = execute(schema, schema.context(env), Request(query), executor)
                answers.append((result.data, result.errors))
            self.assertEqual(*answers)
            self.assertTrue(answers[0][1])

    def test_rights(self):
        self.forbid_fields("res.partner", "city", "country_id", "child_ids")
        for name, path in (("city", "city"), ("country { id }", "country"), ("town", "town")):
            error = ("FORBIDDEN", ["customer", path])
            self.assertIsNone(self.customer(f"{{ {name} }}", login="demo", errors=[error])[path])
        for use in ('filter: { city: { eq: "x" } }', "orderBy: [{ city: ASC }]"):
            query = f"{{ customers({use}) {{ totalCount nodes {{ id }} }} }}"
            self.graphql(query, login="demo", errors=[("FORBIDDEN", ["customers"])])
        self.rest("/api/customers?fields=city", status=403, login="demo")
        self.rest("/api/customers?city=Zedelgem", status=403, login="demo")
        query = 'mutation ($id: ID!) { updateCustomer(id: $id, input: { city: "x" }) { id } }'
        error = ("FORBIDDEN", ["updateCustomer"])
        self.graphql(query, {"id": str(self.ann.id)}, login="demo", errors=[error])

    def test_what_a_policy_grants(self):
        """A former name is there where the field is, and leads nowhere else."""
        rights = Rights(frozenset([("Customer", "read")]))
        types = self.env["graphql_api.schema"]._get_schema(rights).graphql_schema.type_map
        names = {"town", "city", "nation", "country", "contacts", "children"}
        self.assertEqual(names & set(types["Customer"].fields), names - {"nation", "country"})

    def test_what_is_not_exposed_is_so_under_all_names(self):
        self.lines("Customer", "city").write({"filterable": False, "writable": False})
        self.rest("/api/customers?fields=city&limit=1")
        self.rest("/api/customers?city=Ghent", status=400)
        self.rest("/api/customers?sort=city", status=400)
        self.rest(f"/api/customers/{self.ann.id}", method="PATCH", json={"city": "x"}, status=400)


class TestWriting(FormerNamesCase):
    MUTATION = "mutation ($id: ID!, $input: CustomerUpdateInput!) { updateCustomer(id: $id, "
    MUTATION += "input: $input) { town nation { code } } }"

    def test_either_name_sets_the_field(self):
        for name in ("city", "town"):
            variables = {"id": str(self.ann.id), "input": {name: name.upper()}}
            found = self.graphql(self.MUTATION, variables)["updateCustomer"]
            self.assertEqual(found["town"], name.upper())
        query = """mutation { createCustomer(input: { name: "Eve", country: "%s",
            children: { create: [{ name: "Kid" }, { fullName: "Kit" }] } }) { fullName
            country { code } children { name } } }"""
        found = self.graphql(query % self.env.ref("base.be").id)["createCustomer"]
        self.assertEqual(
            found,
            {
                "fullName": "Eve",
                "country": {"code": "BE"},
                "children": [{"name": "Kid"}, {"name": "Kit"}],
            },
        )

    def test_both_names_at_once_are_refused(self):
        url = f"/api/customers/{self.ann.id}"
        body = self.rest(url, method="PATCH", json={"town": "A", "city": "A"}, status=400)
        self.assertEqual(
            body["errors"],
            [{"field": "city", "message": "town and city are the same field; send one of them."}],
        )
        variables = {"id": str(self.ann.id), "input": {"city": "A", "town": None}}
        error = ("BAD_USER_INPUT", ["updateCustomer"])
        self.graphql(self.MUTATION, variables, errors=[error])
        child = {"name": "A", "full_name": "A"}
        body = self.rest(
            "/api/customers",
            method="POST",
            json={"name": "B", "children": {"create": [child]}},
            status=400,
        )
        self.assertEqual([error["field"] for error in body["errors"]], ["children.create.0.name"])
        self.assertEqual(self.ann.city, "Zedelgem")

    def test_what_is_required_is_so_under_any_name(self):
        """Odoo requires the name of a country."""
        line = self.lines("Country", "name")
        line.write({"api_name": "title", "former_names": "name"})
        line.resource_id.allow_create = True
        line.resource_id.field_ids.writable = True
        for values in ({"title": "Zed", "code": "ZX"}, {"name": "Zod", "code": "ZY"}):
            self.rest("/api/countries", method="POST", json=values, status=201)
        body = self.rest("/api/countries", method="POST", json={"code": "ZZ"}, status=400)
        self.assertEqual(body["errors"], [{"field": "title", "message": "A value is required."}])
        body = self.rest(
            "/api/countries", method="POST", json={"code": "ZZ", "name": ""}, status=400
        )
        self.assertEqual([error["field"] for error in body["errors"]], ["name"])

    def test_keys_of_an_upsert(self):
        query = """mutation { upsertCustomer(by: { %s: "A1" }, input: { name: "Anna" %s }) {
            id number } }"""
        for key, more in (("ref", ""), ("number", ', ref: "A1"'), ("ref", ', number: "A1"')):
            found = self.graphql(query % (key, more))["upsertCustomer"]
            self.assertEqual(found, {"id": str(self.ann.id), "number": "A1"})
        error = ("BAD_USER_INPUT", ["upsertCustomer"])
        self.graphql(query % ("number", ', ref: "A2"'), errors=[error])
        created = self.graphql(query.replace("A1", "A9") % ("ref", ""))["upsertCustomer"]
        self.assertEqual(created["number"], "A9")


class TestRest(FormerNamesCase):
    def test_reading(self):
        url = f"/api/customers/{self.ann.id}"
        whole = self.rest(url)["data"]
        self.assertEqual((whole["town"], whole["nation"]["name"]), ("Zedelgem", "Belgium"))
        self.assertFalse({"city", "country", "children", "image_1920"} & set(whole))
        found = self.rest(f"{url}?fields=city,town,country.code,nation,children.name")["data"]
        self.assertEqual((found["city"], found["town"]), ("Zedelgem", "Zedelgem"))
        self.assertEqual(found["country"], {"code": "BE"})
        self.assertEqual([child["name"] for child in found["children"]], ["Bob", "Cid"])
        for query in (
            "city=Zedelgem",
            "town=Zedelgem",
            "filter[city][startsWith]=Zedel&sort=-city",
            "filter[country][code][eq]=BE&filter[children][some][name][eq]=Bob&sort=town",
        ):
            page = self.rest(f"/api/customers?{query}&fields=name")["data"]
            self.assertEqual([row["name"] for row in page], ["Ann"], query)
        groups = self.rest(
            "/api/sale-orders/aggregate?group_by=state&fields=count,amount_total.sum"
            "&sort=-amount_total.sum"
        )["data"]
        self.assertTrue(groups[0]["keys"]["state"] and groups[0]["amount_total"]["sum"])

    def test_files(self):
        url = f"/api/customers/{self.ann.id}"
        self.assertEqual(
            self.rest(f"{url}?fields=image_1920")["data"]["image_1920"]["url"], f"{url}/portrait"
        )
        for name in ("portrait", "image_1920", "picture"):
            self.assertEqual(self.http("GET", f"{url}/{name}").content, PIXEL)
            self.ann.image_1920 = False
            headers = {"Content-Type": "application/octet-stream"}
            answer = self.rest(f"{url}/{name}", method="PUT", data=PIXEL, headers=headers)
            self.assertEqual(answer["data"][name]["url"], f"{url}/portrait")

    def test_writing(self):
        url = f"/api/customers/{self.ann.id}"
        country = self.env.ref("base.us").id
        body = {"city": "Ghent", "country": country}
        data = self.rest(url, method="PATCH", json=body)["data"]
        self.assertEqual((data["town"], data["nation"]["id"]), ("Ghent", country))
        body = {"name": "New", "children": {"create": [{"name": "Kid"}]}}
        data = self.rest("/api/customers?fields=name", method="POST", json=body, status=201)["data"]
        self.assertEqual(data, {"name": "New"})


class TestDescriptions(FormerNamesCase):
    def test_graphql(self):
        """Former names are deprecated wherever they stand, and say the new one."""
        names = ("Customer", "SaleOrder", "Country", "Currency")
        operations = ("read", "create", "update")
        rights = Rights(frozenset((name, each) for name in names for each in operations))
        schema = self.env["graphql_api.schema"]._get_schema(rights)
        types = schema.graphql_schema.type_map
        city = "Renamed to town."
        for type_name in (
            *("Customer", "CustomerFilter", "CustomerOrder", "CustomerCreateInput"),
            *("CustomerUpdateInput", "CustomerGroupBy", "CustomerGroupKeys"),
        ):
            self.assertEqual(types[type_name].fields["city"].deprecation_reason, city, type_name)
            self.assertIsNone(types[type_name].fields["town"].deprecation_reason, type_name)
        amount = "Renamed to total."
        for type_name in ("SaleOrderAggregate", "SaleOrderGroupOrder"):
            self.assertEqual(types[type_name].fields["amountTotal"].deprecation_reason, amount)
        key = types["CustomerKey"].fields["ref"]
        self.assertEqual(key.deprecation_reason, "Renamed to number.")
        self.assertEqual(
            types["Customer"].fields["name"].deprecation_reason,
            "Renamed to fullName (full_name in REST).",
        )
        self.assertIn(
            f'  city: String @deprecated(reason: "{city}")',
            schema.sdl.plain().decode().splitlines(),
        )

    def test_openapi(self):
        document = self.rest_document()
        schemas = document["components"]["schemas"]
        for name in ("Customer", "CustomerCreateInput", "CustomerUpdateInput"):
            city, town = (schemas[name]["properties"][key] for key in ("city", "town"))
            self.assertIs(city["deprecated"], True)
            self.assertTrue(city["description"].endswith("Deprecated: Renamed to town."))
            self.assertNotIn("deprecated", town)
        paths = document["paths"]
        parameters = {
            parameter["name"]: parameter
            for parameter in paths["/api/customers"]["get"]["parameters"]
            if "name" in parameter
        }
        conditions = schemas["CustomerFilter"]["properties"]
        for name in ("city", "country"):
            self.assertIs(conditions[name]["deprecated"], True)
        self.assertNotIn("deprecated", conditions["town"])
        self.assertRegex(parameters["sort"]["description"], "Deprecated: .*city")
        for method in ("get", "put"):
            for name, former in (("portrait", False), ("picture", True)):
                operation = paths[f"/api/customers/{{id}}/{name}"][method]
                self.assertIs(operation.get("deprecated", False), former)

    def rest_document(self) -> dict:
        return self.http("GET", "/api/openapi.json").json()


class TestDeprecation(AccessCase):
    login = "admin"

    def setUp(self):
        super().setUp()
        self.lines("Customer", "phone").deprecation_reason = 'Call "nobody".'
        self.lines("Country", "name").deprecation_reason = "Use the code."
        countries = self.lines("Country", "name").resource_id
        countries.write({"allow_create": True})
        countries.field_ids.writable = True

    def test_it_is_shown_and_goes_on_working(self):
        types = self.env["graphql_api.schema"]._get_schema().graphql_schema.type_map
        for type_name in (
            *("Customer", "CustomerFilter", "CustomerOrder", "CustomerGroupBy"),
            *("CustomerCreateInput", "CustomerUpdateInput"),
        ):
            reason = types[type_name].fields["phone"].deprecation_reason
            self.assertEqual(reason, 'Call "nobody".', type_name)
        # GraphQL has no deprecation of what must be sent, OpenAPI has.
        self.assertIsNone(types["CountryCreateInput"].fields["name"].deprecation_reason)
        document = self.http("GET", "/api/openapi.json").json()
        name = document["components"]["schemas"]["CountryCreateInput"]["properties"]["name"]
        self.assertIs(name["deprecated"], True)
        sdl = self.http("GET", "/api/graphql/schema.graphql").text
        self.assertIn(r'  phone: String @deprecated(reason: "Call \"nobody\".")', sdl)
        self.rest("/api/customers?fields=phone&filter[phone][isNull]=false&sort=phone&limit=1")
        self.assertIn("phone", self.rest("/api/customers?limit=1")["data"][0])

        query = """{ __type(name: "Customer") { shown: fields { name } all: fields(
            includeDeprecated: true) { name isDeprecated deprecationReason } } }"""
        found = self.graphql(query)["__type"]
        self.assertNotIn({"name": "phone"}, found["shown"])
        self.assertIn(
            {"name": "phone", "isDeprecated": True, "deprecationReason": 'Call "nobody".'},
            found["all"],
        )
