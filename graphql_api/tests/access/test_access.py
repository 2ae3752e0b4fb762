"""The caller's rights decide, field by field and record by record, what an answer holds."""

import re
from pathlib import Path
from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from ..cases.access import AccessCase

PACKAGE = Path(__file__).parents[2]


@tagged("post_install", "-at_install")
class TestForbiddenField(AccessCase):
    """A field with groups, or refused by its model: nothing about its values is visible."""

    def test_selected(self):
        """It is null with an error at its path; the rest of the answer stands."""
        self.forbid_fields("res.partner", "ref", "parent_id", "child_ids", "image_128")
        query = """query ($id: ID!) { customer(id: $id) {
          name ref boss: parent { name } children { name } image128 { url } city } }"""
        data = self.graphql(
            query,
            {"id": self.visible.id},
            errors=[
                ("FORBIDDEN", ["customer", key]) for key in ("ref", "boss", "children", "image128")
            ],
        )
        self.assertEqual(
            data["customer"],
            {
                "name": "Zvisible",
                "ref": None,
                "boss": None,
                "children": None,
                "image128": None,
                "city": "Ghent",
            },
        )

    def test_selected_in_lists(self):
        self.forbid_fields("res.partner", "ref")
        arguments = '(filter: {name: {startsWith: "Zv"}})'
        data = self.graphql(
            f"{{ customers{arguments} {{ nodes {{ name ref }} edges {{ node {{ ref }} }} }} }}",
            errors=[
                ("FORBIDDEN", ["customers", "nodes", 0, "ref"]),
                ("FORBIDDEN", ["customers", "edges", 0, "node", "ref"]),
            ],
        )
        self.assertEqual(data["customers"]["nodes"], [{"name": "Zvisible", "ref": None}])

    def test_allowed_to_others(self):
        self.forbid_fields("res.partner", "ref")
        query = "query ($id: ID!) { customer(id: $id) { ref } }"
        data = self.graphql(query, {"id": self.visible.id}, login="admin")
        self.assertEqual(data, {"customer": {"ref": "open"}})

    def test_filter(self):
        """Whatever the place in the filter, the list is refused."""
        self.forbid_fields("res.partner", "ref", "child_ids", "parent_id")
        secret = '{ref: {startsWith: "s"}}'
        for condition in (
            secret,
            "{ref: {isNull: true}}",
            f"{{and: [{secret}]}}",
            f"{{or: [{{id: {{eq: 1}}}}, {secret}]}}",
            f"{{not: {secret}}}",
            f"{{not: {{or: [{{and: [{secret}]}}]}}}}",
            "{parent: {isNull: true}}",
            '{parent: {name: {eq: "x"}}}',
            "{children: {some: {}}}",
            "{children: {none: {id: {eq: 1}}}}",
            f"{{company: {{contact: {secret}}}}}",
            f"{{tags: {{some: {{customers: {{some: {secret}}}}}}}}}",
            f"{{tags: {{none: {{customers: {{none: {secret}}}}}}}}}",
        ):
            with self.subTest(condition):
                query = f"{{ customers(filter: {condition}) {{ totalCount nodes {{ id }} }} }}"
                data = self.graphql(query, errors=[("FORBIDDEN", ["customers"])])
                self.assertEqual(data, {"customers": None})

    def test_filter_of_nested_list(self):
        self.forbid_fields("res.partner", "ref")
        for arguments in ('filter: {ref: {eq: "secret"}}', "orderBy: [{ref: ASC}]"):
            query = f"""query ($id: ID!) {{
              customer(id: $id) {{ name children({arguments}) {{ id }} }} }}"""
            data = self.graphql(
                query, {"id": self.visible.id}, errors=[("FORBIDDEN", ["customer", "children"])]
            )
            self.assertEqual(data, {"customer": {"name": "Zvisible", "children": None}})

    def test_order(self):
        self.forbid_fields("res.partner", "ref")
        for order in ("[{ref: ASC}]", "[{name: ASC}, {ref: DESC}]"):
            self.graphql(
                f"{{ customers(orderBy: {order}) {{ nodes {{ id }} }} }}",
                errors=[("FORBIDDEN", ["customers"])],
            )

    def test_default_order(self):
        """The resource's order leaves out what the caller may not read."""
        resource = self.env["graphql_api.resource"].search([("type_name", "=", "Customer")])
        resource.order = "ref desc, name asc"
        arguments = '(filter: {name: {startsWith: "Z"}})'
        self.forbid_fields("res.partner", "ref")
        self.assertEqual(self.names("customers", arguments), ["Zchild", "Zhidden", "Zvisible"])
        self.assertEqual(
            self.names("customers", arguments, login="admin"), ["Zchild", "Zhidden", "Zvisible"]
        )
        self.child.ref = "a"
        self.assertEqual(self.names("customers", arguments), ["Zchild", "Zhidden", "Zvisible"])
        self.assertEqual(
            self.names("customers", arguments, login="admin"), ["Zhidden", "Zvisible", "Zchild"]
        )

    def test_rest_fields(self):
        """A field that was asked for is refused, of whatever kind; the default leaves it out."""
        forbidden = ("ref", "parent_id", "child_ids", "image_128")
        self.forbid_fields("res.partner", *forbidden)
        for name in ("ref", "parent", "parent.name", "children", "children.name", "image_128"):
            for path in ("/api/customers", f"/api/customers/{self.visible.id}"):
                with self.subTest(name, path=path):
                    body = self.rest(f"{path}?fields=id,{name}", status=403)
                    self.assertEqual(body["code"], "FORBIDDEN")
        self.rest(f"/api/companies/{self.env.company.id}?fields=contact.ref", status=403)
        data = self.rest(f"/api/customers/{self.visible.id}")["data"]
        self.assertEqual(data["city"], "Ghent")
        self.assertFalse({"ref", "parent"} & set(data))

    def test_rest_filter_and_sort(self):
        self.forbid_fields("res.partner", "ref")
        for parameters in (
            "filter[ref][eq]=secret",
            "ref=secret",
            "filter[parent][ref][startsWith]=s",
            "filter[children][some][ref][contains]=s",
            "filter[not][ref][isNull]=true",
            "filter[or][0][ref][isNull]=true",
            "sort=ref",
            "sort=name,-ref",
        ):
            with self.subTest(parameters):
                body = self.rest(f"/api/customers?{parameters}", status=403)
                self.assertEqual(body["code"], "FORBIDDEN")

    def test_groups_of_the_model(self):
        """An order's tags are for salesmen; an accountant reads the order without them."""
        new_test_user(self.env, "accountant", groups="account.group_account_invoice")
        order = self.env["sale.order"].create(
            {
                "partner_id": self.visible.id,
                "tag_ids": [Command.create({"name": "Secret tag"})],
            }
        )
        query = "query ($id: ID!) { saleOrder(id: $id) { name tags { name } } }"
        data = self.graphql(query, {"id": order.id}, login="admin")["saleOrder"]
        self.assertEqual(data, {"name": order.name, "tags": [{"name": "Secret tag"}]})
        data = self.graphql(
            query,
            {"id": order.id},
            login="accountant",
            errors=[("FORBIDDEN", ["saleOrder", "tags"])],
        )["saleOrder"]
        self.assertEqual(data, {"name": order.name, "tags": None})
        self.graphql(
            '{ saleOrders(filter: {tags: {some: {name: {contains: "Secret"}}}}) { totalCount } }',
            login="accountant",
            errors=[("FORBIDDEN", ["saleOrders"])],
        )
        self.rest(f"/api/sale-orders/{order.id}?fields=tags", login="accountant", status=403)

    def test_access_decided_by_the_model(self):
        """project.task itself lists what portal users may read; groups do not tell."""
        portal = self.user("portal")
        project = self.env["project.project"].create(
            {
                "name": "Shared",
                "privacy_visibility": "portal",
                "collaborator_ids": [Command.create({"partner_id": portal.partner_id.id})],
            }
        )
        project.message_subscribe(portal.partner_id.ids)
        task = self.env["project.task"].create({"name": "Paint", "project_id": project.id})
        self.assertFalse(task._fields["date_end"].groups)
        query = "query ($id: ID!) { task(id: $id) { name dateEnd } }"
        data = self.graphql(
            query, {"id": task.id}, login="portal", errors=[("FORBIDDEN", ["task", "dateEnd"])]
        )
        self.assertEqual(data, {"task": {"name": "Paint", "dateEnd": None}})
        self.graphql(query, {"id": task.id}, login="admin")
        for arguments in ("filter: {dateEnd: {isNull: true}}", "orderBy: [{dateEnd: ASC}]"):
            self.graphql(
                f"{{ tasks({arguments}) {{ totalCount nodes {{ id }} }} }}",
                login="portal",
                errors=[("FORBIDDEN", ["tasks"])],
            )
        self.rest(f"/api/tasks/{task.id}?fields=date_end", login="portal", status=403)


@tagged("post_install", "-at_install")
class TestForbiddenModel(AccessCase):
    """A model that the caller may not read."""

    def test_root(self):
        for query, key in (
            ('{ lead(id: "1") { id } }', "lead"),
            ("{ leads { totalCount } }", "leads"),
            ("{ leads { nodes { id } } }", "leads"),
        ):
            self.assertEqual(
                self.graphql(f"{{ me {{ lang }} {query[2:]}", errors=[("FORBIDDEN", [key])]),
                {"me": {"lang": "en_US"}, key: None},
            )
        for path in ("/api/leads", "/api/leads/1", "/api/leads?total=true"):
            self.assertEqual(self.rest(path, status=403)["code"], "FORBIDDEN")

    def test_missing_from_the_index(self):
        names = [resource["name"] for resource in self.rest("/api")["data"]]
        self.assertNotIn("leads", names)
        self.assertIn("customers", names)

    def test_at_the_end_of_a_many2one(self):
        self.forbid_model("res.country")
        self.visible.country_id = self.env.ref("base.be")
        query = "query ($id: ID!) { customer(id: $id) { name country { id } } }"
        data = self.graphql(
            query, {"id": self.visible.id}, errors=[("FORBIDDEN", ["customer", "country"])]
        )
        self.assertEqual(data, {"customer": {"name": "Zvisible", "country": None}})
        data = self.rest(f"/api/customers/{self.visible.id}")["data"]
        self.assertIsNone(data["country"])
        self.assertEqual(data["name"], "Zvisible")

    def test_at_the_end_of_a_list(self):
        self.forbid_model("res.partner.category")
        self.visible.category_id = [Command.create({"name": "Secret tag"})]
        query = "query ($id: ID!) { customer(id: $id) { name tags { name } } }"
        data = self.graphql(
            query, {"id": self.visible.id}, errors=[("FORBIDDEN", ["customer", "tags"])]
        )
        self.assertEqual(data, {"customer": {"name": "Zvisible", "tags": None}})

    def test_in_filters(self):
        self.forbid_model("res.country")
        self.forbid_model("res.partner.category")
        for condition in (
            '{country: {code: {eq: "BE"}}}',
            "{country: {id: {eq: 1}}}",
            '{not: {country: {code: {eq: "BE"}}}}',
            '{tags: {some: {name: {eq: "a"}}}}',
            "{tags: {none: {}}}",
            '{parent: {country: {code: {eq: "BE"}}}}',
        ):
            with self.subTest(condition):
                self.graphql(
                    f"{{ customers(filter: {condition}) {{ totalCount }} }}",
                    errors=[("FORBIDDEN", ["customers"])],
                )
        self.rest("/api/customers?filter[country][code][eq]=BE", status=403)


@tagged("post_install", "-at_install")
class TestHiddenRecord(AccessCase):
    """A record that a rule hides is as good as absent."""

    def setUp(self):
        super().setUp()
        self.hide(self.hidden)

    def test_alone(self):
        query = "query ($id: ID!) { customer(id: $id) { name } }"
        for record_id in (self.hidden.id, 2000000000):
            self.assertEqual(self.graphql(query, {"id": record_id}), {"customer": None})
            body = self.rest(f"/api/customers/{record_id}", status=404)
            self.assertEqual(
                body,
                {
                    "status": "error",
                    "code": "NOT_FOUND",
                    "message": f"Customer {record_id} not found",
                },
            )
            self.rest(f"/api/mobile/customer/{record_id}", status=404)
            self.rest(f"/api/customers/{record_id}/image_128", status=404)

    def test_in_lists(self):
        arguments = '(filter: {name: {startsWith: "Z"}})'
        data = self.graphql(f"{{ customers{arguments} {{ totalCount nodes {{ name }} }} }}")
        self.assertEqual(
            data["customers"],
            {"totalCount": 2, "nodes": [{"name": "Zchild"}, {"name": "Zvisible"}]},
        )
        body = self.rest("/api/customers?filter[name][startsWith]=Z&total=true&fields=name")
        self.assertEqual(body["data"], [{"name": "Zchild"}, {"name": "Zvisible"}])
        self.assertEqual(body["meta"]["total"], 2)

    def test_in_nested_lists(self):
        query = "query ($id: ID!) { customer(id: $id) { children { name } } }"
        self.assertEqual(
            self.graphql(query, {"id": self.visible.id}), {"customer": {"children": []}}
        )

    def test_as_many2one(self):
        query = "query ($id: ID!) { customer(id: $id) { name parent { id displayName } } }"
        data = self.graphql(
            query, {"id": self.child.id}, errors=[("FORBIDDEN", ["customer", "parent"])]
        )
        self.assertEqual(data, {"customer": {"name": "Zchild", "parent": None}})
        path = f"/api/customers/{self.child.id}"
        self.assertIsNone(self.rest(path)["data"]["parent"])
        self.assertEqual(
            self.rest(f"{path}?fields=name,parent.name")["data"], {"name": "Zchild", "parent": None}
        )

    def test_one_of_many_many2ones(self):
        """The siblings of a record with a hidden relation keep theirs."""
        self.env["res.partner"].create({"name": "Zsibling", "parent_id": self.visible.id})
        query = '{ customers(filter: {name: {in: ["Zchild", "Zsibling"]}}) {'
        data = self.graphql(
            query + " nodes { name parent { name } } } }",
            errors=[("FORBIDDEN", ["customers", "nodes", 0, "parent"])],
        )
        self.assertEqual(
            data["customers"]["nodes"],
            [
                {"name": "Zchild", "parent": None},
                {"name": "Zsibling", "parent": {"name": "Zvisible"}},
            ],
        )

    def test_not_probed_by_filters(self):
        """What a hidden record holds decides about no other record."""
        for condition in (
            '{parent: {name: {eq: "Zhidden"}}}',
            '{parent: {ref: {startsWith: "s"}}}',
            '{parent: {parent: {name: {eq: "Zvisible"}}}}',
            f'{{parent: {{id: {{eq: "{self.hidden.id}"}}}}}}',
            '{children: {some: {ref: {eq: "secret"}}}}',
            '{children: {some: {children: {some: {name: {eq: "Zchild"}}}}}}',
        ):
            with self.subTest(condition):
                self.assertEqual(self.names("customers", f"(filter: {condition})"), [])
        arguments = '(filter: {name: {eq: "Zvisible"}, children: {none: {ref: {eq: "secret"}}}})'
        self.assertEqual(self.names("customers", arguments), ["Zvisible"])

    def test_not_probed_where_odoo_bypasses_rules(self):
        """Odoo skips the rules of some relations when it searches; the API does not."""
        self.assertTrue(self.env["project.project"]._fields["partner_id"].bypass_search_access)
        project = self.env["project.project"].create(
            {"name": "Open", "partner_id": self.hidden.id, "privacy_visibility": "employees"}
        )
        new_test_user(self.env, "planner", groups="project.group_project_manager")
        for condition, expected in (
            ('customer: {ref: {eq: "secret"}}', []),
            (f'customer: {{id: {{eq: "{self.hidden.id}"}}}}', []),
            ('not: {customer: {ref: {eq: "secret"}}}', ["Open"]),
            ("customer: {isNull: false}", ["Open"]),
        ):
            with self.subTest(condition):
                arguments = f'(filter: {{id: {{eq: "{project.id}"}}, {condition}}})'
                self.assertEqual(self.names("projects", arguments, login="planner"), expected)
        data = self.rest(
            f"/api/projects?filter[id][eq]={project.id}&filter[customer][ref][eq]=secret",
            login="planner",
        )["data"]
        self.assertEqual(data, [])

    def test_not_found_by_name(self):
        for text in ("Zhidden", "secret"):
            found = self.names("customers", f'(search: "{text}", first: 5)')
            self.assertNotIn("Zhidden", found)
            data = self.rest(f"/api/customers?q={text}&fields=name")["data"]
            self.assertNotIn({"name": "Zhidden"}, data)

    def test_not_probed_by_cursor(self):
        """A cursor of a record that was visible earlier still tells only places."""
        self.env["ir.rule"].search([("name", "=", "hidden")]).active = False
        arguments = 'filter: {name: {startsWith: "Z"}}'
        page = self.graphql(
            f"{{ customers({arguments}) {{ edges {{ cursor node {{ name }} }} }} }}"
        )
        edges = {edge["node"]["name"]: edge["cursor"] for edge in page["customers"]["edges"]}
        self.env["ir.rule"].search([("name", "=", "hidden"), ("active", "=", False)]).active = True
        for place in ("Zchild", "Zhidden"):
            found = self.names("customers", f'({arguments}, after: "{edges[place]}")')
            self.assertEqual(found, ["Zvisible"])

    def test_in_the_cache_through_sudo(self):
        """What was read with more rights in the same transaction is not readable because of it."""
        query = """query ($child: ID!, $parent: ID!) {
          customer(id: $child) { name parent { name } }
          top: customer(id: $parent) { children { name } }
          hidden: customer(id: $hidden) { name }
        }""".replace("$parent: ID!", "$parent: ID!, $hidden: ID!")
        variables = {
            "child": self.child.id,
            "parent": self.visible.id,
            "hidden": self.hidden.id,
        }
        (self.visible | self.hidden | self.child).sudo().read()
        self.assertEqual(self.visible.child_ids, self.hidden)
        result = self.execute(query, variables)
        self.assertEqual(
            result.data,
            {
                "customer": {"name": "Zchild", "parent": None},
                "top": {"children": []},
                "hidden": None,
            },
        )
        self.assertEqual(
            [(error["extensions"]["code"], error["path"]) for error in result.errors],
            [("FORBIDDEN", ["customer", "parent"])],
        )

    def test_in_the_cache_through_a_computed_field(self):
        """A related field reads the hidden record with sudo, before the relation is asked for."""
        belgium = self.env.ref("base.be")
        self.visible.country_id = belgium
        self.hide(belgium)
        self.expose("Customer", "country_code")
        self.assertTrue(self.env["res.partner"]._fields["country_code"].compute_sudo)
        query = "query ($id: ID!) { customer(id: $id) { countryCode country { name } } }"
        data = self.graphql(
            query, {"id": self.visible.id}, errors=[("FORBIDDEN", ["customer", "country"])]
        )
        self.assertEqual(data, {"customer": {"countryCode": "BE", "country": None}})
        query = query.replace("countryCode country", "country { id } countryCode again: country")
        self.graphql(
            query,
            {"id": self.visible.id},
            errors=[("FORBIDDEN", ["customer", key]) for key in ("country", "again")],
        )


@tagged("post_install", "-at_install")
class TestSearchByName(AccessCase):
    """Odoo's name search looks into several fields; those that are hidden do not count."""

    def found(self, list_field, text, **kwargs):
        return self.names(list_field, f'(search: "{text}", first: 10)', **kwargs)

    def test_exposed_field(self):
        self.assertEqual(self.found("customers", "secret"), ["Zhidden"])
        self.assertEqual(self.found("customers", "zvis"), ["Zhidden", "Zvisible"])

    def test_field_that_is_not_exposed(self):
        self.lines("Customer", "ref").active = False
        self.assertEqual(self.found("customers", "secret"), [])
        self.assertEqual(self.rest("/api/customers?q=secret")["data"], [])
        self.assertIn("Zhidden", self.found("customers", "zhid"))

    def test_field_that_is_not_filterable(self):
        self.lines("Customer", "ref").filterable = False
        self.assertEqual(self.found("customers", "secret"), [])

    def test_field_that_the_caller_may_not_read(self):
        self.forbid_fields("res.partner", "ref")
        self.assertEqual(self.found("customers", "secret"), [])
        self.assertEqual(self.found("customers", "secret", login="admin"), ["Zhidden"])

    def test_login(self):
        """Odoo finds users by login also; logins are not exposed."""
        new_test_user(self.env, "zz-login", name="Somebody")
        for login in ("clerk", "admin"):
            self.assertEqual(self.found("users", "zz-login", login=login), [])
            self.assertEqual(self.found("users", "somebody", login=login), ["Somebody"])

    def test_product_codes(self):
        """Odoo finds products by code and barcode, as long as these are exposed."""
        self.env["product.product"].create(
            {"name": "Zproduct", "default_code": "zcode", "barcode": "zbarcode"}
        )
        for list_field, type_name in (
            ("products", "Product"),
            ("productTemplates", "ProductTemplate"),
        ):
            for text, field_name in (("zcode", "default_code"), ("zbarcode", "barcode")):
                with self.subTest(type_name, text=text):
                    line = self.lines(type_name, field_name)
                    self.assertEqual(self.found(list_field, text), ["Zproduct"])
                    line.active = False
                    self.assertEqual(self.found(list_field, text), [])
                    self.assertEqual(self.found(list_field, "zprod"), ["Zproduct"])
                    line.active = True

    def test_relations(self):
        """Names of related records are searched as their own resource allows."""
        warehouse = self.env["stock.warehouse"].search([], limit=1)
        shelf = self.env["stock.location"].create(
            {"name": "Zshelf", "barcode": "zcode", "location_id": warehouse.lot_stock_id.id}
        )
        product = self.env["product.product"].create({"name": "Zproduct", "is_storable": True})
        self.env["stock.quant"]._update_available_quantity(product, shelf, 5)
        query = '{ stockLevels(search: "%s") { nodes { product { name } } } }'
        expected = {"stockLevels": {"nodes": [{"product": {"name": "Zproduct"}}]}}
        nothing = {"stockLevels": {"nodes": []}}
        for text in ("zshelf", "zcode"):
            self.assertEqual(self.graphql(query % text, login="admin"), expected)
        line = self.lines("Location", "barcode")
        line.active = False
        self.assertEqual(self.graphql(query % "zcode", login="admin"), nothing)
        line.active = True
        self.hide(shelf)
        for text in ("zshelf", "zcode"):
            self.assertEqual(self.graphql(query % text, login="admin"), nothing)


@tagged("post_install", "-at_install")
class TestOutsideTheResources(AccessCase):
    """What no resource names cannot be reached, whoever asks."""

    login = "admin"

    def test_unknown_names(self):
        for query in (
            "{ irRules { nodes { id } } }",
            '{ irRule(id: "1") { id } }',
            "{ users { nodes { password } } }",
            "{ users { nodes { login } } }",
            "{ users { nodes { apiKeyIds { id } } } }",
            "{ users(filter: {password: {isNull: false}}) { totalCount } }",
            '{ users(filter: {login: {eq: "admin"}}) { totalCount } }',
            "{ users(orderBy: [{login: ASC}]) { totalCount } }",
            "{ customers { nodes { signupToken } } }",
            "{ customers(filter: {signup_token: {isNull: false}}) { totalCount } }",
        ):
            with self.subTest(query):
                data = self.graphql_response(query).json()
                self.assertNotIn("data", data)
                self.assertEqual(
                    {error["extensions"]["code"] for error in data["errors"]},
                    {"GRAPHQL_VALIDATION_FAILED"},
                )
        for path, status in (
            ("/api/res.users", 404),
            ("/api/res.users/2", 404),
            ("/api/ir-rules", 404),
            ("/api/users?fields=password", 400),
            ("/api/users?fields=login", 400),
            ("/api/users?filter[login][eq]=admin", 400),
            ("/api/users?login=admin", 400),
            ("/api/users?sort=login", 400),
            ("/api/users/2/password", 404),
            ("/api/customers?fields=user.login", 400),
        ):
            with self.subTest(path):
                self.rest(path, status=status)

    def test_archived_resource(self):
        self.visible.country_id = self.env.ref("base.be")
        self.env["graphql_api.resource"].search([("type_name", "=", "Country")]).active = False
        for query in (
            "{ countries { totalCount } }",
            "{ customers { nodes { country { name } } } }",
            '{ customers(filter: {country: {code: {eq: "BE"}}}) { totalCount } }',
        ):
            self.graphql(query, errors=[("GRAPHQL_VALIDATION_FAILED", None)])
        self.rest("/api/countries", status=404)
        self.rest("/api/customers?fields=country", status=400)
        self.rest("/api/customers?filter[country][code][eq]=BE", status=400)
        self.assertNotIn("country", self.rest(f"/api/customers/{self.visible.id}")["data"])

    def test_archived_field(self):
        self.lines("Customer", "ref", "image_128").active = False
        for query in (
            "{ customers { nodes { ref } } }",
            '{ customers(filter: {ref: {eq: "a"}}) { totalCount } }',
            "{ customers(orderBy: [{ref: ASC}]) { totalCount } }",
            "{ customers { nodes { image128 { url } } } }",
        ):
            self.graphql(query, errors=[("GRAPHQL_VALIDATION_FAILED", None)])
        for parameters in ("fields=ref", "filter[ref][eq]=a", "ref=a", "sort=ref"):
            self.rest(f"/api/customers?{parameters}", status=400)
        self.rest(f"/api/customers/{self.visible.id}/image_128", status=404)

    def test_field_that_is_not_filterable(self):
        self.lines("Customer", "ref").filterable = False
        self.graphql(
            '{ customers(filter: {ref: {eq: "a"}}) { totalCount } }',
            errors=[("GRAPHQL_VALIDATION_FAILED", None)],
        )
        self.graphql(
            "{ customers(orderBy: [{ref: ASC}]) { totalCount } }",
            errors=[("GRAPHQL_VALIDATION_FAILED", None)],
        )
        for parameters in ("filter[ref][eq]=a", "ref=a", "sort=ref"):
            self.rest(f"/api/customers?{parameters}", status=400)

    def test_operation_that_is_not_allowed(self):
        """Without Read there is no root, and no relation that shows records."""
        self.env["graphql_api.resource"].search([("type_name", "=", "Country")]).allow_read = False
        self.graphql("{ countries { totalCount } }", errors=[("GRAPHQL_VALIDATION_FAILED", None)])
        self.rest("/api/countries", status=404)
        self.graphql(
            "{ customers { nodes { country { name } } } }",
            errors=[("GRAPHQL_VALIDATION_FAILED", None)],
        )

    def test_resource_domain(self):
        """A record outside the domain is not there by id, list, relation, filter or file."""
        self.env["graphql_api.resource"].search([("type_name", "=", "Customer")]).domain = repr(
            [("id", "!=", self.hidden.id)]
        )
        self.hidden.image_1920 = self.env["res.users"].browse(2).image_1920
        query = "query ($id: ID!) { customer(id: $id) { name parent { name } } }"
        self.assertEqual(self.graphql(query, {"id": self.hidden.id}), {"customer": None})
        self.graphql(query, {"id": self.child.id}, errors=[("FORBIDDEN", ["customer", "parent"])])
        self.assertEqual(
            self.names("customers", '(filter: {name: {startsWith: "Z"}}, includeArchived: true)'),
            ["Zchild", "Zvisible"],
        )
        data = self.graphql(
            "query ($id: ID!) { customer(id: $id) { children { name } } }", {"id": self.visible.id}
        )
        self.assertEqual(data, {"customer": {"children": []}})
        for condition in (
            '{parent: {ref: {eq: "secret"}}}',
            '{children: {some: {ref: {eq: "secret"}}}}',
            f'{{id: {{eq: "{self.hidden.id}"}}}}',
        ):
            self.assertEqual(self.names("customers", f"(filter: {condition})"), [])
        self.assertEqual(self.names("customers", '(search: "Zhidden", first: 5)'), ["Zchild"])
        self.rest(f"/api/customers/{self.hidden.id}", status=404)
        self.rest(f"/api/customers/{self.hidden.id}/image_1920", status=404)
        self.assertIsNone(self.rest(f"/api/customers/{self.child.id}")["data"]["parent"])

    def test_vendor_bills(self):
        invoice, bill = self.env["account.move"].create(
            [
                {"move_type": move_type, "partner_id": self.visible.id, "ref": "zref"}
                for move_type in ("out_invoice", "in_invoice")
            ]
        )
        query = "query ($id: ID!) { invoice(id: $id) { ref } }"
        self.assertEqual(self.graphql(query, {"id": invoice.id}), {"invoice": {"ref": "zref"}})
        self.assertEqual(self.graphql(query, {"id": bill.id}), {"invoice": None})
        data = self.graphql('{ invoices(filter: {ref: {eq: "zref"}}) { nodes { id } } }')
        self.assertEqual(data, {"invoices": {"nodes": [{"id": str(invoice.id)}]}})
        self.rest(f"/api/invoices/{bill.id}", status=404)

    def test_attachments(self):
        """Only files of exposed records, and the caller's own."""
        attachments = self.env["ir.attachment"]
        self.visible.image_1920 = self.env["res.users"].browse(2).image_1920
        of_field = attachments.search(
            [
                ("res_model", "=", "res.partner"),
                ("res_field", "=", "image_1920"),
                ("res_id", "=", self.visible.id),
            ]
        )
        values = {"raw": b"secret", "mimetype": "text/plain"}
        rule = self.env["ir.rule"].search([], limit=1)
        hidden = {
            "of a field": of_field,
            "of a model that is not exposed": attachments.create(
                {"name": "a", "res_model": "ir.rule", "res_id": rule.id, **values}
            ),
            "of an asset bundle": attachments.create(
                {"name": "a", "url": "/web/assets/a/a.js", "public": True, **values}
            ),
        }
        private = attachments.with_user(self.user("demo")).create({"name": "own", **values})
        open_file = attachments.create(
            {"name": "b", "res_model": "res.partner", "res_id": self.visible.id, **values}
        )
        query = "query ($id: ID!) { attachment(id: $id) { id content { size } } }"
        for what, attachment in hidden.items():
            with self.subTest(what):
                self.assertTrue(attachment)
                self.assert_no_attachment(query, attachment, login="admin")
        self.assert_no_attachment(query, private, login="clerk")
        for attachment, login in ((open_file, "clerk"), (private, "demo")):
            data = self.graphql(query, {"id": attachment.id}, login=login)
            self.assertEqual(data["attachment"]["content"], {"size": 6})
            file = self.http("GET", f"/api/attachments/{attachment.id}/content", login=login)
            self.assertEqual(file.content, b"secret")

    def assert_no_attachment(self, query, attachment, login):
        data = self.graphql(query, {"id": attachment.id}, login=login)
        self.assertEqual(data, {"attachment": None})
        ids = f'(filter: {{id: {{eq: "{attachment.id}"}}}})'
        self.assertEqual(self.names("attachments", ids, login=login), [])
        self.rest(f"/api/attachments/{attachment.id}", login=login, status=404)
        self.rest(f"/api/attachments/{attachment.id}/content", login=login, status=404)

    def test_attachment_of_a_hidden_record(self):
        attachment = self.env["ir.attachment"].create(
            {"name": "a", "res_model": "res.partner", "res_id": self.hidden.id, "raw": b"secret"}
        )
        self.hide(self.hidden)
        query = "query ($id: ID!) { attachment(id: $id) { id } }"
        self.assert_no_attachment(query, attachment, login="clerk")


@tagged("post_install", "-at_install")
class TestNeverSuperuser(AccessCase):
    """Nothing is read with more rights than the caller's."""

    # What is no record that a client asks for: configuration (the schema itself, policies, the
    # check of a resource's domain, the secret that signs cursors), keys and the devices that signed
    # in, which nobody but these lines can read, and the request log, after the response.
    allowed = {
        ("http/request_log.py", "SUPERUSER_ID"),
        ("models/key.py", "self.sudo()"),
        ("models/policy.py", "self.sudo()"),
        ("models/res_users.py", "self.sudo()"),
        ("models/resource.py", "model.sudo()"),
        ("models/schema.py", "self.sudo()"),
        ("models/sign_in.py", "self.sudo()"),
        ("schema/reading/cursors.py", "su=True"),
    }

    def test_environment_of_resolvers(self):
        seen = []
        partner = type(self.env["res.partner"])
        search_fetch = partner.search_fetch

        def spy(model, *args, **kwargs):
            seen.append((model.env.uid, model.env.su))
            return search_fetch(model, *args, **kwargs)

        with patch.object(partner, "search_fetch", spy):
            self.graphql("{ customers(first: 1) { nodes { parent { name } } } }")
            self.rest("/api/customers?limit=1")
        self.assertTrue(seen)
        self.assertEqual(set(seen), {(self.clerk.id, False)})

    def test_code(self):
        found = set()
        for folder in ("schema", "http", "rest", "controllers", "models"):
            for path in (PACKAGE / folder).rglob("*.py"):
                for match in re.finditer(r"\w+\.sudo\(\)|su=True|SUPERUSER_ID", path.read_text()):
                    found.add((path.relative_to(PACKAGE).as_posix(), match[0]))
        self.assertEqual(found, self.allowed)


@tagged("post_install", "-at_install")
class TestUsersOfTheDemo(AccessCase):
    """The examples of the contract, as seen by a salesman and by a customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = cls.user("portal")
        cls.demo = cls.user("demo")
        product = cls.env["product.product"].create({"name": "Zchair", "list_price": 10})
        cls.own, cls.other = cls.env["sale.order"].create(
            [
                {
                    "partner_id": partner.id,
                    "user_id": user.id,
                    "order_line": [Command.create({"product_id": product.id})],
                }
                for partner, user in (
                    (cls.portal.partner_id, cls.demo),
                    (cls.visible, cls.user("admin")),
                )
            ]
        )
        (cls.own | cls.other).action_quotation_sent()

    def test_customer_sees_own_orders(self):
        query = "{ saleOrders(first: 1000) { totalCount nodes { id name customer { id } } } }"
        page = self.graphql(query, login="portal")["saleOrders"]
        names = {node["name"] for node in page["nodes"]}
        self.assertIn(self.own.name, names)
        self.assertNotIn(self.other.name, names)
        self.assertEqual(page["totalCount"], len(names))
        query = "query ($id: ID!) { saleOrder(id: $id) { name } }"
        self.assertEqual(
            self.graphql(query, {"id": self.other.id}, login="portal"), {"saleOrder": None}
        )
        self.rest(f"/api/sale-orders/{self.other.id}", login="portal", status=404)
        data = self.rest(
            f"/api/sale-orders/{self.own.id}?fields=name,order_lines.quantity", login="portal"
        )["data"]
        self.assertEqual(data, {"name": self.own.name, "order_lines": [{"quantity": 1.0}]})

    def test_salesman_sees_own_orders(self):
        for order, expected in ((self.own, {"name": self.own.name}), (self.other, None)):
            query = "query ($id: ID!) { saleOrder(id: $id) { name } }"
            data = self.graphql(query, {"id": order.id}, login="demo")
            self.assertEqual(data, {"saleOrder": expected})

    def test_customer_sees_few_people(self):
        """A portal user reads its own company's partners and its own user."""
        data = self.graphql(
            "query ($id: ID!) { customer(id: $id) { name } }",
            {"id": self.visible.id},
            login="portal",
        )
        self.assertEqual(data, {"customer": None})
        query = "{ users(first: 1000) { nodes { id } } }"
        users = self.graphql(query, login="portal")["users"]["nodes"]
        self.assertEqual(users, [{"id": str(self.portal.id)}])

    def test_rest_of_a_customer(self):
        data = self.rest("/api/me", login="portal")["data"]
        self.assertEqual(data["user"], {"id": self.portal.id, "name": self.portal.name})
        names = {
            item["name"]: item["operations"] for item in self.rest("/api", login="portal")["data"]
        }
        self.assertEqual(names["sale-orders"], ["read"])
        self.assertNotIn("leads", names)
        self.rest("/api/leads", login="portal", status=403)
