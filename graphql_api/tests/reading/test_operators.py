"""Filters: every operator on every kind of value."""

from odoo.tests import tagged

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


@tagged("post_install", "-at_install", "generated")
class OperatorCase(ApiCase):
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

    def blank(self, record, column):
        """Leave an empty text in the database, where Odoo itself writes NULL."""
        self.env.flush_all()
        self.env.cr.execute(f"UPDATE {record._table} SET {column} = '' WHERE id = %s", [record.id])
        record.invalidate_recordset([column])

    def rest_ids(self, records, name, operand):
        """Return the positions of what REST finds, among the records."""
        operand = ",".join(operand) if isinstance(operand, list) else str(operand).lower()
        params = {"fields": "id", "filter[and][0][id][in]": ",".join(map(str, records.ids))}
        body = self.rest("/api/customers", params={**params, name: operand})
        return {records.ids.index(node["id"]) for node in body["data"]}

    def check_ids(self, records, comparison, expected):
        query = "query ($filter: CustomerFilter) { customers(filter: $filter) { nodes { id } } }"
        all_of = [{"id": {"in": [str(i) for i in records.ids]}}, {"id": comparison}]
        nodes = self.graphql(query, {"filter": {"and": all_of}})["customers"]["nodes"]
        self.assertEqual({records.ids.index(int(node["id"])) for node in nodes}, expected)


class TestOperators(OperatorCase):
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


@tagged("generated")
class TestAutomaticFields(OperatorCase):
    def test_automatic_fields_of_all_resources(self):
        """They filter, order, group and aggregate in each resource that shows them."""
        schema = self.env["graphql_api.schema"]._get_schema()
        types = schema.graphql_schema.type_map
        document = self.http("GET", "/api/openapi.json").json()
        schemas = document["components"]["schemas"]
        for resource in schema.resources.values():
            name = resource.type_name
            dates = [x for x in ("createDate", "writeDate") if x in types[name].fields]
            inputs = [f"{name}{kind}" for kind in ("Filter", "RelationFilter", "Order")]
            for input_type in map(types.get, inputs):
                if input_type is None:
                    continue
                self.assertLessEqual({"id", *dates}, set(input_type.fields), input_type)
            if "read" not in resource.operations or not resource.is_root:
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
                documented = schemas[f"{name}Filter"]["properties"]
                for rest_name in map(schema.rest_name, [name] * len(dates), dates):
                    self.assertIn(rest_name, documented)
                    path = f"/api/{resource.collection}"
                    self.rest(
                        f"{path}?fields=id&limit=1&filter[{rest_name}][gte]=2000-01-01T00:00:00Z"
                    )
                    self.rest(f"{path}?fields=id&limit=1&{rest_name}=2000-01-01T00:00:00Z")
                    self.rest(f"{path}?fields=id&limit=1&filter[id][gt]=0&sort=-{rest_name}")
                    self.rest(
                        f"{path}/aggregate?group_by={rest_name}:month&fields=count,{rest_name}.max"
                    )
