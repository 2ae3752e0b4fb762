"""What REST gave can be sent back: it is no change, and what is changed in it is told apart."""

from odoo.tests import tagged

from ..cases.writing import WriteCase

VOLATILE = ("version", "write_date")
FILE = "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"


@tagged("post_install", "-at_install")
class SentBackCase(WriteCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.country = cls.env.ref("base.be")
        cls.partner = cls.env["res.partner"].create(
            {
                "name": "Zback",
                "country_id": cls.country.id,
                "child_ids": [(0, 0, {"name": "Zchild"})],
                "image_1920": FILE,
            }
        )
        cls.path = f"/api/customers/{cls.partner.id}"

    def without_volatile(self, data: dict) -> dict:
        return {name: value for name, value in data.items() if name not in VOLATILE}


class TestSentBack(SentBackCase):
    def test_a_value_is_changed_in_what_was_read(self):
        data = self.rest(self.path)["data"]
        found = self.write_rest("PUT", self.path, {**data, "city": "Ghent"})
        self.assertEqual(found["city"], "Ghent")
        self.assertEqual(found["country"], {"id": self.country.id, "name": "Belgium"})
        self.assertNotEqual(found["version"], data["version"])
        for body in (data, {**data, "city": "Paris"}, {"version": data["version"], "city": "x"}):
            self.refuse_rest("PUT", self.path, body, status=412, code="PRECONDITION_FAILED")

    def test_nothing_is_written(self):
        query = f"{self.path}?fields=id,name,version,write_date,country,children,image_1920,tags"
        data = self.rest(query)["data"]
        with self.nothing_written():
            self.assertEqual(self.write_rest("PUT", query, data), data)

    def test_related_records(self):
        france = self.env.ref("base.fr")
        for value in (
            france.id,
            str(france.id),
            {"id": france.id},
            {"id": france.id, "name": "France"},
            {"id": france.id, "name": "Belgium"},
        ):
            self.partner.country_id = self.country
            data = self.write_rest("PATCH", f"{self.path}?fields=country", {"country": value})
            self.assertEqual(data["country"]["id"], france.id)
        created = self.write_rest(
            "POST", "/api/customers?fields=country.id", {"name": "Z", "country": value}, status=201
        )
        self.assertEqual(created, {"country": {"id": france.id}})
        for value in ({}, {"name": "France"}, {"id": None}, {"id": "x"}, {"id": {}}, [france.id]):
            body = {"country": value}
            self.refuse_rest("PATCH", self.path, body, status=400, fields=["country"])
        data = self.rest(f"{self.path}?fields=country.id,country.code,country.currency")["data"]
        self.write_rest("PATCH", self.path, data)
        data["country"]["code"] = "XX"
        self.refuse_rest("PATCH", self.path, data, status=400, fields=["country"])

    def test_changed(self):
        """What is only read, or changed in another way, is refused by its name."""
        fields = "id,display_name,create_date,write_date,children,image_1920"
        data = self.rest(f"{self.path}?fields={fields}")["data"]
        for name, value in (
            ("id", data["id"] + 1),
            ("id", str(data["id"] + 1)),
            ("display_name", "Zother"),
            ("display_name", None),
            ("create_date", "2020-01-01T00:00:00Z"),
            ("write_date", "2020-01-01T00:00:00Z"),
            ("children", []),
            ("children", [{**data["children"][0], "name": "Zother"}]),
            ("children", [*data["children"], {"id": 1}]),
            ("children", [1]),
            ("image_1920", {**data["image_1920"], "size": 1}),
        ):
            with self.subTest(name, value=value):
                body = {**data, name: value}
                self.refuse_rest("PUT", self.path, body, status=400, fields=[name])
                self.refuse_rest("PATCH", self.path, {name: value}, status=400, fields=[name])
        body = {**data, "id": 1, "display_name": "x", "name": 5}
        self.refuse_rest("PUT", self.path, body, status=400, fields=["id", "display_name", "name"])

    def test_changed_values_that_are_only_read(self):
        order = self.env["sale.order"].search([], limit=1)
        body = {"amount_total": order.amount_total + 1, "currency": order.currency_id.id + 1}
        found = self.refuse_rest("PATCH", f"/api/sale-orders/{order.id}", body, status=400)
        messages = {error["field"]: error["message"] for error in found["errors"]}
        self.assertEqual(messages, {name: f"{name} can only be read." for name in body})

    def test_records_in_lists(self):
        child = self.partner.child_ids
        read = self.rest(f"/api/customers/{child.id}")["data"]
        body = {"children": {"update": [{**read, "city": "Ghent"}]}}
        data = self.write_rest("PATCH", f"{self.path}?fields=children.city", body)
        self.assertEqual(data, {"children": [{"city": "Ghent"}]})
        self.refuse_rest("PATCH", self.path, body, status=412, code="PRECONDITION_FAILED")
        for name, value in (("display_name", "x"), ("create_date", None)):
            body = {"children": {"update": [{"id": child.id, name: value}]}}
            where = f"children.update.0.{name}"
            self.refuse_rest("PATCH", self.path, body, status=400, fields=[where])

    def test_missing(self):
        for number in (2**31 - 1, "abc"):
            path = f"/api/customers/{number}"
            body = {"id": 5, "version": "x", "display_name": "x", "children": []}
            self.refuse_rest("PUT", path, body, status=404, code="NOT_FOUND")

    def test_a_new_record(self):
        """It has no id, version or list yet that could be unchanged."""
        data = self.rest(self.path)["data"]
        body = self.refuse_rest("POST", "/api/customers", data, status=400)
        blamed = {error["field"] for error in body["errors"]}
        self.assertLessEqual({"id", "version", "display_name", "create_date"}, blamed)
        self.assertNotIn("country", blamed)

    def test_hidden_relations(self):
        """A relation that is hidden from the caller is null; sent back, it stays."""
        hidden = self.env["res.partner"].create({"name": "Zhidden", "is_company": True})
        self.partner.parent_id = hidden
        self.hide(hidden)
        path = f"{self.path}?fields=id,name,parent"
        data = self.rest(path, login="demo")["data"]
        self.assertIsNone(data["parent"])
        self.write_rest("PUT", path, data, login="demo")
        self.assertEqual(self.partner.parent_id, hidden)


@tagged("generated")
class TestEverythingSentBack(SentBackCase):
    def test_every_resource(self):
        """One record of each, with the default fields and with all."""
        schema = self.env["graphql_api.schema"]._get_schema()
        tried = 0
        for resource in schema.by_collection.values():
            if "read" not in resource.operations or not resource.allows("update"):
                continue
            rows = self.rest(f"/api/{resource.collection}?limit=1&fields=id")["data"]
            if not rows:
                continue
            path = f"/api/{resource.collection}/{rows[0]['id']}"
            context = schema.context(self.env(user=self.user("admin"), su=False))
            names = [
                schema.rest_name(resource.type_name, name)
                for name in schema.graphql_schema.type_map[resource.type_name].fields
                if schema.may_read(context, resource.type_name, name)
            ]
            for query in ("", f"?fields={','.join(names)}"):
                for method in ("PUT", "PATCH"):
                    with self.subTest(path, method=method, query=bool(query)):
                        data = self.rest(path + query)["data"]
                        found = self.write_rest(method, path + query, data)
                        self.assertEqual(self.without_volatile(found), self.without_volatile(data))
                        tried += 1
        self.assertGreater(tried, 40)
