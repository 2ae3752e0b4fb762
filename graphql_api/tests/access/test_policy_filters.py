"""Keys whose policy filters records: the others are not there, whatever way leads to them."""

import base64
import hashlib
import logging
from datetime import datetime

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..cases.narrowed_keys import NarrowedSellerCase
from ..cases.writing import WriteCase

OWN = '[("user_id", "=", user)]'
OWN_LINES = '[("order_id.user_id", "=", user)]'
# One pixel.
IMAGE = "R0lGODlhAQABAIAAAAAAAP///ywAAAAAAQABAAACAUwAOw=="


class FilterCase(NarrowedSellerCase, WriteCase):
    """A salesman whose key sees its own customers and orders, while the rules show all."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        partners = cls.env["res.partner"]
        cls.theirs = partners.create(
            {"name": "Ztheirs", "ref": "ZT", "user_id": cls.other.id, "image_1920": IMAGE}
        )
        cls.mine, cls.below = partners.create(
            [
                {"name": "Zmine", "ref": "ZM", "user_id": cls.seller.id, "image_1920": IMAGE},
                {"name": "Zbelow", "user_id": cls.seller.id, "parent_id": cls.theirs.id},
            ]
        )
        cls.left_out = partners.create(
            {"name": "Zleftout", "user_id": cls.other.id, "parent_id": cls.mine.id}
        )
        cls.product = cls.env["product.product"].create({"name": "Zdesk", "list_price": 10})
        orders = cls.env["sale.order"]
        lines = [Command.create({"product_id": cls.product.id})]
        cls.my_order, cls.their_order, cls.mixed = orders.create(
            [
                {"partner_id": partner.id, "user_id": user.id, "order_line": lines}
                for partner, user in (
                    (cls.mine, cls.seller),
                    (cls.theirs, cls.other),
                    (cls.theirs, cls.seller),
                )
            ]
        )
        attachments = cls.env["ir.attachment"]
        cls.my_file, cls.their_file = attachments.create(
            [
                {
                    "name": f"z{record.name}.txt",
                    "raw": b"x",
                    "res_model": "res.partner",
                    "res_id": record.id,
                }
                for record in (cls.mine, cls.theirs)
            ]
        )
        cls.policy_of_seller = cls.narrowed_policy(
            cls.line("Customer", filter=OWN),
            cls.line("SaleOrder", (*cls.ALL, "reports"), filter=OWN),
            cls.line("SaleOrderLine", filter=OWN_LINES),
            *(cls.line(name) for name in ("Attachment", "Message", "Product", "CustomerTag")),
            cls.line("User", ["read"]),
        )
        cls.env.flush_all()

    def setUp(self):
        super().setUp()
        self.headers = self.scoped_key(self.policy_of_seller, "zseller")

    def update(self, record, given, type_name="Customer"):
        """Return the mutation that changes a record."""
        return f"mutation {{ update{type_name}(id: {record.id}, input: {{{given}}}) {{ id }} }}"

    def ask(self, query, **kwargs):
        return self.graphql(query, headers=self.headers, **kwargs)

    def get(self, path, **kwargs):
        return self.rest(path, headers=self.headers, **kwargs)


@tagged("post_install", "-at_install")
class TestFilteredReading(FilterCase):
    def test_lists_counts_and_aggregates(self):
        data = self.ask(
            '{ customers(filter: {name: {startsWith: "Z"}}, orderBy: [{name: ASC}]) '
            "{ totalCount nodes { name } } customersAggregate("
            'filter: {name: {startsWith: "Z"}}, groupBy: [{user: true}]) '
            "{ count keys { user { id } } } }"
        )
        names = [node["name"] for node in data["customers"]["nodes"]]
        self.assertEqual(names, ["Zbelow", "Zmine", "zseller"][:2])
        self.assertEqual(data["customers"]["totalCount"], 2)
        self.assertEqual(
            data["customersAggregate"],
            [{"count": 2, "keys": {"user": {"id": str(self.seller.id)}}}],
        )
        body = self.get("/api/customers?filter[name][startsWith]=Z&total=true&fields=name")
        self.assertEqual(body["meta"]["total"], 2)
        body = self.get("/api/sale-orders/aggregate?group_by=state&fields=count")
        self.assertEqual(sum(row["count"] for row in body["data"]), 2)

    def test_alone(self):
        self.assertEqual(
            self.ask(f"{{ customer(id: {self.theirs.id}) {{ name }} }}"), {"customer": None}
        )
        number = self.theirs.id
        for path in (
            f"/api/customers/{number}",
            f"/api/mobile/customer/{number}",
            f"/api/customers/{number}/image_128",
            f"/api/sale-orders/{self.their_order.id}/report",
            f"/api/sale-orders/{self.their_order.id}/report/order.pdf",
            f"/api/attachments/{self.their_file.id}",
            f"/api/attachments/{self.their_file.id}/datas",
        ):
            with self.subTest(path):
                self.get(path, status=404)
        self.assertEqual(
            self.http(
                "GET", f"/api/customers/{self.mine.id}/image_128", headers=self.headers
            ).status_code,
            200,
        )

    def test_cached_files(self):
        """What another policy has given the client is not confirmed to it: no 304."""
        everything = self.scoped_key(self.policy(None), "zseller")
        path = f"/api/customers/{self.theirs.id}/image_128"
        for address in (path, f"/api/customers/{self.theirs.id}"):
            tag = self.http("GET", address, headers=everything).headers["ETag"]
            headers = {**self.headers, "If-None-Match": tag}
            self.assertEqual(self.http("GET", address, headers=headers).status_code, 404)

    def test_many2one(self):
        """In both APIs, as for records that rules hide; and by groups."""
        query = f"{{ saleOrder(id: {self.mixed.id}) {{ id customer {{ name }} }} }}"
        data = self.ask(query, errors=[("FORBIDDEN", ["saleOrder", "customer"])])
        self.assertEqual(data["saleOrder"], {"id": str(self.mixed.id), "customer": None})
        self.assertIsNone(self.get(f"/api/sale-orders/{self.mixed.id}")["data"]["customer"])
        response = self.graphql_response(
            "{ saleOrdersAggregate(groupBy: [{customer: true}]) { keys { customer { name } } } }",
            headers=self.headers,
        )
        self.assertNotIn("Ztheirs", response.text)
        self.assertIn("Zmine", response.text)

    def test_lists_below(self):
        data = self.ask(
            f"{{ customer(id: {self.mine.id}) {{ children {{ name }} "
            "some: children(first: 5) { name } saleOrders { id } attachments { id } } }"
        )
        self.assertEqual(data["customer"]["children"], [])
        self.assertEqual(data["customer"]["some"], [])
        self.assertEqual(data["customer"]["saleOrders"], [{"id": str(self.my_order.id)}])
        self.assertEqual(data["customer"]["attachments"], [{"id": str(self.my_file.id)}])

    def test_not_probed_by_filters(self):
        for condition in (
            'parent: {name: {eq: "Ztheirs"}}',
            'parent: {ref: {startsWith: "Z"}}',
            f"parent: {{id: {{eq: {self.theirs.id}}}}}",
            'children: {some: {name: {eq: "Zleftout"}}}',
            f"id: {{eq: {self.theirs.id}}}",
        ):
            with self.subTest(condition):
                data = self.ask(f"{{ customers(filter: {{{condition}}}) {{ totalCount }} }}")
                self.assertEqual(data["customers"]["totalCount"], 0)
        none = f'children: {{none: {{name: {{eq: "Zleftout"}}}}}}, id: {{eq: {self.mine.id}}}'
        data = self.ask(f"{{ customers(filter: {{{none}}}) {{ totalCount }} }}")
        self.assertEqual(data["customers"]["totalCount"], 1)
        data = self.ask('{ saleOrders(filter: {customer: {ref: {eq: "ZT"}}}) { totalCount } }')
        self.assertEqual(data["saleOrders"]["totalCount"], 0)

    def test_search_and_display_names(self):
        for text in ("Ztheirs", "ZT"):
            data = self.ask(f'{{ customers(search: "{text}") {{ nodes {{ name }} }} }}')
            self.assertNotIn({"name": "Ztheirs"}, data["customers"]["nodes"])
            # Not found by the name of its hidden parent either.
            self.assertNotIn({"name": "Zbelow"}, data["customers"]["nodes"])
            self.assertEqual(self.get(f"/api/sale-orders?q={text}&fields=id")["data"], [])
        data = self.ask(f"{{ customer(id: {self.below.id}) {{ displayName }} }}")
        self.assertEqual(data["customer"]["displayName"], "Zbelow")

    def test_searches_of_odoo(self):
        """Odoo searches states by their country, too."""
        query = '{ states(search: "California (US)") { totalCount } }'
        for text, count in (("[]", 1), ('[("code", "!=", "US")]', 0)):
            key = self.narrowed_key(self.line("State"), self.line("Country", filter=text))
            data = self.graphql(query, headers=key)
            self.assertEqual(data["states"]["totalCount"], count)

    def test_names_alone(self):
        """A field that shows the names of others shows none that the filter hides."""
        self.expose("SaleOrder", "partner_id", api_name="customer_name", shows_name=True)
        query = "{ saleOrders(orderBy: [{id: ASC}]) { nodes { id customerName } } }"
        nodes = self.ask(query)["saleOrders"]["nodes"]
        names = [node["customerName"] for node in nodes]
        self.assertEqual(names, ["Zmine", None])

    def test_messages_and_files(self):
        """What belongs to a record that is out of the filter is out, too."""
        for record, body in ((self.theirs, "Zsecret"), (self.mine, "Zopen")):
            record.message_post(body=body)
        self.env.flush_all()
        data = self.ask('{ attachments(filter: {name: {endsWith: ".txt"}}) { nodes { name } } }')
        names = [node["name"] for node in data["attachments"]["nodes"]]
        self.assertIn("zZmine.txt", names)
        self.assertNotIn("zZtheirs.txt", names)
        found = self.get(f"/api/customers/{self.mine.id}/messages?fields=text")["data"]
        self.assertIn({"text": "Zopen"}, found)
        self.get(f"/api/customers/{self.theirs.id}/messages", status=404)

    def test_tracked_changes(self):
        """Names of records that the filter hides are in no message."""
        self.my_order.with_context(tracking_disable=False).partner_id = self.theirs
        self.env.flush_all()
        self.env.cr.precommit.run()
        changes = "messages { changes { oldValue newValue } }"
        query = f"{{ saleOrder(id: {self.my_order.id}) {{ {changes} }} }}"
        response = self.graphql_response(query, headers=self.headers)
        self.assertNotIn("errors", response.json())
        self.assertNotIn("Ztheirs", response.text)

    def test_filters_of_what_belongs_to_records(self):
        """Odoo searches attachments and messages in ways of their own."""
        mine, other = self.env["ir.attachment"].create(
            [
                {
                    "name": f"z{kind}.pdf",
                    "raw": b"x",
                    "mimetype": kind,
                    "res_model": "res.partner",
                    "res_id": self.mine.id,
                }
                for kind in ("text/plain", "text/csv")
            ]
        )
        for body in ("Zfine", "Zbad"):
            self.mine.message_post(body=body)
        key = self.narrowed_key(
            self.line("Customer"),
            self.line("Attachment", filter='[("mimetype", "=", "text/plain")]'),
            self.line("Message", filter='[("body", "ilike", "fine")]'),
            login="zseller",
        )
        query = """query ($id: ID!, $file: ID!) {
            customer(id: $id) {
              attachments { name } messages { text } few: messages(first: 9) { text }
            }
            attachments(filter: {name: {endsWith: ".pdf"}}) { totalCount nodes { name } }
            attachment(id: $file) { name }
        }"""
        data = self.graphql(query, {"id": self.mine.id, "file": other.id}, headers=key)
        names = [each["name"] for each in data["customer"]["attachments"]]
        self.assertIn(mine.name, names)
        self.assertNotIn(other.name, names)
        for messages in (data["customer"]["messages"], data["customer"]["few"]):
            self.assertEqual(messages, [{"text": "Zfine"}])
        self.assertEqual(data["attachments"]["nodes"], [{"name": mine.name}])
        self.assertEqual(data["attachments"]["totalCount"], 1)
        self.assertIsNone(data["attachment"])

    def test_cursors(self):
        query = "query ($after: String) { customers(first: 1, after: $after) { edges { cursor } } }"
        other = self.narrowed_key(
            self.line("Customer", filter='[("name", "like", "Z")]'), login="zseller"
        )
        everything = self.scoped_key(self.policy(None), "zseller")
        for giver, taker in (
            (everything, self.headers),
            (self.headers, everything),
            (other, self.headers),
        ):
            data = self.graphql(query, headers=giver)
            cursor = {"after": data["customers"]["edges"][0]["cursor"]}
            self.graphql(query, cursor, errors=[("BAD_USER_INPUT", ["customers"])], headers=taker)
            self.graphql(query, cursor, headers=giver)

    def test_parts_of_other_addons(self):
        """Prices for a customer, and what portals do with quotations."""
        query = f"{{ product(id: {self.product.id}) {{ price(customer: CUSTOMER) {{ amount }} }} }}"
        lines = (self.line("Customer", filter=OWN), self.line("Product"), self.line("SaleOrder"))
        key = self.narrowed_key(*lines, login="zseller", allow_extensions=True)
        self.graphql(query.replace("CUSTOMER", str(self.mine.id)), headers=key)
        hidden = query.replace("CUSTOMER", str(self.theirs.id))
        self.graphql(hidden, errors=[("NOT_FOUND", ["product", "price"])], headers=key)
        self.refuse_rest(
            "POST",
            f"/api/sale-orders/{self.their_order.id}/decline",
            {"message": "No"},
            status=404,
            headers=self.headers,
        )
        self.refuse_rest(
            "POST",
            f"/api/customers/{self.theirs.id}/edit-address",
            {"city": "Ghent"},
            status=404,
            headers=self.headers,
        )

    def test_query_counts(self):
        """A filter is a condition more, in the same queries."""
        fields = "{ nodes { name customer { name } orderLines { name product { name } } } }"
        query = f"query ($first: Int) {{ saleOrders(first: $first) {fields} }}"
        self.env["sale.order"].create(
            [
                {
                    "partner_id": self.mine.id,
                    "user_id": self.seller.id,
                    "order_line": [Command.create({"product_id": self.product.id})],
                }
                for _ in range(12)
            ]
        )
        plain = self.narrowed_policy(
            *(self.line(name) for name in ("Customer", "SaleOrder", "SaleOrderLine", "Product"))
        )
        filtered = self.narrowed_policy(
            self.line("Customer", filter=OWN),
            self.line("SaleOrder", filter='["|", ("user_id", "=", user), ("id", "=", 0)]'),
            self.line("SaleOrderLine", filter=OWN_LINES),
            self.line("Product", filter='[("active", "=", True)]'),
        )
        counts = {
            (policy.id, first): self.query_count(
                query, {"first": first}, login="zseller", policy=policy
            )
            for policy in (plain, filtered)
            for first in (2, 12)
        }
        self.assertEqual(len(set(counts.values())), 1, counts)


@tagged("post_install", "-at_install")
class TestFilteredWriting(FilterCase):
    def refuse(self, query, code, **variables):
        return self.refuse_graphql(query, variables, code=code, headers=self.headers)

    def test_the_others_cannot_be_changed(self):
        number = self.theirs.id
        for query in (
            self.update(self.theirs, 'name: "x"'),
            f'mutation {{ updateCustomers(ids: [{self.mine.id}, {number}], input: {{name: "x"}}) '
            "{ id } }",
            f"mutation {{ deleteCustomer(id: {number}) }}",
            f"mutation {{ confirmSaleOrder(id: {self.their_order.id}) {{ id }} }}",
            f'mutation {{ postMessageCustomer(id: {number}, input: {{body: "x"}}) {{ id }} }}',
        ):
            with self.subTest(query):
                self.refuse(query, "NOT_FOUND")
        for method, path, body in (
            ("PATCH", f"/api/customers/{number}", {"name": "x"}),
            ("DELETE", f"/api/customers/{number}", None),
            ("POST", f"/api/sale-orders/{self.their_order.id}/confirm", {}),
        ):
            self.refuse_rest(method, path, body, status=404, headers=self.headers)

    def test_nothing_ends_outside(self):
        other = self.other.id
        for query in (
            'mutation { createCustomer(input: {name: "Zx"}) { id } }',
            f'mutation {{ createCustomer(input: {{name: "Zx", user: {other}}}) {{ id }} }}',
            self.update(self.mine, f"user: {other}"),
            self.update(self.mine, "user: null"),
            f"mutation {{ updateCustomers(ids: [{self.mine.id}], input: {{user: {other}}}) "
            "{ id } }",
            # nested
            f"mutation {{ updateCustomer(id: {self.mine.id}, input: {{children: {{create: "
            f'[{{name: "Zy", user: {other}}}]}}}}) {{ id }} }}',
            self.update(self.my_order, f"user: {other}", "SaleOrder"),
            # upserts
            'mutation { upsertCustomer(by: {ref: "ZN"}, '
            f'input: {{name: "Zx", user: {other}}}) {{ id }} }}',
            'mutation { upsertCustomers(inputs: [{by: {ref: "ZN"}, input: {name: "Zx"}}]) { id } }',
            'mutation { upsertCustomer(by: {externalId: "zapp.one"}, input: {name: "Zx"}) { id } }',
        ):
            with self.subTest(query):
                self.refuse(query, "FORBIDDEN")
        body = {"user": other}
        path = f"/api/customers/{self.mine.id}"
        self.refuse_rest("PATCH", path, body, status=403, headers=self.headers)
        self.refuse_rest("POST", "/api/customers", {"name": "Zx"}, status=403, headers=self.headers)
        # What ends inside is written.
        own = self.seller.id
        self.ask(f'mutation {{ createCustomer(input: {{name: "Zx", user: {own}}}) {{ id }} }}')

    def test_named_records(self):
        """Records out of the filter are not named by inputs, arguments of actions neither."""
        number = self.theirs.id
        for query in (
            self.update(self.my_order, f"customer: {number}", "SaleOrder"),
            self.update(self.mine, f"parent: {number}"),
            self.update(self.mine, f"children: {{link: [{number}]}}"),
            self.update(self.mine, f"children: {{unlink: [{self.left_out.id}]}}"),
            self.update(self.mine, f"children: {{delete: [{self.left_out.id}]}}"),
            f"mutation {{ postMessageCustomer(id: {self.mine.id}, "
            f'input: {{body: "x", mentions: [{number}]}}) {{ id }} }}',
        ):
            with self.subTest(query):
                self.refuse(query, "BAD_USER_INPUT")

    def test_what_a_list_does_not_show_stays(self):
        self.ask(self.update(self.mine, "children: {set: []}"))
        self.assertEqual(self.left_out.parent_id, self.mine)
        self.ask(self.update(self.mine, "children: {replace: []}"))
        self.assertEqual(self.left_out.parent_id, self.mine)

    def test_lines_that_are_put_elsewhere(self):
        """Records that a list takes over, or lets go, stay within the filter, too."""
        key = self.narrowed_key(
            self.line(
                "Customer",
                filter=f'["|", ("parent_id", "=", {self.mine.id}), ("id", "=", {self.mine.id})]',
            ),
            login="zseller",
        )
        self.left_out.user_id = self.seller
        self.env.flush_all()
        self.env.cr.precommit.run()  # what Odoo tracks is written now, not within the request
        query = (
            f"mutation {{ updateCustomer(id: {self.mine.id}, "
            f"input: {{children: {{unlink: [{self.left_out.id}]}}}}) {{ id }} }}"
        )
        self.refuse_graphql(query, code="FORBIDDEN", headers=key)

    def test_upserts_by_a_key_outside(self):
        """The record is not found, and the new one is refused as any other outside."""
        query = """mutation ($user: ID!) {
            upsertCustomer(by: {ref: "ZT"}, input: {name: "Zu", user: $user}) { id name }
        }"""
        data = self.ask(query, variables={"user": str(self.seller.id)})
        self.assertNotEqual(int(data["upsertCustomer"]["id"]), self.theirs.id)
        self.assertEqual(self.theirs.name, "Ztheirs")

    def test_external_ids(self):
        self.env["ir.model.data"].create(
            {"module": "zz", "name": "one", "model": "res.partner", "res_id": self.theirs.id}
        )
        data = self.ask('{ customers(filter: {externalId: {eq: "zz.one"}}) { totalCount } }')
        self.assertEqual(data["customers"]["totalCount"], 0)
        query = """mutation ($user: ID!) {
            upsertCustomer(by: {externalId: "zz.one"}, input: {name: "Zu", user: $user}) { id }
        }"""
        data = self.ask(query, variables={"user": str(self.seller.id)})
        self.assertNotEqual(int(data["upsertCustomer"]["id"]), self.theirs.id)

    def test_actions_end_inside(self):
        """An action that takes its record out of the filter is undone."""
        key = self.narrowed_key(
            self.line("SaleOrder", filter='[("state", "=", "draft")]'), login="zseller"
        )
        query = f"mutation {{ confirmSaleOrder(id: {self.my_order.id}) {{ id }} }}"
        self.refuse_graphql(query, code="FORBIDDEN", headers=key)
        key = self.narrowed_key(
            self.line("Customer"),
            self.line("Message", filter='[("body", "ilike", "fine")]'),
            login="zseller",
        )
        query = (
            f"mutation {{ postMessageCustomer(id: {self.mine.id}, "
            'input: {body: "BODY"}) { text } }'
        )
        self.refuse_graphql(query.replace("BODY", "bad"), code="FORBIDDEN", headers=key)
        data = self.graphql(query.replace("BODY", "fine"), headers=key)
        self.assertEqual(data["postMessageCustomer"]["text"], "fine")

    def test_actions_that_return_others(self):
        """The records of an action stay within the filter, whatever it returns."""
        text = '[("message_ids", "not any", [("body", "ilike", "zbye")])]'
        key = self.narrowed_key(
            self.line("Customer", filter=text),
            self.line("Message"),
            login="zseller",
        )
        post = f"postMessageCustomer(id: {self.mine.id}, input: {{body: TEXT}})"
        query = f"mutation {{ {post} {{ id }} }}"
        self.refuse_graphql(query.replace("TEXT", '"zbye"'), code="FORBIDDEN", headers=key)
        self.graphql(query.replace("TEXT", '"zhello"'), headers=key)

    def test_files_of_the_others(self):
        path = f"/api/customers/{self.theirs.id}/image_1920"
        response = self.http(
            "PUT",
            path,
            data=base64.b64decode(IMAGE),
            headers={**self.headers, "Content-Type": "image/gif"},
        )
        self.assertEqual(response.status_code, 404)
        query = (
            'mutation { createAttachment(input: {name: "x", resModel: "Customer", '
            f"resId: {self.theirs.id}}}) {{ id }} }}"
        )
        response = self.graphql_response(query, headers=self.headers)
        self.assertIsNone(response.json().get("data"), response.text)

    def test_registered_documents(self):
        """A document runs under the policy of the key, whoever has sent it first."""
        query = '{ customers(filter: {name: {startsWith: "Zt"}}) { totalCount } }'
        sha256 = hashlib.sha256(query.encode()).hexdigest()
        extensions = {"persistedQuery": {"version": 1, "sha256Hash": sha256}}
        everything = self.scoped_key(self.policy(None), "zseller")
        for headers, body, count in (
            (everything, {"query": query}, 1),
            (everything, {}, 1),
            (self.headers, {}, 0),
        ):
            body = {**body, "extensions": extensions}
            response = self.http("POST", "/api/graphql", headers=headers, json=body)
            self.assertEqual(response.json()["data"]["customers"]["totalCount"], count)

    def test_stored_responses(self):
        """What a key under another policy was answered is not repeated to this one."""
        everything = self.scoped_key(self.policy(None), "zseller")
        sent = {"Idempotency-Key": "z1"}
        body = {"name": "Zstored", "user": self.other.id}
        self.rest(
            "/api/customers", method="POST", status=201, headers={**everything, **sent}, json=body
        )
        self.refuse_rest(
            "POST", "/api/customers", body, status=422, headers={**self.headers, **sent}
        )

    def test_values_are_given(self):
        policy = self.narrowed_policy(
            self.line("Customer", user_id="user", city='"Ghent"', company_id="company"),
            self.line("SaleOrder", user_id="user", validity_date="today"),
        )
        headers = self.scoped_key(policy, "zseller")
        query = """mutation {
            createCustomer(input: {name: "Zg", children: {create: [{name: "Zh"}]}}) { id }
        }"""
        number = int(self.graphql(query, headers=headers)["createCustomer"]["id"])
        record = self.env["res.partner"].browse(number)
        for each in (record, record.child_ids):
            self.assertEqual((each.user_id, each.city), (self.seller, "Ghent"))
        self.graphql(
            f'mutation {{ updateCustomer(id: {self.theirs.id}, input: {{name: "Zi"}}) {{ id }} }}',
            headers=headers,
        )
        self.assertEqual((self.theirs.user_id, self.theirs.city), (self.seller, "Ghent"))
        self.rest(
            f"/api/customers/{self.left_out.id}",
            method="PATCH",
            headers=headers,
            json={"name": "Zj"},
        )
        self.assertEqual(self.left_out.user_id, self.seller)
        query = 'mutation { upsertCustomer(by: {ref: "Zk"}, input: {name: "Zk"}) { id } }'
        number = int(self.graphql(query, headers=headers)["upsertCustomer"]["id"])
        self.assertEqual(self.env["res.partner"].browse(number).user_id, self.seller)
        body = [{"by": {"ref": "Zl"}, "input": {"name": "Zl"}}]
        rest = {"method": "PUT", "headers": headers}
        (row,) = self.rest("/api/customers?fields=id,city", json=body, **rest)["data"]
        self.assertEqual(row["city"], "Ghent")
        for text in (
            'mutation { createCustomer(input: {name: "x", city: "Gent"}) { id } }',
            f"mutation {{ updateCustomer(id: {number}, input: {{user: 1}}) {{ id }} }}",
        ):
            self.graphql(text, errors=[("GRAPHQL_VALIDATION_FAILED", None)], headers=headers)
        self.rest(
            "/api/customers",
            method="POST",
            status=400,
            headers=headers,
            json={"name": "x", "city": "Gent"},
        )


@tagged("post_install", "-at_install")
class TestRecordFilters(FilterCase):
    """What may be a filter or a value, what a variable stands for, and what closes a policy."""

    def test_refused_filters(self):
        self.env["graphql_api.resource"].search([("type_name", "=", "Bank")]).active = False
        for type_name, text in (
            ("Customer", "[("),
            ("Customer", "5"),
            ("Customer", "user"),
            ("Customer", '[("user_id", "=", uid)]'),
            ("Customer", '[("user_id", "=", user.id)]'),
            ("Customer", '[("user_id", "=", __import__("os").getpid())]'),
            ("Customer", '[("nothing", "=", user)]'),
            ("Customer", '[("user_id.nothing", "=", 1)]'),
            ("Customer", '[(user, "=", 1)]'),
            ("Customer", '[("name", user, 1)]'),
            ("Customer", '["&", ("name", "=", "x")]'),
            ("Customer", '[("name", "unlike", "x")]'),
            ("Customer", '[("user_id", "any!", [("login", "=", "x")])]'),
            ("Customer", '[("bank_ids.acc_number", "=", "1")]'),
            ("Customer", '[("bank_ids", "any", [("acc_number", "=", "1")])]'),
            ("Customer", '[("parent_id.parent_id.parent_id.parent_id.name", "=", "x")]'),
            (
                "Customer",
                '[("parent_id", "any", [("parent_id.parent_id.parent_id.name", "=", "x")])]',
            ),
            ("Customer", f"[{', '.join(['(1, chr, 2)'] * 2)}]"),
            ("Customer", "[" + '"|", ' * 25 + ", ".join(['("name", "=", "x")'] * 26) + "]"),
            ("Customer", '[("id", "in", ' + str(list(range(2000))) + ")]"),
            ("Customer", '[("date", "=", "no day")]'),
            ("Customer", '[("user_id", "child_of", 1)]'),
            ("SaleOrder", '[("user_id.partner_id.bank_ids.acc_number", "ilike", "x")]'),
        ):
            with self.subTest(text), self.assertRaises(ValidationError), self.cr.savepoint():
                self.narrowed_policy(self.line(type_name, filter=text))
        message = r"chr\(1\) is not a plain value"
        with self.assertRaisesRegex(ValidationError, message), self.cr.savepoint():
            self.narrowed_policy(self.line("Customer", filter='[("name", "=", chr(1))]'))

    def test_what_variables_stand_for(self):
        company = self.env.company
        today = self.env["sale.order"].create(
            {"partner_id": self.mine.id, "user_id": self.seller.id, "validity_date": "2026-03-15"}
        )
        for text, expected in (
            ('[("user_id", "=", user)]', True),
            ('[("user_id", "in", [user, 5])]', True),
            ('[("user_id", "in", [0])]', False),
            ('[("partner_id", "=", partner)]', False),
            ('[("user_id.partner_id", "=", partner)]', True),
            ('[("company_id", "in", company_ids)]', True),
            ('[("company_id", "in", [False, company_ids])]', True),
            ('[("company_id", "not in", company_ids)]', False),
            ('["!", ("user_id", "=", user)]', False),
            ('[("user_id", "any", [("id", "=", user)])]', True),
        ):
            with self.subTest(text):
                headers = self.narrowed_key(self.line("SaleOrder", filter=text), login="zseller")
                status = 200 if expected else 404
                self.rest(f"/api/sale-orders/{today.id}", status=status, headers=headers)
        self.assertTrue(company)

    def test_today_is_that_of_the_company(self):
        """Neither the time zone of the request nor that of the user counts."""
        self.env.company.partner_id.tz = "Pacific/Auckland"
        self.seller.tz = "America/Los_Angeles"
        order = self.env["sale.order"].create(
            {
                "partner_id": self.mine.id,
                "user_id": self.seller.id,
                "validity_date": "2026-03-16",
                "date_order": datetime(2026, 3, 15, 12),
            }
        )
        path = f"/api/sale-orders/{order.id}"
        for text in (
            '[("validity_date", "=", today)]',
            '[("validity_date", "=", "today")]',
            '[("date_order", ">=", today)]',
            '[("date_order", ">=", "today")]',
            '[("date_order", ">=", "2026-03-16"), ("date_order", "<", "2026-03-17")]',
        ):
            with self.subTest(text):
                key = self.narrowed_key(self.line("SaleOrder", filter=text), login="zseller")
                for zone in ("America/Los_Angeles", "UTC", "Pacific/Auckland"):
                    with freeze_time("2026-03-15 13:00:00"):
                        self.rest(path, headers={**key, "X-Timezone": zone})
        key = self.narrowed_key(
            self.line("SaleOrder", filter='[("validity_date", "=", today)]'), login="zseller"
        )
        with freeze_time("2026-03-15 09:00:00"):
            self.rest(path, status=404, headers=key)

    def test_language_and_rights_do_not_matter(self):
        """A filter means the same in each language, and names what the user may not read."""
        self.env["res.lang"]._activate_lang("fr_FR")
        tag = self.env["crm.tag"].create({"name": "Zpublic"})
        tag.with_context(lang="fr_FR").name = "Zother"
        self.my_order.tag_ids = tag
        text = '[("tag_ids.name", "=", "Zpublic")]'
        headers = self.narrowed_key(self.line("SaleOrder", filter=text), login="zseller")
        path = f"/api/sale-orders/{self.my_order.id}"
        for lang in ("en-US", "fr-FR"):
            self.rest(path, headers={**headers, "Accept-Language": lang})
        self.forbid_fields("sale.order", "user_id")
        headers = self.narrowed_key(self.line("SaleOrder", filter=OWN), login="zseller")
        self.rest(path, headers=headers)
        self.rest(f"/api/sale-orders/{self.their_order.id}", status=404, headers=headers)

    def test_a_broken_filter_closes_the_policy(self):
        for text in ("[(", '[("gone", "=", 1)]', '[("user_id", "=", uid)]'):
            policy = self.narrowed_policy(self.line("Customer", filter=OWN))
            headers = self.scoped_key(policy, "zseller")
            self.rest("/api/customers", headers=headers)
            # As when the field went with the addon that had it.
            self.env.cr.execute(
                "UPDATE graphql_api_policy_right SET record_filter = %s WHERE policy_id = %s",
                [text, policy.id],
            )
            self.env.invalidate_all()
            policy._clear_caches()
            self.assertFalse(policy.is_served)
            self.assertIn("Customer", policy.status)
            with self.assertLogs("odoo.addons.graphql_api", logging.WARNING) as logs:
                body = self.rest("/api/customers", status=403, headers=headers)
            self.assertEqual(body["code"], "FORBIDDEN")
            self.assertIn("administrator", body["message"])
            self.assertNotIn("Customer", body["message"])
            self.assertIn("Customer", " ".join(logs.output))
            self.rest("/api/me", status=403, headers=headers)
            response = self.graphql_response("{ me { lang } }", headers=headers)
            self.assertEqual(response.status_code, 403)

    def test_what_is_gone_opens_nothing(self):
        policy = self.narrowed_policy(
            self.line("Customer", read=["name"], write=["name"], actions=["follow"])
        )
        headers = self.scoped_key(policy, "zseller")
        self.rest("/api/customers?fields=name", headers=headers)
        self.lines("Customer", "name").active = False
        follow = self.env["graphql_api.resource.action"].search(
            [("resource_id.type_name", "=", "Customer"), ("name", "=", "follow")]
        )
        follow.active = False
        for name in ("name", "email"):
            self.rest(f"/api/customers?fields={name}", status=400, headers=headers)
        sdl = self.http("GET", "/api/graphql/schema.graphql", headers=headers).text
        self.assertNotIn("email", sdl)
        self.assertNotIn("Customer(id: ID!): Boolean", sdl)
        self.assertNotIn("postMessage", sdl)

    def test_values_that_are_refused(self):
        for type_name, values in (
            ("Customer", {"user_id": "partner"}),
            ("Customer", {"name": "user"}),
            ("Customer", {"name": "text"}),
            ("Customer", {"name": "5"}),
            ("SaleOrder", {"partner_id": "null"}),
            ("Customer", {"is_company": '"yes"'}),
            ("Customer", {"user_id": "2000000000"}),
            ("Customer", {"category_id": "[1]"}),
            ("SaleOrder", {"validity_date": '"soon"'}),
            ("SaleOrder", {"state": '"nothing"'}),
            ("SaleOrder", {"date_order": "today"}),
            ("SaleOrder", {"locked": "true"}),
        ):
            with self.subTest(values), self.assertRaises(ValidationError), self.cr.savepoint():
                self.narrowed_policy(self.line(type_name, **values))

    def test_a_value_that_lost_its_field_closes_the_policy(self):
        policy = self.narrowed_policy(self.line("Customer", ref='"Z"'))
        headers = self.scoped_key(policy, "zseller")
        self.rest("/api/customers", headers=headers)
        self.lines("Customer", "ref").writable = False
        with self.assertLogs("odoo.addons.graphql_api", logging.WARNING):
            self.rest("/api/customers", status=403, headers=headers)
        self.assertFalse(policy.is_served)
