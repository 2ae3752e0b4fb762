"""Records that rules hide are as if they were not there, in lists, relations and searches."""

from odoo.tests import new_test_user, tagged

from ..cases.access import AccessCase


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
