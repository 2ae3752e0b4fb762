"""Fields and models that the caller may not read are null, with an error at their path."""

from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from ..cases.access import AccessCase


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
