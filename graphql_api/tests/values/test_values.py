"""Values: what Odoo's ``read`` gives, GraphQL and REST give too, as the table of values says."""

import base64
from datetime import datetime, timedelta

from odoo.tests import tagged

from ...schema.exposure.resource_field import RELATIONS
from ..cases.api import ApiCase

RECORDS = 100
"""Records that are compared of each model."""

GIF = base64.b64decode("R0lGODdhAQABAIAAAP///////ywAAAAAAQABAAACAkQBADs=")
PDF = b"%PDF-1.4\n%%EOF\n"


@tagged("generated")
class TestEveryValue(ApiCase):
    """All fields of all resources, compared with ``read`` of the same user.

    The three answers are brought to one form: a many2one is (id, display name), a list the
    sorted ids, a file its size.
    """

    def test_admin(self):
        compared = self.check_resources("admin")
        self.assertGreater(len(compared), 30)
        self.assertGreater(sum(compared.values()), 900)

    def test_user_with_few_rights(self):
        compared = self.check_resources("demo")
        self.assertGreater(len(compared), 20)
        self.assertIn("SaleOrder", compared)

    def test_other_language(self):
        compared = self.check_resources("admin", "fr_FR", ["Country", "Product", "LeadStage"])
        self.assertEqual(len(compared), 3)

    def check_resources(self, login, lang="en_US", type_names=None) -> dict[str, int]:
        """Compare resources; return the number of compared records of each."""
        user = self.user(login)
        self.reader = self.env(user=user, su=False, context={"lang": lang, "tz": user.tz})
        self.resources = self.env["graphql_api.schema"]._get_schema().resources
        headers = {"Accept-Language": lang.replace("_", "-")}
        compared = {}
        for name in type_names or self.resources:
            resource = self.resources[name]
            if not resource.is_root or not self.reader[resource.model].has_access("read"):
                continue
            with self.subTest(resource=name, login=login):
                compared[name] = self.check_resource(resource, login, headers)
        return compared

    def check_resource(self, resource, login, headers) -> int:
        records = self.visible(resource, [], limit=RECORDS)
        expected, forbidden = self.expected(resource, records)
        found, errors = self.by_graphql(resource, login, headers)
        self.assertEqual(list(found), records.ids)
        for record_id, values in expected.items():
            self.assertEqual(found[record_id], values)
        self.assertEqual(errors, forbidden)

        readable = self.readable_fields(resource)
        found = self.by_rest(resource, readable, login, headers)
        self.assertEqual(list(found), records.ids)
        for record_id, values in expected.items():
            values = {name: values[name] for name in found[record_id]}
            self.assertEqual(found[record_id], values)
        return len(records)

    # What Odoo says.

    def visible(self, resource, domain, limit=None):
        """Return the records that the resource exposes to the reader."""
        model = self.reader[resource.model].with_context(active_test=False)
        found = model.search([*resource.domain, *domain], order="id", limit=limit)
        return self.reader[resource.model].browse(found.ids)

    def readable_fields(self, resource) -> list[str]:
        """Return the API's names of the fields whose values the reader may see."""
        known = self.reader[resource.model].fields_get(attributes=["type"])
        return [
            name
            for name, field in resource.fields.items()
            if field.field in known
            and (not field.to_many or self.target_model(field).has_access("read"))
        ]

    def target_model(self, field):
        return self.reader[self.resources[field.relation].model]

    def expected(self, resource, records):
        """Return values by record and name, and the (id, name) pairs of forbidden ones."""
        readable = self.readable_fields(resource)
        log_names = ["create_date", "write_date"] if records._log_access else []
        odoo_names = [resource.fields[name].field for name in readable]
        self.env.invalidate_all()
        rows = records.read([*odoo_names, "display_name", *log_names])
        values, forbidden = {}, set()
        for row in rows:
            name = row["display_name"] or None
            values[row["id"]] = {"display_name": name} | {
                name: self.moment(row[name]) for name in log_names
            }
        for name, field in resource.fields.items():
            if name not in readable:
                column = dict.fromkeys(records.ids)
                forbidden |= {(record_id, name) for record_id in records.ids}
            else:
                raw = {row["id"]: row[field.field] for row in rows}
                column = self.expected_column(records, field, raw)
                if field.type == "many2one":
                    forbidden |= {(i, name) for i, value in raw.items() if value and not column[i]}
            for record_id, value in column.items():
                values[record_id][name] = value
        return values, forbidden

    def expected_column(self, records, field, raw) -> dict:
        if field.type in RELATIONS:
            return self.expected_relations(field, raw)
        if field.shows_name:
            # As the reader of Odoo's own page sees them, with whatever rights.
            shown = {record.id: record.sudo()[field.field] for record in records}
            return {key: ", ".join(value.mapped("name")) or None for key, value in shown.items()}
        if field.field == "res_model":
            return {record.id: self.type_name(raw[record.id], record.res_id) for record in records}
        convert = {
            "boolean": bool,
            "integer": int,
            "monetary": float,
            "float": lambda value: self.rounded(records, field, value),
            "date": lambda value: value.isoformat() if value else None,
            "datetime": self.moment,
            "html": lambda value: str(value) if value else None,
            "binary": lambda value: len(base64.b64decode(value)) if value else None,
            "many2one_reference": lambda value: value or None,
        }.get(field.type, lambda value: value or None)
        return {record_id: convert(value) for record_id, value in raw.items()}

    def type_name(self, model, record_id):
        """Return the first type, by its collection, that shows a record; else its model."""
        for resource in sorted(self.resources.values(), key=lambda each: each.collection):
            if resource.model == model:
                record = self.env[model].browse(record_id)
                if record.filtered_domain(list(resource.domain)):
                    return resource.type_name
        return model or None

    def moment(self, value):
        return f"{value:%Y-%m-%dT%H:%M:%SZ}" if value else None

    def rounded(self, records, field, value):
        digits = records._fields[field.field].get_digits(self.env)
        return round(value, digits[1]) if digits else value

    def expected_relations(self, field, raw) -> dict:
        target = self.resources[field.relation]
        ids = {
            record_id
            for value in raw.values()
            for record_id in (value if field.to_many else value[:1] if value else ())
        }
        readable = self.target_model(field).has_access("read")
        seen = set(self.visible(target, [("id", "in", list(ids))]).ids) if readable else set()
        if field.to_many:
            return {key: sorted(seen.intersection(value)) for key, value in raw.items()}
        return {
            key: tuple(value) if value and value[0] in seen else None for key, value in raw.items()
        }

    # What the API says.

    def by_graphql(self, resource, login, headers):
        """Return what GraphQL answers, in the form of :meth:`expected`."""
        names = self.names(resource)
        below = {"many2one": " { id displayName }", "binary": " { url filename mimetype size }"}
        below |= dict.fromkeys(["one2many", "many2many"], " { id }")
        selection = " ".join(
            name + ": " + graphql_name + below.get(self.field_type(resource, name), "")
            for name, graphql_name in names.items()
        )
        query = (
            f"{{ page: {resource.list_name}(orderBy: [{{id: ASC}}], first: {RECORDS}, "
            f"includeArchived: true) {{ nodes {{ id {selection} }} }} }}"
        )
        body = self.graphql_response(query, login=login, headers=headers).json()
        nodes = body["data"]["page"]["nodes"]
        errors = set()
        for error in body.get("errors", ()):
            self.assertEqual(error["extensions"]["code"], "FORBIDDEN", error)
            _page, _nodes, position, name = error["path"]
            errors.add((int(nodes[position]["id"]), name))
        found = {int(node.pop("id")): node for node in nodes}
        return {
            record_id: self.normalized(resource, node, "displayName")
            for record_id, node in found.items()
        }, errors

    def by_rest(self, resource, readable, login, headers):
        """Return what REST answers, in the form of :meth:`expected`."""
        names = [name for name in self.names(resource) if name not in resource.fields]
        body = self.rest(
            f"/api/{resource.collection}",
            params={
                "fields": ",".join(["id", *names, *readable]),
                "limit": RECORDS,
                "sort": "id",
                "include_archived": "true",
            },
            login=login,
            headers=headers,
        )
        found = {node.pop("id"): node for node in body["data"]}
        return {
            record_id: self.normalized(resource, node, "name") for record_id, node in found.items()
        }

    def names(self, resource) -> dict[str, str]:
        names = {"display_name": "displayName"}
        if self.reader[resource.model]._log_access:
            names |= {"create_date": "createDate", "write_date": "writeDate"}
        return names | {name: field.graphql_name for name, field in resource.fields.items()}

    def field_type(self, resource, name):
        field = resource.fields.get(name)
        return field and field.type.replace("image", "binary")

    def normalized(self, resource, node, label) -> dict:
        values = {}
        for name, value in node.items():
            match self.field_type(resource, name):
                case "many2one" if value:
                    value = (int(value["id"]), value[label])
                case "one2many" | "many2many" if value is not None:
                    value = sorted(int(item["id"]) for item in value)
                case "binary" if value:
                    self.assertTrue(value["url"].startswith(f"/api/{resource.collection}/"))
                    self.assertIn("/", value["mimetype"])
                    self.assertTrue(value["filename"])
                    value = value["size"]
            values[name] = value
        return values


@tagged("post_install", "-at_install")
class TestValues(ApiCase):
    """Values that the demo data does not have, one type at a time."""

    def expose(self, model, *field_names, domain="[]"):
        """Expose a model under the type Thing and the collection things, for this test."""
        self.env["graphql_api.resource"].create(
            {
                "type_name": "Thing",
                "collection": "things",
                "model": model,
                "domain": domain,
                "field_ids": [(0, 0, {"field_name": name}) for name in field_names],
            }
        )

    def values(self, type_name, record, selection, **kwargs):
        """Return fields of one record, the same by GraphQL and by REST."""
        resource = self.env["graphql_api.schema"]._get_schema().resources[type_name]
        query = f"query ($id: ID!) {{ record: {resource.single_name}(id: $id) {{ {selection} }} }}"
        return self.graphql(query, {"id": str(record.id)}, **kwargs)["record"]

    def rest_values(self, collection, record, fields, **kwargs):
        return self.rest(f"/api/{collection}/{record.id}?fields={fields}", **kwargs)["data"]

    def test_empty_values_are_null(self):
        partner = self.env["res.partner"].create({"name": "Empty", "type": False, "lang": False})
        self.assertEqual(
            self.values(
                "Customer",
                partner,
                "email comment type lang parent { id } state { id } image1920 { url } children "
                "{ id } tags { id } properties",
            ),
            {
                "email": None,
                "comment": None,
                "type": None,
                "lang": None,
                "parent": None,
                "state": None,
                "image1920": None,
                "children": [],
                "tags": [],
                "properties": None,
            },
        )
        self.assertEqual(
            self.rest_values("customers", partner, "email,comment,type,parent,image_1920,tags"),
            {
                "email": None,
                "comment": None,
                "type": None,
                "parent": None,
                "image_1920": None,
                "tags": [],
            },
        )
        lead = self.env["crm.lead"].create({"name": "Empty", "user_id": False})
        self.assertEqual(
            self.values("Lead", lead, "dateDeadline dateClosed description referred"),
            dict.fromkeys(["dateDeadline", "dateClosed", "description", "referred"]),
        )

    def test_empty_html_is_null(self):
        partner = self.env["res.partner"].create({"name": "Html", "comment": "<p>Hi &amp; bye</p>"})
        self.assertEqual(
            self.values("Customer", partner, "comment"), {"comment": "<p>Hi &amp; bye</p>"}
        )
        partner.comment = ""
        self.assertEqual(self.values("Customer", partner, "comment"), {"comment": None})

    def test_zero_and_false_stay(self):
        tag = self.env["res.partner.category"].create({"name": "Zero", "color": 0, "active": False})
        self.assertEqual(
            self.values("CustomerTag", tag, "color active"), {"color": 0, "active": False}
        )
        lead = self.env["crm.lead"].create({"name": "Zero", "expected_revenue": 0})
        lead.probability = 0
        values = self.values("Lead", lead, "expectedRevenue probability")
        self.assertEqual(values, {"expectedRevenue": 0.0, "probability": 0.0})
        self.assertIsInstance(values["probability"], float)
        self.assertIs(self.rest_values("customer-tags", tag, "active")["active"], False)

    def test_float_is_rounded_by_its_digits(self):
        """Also where a column of Odoo's is wider than the digits say by now."""
        line = self.env["sale.order.line"].search([("display_type", "=", False)], limit=1)
        line.product_uom_qty = 1.1 + 2.2
        query = "quantity"
        self.assertEqual(self.values("SaleOrderLine", line, query), {"quantity": 3.3})
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sale_order_line SET product_uom_qty = 0.125 WHERE id = %s", [line.id]
        )
        line.invalidate_recordset()
        self.assertEqual(self.values("SaleOrderLine", line, query), {"quantity": 0.13})
        self.env.ref("uom.decimal_product_uom").digits = 3
        self.assertEqual(self.values("SaleOrderLine", line, query), {"quantity": 0.125})
        self.assertEqual(
            self.rest_values("sale-order-lines", line, "quantity"), {"quantity": 0.125}
        )

    def test_float_without_digits_keeps_all_of_them(self):
        """A price of a product has no fixed digits in Odoo."""
        product = self.env["product.product"].create({"name": "Chair", "list_price": 0.123456})
        self.assertEqual(self.values("Product", product, "listPrice"), {"listPrice": 0.123456})

    def test_float_that_is_no_number_is_null(self):
        partner = self.env["res.partner"].create({"name": "Nowhere"})
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET partner_latitude = 'NaN' WHERE id = %s", [partner.id]
        )
        partner.invalidate_recordset()
        self.assertEqual(
            self.values("Customer", partner, "partnerLatitude"), {"partnerLatitude": None}
        )

    def test_integer_beyond_32_bits(self):
        """The next number of a sequence is computed from one of PostgreSQL, of 64 bits."""
        sequence = self.env["ir.sequence"].create({"name": "Big", "implementation": "standard"})
        self.env.cr.execute(f"ALTER SEQUENCE ir_sequence_{sequence.id:03d} RESTART 5000000000")
        self.expose("ir.sequence", "number_next_actual", domain="[('name', '=', 'Big')]")
        self.assertEqual(
            self.values("Thing", sequence, "numberNextActual"), {"numberNextActual": 5000000000}
        )
        self.assertEqual(
            self.rest_values("things", sequence, "number_next_actual"),
            {"number_next_actual": 5000000000},
        )

    def test_datetime_is_utc_without_microseconds(self):
        order = self.env["sale.order"].search([], limit=1)
        order.date_order = "2026-11-23 08:00:00"
        self.set_write_date(order, datetime(2026, 11, 23, 8, 30, 15, 123456))
        self.assertEqual(
            self.values("SaleOrder", order, "dateOrder writeDate", headers={"X-Timezone": "Japan"}),
            {"dateOrder": "2026-11-23T08:00:00Z", "writeDate": "2026-11-23T08:30:15Z"},
        )

    def test_date(self):
        order = self.env["sale.order"].search([], limit=1)
        order.validity_date = "2026-11-23"
        self.assertEqual(
            self.values("SaleOrder", order, "validityDate"), {"validityDate": "2026-11-23"}
        )

    def set_write_date(self, record, moment):
        record.env.flush_all()
        self.env.cr.execute(
            f"UPDATE {record._table} SET write_date = %s WHERE id = %s", [moment, record.id]
        )
        record.invalidate_recordset(["write_date"])

    def test_version_tells_two_writes_in_one_second(self):
        partner = self.env["res.partner"].create({"name": "Twice"})
        moment = datetime(2026, 11, 23, 8, 0, 0)
        seen = set()
        for microseconds in (0, 1, 2, 999_999):
            self.set_write_date(partner, moment + timedelta(microseconds=microseconds))
            values = self.values("Customer", partner, "writeDate version")
            self.assertEqual(values["writeDate"], "2026-11-23T08:00:00Z")
            seen.add(values["version"])
        self.assertEqual(len(seen), 4)
        again = self.values("Customer", partner, "version")
        self.assertEqual(again, {"version": values["version"]})

    def test_selection_is_an_enum_or_a_string(self):
        """Keys that are names are an enum; others, and those that depend on data, are text."""
        types = self.env["graphql_api.schema"]._get_schema().graphql_schema.type_map
        self.assertEqual(list(types["SaleOrderState"].values), ["draft", "sent", "sale", "cancel"])
        self.assertEqual(str(types["SaleOrder"].fields["state"].type), "SaleOrderState")
        self.assertEqual(str(types["Lead"].fields["priority"].type), "String")  # "0", "1", ...
        self.assertEqual(str(types["Customer"].fields["lang"].type), "String")  # by installation
        order = self.env["sale.order"].search([("state", "=", "draft")], limit=1)
        self.assertEqual(self.values("SaleOrder", order, "state"), {"state": "draft"})
        lead = self.env["crm.lead"].create({"name": "High", "priority": "2"})
        self.assertEqual(self.values("Lead", lead, "priority"), {"priority": "2"})

    def test_json(self):
        line = self.env["sale.order.line"].search([("display_type", "=", False)], limit=1)
        for value, shown in (({"7": 40.0, "8,9": 60.0}, {"7": 40.0, "8,9": 60.0}), (False, None)):
            line.analytic_distribution = value
            self.assertEqual(
                self.values("SaleOrderLine", line, "analyticDistribution"),
                {"analyticDistribution": shown},
            )
            self.assertEqual(
                self.rest_values("sale-order-lines", line, "analytic_distribution"),
                {"analytic_distribution": shown},
            )

    def test_properties(self):
        team = self.env["crm.team"].create(
            {
                "name": "With properties",
                "lead_properties_definition": [
                    {"name": "color", "string": "Color", "type": "char"},
                    {"name": "size", "string": "Size", "type": "integer", "default": 3},
                    {"name": "done", "string": "Done", "type": "boolean"},
                    {"name": "day", "string": "Day", "type": "date"},
                    {"name": "moment", "string": "Moment", "type": "datetime"},
                    {
                        "name": "partner",
                        "string": "Partner",
                        "type": "many2one",
                        "comodel": "res.partner",
                    },
                ],
            }
        )
        partner = self.env["res.partner"].create({"name": "Ann"})
        lead = self.env["crm.lead"].create({"name": "With properties", "team_id": team.id})
        lead.lead_properties = {
            "color": "red",
            "size": 4,
            "done": True,
            "day": "2026-11-23",
            "moment": "2026-11-23 08:00:00",
            "partner": partner.id,
        }
        self.env.flush_all()
        values = self.values("Lead", lead, "leadProperties")["leadProperties"]
        self.assertEqual(
            {item["name"]: item["value"] for item in values},
            {
                "color": "red",
                "size": 4,
                "done": True,
                "day": "2026-11-23",
                "moment": "2026-11-23 08:00:00",
                "partner": [partner.id, "Ann"],
            },
        )
        self.assertEqual(
            self.rest_values("leads", lead, "lead_properties")["lead_properties"], values
        )
        lead.team_id = False
        self.assertEqual(self.values("Lead", lead, "leadProperties"), {"leadProperties": None})

    def test_many2one_reference(self):
        partner = self.env["res.partner"].create({"name": "Ann"})
        attachment = self.env["ir.attachment"].create(
            {"name": "note.txt", "raw": b"hello", "res_model": "res.partner", "res_id": partner.id}
        )
        self.assertEqual(
            self.values("Attachment", attachment, "resModel resId"),
            {"resModel": "Customer", "resId": partner.id},
        )
        attachment.write({"res_model": False, "res_id": 0})
        self.assertEqual(
            self.values("Attachment", attachment, "resModel resId"),
            {"resModel": None, "resId": None},
        )

    def test_reference(self):
        self.expose("ir.ui.menu", "action")
        menus = self.env["ir.ui.menu"]
        with_action = menus.search([("action", "!=", False)], limit=1)
        expected = {"model": with_action.action._name, "id": with_action.action.id}
        self.assertEqual(self.values("Thing", with_action, "action"), {"action": expected})
        self.assertEqual(self.rest_values("things", with_action, "action"), {"action": expected})
        without = menus.search([("action", "=", False)], limit=1)
        self.assertEqual(self.values("Thing", without, "action"), {"action": None})

    def test_image(self):
        partner = self.env["res.partner"].create(
            {"name": "Picture", "image_1920": base64.b64encode(GIF)}
        )
        self.env.flush_all()
        stored = base64.b64decode(partner.image_1920)
        file = self.values("Customer", partner, "image1920 { url filename mimetype size }")
        file = file["image1920"]
        self.assertEqual(file["url"], f"/api/customers/{partner.id}/image_1920")
        self.assertEqual((file["mimetype"], file["size"]), ("image/gif", len(stored)))
        self.assertEqual(self.rest_values("customers", partner, "image_1920")["image_1920"], file)
        self.check_download(file, stored)

    def test_computed_binary(self):
        """A company's logo is its partner's image: a field that is not stored."""
        company = self.env.company
        company.logo = base64.b64encode(GIF)
        self.env.flush_all()
        stored = base64.b64decode(company.logo)
        file = self.values("Company", company, "logo { url filename mimetype size }")["logo"]
        self.assertEqual((file["mimetype"], file["size"]), ("image/gif", len(stored)))
        self.check_download(file, stored)

    def test_attachment(self):
        attachment = self.env["ir.attachment"].create({"name": "Offer.pdf", "raw": PDF})
        query = "name fileSize content { url filename mimetype size }"
        values = self.values("Attachment", attachment, query)
        file = values["content"]
        self.assertEqual(
            file,
            {
                "url": f"/api/attachments/{attachment.id}/content",
                "filename": "Offer.pdf",
                "mimetype": "application/pdf",
                "size": len(PDF),
            },
        )
        self.check_download(file, PDF)

    def check_download(self, file, content):
        """Check that the file's address gives exactly its bytes, to who has a key."""
        response = self.http("GET", file["url"])
        self.assertEqual(response.status_code, 200)
        self.assertEqual(response.content, content)
        self.assertEqual(response.headers["Content-Type"].split(";")[0], file["mimetype"])
        self.assertEqual(self.http("GET", file["url"], login=None).status_code, 401)

    def test_translated_field(self):
        country = self.env.ref("base.be")
        names = {"en-US": "Belgium", "fr-FR": "Belgique"}
        country.with_context(lang="fr_FR").name = names["fr-FR"]
        for lang, name in names.items():
            headers = {"Accept-Language": lang}
            self.assertEqual(
                self.values("Country", country, "name displayName", headers=headers),
                {"name": name, "displayName": name},
            )
            self.assertEqual(
                self.rest_values("countries", country, "name", headers=headers), {"name": name}
            )

    def test_company_dependent_field(self):
        """A partner's barcode differs by company: that of the first company that is asked for."""
        self.expose("res.partner", "barcode", domain="[('name', '=', 'By company')]")
        partner = self.env["res.partner"].create({"name": "By company"})
        companies = self.user("admin").company_ids[:2]
        for company in companies:
            partner.with_company(company).barcode = f"code {company.id}"
        self.env.flush_all()
        for company in companies:
            headers = {"X-Odoo-Companies": str(company.id)}
            self.assertEqual(
                self.values("Thing", partner, "barcode", headers=headers),
                {"barcode": f"code {company.id}"},
            )

    def test_display_name_of_every_relation(self):
        """REST shows a many2one with the display name, also where the type has no name."""
        line = self.env["sale.order.line"].search([("product_id", "!=", False)], limit=1)
        self.assertEqual(
            self.rest_values("sale-order-lines", line, "order,product"),
            {
                "order": {"id": line.order_id.id, "name": line.order_id.display_name},
                "product": {"id": line.product_id.id, "name": line.product_id.display_name},
            },
        )

    def test_text_survives_the_way(self):
        partner = self.env["res.partner"].create({"name": "x"})
        for name in ('"quoted" \\ back', "Zoë 🚲 漢字", "a\tb\u2028c", "<script>"):
            partner.name = name
            self.assertEqual(self.values("Customer", partner, "name"), {"name": name})
            self.assertEqual(self.rest_values("customers", partner, "name"), {"name": name})

    def test_values_of_a_selection_that_odoo_does_not_know(self):
        """A key that an uninstalled module left behind is null with an error, not a crash."""
        order = self.env["sale.order"].search([], limit=1)
        self.env.flush_all()
        self.env.cr.execute("UPDATE sale_order SET state = 'gone' WHERE id = %s", [order.id])
        order.invalidate_recordset()
        query = "query ($id: ID!) { saleOrder(id: $id) { name state } }"
        body = self.graphql_response(query, {"id": str(order.id)}).json()
        self.assertEqual(body["data"], {"saleOrder": {"name": order.name, "state": None}})
        self.assertEqual(body["errors"][0]["path"], ["saleOrder", "state"])
