"""Filters: every operator on every kind of value, relations, logic, and generated ones."""

import re
from datetime import date, datetime

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from odoo.tests import tagged

from ...schema.reading.ordering import CREATE_DATE_FIELD, ID_FIELD, WRITE_DATE_FIELD
from ..cases.api import ApiCase

TEXT_CASES = [
    # The texts are "Ghent", "ghent sea", "100%_x", "" and none at all.
    ("eq", "Ghent", {0}),
    ("eq", "ghent", set()),
    ("eq", None, {3, 4}),
    ("ne", "Ghent", {1, 2, 3, 4}),
    ("ne", None, {0, 1, 2}),
    ("in", ["Ghent", "100%_x", "Bruges"], {0, 2}),
    ("in", [], set()),
    ("notIn", ["Ghent"], {1, 2, 3, 4}),
    ("notIn", [], {0, 1, 2, 3, 4}),
    ("contains", "GHENT", {0, 1}),
    ("contains", "", {0, 1, 2, 3, 4}),
    ("contains", "%_", {2}),
    ("contains", "h_n", set()),
    ("contains", "g%t", set()),
    ("contains", "\\", set()),
    ("startsWith", "", {0, 1, 2, 3, 4}),
    ("startsWith", "gHe", {0, 1}),
    ("startsWith", "ent", set()),
    ("startsWith", "100%", {2}),
    ("startsWith", "%", set()),
    ("endsWith", "", {0, 1, 2, 3, 4}),
    ("endsWith", "SEA", {1}),
    ("endsWith", "_x", {2}),
    ("endsWith", "%x", set()),
    ("isNull", True, {3, 4}),
    ("isNull", False, {0, 1, 2}),
]
NUMBER_CASES = [
    # The numbers are -1, 0, 2 and 10.
    ("eq", 0, {1}),
    ("ne", 0, {0, 2, 3}),
    ("in", [0, 10, 99], {1, 3}),
    ("in", [], set()),
    ("notIn", [0], {0, 2, 3}),
    ("notIn", [], {0, 1, 2, 3}),
    ("lt", 0, {0}),
    ("lte", 0, {0, 1}),
    ("gt", 2, {3}),
    ("gte", 2, {2, 3}),
    ("gt", -5, {0, 1, 2, 3}),
    ("lt", 1, {0, 1}),
]
DATE_CASES = [
    # The days are three in a row, and none.
    ("eq", "2026-11-23", {1}),
    ("eq", None, {3}),
    ("ne", "2026-11-23", {0, 2, 3}),
    ("ne", None, {0, 1, 2}),
    ("in", ["2026-11-22", "2026-11-24"], {0, 2}),
    ("notIn", ["2026-11-22"], {1, 2, 3}),
    ("lt", "2026-11-23", {0}),
    ("lte", "2026-11-23", {0, 1}),
    ("gt", "2026-11-23", {2}),
    ("gte", "2026-11-23", {1, 2}),
    ("isNull", True, {3}),
    ("isNull", False, {0, 1, 2}),
]
DATETIME_CASES = [
    # The moments are 08:00, 09:00 and 10:00 UTC, and none.
    ("eq", "2026-11-23T09:00:00Z", {1}),
    ("eq", "2026-11-23T09:00:00", {1}),
    ("eq", "2026-11-23T10:00:00+01:00", {1}),
    ("eq", "2026-11-22T23:30:00-09:30", {1}),
    ("eq", None, {3}),
    ("ne", "2026-11-23T09:00:00Z", {0, 2, 3}),
    ("ne", None, {0, 1, 2}),
    ("in", ["2026-11-23T08:00:00Z", "2026-11-23T11:00:00+01:00"], {0, 2}),
    ("notIn", ["2026-11-23T08:00:00Z"], {1, 2, 3}),
    ("lt", "2026-11-23T09:00:00Z", {0}),
    ("lte", "2026-11-23T09:00:00Z", {0, 1}),
    ("gt", "2026-11-23T09:00:00Z", {2}),
    ("gt", "2026-11-23T10:00:00+02:00", {1, 2}),
    ("gte", "2026-11-23T09:00:00Z", {1, 2}),
    ("isNull", True, {3}),
    ("isNull", False, {0, 1, 2}),
]
ENUM_CASES = [
    # The keys are "contact", "other" and none.
    ("eq", "other", {1}),
    ("eq", None, {2}),
    ("ne", "other", {0, 2}),
    ("ne", None, {0, 1}),
    ("in", ["contact", "other"], {0, 1}),
    ("notIn", ["contact"], {1, 2}),
    ("isNull", True, {2}),
    ("isNull", False, {0, 1}),
]
KEY_CASES = [
    # The keys are "0", "1" and "3".
    ("eq", "1", {1}),
    ("ne", "1", {0, 2}),
    ("in", ["0", "3", "9"], {0, 2}),
    ("notIn", ["0"], {1, 2}),
    ("isNull", True, set()),
    ("isNull", False, {0, 1, 2}),
]
BOOLEAN_CASES = [
    ("eq", True, {0}),
    ("eq", False, {1}),
    ("ne", True, {1}),
    ("ne", False, {0}),
]


@tagged("post_install", "-at_install")
class TestOperators(ApiCase):
    """Each operator of each filter input, by GraphQL and by REST."""

    def create_filtered(self, model, field, values, **common):
        records = self.env[model].create(
            [{"name": f"Filtered {i}", field: value, **common} for i, value in enumerate(values)]
        )
        self.assertEqual(len(records), len(values))
        return records

    def check(self, type_name, name, records, cases):
        """Check that each (operator, operand) finds the records at the given positions."""
        schema = self.env["graphql_api.schema"]._get_schema()
        resource = schema.resources[type_name]
        field = schema.graphql_schema.type_map[f"{type_name}Filter"].fields[name]
        self.assertEqual({case[0] for case in cases}, set(field.type.fields), "all operators")
        ids = [str(record.id) for record in records]
        query = (
            f"query ($filter: {type_name}Filter) "
            f"{{ page: {resource.list_name}(filter: $filter, includeArchived: true) "
            "{ totalCount nodes { id } } }"
        )
        for operator, operand, expected in cases:
            with self.subTest(field=name, operator=operator, operand=operand):
                variables = {"filter": {"id": {"in": ids}, name: {operator: operand}}}
                page = self.graphql(query, variables)["page"]
                found = {ids.index(node["id"]) for node in page["nodes"]}
                self.assertEqual(found, expected)
                self.assertEqual(page["totalCount"], len(expected))
                if operand not in (None, []):
                    found = self.rest_positions(resource, name, operator, operand, ids)
                    self.assertEqual(found, expected)

    def rest_positions(self, resource, name, operator, operand, ids):
        if isinstance(operand, list):
            operand = ",".join(map(str, operand))
        text = str(operand).lower() if isinstance(operand, bool) else operand
        body = self.rest(
            f"/api/{resource.collection}",
            params={
                "fields": "id",
                "include_archived": "true",
                "filter[id][in]": ",".join(ids),
                f"filter[{name}][{operator}]": text,
            },
        )
        return {ids.index(str(node["id"])) for node in body["data"]}

    def test_char(self):
        records = self.create_filtered(
            "res.partner", "city", ["Ghent", "ghent sea", "100%_x", "x", False], type="other"
        )
        self.blank(records[3], "city")
        self.check("Customer", "city", records, TEXT_CASES)

    def test_text(self):
        records = self.create_filtered(
            "product.template", "description_sale", ["Ghent", "ghent sea", "100%_x", "x", False]
        )
        self.env.flush_all()
        records[3].with_context(lang="en_US").description_sale = ""
        self.check("ProductTemplate", "descriptionSale", records, TEXT_CASES)

    def test_inherited_text(self):
        """A product's name is that of its template, and translated."""
        records = self.create_filtered("product.product", "name", ["Ghent", "ghent sea", "100%_x"])
        cases = [
            (operator, operand, expected - {3, 4}) for operator, operand, expected in TEXT_CASES
        ]
        self.check("Product", "name", records, cases)

    def blank(self, record, column):
        """Leave an empty text in the database, where Odoo itself writes NULL."""
        self.env.flush_all()
        self.env.cr.execute(f"UPDATE {record._table} SET {column} = '' WHERE id = %s", [record.id])
        record.invalidate_recordset([column])

    def test_backslash(self):
        records = self.create_filtered("res.partner", "city", ["a\\b", "a%b", "ab\\", "\\%"])
        cases = [
            ("contains", "\\", {0, 2, 3}),
            ("contains", "\\b", {0}),
            ("contains", "\\%", {3}),
            ("endsWith", "\\", {2}),
            ("startsWith", "\\%", {3}),
            ("eq", "a\\b", {0}),
        ]
        for operator, operand, expected in cases:
            query = (
                "query ($filter: CustomerFilter) { customers(filter: $filter) { nodes { id } } }"
            )
            where = {"id": {"in": [str(i) for i in records.ids]}, "city": {operator: operand}}
            nodes = self.graphql(query, {"filter": where})["customers"]["nodes"]
            self.assertEqual(
                {records.ids.index(int(node["id"])) for node in nodes},
                expected,
                (operator, operand),
            )

    def test_html(self):
        texts = ["<p>Ghent</p>", "<p>ghent sea</p>", "<p>100%_x</p>", False]
        records = self.create_filtered("res.partner", "comment", texts)
        self.check(
            "Customer",
            "comment",
            records,
            [
                ("eq", "<p>Ghent</p>", {0}),
                ("ne", "<p>Ghent</p>", {1, 2, 3}),
                ("in", ["<p>Ghent</p>"], {0}),
                ("notIn", ["<p>Ghent</p>"], {1, 2, 3}),
                ("contains", "GHENT", {0, 1}),
                ("startsWith", "<p>g", {0, 1}),
                ("endsWith", "%_x</p>", {2}),
                ("isNull", True, {3}),
                ("isNull", False, {0, 1, 2}),
            ],
        )

    def test_integer(self):
        records = self.create_filtered("res.partner.category", "color", [-1, 0, 2, 10])
        self.check("CustomerTag", "color", records, NUMBER_CASES)

    def test_integer_without_a_value(self):
        """Odoo knows no empty number: what the database has as NULL shows, and is found, as 0."""
        records = self.create_filtered("res.partner.category", "color", [-1, 1, 2, 10])
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner_category SET color = NULL WHERE id = %s", [records[1].id]
        )
        records.invalidate_recordset()
        self.check("CustomerTag", "color", records, NUMBER_CASES)

    def test_float(self):
        records = self.create_filtered("res.partner", "partner_latitude", [-1, 0, 2, 10])
        self.check("Customer", "partnerLatitude", records, NUMBER_CASES)

    def test_monetary(self):
        records = self.create_filtered("crm.lead", "expected_revenue", [-1, 0, 2, 10])
        self.check("Lead", "expectedRevenue", records, NUMBER_CASES)

    def test_date(self):
        days = ["2026-11-22", "2026-11-23", "2026-11-24", False]
        records = self.create_filtered("crm.lead", "date_deadline", days)
        self.check("Lead", "dateDeadline", records, DATE_CASES)

    def test_datetime(self):
        moments = [f"2026-11-23 {hour}:00:00" for hour in ("08", "09", "10")]
        records = self.create_filtered("crm.lead", "date_open", [*moments, False])
        records[3].date_open = False
        self.check("Lead", "dateOpen", records, DATETIME_CASES)

    def test_boolean(self):
        records = self.create_filtered("res.partner", "is_company", [True, False])
        self.check("Customer", "isCompany", records, BOOLEAN_CASES)

    def test_active(self):
        records = self.create_filtered("res.partner", "active", [True, False])
        self.check("Customer", "active", records, BOOLEAN_CASES)

    def test_selection_as_enum(self):
        records = self.create_filtered("res.partner", "type", ["contact", "other", False])
        self.check("Customer", "type", records, ENUM_CASES)

    def test_selection_as_text(self):
        records = self.create_filtered("crm.lead", "priority", ["0", "1", "3"])
        cases = [
            *KEY_CASES,
            ("contains", "1", {1}),
            ("contains", "", {0, 1, 2}),
            ("startsWith", "3", {2}),
            ("endsWith", "0", {0}),
        ]
        self.check("Lead", "priority", records, cases)

    def test_many2one_reference(self):
        one, two = self.env["res.partner"].create([{"name": "One"}, {"name": "Two"}]).ids
        records = self.create_filtered(
            "ir.attachment", "res_id", [one, two, 0], res_model="res.partner"
        )
        # One that belongs to no record is its creator's alone, or everybody's.
        records[2].write({"res_model": False, "public": True})
        cases = [
            ("eq", one, {0}),
            ("eq", None, {2}),
            ("ne", one, {1, 2}),
            ("ne", None, {0, 1}),
            ("in", [one, two], {0, 1}),
            ("notIn", [one], {1, 2}),
            ("isNull", True, {2}),
            ("isNull", False, {0, 1}),
        ]
        self.check("Attachment", "resId", records, cases)

    def test_reference(self):
        self.env["graphql_api.resource"].create(
            {
                "type_name": "Thing",
                "collection": "things",
                "model": "ir.ui.menu",
                "field_ids": [(0, 0, {"field_name": "action"})],
            }
        )
        action = self.env["ir.actions.act_window"].search([], limit=1)
        values = [f"{action._name},{action.id}", False]
        records = self.create_filtered("ir.ui.menu", "action", values)
        self.check("Thing", "action", records, [("isNull", True, {1}), ("isNull", False, {0})])

    def test_id(self):
        records = self.create_filtered("res.partner", "city", [False] * 3)
        first, second, third = [str(i) for i in records.ids]
        cases = [
            ("eq", first, {0}),
            ("eq", records[0].id, {0}),
            ("eq", None, set()),
            ("ne", first, {1, 2}),
            ("ne", None, {0, 1, 2}),
            ("in", [first, third, "2147483647"], {0, 2}),
            ("notIn", [first, second], {2}),
            ("lt", second, {0}),
            ("lte", second, {0, 1}),
            ("gt", second, {2}),
            ("gte", second, {1, 2}),
            ("gt", "0", {0, 1, 2}),
            ("lte", 0, set()),
            ("isNull", True, set()),
            ("isNull", False, {0, 1, 2}),
        ]
        schema = self.env["graphql_api.schema"]._get_schema()
        operators = schema.graphql_schema.type_map["IDFilter"].fields
        self.assertEqual({operator for operator, _, _ in cases}, set(operators))
        for operator, operand, expected in cases:
            with self.subTest(operator=operator, operand=operand):
                self.check_ids(records, {operator: operand}, expected)
                if operand is not None:
                    found = self.rest_ids(records, f"filter[id][{operator}]", operand)
                    self.assertEqual(found, expected)

    def rest_ids(self, records, name, operand):
        """Return the positions of what REST finds, among the records."""
        operand = ",".join(operand) if isinstance(operand, list) else str(operand).lower()
        params = {"fields": "id", "filter[and][0][id][in]": ",".join(map(str, records.ids))}
        body = self.rest("/api/customers", params={**params, name: operand})
        return {records.ids.index(node["id"]) for node in body["data"]}

    def test_dates_of_creation_and_change(self):
        """Each second is one moment, whatever microseconds the database has."""
        records = self.create_filtered("res.partner", "city", [False] * 4)
        self.env.flush_all()
        for name, graphql_name in (("create_date", "createDate"), ("write_date", "writeDate")):
            for record, moment in zip(
                records,
                ("08:00:00", "09:00:00.000001", "09:00:00.999999", "10:00:00.5"),
                strict=True,
            ):
                self.env.cr.execute(
                    f"UPDATE res_partner SET {name} = %s WHERE id = %s",
                    [f"2026-11-23 {moment}", record.id],
                )
            records.invalidate_recordset()
            nine = "2026-11-23T09:00:00Z"
            cases = [
                ("eq", nine, {1, 2}),
                ("eq", "2026-11-23T10:00:00.25+01:00", {1, 2}),
                ("eq", None, set()),
                ("ne", nine, {0, 3}),
                ("ne", None, {0, 1, 2, 3}),
                ("in", [nine, "2026-11-23T10:00:00Z"], {1, 2, 3}),
                ("in", [], set()),
                ("notIn", [nine], {0, 3}),
                ("notIn", [], {0, 1, 2, 3}),
                ("lt", nine, {0}),
                ("lte", nine, {0, 1, 2}),
                ("gt", nine, {3}),
                ("gte", nine, {1, 2, 3}),
                ("isNull", True, set()),
                ("isNull", False, {0, 1, 2, 3}),
            ]
            self.check("Customer", graphql_name, records, cases)
            with self.subTest(name, rest="snake case"):
                ids = ",".join(map(str, records.ids))
                for parameter in (f"filter[{name}][gte]", f"filter[{name}][eq]", name):
                    params = {"fields": "id", "filter[id][in]": ids, parameter: nine}
                    body = self.rest("/api/customers", params=params)
                    expected = 3 if "gte" in parameter else 2
                    self.assertEqual(len(body["data"]), expected, parameter)

    def test_poll(self):
        """Who asks for what has changed since the last record that it saw misses nothing."""
        records = self.create_filtered("res.partner", "city", [False] * 3)
        self.env.flush_all()
        for record, fraction in zip(records, ("7", "2", "5"), strict=True):
            self.env.cr.execute(
                "UPDATE res_partner SET write_date = %s WHERE id = %s",
                [f"2035-01-01 08:00:00.{fraction}", record.id],
            )
        records.invalidate_recordset()
        params = {"fields": "id,write_date", "sort": "write_date,id", "limit": "1"}
        since, seen = "2035-01-01T00:00:00Z", []
        for _turn in records:
            params["filter[write_date][gte]"] = since
            after = {}
            while True:
                body = self.rest("/api/customers", params={**params, **after})
                for node in body["data"]:
                    since = node["write_date"]
                    seen += [node["id"]] if node["id"] not in seen else []
                if body["meta"]["next"] is None:
                    break
                after = {"after": body["meta"]["next"]}
        self.assertEqual(seen, [records[place].id for place in (1, 2, 0)])
        self.assertEqual(since, "2035-01-01T08:00:00Z")

    def test_automatic_fields_of_all_resources(self):
        """They filter, order, group and aggregate in each resource that shows them."""
        schema = self.env["graphql_api.schema"]._get_schema()
        types = schema.graphql_schema.type_map
        paths = self.http("GET", "/api/openapi.json").json()["paths"]
        for resource in schema.resources.values():
            name = resource.type_name
            dates = [x for x in ("createDate", "writeDate") if x in types[name].fields]
            inputs = [f"{name}{kind}" for kind in ("Filter", "RelationFilter", "Order")]
            for input_type in map(types.get, inputs):
                if input_type is None:
                    continue
                self.assertLessEqual({"id", *dates}, set(input_type.fields), input_type)
            if "read" not in resource.operations:
                continue
            parts = [
                f"byId: {resource.list_name}(filter: {{id: {{gt: 0}}}}, first: 1) {{ totalCount }}"
            ]
            for date_name in dates:
                where = f'{{{date_name}: {{gte: "2000-01-01T00:00:00Z"}}}}'
                parts.append(
                    f"{date_name}: {resource.list_name}(filter: {where}, "
                    f"orderBy: [{{{date_name}: DESC}}], first: 1) {{ nodes {{ id }} }}"
                )
                parts.append(
                    f"{date_name}Groups: {resource.aggregate_name}(groupBy: "
                    f"[{{{date_name}: MONTH}}]) "
                    f"{{ keys {{ {date_name} }} {date_name} {{ min max }} }}"
                )
            with self.subTest(name):
                self.graphql("{ " + " ".join(parts) + " }")
                parameters = paths[f"/api/{resource.collection}"]["get"]["parameters"]
                documented = {parameter.get("name") for parameter in parameters}
                for rest_name in map(schema.rest_name, [name] * len(dates), dates):
                    self.assertIn(f"filter[{rest_name}]", documented)
                    path = f"/api/{resource.collection}"
                    self.rest(
                        f"{path}?fields=id&limit=1&filter[{rest_name}][gte]=2000-01-01T00:00:00Z"
                    )
                    self.rest(f"{path}?fields=id&limit=1&{rest_name}=2000-01-01T00:00:00Z")
                    self.rest(f"{path}?fields=id&limit=1&filter[id][gt]=0&sort=-{rest_name}")
                    self.rest(
                        f"{path}/aggregate?group_by={rest_name}:month&fields=count,{rest_name}.max"
                    )

    def check_ids(self, records, comparison, expected):
        query = "query ($filter: CustomerFilter) { customers(filter: $filter) { nodes { id } } }"
        all_of = [{"id": {"in": [str(i) for i in records.ids]}}, {"id": comparison}]
        nodes = self.graphql(query, {"filter": {"and": all_of}})["customers"]["nodes"]
        self.assertEqual({records.ids.index(int(node["id"])) for node in nodes}, expected)


@tagged("post_install", "-at_install")
class TestRelationsAndLogic(ApiCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        partners = cls.env["res.partner"]
        cls.company = partners.create(
            {"name": "Works", "city": "Ghent", "country_id": cls.env.ref("base.be").id}
        )
        cls.tag = cls.env["res.partner.category"].create({"name": "Gold"})
        cls.ann, cls.bob, cls.archived = partners.create(
            [
                {"name": "Ann", "parent_id": cls.company.id, "category_id": [(4, cls.tag.id)]},
                {"name": "Bob", "parent_id": cls.company.id, "function": "Baker"},
                {"name": "Old", "parent_id": cls.company.id, "active": False, "function": "Sage"},
            ]
        )
        cls.alone = partners.create({"name": "Alone"})
        cls.everybody = cls.company | cls.ann | cls.bob | cls.archived | cls.alone

    def found(self, where, *, archived=False, errors=(), login="admin"):
        """Return which of the test's partners a filter finds."""
        query = """query ($filter: CustomerFilter, $archived: Boolean!) {
          customers(filter: $filter, includeArchived: $archived, first: 1000) { nodes { id } }
        }"""
        ids = [str(i) for i in self.everybody.ids]
        variables = {"filter": {"and": [{"id": {"in": ids}}, where]}, "archived": archived}
        data = self.graphql(query, variables, errors=errors, login=login)
        if not errors:
            ids = [int(node["id"]) for node in data["customers"]["nodes"]]
            return self.everybody.browse(ids).sorted("id")

    def assert_bad(self, where, **kwargs):
        self.found(where, errors=[("BAD_USER_INPUT", ["customers"])], **kwargs)

    def test_no_condition(self):
        self.assertEqual(self.found({}), self.everybody - self.archived)
        for empty in ("null", "{}", "{and: []}"):
            page = f"{{ customers(filter: {empty}) {{ totalCount }} }}"
            count = self.graphql(page)["customers"]["totalCount"]
            self.assertEqual(count, self.env["res.partner"].search_count([]))

    def test_many2one(self):
        self.assertEqual(self.found({"parent": {"city": {"eq": "Ghent"}}}), self.ann | self.bob)
        self.assertEqual(
            self.found({"parent": {"id": {"eq": str(self.company.id)}}}), self.ann | self.bob
        )
        self.assertEqual(
            self.found({"parent": {"country": {"code": {"eq": "BE"}}}}), self.ann | self.bob
        )
        self.assertFalse(self.found({"parent": {"city": {"ne": "Ghent"}}}))
        self.assertEqual(self.found({"parent": {}}), self.everybody - self.archived)

    def test_id_of_a_many2one(self):
        """What has no record at the other end is not equal to any, and in no list."""
        works, ann = str(self.company.id), str(self.ann.id)
        empty, below = self.company | self.alone, self.ann | self.bob
        for comparison, expected in (
            ({"eq": works}, below),
            ({"eq": ann}, empty - empty),
            ({"eq": None}, empty),
            ({"ne": works}, empty),
            ({"ne": ann}, empty | below),
            ({"ne": None}, below),
            ({"in": [works, ann]}, below),
            ({"in": []}, empty - empty),
            ({"notIn": [works]}, empty),
            ({"notIn": [ann]}, empty | below),
            ({"notIn": []}, empty | below),
            ({"isNull": True}, empty),
            ({"isNull": False}, below),
            ({"gte": works}, below),
            ({"gt": works}, empty - empty),
            ({"lt": works}, empty - empty),
            ({"lte": works}, below),
            ({"ne": ann, "gt": 0}, below),
            ({}, empty | below),
        ):
            with self.subTest(comparison=comparison):
                self.assertEqual(self.found({"parent": {"id": comparison}}), expected)
                self.assertEqual(
                    self.found({"not": {"parent": {"id": comparison}}}),
                    self.everybody - self.archived - expected if comparison else empty | below,
                )
                for operator, operand in comparison.items():
                    if len(comparison) == 1 and operand not in (None, []):
                        text = ",".join(operand) if isinstance(operand, list) else str(operand)
                        params = {
                            "filter[id][in]": ",".join(map(str, self.everybody.ids)),
                            f"filter[parent][id][{operator}]": text.lower(),
                            "fields": "id",
                        }
                        found = self.rest("/api/customers", params=params)["data"]
                        self.assertEqual({node["id"] for node in found}, set(expected.ids))

    def test_id_of_a_many2one_beside_other_conditions(self):
        works, ann = str(self.company.id), str(self.ann.id)
        ghent = {"city": {"eq": "Ghent"}}
        below = self.ann | self.bob
        self.assertEqual(self.found({"parent": {"id": {"ne": ann}, **ghent}}), below)
        self.assertFalse(self.found({"parent": {"id": {"ne": works}, **ghent}}))
        self.assertFalse(self.found({"parent": {"id": {"eq": None}, **ghent}}))

    def test_id_of_a_many2one_below_others(self):
        """There as in Odoo: the record itself has to be there, its own relation may be empty."""
        works = str(self.company.id)
        grandchild = self.env["res.partner"].create({"name": "Kid", "parent_id": self.ann.id})
        type(self).everybody |= grandchild
        self.addCleanup(setattr, type(self), "everybody", self.everybody - grandchild)
        for other in (works, "2147483647"):
            domain = [("parent_id.parent_id", "!=", int(other)), ("id", "in", self.everybody.ids)]
            expected = self.env["res.partner"].search(domain, order="id")
            self.assertEqual(self.found({"parent": {"parent": {"id": {"ne": other}}}}), expected)
        without = {"parent": {"id": {"ne": works}}}
        self.assertEqual(self.found({"children": {"some": without}}), self.ann)
        self.assertEqual(
            self.found({"children": {"none": without}}),
            self.everybody - self.archived - self.ann,
        )
        leads_to_none = {"parent": {"id": {"eq": None}}}
        self.assertFalse(self.found({"children": {"some": leads_to_none}}))

    def test_id_of_a_hidden_record(self):
        """A record that a rule hides is equal to none: nobody learns which one it is."""
        self.env["ir.rule"].create(
            {
                "name": "hidden",
                "model_id": self.env.ref("base.model_res_partner").id,
                "domain_force": f"[('id', '!=', {self.company.id})]",
            }
        )
        works, visible = str(self.company.id), self.everybody - self.archived - self.company
        for comparison, expected in (
            ({"eq": works}, visible - visible),
            ({"in": [works]}, visible - visible),
            ({"ne": works}, visible),
            ({"notIn": [works]}, visible),
            ({"gt": 0}, visible - visible),
        ):
            with self.subTest(comparison=comparison):
                found = self.found({"parent": {"id": comparison}}, login="demo")
                self.assertEqual(found, expected)

    def test_variables_that_are_left_out(self):
        """They leave no condition behind, at any depth; an empty list is one."""
        everybody = self.everybody - self.archived
        nothing = {"name": {}}
        for where in (
            nothing,
            {"not": nothing},
            {"not": {}},
            {"and": [nothing, {}]},
            {"or": [nothing, {}]},
            {"parent": {}},
            {"parent": nothing},
            {"parent": {"id": {}}},
            {"parent": {"parent": {"country": {"code": {}}}}},
            {"not": {"parent": {"not": nothing}}},
            {"parent": {"or": [nothing]}},
            {"children": {}},
            {"children": {"some": nothing}},
            {"children": {"none": nothing}},
            {"children": {"some": {"parent": nothing}, "none": {"tags": {"some": nothing}}}},
        ):
            with self.subTest(where=where):
                self.assertEqual(self.found(where), everybody)
        ann = {"name": {"eq": "Ann"}}
        for where in (
            {"or": [ann, nothing]},
            {"and": [ann, nothing]},
            {"not": {"not": ann, "parent": nothing}},
            {**ann, "parent": nothing},
        ):
            with self.subTest(where=where):
                self.assertEqual(self.found(where), self.ann)
        self.assertFalse(self.found({"or": []}))
        self.assertFalse(self.found({"not": {"and": []}}))
        self.assertEqual(self.found({"parent": {"and": []}}), self.ann | self.bob)

    def test_left_out_variable_of_a_request(self):
        query = """query ($id: ID, $code: String, $name: String, $country: CountryRelationFilter) {
          customers(filter: {parent: {id: {ne: $id}}, country: {code: {eq: $code}},
                             children: {some: {name: {contains: $name}}},
                             or: [{name: {eq: $name}}, {parent: {country: $country}}]}) {
            totalCount
          }
        }"""
        found = self.graphql(query)["customers"]["totalCount"]
        self.assertEqual(found, self.env["res.partner"].search_count([]))

    def test_many2one_is_null(self):
        self.assertEqual(self.found({"parent": {"isNull": False}}), self.ann | self.bob)
        self.assertEqual(self.found({"parent": {"isNull": True}}), self.company | self.alone)
        both = {"parent": {"isNull": False, "name": {"eq": "Works"}}}
        self.assertEqual(self.found(both), self.ann | self.bob)
        self.assertFalse(self.found({"parent": {"isNull": True, "name": {"eq": "Works"}}}))

    def test_not_on_a_many2one(self):
        """Not a city of the parent's: those without a parent have none."""
        outside = {"not": {"parent": {"city": {"eq": "Ghent"}}}}
        self.assertEqual(self.found(outside), self.company | self.alone)
        inside = {"parent": {"not": {"city": {"eq": "Ghent"}}}}
        self.assertFalse(self.found(inside))

    def test_archived_parent(self):
        """A many2one leads to archived records, as it does in answers."""
        self.company.active = False
        self.assertEqual(self.found({"parent": {"name": {"eq": "Works"}}}), self.ann | self.bob)

    def test_some_and_none(self):
        baker = {"function": {"eq": "Baker"}}
        self.assertEqual(self.found({"children": {"some": baker}}), self.company)
        self.assertEqual(
            self.found({"children": {"none": baker}}), self.ann | self.bob | self.alone
        )
        self.assertEqual(self.found({"children": {"some": {}}}), self.company)
        self.assertEqual(self.found({"children": {"none": {}}}), self.ann | self.bob | self.alone)
        both = {"some": {"name": {"eq": "Ann"}}, "none": {"name": {"eq": "Zed"}}}
        self.assertEqual(self.found({"children": both}), self.company)
        self.assertEqual(self.found({"children": {}}), self.everybody - self.archived)

    def test_some_of_a_many2many(self):
        gold = {"name": {"eq": "Gold"}}
        self.assertEqual(self.found({"tags": {"some": gold}}), self.ann)
        self.assertEqual(self.found({"tags": {"none": gold}}), self.company | self.bob | self.alone)
        self.assertEqual(self.found({"tags": {"some": {"id": {"eq": str(self.tag.id)}}}}), self.ann)
        nested = {"children": {"some": {"tags": {"some": gold}}}}
        self.assertEqual(self.found(nested), self.company)

    def test_archived_children_do_not_count(self):
        """As in the list of children of an answer."""
        self.assertFalse(self.found({"children": {"some": {"function": {"eq": "Sage"}}}}))

    def test_include_archived(self):
        self.assertEqual(self.found({}, archived=True), self.everybody)
        self.assertEqual(self.found({"function": {"eq": "Sage"}}, archived=True), self.archived)
        self.assertFalse(self.found({"function": {"eq": "Sage"}}))

    def test_filter_by_active(self):
        """Who asks for archived records by name gets them, as in Odoo."""
        for archived in (False, True):
            where = {"active": {"eq": False}}
            self.assertEqual(self.found(where, archived=archived), self.archived)

    def test_logic(self):
        ann, bob = {"name": {"eq": "Ann"}}, {"name": {"eq": "Bob"}}
        self.assertEqual(self.found({"or": [ann, bob]}), self.ann | self.bob)
        self.assertFalse(self.found({"and": [ann, bob]}))
        self.assertEqual(self.found({"not": ann}), self.company | self.bob | self.alone)
        self.assertEqual(self.found({"not": {"or": [ann, bob]}}), self.company | self.alone)
        self.assertEqual(self.found({"not": {"not": ann}}), self.ann)
        self.assertEqual(
            self.found({"or": [ann, {"and": [bob, {"not": ann}]}]}), self.ann | self.bob
        )
        beside = {"name": {"in": ["Ann", "Alone"]}, "or": [ann, bob], "parent": {"isNull": False}}
        self.assertEqual(self.found(beside), self.ann)

    def test_empty_lists_of_conditions(self):
        """All of no conditions is true, one of no conditions is false."""
        self.assertEqual(self.found({"and": []}), self.everybody - self.archived)
        self.assertFalse(self.found({"or": []}))
        self.assertEqual(self.found({"or": [{}]}), self.everybody - self.archived)

    def test_null_where_it_says_nothing(self):
        for where in (
            {"and": None},
            {"or": None},
            {"not": None},
            {"name": None},
            {"parent": None},
            {"children": None},
            {"children": {"some": None}},
            {"children": {"none": None}},
            {"children": {"some": {"name": None}}},
            {"parent": {"id": None}},
            {"parent": {"id": {"in": None}}},
            {"parent": {"id": {"gt": None}}},
            {"id": {"gt": None}},
            {"parent": {"isNull": None}},
            {"name": {"isNull": None}},
            {"name": {"in": None}},
            {"name": {"contains": None}},
            {"partnerLatitude": {"eq": None}},
            {"partnerLatitude": {"gt": None}},
            {"isCompany": {"eq": None}},
            {"isCompany": {"ne": None}},
        ):
            with self.subTest(where=where):
                self.assert_bad(where)

    def test_values_that_cannot_be_compared(self):
        for where in (
            {"id": {"eq": "x"}},
            {"id": {"eq": "-5"}},
            {"id": {"eq": ""}},
            {"id": {"eq": "0"}},
            {"id": {"gt": "-1"}},
            {"id": {"lte": "x"}},
            {"createDate": {"eq": "9999-12-31T23:59:59Z"}},
            {"writeDate": {"in": ["9999-12-31T23:59:59.5Z"]}},
            {"parent": {"id": {"ne": "x"}}},
            {"parent": {"id": {"notIn": ["0"]}}},
            {"id": {"in": ["5", "99999999999999999999"]}},
            {"name": {"eq": "a\x00b"}},
            {"name": {"contains": "\x00"}},
            {"name": {"in": ["\x00"]}},
        ):
            with self.subTest(where=where):
                self.assert_bad(where)

    def test_values_of_another_type(self):
        query = "query ($filter: LeadFilter) { leads(filter: $filter) { totalCount } }"
        for where in (
            {"name": {"eq": 5}},
            {"name": {"in": [None]}},
            {"dateDeadline": {"eq": "tomorrow"}},
            {"dateDeadline": {"eq": "2026-13-01"}},
            {"dateDeadline": {"eq": "2026-11-23T08:00:00Z"}},
            {"dateOpen": {"eq": "2026-11-23"}},
            {"dateOpen": {"eq": "2026-11-23T25:00:00Z"}},
            {"dateOpen": {"gt": 5}},
            {"type": {"eq": "nothing"}},
            {"active": {"eq": "yes"}},
            {"expectedRevenue": {"gt": "5"}},
            {"unknown": {"eq": 1}},
            {"name": {"like": "x"}},
        ):
            with self.subTest(where=where):
                self.graphql(query, {"filter": where}, errors=[("BAD_USER_INPUT", None)])

    def test_integer_beyond_the_column(self):
        """Numbers that no 32-bit column holds: refused or not found, never a crash."""
        query = (
            "query ($filter: CustomerTagFilter) { customerTags(filter: $filter) { nodes { id } } }"
        )
        body = self.graphql_response(query, {"filter": {"color": {"eq": 2**31}}}).json()
        self.assertEqual(body["errors"][0]["extensions"]["code"], "BAD_USER_INPUT")
        query = "query ($filter: LeadFilter) { leads(filter: $filter) { nodes { id } } }"
        for number in (1e300, -1e300, 1e-300):
            body = self.graphql(query, {"filter": {"expectedRevenue": {"eq": number}}})
            self.assertEqual(body["leads"]["nodes"], [])

    def test_datetimes_at_the_ends_of_time(self):
        query = "query ($filter: LeadFilter) { leads(filter: $filter) { totalCount } }"
        for moment in ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"):
            for operator in ("lt", "lte", "gt", "gte"):
                self.graphql(query, {"filter": {"dateOpen": {operator: moment}}})
        beyond = {"dateOpen": {"gt": "0001-01-01T00:00:00+14:00"}}
        self.graphql(query, {"filter": beyond}, errors=[("BAD_USER_INPUT", None)])

    def test_not_offered(self):
        """What Odoo cannot search, what is binary and what is hidden is no filter."""
        types = self.env["graphql_api.schema"]._get_schema().graphql_schema.type_map
        self.assertNotIn("image1920", types["CustomerFilter"].fields)
        self.assertNotIn("properties", types["CustomerFilter"].fields)
        self.assertNotIn("imageUrl", types["CountryFilter"].fields)
        self.assertIn("name", types["ProductFilter"].fields)

    def test_not_filterable(self):
        """An administrator takes a field out of filters and orders."""
        line = self.env.ref("graphql_api.customer__vat")
        line.filterable = False
        self.assert_bad_request('{ customers(filter: {vat: {eq: "x"}}) { totalCount } }')
        self.assert_bad_request("{ customers(orderBy: [{vat: ASC}]) { totalCount } }")
        self.assert_bad_request(
            '{ saleOrders(filter: {customer: {vat: {eq: "x"}}}) { totalCount } }'
        )

    def assert_bad_request(self, query):
        body = self.graphql_response(query).json()
        self.assertEqual(body["errors"][0]["extensions"]["code"], "GRAPHQL_VALIDATION_FAILED")

    def test_literals_and_variables(self):
        query = """query ($name: String, $names: [String!]) {
          one: customers(filter: {name: {eq: $name}}) { nodes { name } }
          two: customers(filter: {name: {in: $names}}, orderBy: [{name: ASC}]) { nodes { name } }
          three: customers(filter: {name: {eq: "Alone"}}) { nodes { name } }
        }"""
        data = self.graphql(query, {"name": "Ann", "names": ["Bob", "Ann"]})
        self.assertEqual(data["one"]["nodes"], [{"name": "Ann"}])
        self.assertEqual(data["two"]["nodes"], [{"name": "Ann"}, {"name": "Bob"}])
        self.assertEqual(data["three"]["nodes"], [{"name": "Alone"}])

    def test_absent_variable_is_no_condition(self):
        """GraphQL leaves an input field out whose variable was not given."""
        query = """query ($ids: [ID!], $name: String) {
          customers(filter: {id: {in: $ids}, name: {eq: $name}}) { nodes { id } }
        }"""
        ids = [str(i) for i in (self.ann | self.bob).ids]
        nodes = self.graphql(query, {"ids": ids})["customers"]["nodes"]
        self.assertEqual(sorted(node["id"] for node in nodes), sorted(ids))


class Operands:
    """Values for conditions: half of them from the data, half not."""

    texts = st.sampled_from(["", "a", "A", "%", "_", "\\", "é", "a%", "Be", "S0", " ", "'", '"'])

    def __init__(self, values):
        self.values = [value for value in values if value not in (None, False, "")]

    def of(self, strategy, convert):
        if not self.values:
            return strategy
        return st.one_of(st.sampled_from(self.values).map(convert), strategy)

    def strategy(self, scalar: str):
        """Return (value for the filter, value for the domain) pairs of a GraphQL scalar."""
        if scalar == "String":
            parts = st.builds(lambda text, start: text[start : start + 4], self.texts, st.just(0))
            existing = self.of(parts, str)
            return st.one_of(existing, existing.map(lambda text: text[:3])).map(lambda x: (x, x))
        if scalar == "Boolean":
            return st.booleans().map(lambda x: (x, x))
        if scalar in ("Int", "BigInt"):
            return self.of(st.integers(-5, 300), int).map(lambda x: (x, x))
        if scalar == "Float":
            numbers = st.sampled_from([0.0, -1.5, 0.01, 50.0, 1000.0, 1e9])
            return self.of(numbers, float).map(lambda x: (x, x))
        if scalar == "ID":
            return self.of(st.just(2147483647), int).map(lambda x: (str(x), x))
        if scalar == "Date":
            days = st.dates(date(2020, 1, 1), date(2030, 1, 1))
            return self.of(days, lambda x: x).map(lambda x: (x.isoformat(), x.isoformat()))
        if scalar == "DateTime":
            moments = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1))
            return self.of(moments, lambda x: x).map(
                lambda x: (f"{x:%Y-%m-%dT%H:%M:%SZ}", f"{x:%Y-%m-%d %H:%M:%S}")
            )
        return self.of(st.nothing(), str).map(lambda x: (x, x))


@tagged("post_install", "-at_install")
class TestGeneratedFilters(ApiCase):
    """Filters from the schema's input types, beside a domain that is made independently.

    Relations in the domain are replaced by the ids that a search of their own gives. What has no
    condition, as if its variables had been left out, has None for a domain.
    """

    domain_operators = {
        "eq": "=", "ne": "!=", "in": "in", "notIn": "not in",
        "lt": "<", "lte": "<=", "gt": ">", "gte": ">=",
    }  # fmt: skip
    patterns = {"contains": "%{}%", "startsWith": "{}%", "endsWith": "%{}"}

    def setUp(self):
        super().setUp()
        self.schema = self.env["graphql_api.schema"]._get_schema()
        self.types = self.schema.graphql_schema.type_map
        self._operands = {}
        self._strategies = {}

    def check(self, type_name, login, examples):
        user = self.user(login)
        self.reader = self.env(user=user, su=False, context={"lang": "en_US", "tz": user.tz})
        self._operands.clear()
        resource = self.schema.resources[type_name]
        model = self.reader[resource.model]
        everything = model.search(list(resource.domain))
        query = (
            f"query ($filter: {type_name}Filter) {{ page: {resource.list_name}"
            "(filter: $filter, first: 1000, orderBy: [{id: ASC}]) { nodes { id } } }"
        )
        sizes = []

        @settings(
            max_examples=examples,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        )
        @given(self.filters(resource, 3))
        def compare(pair):
            where, domain = pair
            domain = domain or []
            result = self.execute(query, {"filter": where}, login=login)
            self.assertFalse(result.errors, where)
            found = [int(node["id"]) for node in result.data["page"]["nodes"]]
            expected = model.search([*resource.domain, *domain], order="id")
            self.assertEqual(found, expected.ids, (where, domain))
            self.assertEqual(found, sorted(everything.filtered_domain(domain).ids), (where, domain))
            sizes.append(len(found))

        compare()
        # Filters that find nothing or everything would prove little.
        telling = [size for size in sizes if 0 < size < len(everything)]
        self.assertGreater(len(telling), len(sizes) // 20)

    def filters(self, resource, depth):
        """Return a strategy of (filter, domain) pairs, made once."""
        key = (resource.type_name, depth)
        if key not in self._strategies:
            self._strategies[key] = self.new_filters(resource, depth)
        return self._strategies[key]

    def new_filters(self, resource, depth):
        input_type = self.types[f"{resource.type_name}Filter"]
        choices = []
        for name, field in self.offered(resource, input_type).items():
            if field.relation is None:
                choices.append(self.comparison(resource, name, field.field, input_type))
            elif depth > 1:
                choices.append(self.relation(resource, name, field, depth))
        single = st.one_of(choices)
        if depth == 1:
            return single
        deeper = st.deferred(lambda: self.filters(resource, depth - 1))
        several = st.lists(deeper, max_size=3)
        return st.one_of(
            single,
            st.tuples(single, single).map(self.merged),
            several.map(lambda pairs: ({"and": [w for w, _ in pairs]}, self.all_of(pairs))),
            several.map(lambda pairs: ({"or": [w for w, _ in pairs]}, self.one_of(pairs))),
            deeper.map(lambda pair: ({"not": pair[0]}, self.none_of(pair[1]))),
        )

    def offered(self, resource, input_type):
        """Return the conditions that the reader may use."""
        known = self.reader[resource.model].fields_get(attributes=["type"])
        fields = [ID_FIELD, CREATE_DATE_FIELD, WRITE_DATE_FIELD, *resource.fields.values()]
        by_name = {field.graphql_name: field for field in fields}
        offered = {}
        for name in input_type.fields:
            field = by_name.get(name)
            if field is None or field.field not in known:
                continue
            if field.relation is None or self.target(field).has_access("read"):
                offered[name] = field
        return offered

    def target(self, field):
        return self.reader[self.schema.resources[field.relation].model]

    def comparison(self, resource, name, odoo_name, input_type):
        operator_type = input_type.fields[name].type
        operands = self.operands(resource, odoo_name)
        choices = [st.just(({name: {}}, None))]
        for operator, field in operator_type.fields.items():
            scalar = str(field.type).strip("[]!")
            many = str(field.type).startswith("[")
            pairs = operands.strategy(scalar)
            if pairs.is_empty:
                continue
            if many:
                pairs = st.lists(pairs, max_size=4).map(
                    lambda items: ([a for a, _ in items], [b for _, b in items])
                )
            elif operator in ("eq", "ne") and "isNull" in operator_type.fields:
                pairs = st.one_of(st.just((None, False)), pairs)
            choices.append(
                pairs.map(
                    lambda pair, operator=operator: (
                        {name: {operator: pair[0]}},
                        [self.leaf(odoo_name, operator, pair[1])],
                    )
                )
            )
        return st.one_of(choices)

    def operands(self, resource, odoo_name):
        """Return operands for a field, with the values that the reader sees in it."""
        key = (resource.model, odoo_name)
        if key not in self._operands:
            records = self.reader[resource.model].search([], limit=300)
            values = [row[odoo_name] for row in records.read([odoo_name])]
            self._operands[key] = Operands(dict.fromkeys(values))
        return self._operands[key]

    def leaf(self, odoo_name, operator, value):
        if operator == "isNull":
            return (odoo_name, "=" if value else "!=", False)
        if operator in self.patterns:
            if not value:
                return (1, "=", 1)
            escaped = re.sub(r"([\\%_])", r"\\\1", value)
            return (odoo_name, "=ilike", self.patterns[operator].format(escaped))
        return (odoo_name, self.domain_operators[operator], value)

    def relation(self, resource, name, field, depth):
        target = self.schema.resources[field.relation]
        model = self.target(field)
        below = st.deferred(lambda: self.filters(target, depth - 1))

        def ids(domain, archived):
            found = model.with_context(active_test=not archived)
            return found.search([*target.domain, *domain]).ids

        def related(operator, domain, archived):
            if domain is None:
                return None
            return [(field.field, operator, ids(domain, archived))]

        def on_key(where):
            ((operator, operand),) = where["id"].items() or [(None, None)]
            if operator is None:
                return None
            if operator == "isNull":
                return [(field.field, "=" if operand else "!=", False)]
            if operand is None:
                return [(field.field, self.domain_operators[operator], False)]
            operand = list(map(int, operand)) if isinstance(operand, list) else int(operand)
            if operator in ("ne", "notIn"):
                equal = self.domain_operators["eq" if operator == "ne" else "in"]
                return related("not in", [("id", equal, operand)], True)
            return related("in", [("id", self.domain_operators[operator], operand)], True)

        if field.to_many:
            return st.one_of(
                below.map(lambda pair: ({name: {"some": pair[0]}}, related("in", pair[1], False))),
                below.map(
                    lambda pair: ({name: {"none": pair[0]}}, related("not in", pair[1], False))
                ),
            )
        keys = self.comparison(target, "id", "id", self.types[f"{target.type_name}RelationFilter"])
        keys = keys.map(lambda pair: (pair[0], on_key(pair[0])))
        return st.one_of(
            st.booleans().map(
                lambda value: (
                    {name: {"isNull": value}},
                    [(field.field, "=" if value else "!=", False)],
                )
            ),
            keys.map(lambda pair: ({name: pair[0]}, pair[1])),
            below.map(lambda pair: ({name: pair[0]}, self.other_end(related, on_key, pair))),
        )

    def other_end(self, related, on_key, pair):
        """Return the domain of a relation's filter that may be one of the other record's id."""
        where, domain = pair
        if "id" not in where:
            return related("in", domain, True)
        key = on_key({"id": where["id"]})
        rest = [item for item in domain or [] if not (isinstance(item, tuple) and item[0] == "id")]
        if not rest:
            return key
        return [*(key or []), *related("in", rest, True)]

    def merged(self, pairs):
        """Return two conditions side by side in one filter, as all of them."""
        (first, first_domain), (second, second_domain) = pairs
        if set(first) & set(second):
            return first, first_domain
        if first_domain is None or second_domain is None:
            return first | second, first_domain or second_domain
        return first | second, [*first_domain, *second_domain]

    def as_one(self, domain):
        """Return a domain as one operand for the prefix operators."""
        if not domain:
            return [(1, "=", 1)]
        terms = sum(isinstance(item, tuple) for item in domain)
        operators = sum(item in ("&", "|") for item in domain if isinstance(item, str))
        return ["&"] * (terms - operators - 1) + domain

    def conditions(self, pairs):
        """Return what is left without those of no condition, None where nothing is."""
        domains = [domain for _, domain in pairs if domain is not None]
        return domains if domains or not pairs else None

    def all_of(self, pairs):
        domains = self.conditions(pairs)
        if domains is None:
            return None
        return [item for domain in domains for item in self.as_one(domain)] or [(1, "=", 1)]

    def none_of(self, domain):
        return None if domain is None else ["!", *self.as_one(domain)]

    def one_of(self, pairs):
        domains = self.conditions(pairs)
        if domains is None:
            return None
        if not domains:
            return [(0, "=", 1)]
        domains = [self.as_one(domain) for domain in domains]
        return ["|"] * (len(domains) - 1) + [item for domain in domains for item in domain]

    def test_customers(self):
        self.check("Customer", "admin", 60)

    def test_sale_orders(self):
        self.check("SaleOrder", "admin", 60)

    def test_products(self):
        self.check("Product", "admin", 60)

    def test_countries(self):
        self.check("Country", "admin", 60)

    def test_sale_orders_of_a_user_with_few_rights(self):
        self.check("SaleOrder", "demo", 60)

    def test_leads_of_a_user_with_few_rights(self):
        self.check("Lead", "demo", 60)
