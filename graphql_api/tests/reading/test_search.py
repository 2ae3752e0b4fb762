"""Search by name, beside Odoo's own."""

from odoo.tests import tagged

from ..cases.api import ApiCase

HIDDEN = {
    "Account": "descriptions",
    "StockLevel": "lots and packages",
    "User": "logins",
}
"""Type -> what Odoo's search compares and the API does not expose."""


@tagged("post_install", "-at_install")
class NameSearchCase(ApiCase):
    """What a list's search finds, and what ``name_search`` of the model does."""

    samples = 6

    def setUp(self):
        super().setUp()
        self.schema = self.env["graphql_api.schema"]._get_schema()

    def reader(self, resource, login):
        user = self.user(login)
        env = self.env(user=user, su=False, context={"lang": "en_US", "tz": user.tz})
        return env[resource.model]

    def found(self, resource, text, login, arguments=""):
        query = (
            f"query ($text: String) {{ page: {resource.list_name}(search: $text, first: 1000"
            f"{arguments}) {{ nodes {{ id }} }} }}"
        )
        result = self.execute(query, {"text": text}, login=login)
        self.assertFalse(result.errors, (resource.type_name, text))
        return {int(node["id"]) for node in result.data["page"]["nodes"]}

    def texts(self, model, domain):
        """Return display names, and values that a search of names may compare."""
        records = model.search(domain)
        step = max(1, len(records) // self.samples)
        some = records[::step][: self.samples].sudo()
        texts = dict.fromkeys(some.mapped("display_name"))
        for path in self.paths(model):
            for record in some:
                value = record.mapped(path)
                value = value[:1].display_name if hasattr(value, "_name") else (value or [""])[0]
                if isinstance(value, str) and value:
                    texts |= {value: None, value[:4]: None, value[1:].upper(): None}
        return list(filter(None, texts))

    def paths(self, model):
        others = ("code", "login", "default_code", "barcode", "email", "ref", "name")
        paths = [*(model._rec_names_search or [model._rec_name])]
        return [*paths, *(name for name in others if name in model._fields)]


class TestNameSearch(NameSearchCase):
    def test_products(self):
        """A code or barcode comes before names, and the code in brackets after all."""
        products = self.env["product.product"].create(
            [
                {"name": "Zlamp", "default_code": "ZZ_8888"},
                {"name": "Zlamp ZZ_8888 cover"},
                {"name": "Zbox", "barcode": "ZBAR"},
                {"name": "ZBAR stool"},
                {"name": "Zlamp of old", "default_code": "ZZ_7777", "active": False},
            ]
        )
        lamp, cover, box, stool, old = products
        product = self.schema.resources["Product"]
        for text, expected in (
            ("[ZZ_8888] Zlamp", lamp),
            ("[ZZ_8888] whatever", lamp),
            ("[ZZ_888] Zlamp", lamp - lamp),
            ("ZZ_8888", lamp),
            ("zz_8888", lamp | cover),
            ("Zlamp", lamp | cover),
            ("ZBAR", box),
            ("zbar", stool),
            ("[ZZ_7777] Zlamp of old", lamp - lamp),
        ):
            with self.subTest(text=text):
                self.assertEqual(self.found(product, text, "admin"), set(expected.ids))
                body = self.rest("/api/products", params={"q": text, "fields": "id"})
                self.assertEqual({item["id"] for item in body["data"]}, set(expected.ids))
                names = self.env["product.product"].name_search(text, limit=None)
                self.assertEqual({record_id for record_id, _name in names}, set(expected.ids))
        old_name = "[ZZ_7777] Zlamp of old"
        archived = self.found(product, old_name, "admin", ", includeArchived: true")
        self.assertEqual(archived, {old.id})
        data = self.graphql(
            'query { productsAggregate(search: "[ZZ_8888] Zlamp") { count } '
            'none: products(search: "ZZ_8888", filter: {name: {contains: "cover"}}) '
            "{ nodes { name } } }"
        )
        self.assertEqual(data["productsAggregate"], [{"count": 1}])
        self.assertEqual(data["none"]["nodes"], [{"name": "Zlamp ZZ_8888 cover"}])

    def test_hidden_codes_of_products(self):
        lamp = self.env["product.product"].create({"name": "Zlamp", "default_code": "ZZ_8888"})
        self.env.ref("graphql_api.product__default_code").filterable = False
        self.schema = self.env["graphql_api.schema"]._get_schema()
        product = self.schema.resources["Product"]
        for text in ("[ZZ_8888] Zlamp", "ZZ_8888"):
            self.assertEqual(self.found(product, text, "admin"), set())
        self.assertEqual(self.found(product, "zlamp", "admin"), {lamp.id})
        template = self.schema.resources["ProductTemplate"]
        self.assertEqual(self.found(template, "zlamp", "admin"), {lamp.product_tmpl_id.id})

    def test_codes_of_variants(self):
        """Templates are found by the codes of their variants, as far as those are exposed."""
        attribute = self.env["product.attribute"].create(
            {"name": "Size", "value_ids": [(0, 0, {"name": name}) for name in ("S", "L")]}
        )
        line = {"attribute_id": attribute.id, "value_ids": [(6, 0, attribute.value_ids.ids)]}
        shirt = self.env["product.template"].create(
            {"name": "Zshirt", "attribute_line_ids": [(0, 0, line)]}
        )
        shirt.product_variant_ids[1].default_code = "ZSHIRT_L"
        template = self.schema.resources["ProductTemplate"]
        self.assertEqual(self.found(template, "zshirt_l", "admin"), {shirt.id})
        for name in ("product__default_code", "product_template__variants"):
            with self.subTest(hidden=name):
                line = self.env.ref(f"graphql_api.{name}")
                line.filterable = False
                self.assertEqual(self.found(template, "zshirt_l", "admin"), set())
                self.assertEqual(self.found(template, "zshirt", "admin"), {shirt.id})
                line.filterable = True
        product = self.env["graphql_api.resource"].search([("type_name", "=", "Product")])
        product.domain = "[('name', '!=', 'Zshirt')]"
        self.assertEqual(self.found(template, "zshirt_l", "admin"), set())

    def test_names_with_dots(self):
        """Names of other records, as their own resources allow it."""
        invoice = self.schema.resources["Invoice"]
        partner = self.env["res.partner"].create({"name": "Zpartner"})
        move = self.env["account.move"].create(
            {"move_type": "out_invoice", "partner_id": partner.id}
        )
        self.assertEqual(self.found(invoice, "zpartner", "admin"), {move.id})
        state = self.schema.resources["State"]
        texas = self.env.ref("base.state_us_44")
        self.assertEqual(self.found(state, "Texas (US)", "admin"), {texas.id})
        for name, text, found in (
            ("customer__name", "zpartner", invoice),
            ("invoice__customer", "zpartner", invoice),
            ("country__code", "Texas (US)", state),
            ("state__country", "Texas (US)", state),
        ):
            with self.subTest(hidden=name):
                line = self.env.ref(f"graphql_api.{name}")
                line.filterable = False
                self.assertEqual(self.found(found, text, "admin"), set())
                line.filterable = True
        customers = self.env["graphql_api.resource"].search([("type_name", "=", "Customer")])
        customers.domain = "[('name', '!=', 'Zpartner')]"
        self.assertEqual(self.found(invoice, "zpartner", "admin"), set())

    def test_queries(self):
        """A search costs one query, and two more where codes of products come first."""
        plain = self.query_count("{ customers { nodes { id } } }")
        for text in ("a", "Azure Interior", "[FURN_8888] Office Lamp"):
            count = self.query_count(
                "query ($q: String) { customers(search: $q) { nodes { id } } }", {"q": text}
            )
            self.assertEqual(count, plain)
        plain = self.query_count("{ products { nodes { id } } }")
        for text, more in (("lamp", 2), ("FURN_8888", 1), ("[FURN_8888] Office Lamp", 3)):
            count = self.query_count(
                "query ($q: String) { products(search: $q) { nodes { id } } }", {"q": text}
            )
            self.assertEqual(count - plain, more, text)


@tagged("generated")
class TestNameSearchOfAll(NameSearchCase):
    def test_all_resources(self):
        """The same is found, but for what is compared with values that are not exposed."""
        compared = 0
        for login in ("admin", "demo"):
            for resource in self.schema.by_collection.values():
                model = self.reader(resource, login)
                if "read" not in resource.operations or not model.has_access("read"):
                    continue
                domain = list(resource.domain)
                for text in self.texts(model, domain):
                    with self.subTest(resource.type_name, login=login, text=text):
                        found = self.found(resource, text, login)
                        names = model.name_search(text, domain, limit=None)
                        expected = {record_id for record_id, _name in names}
                        compared += bool(found)
                        if resource.type_name in HIDDEN:
                            self.assertLessEqual(found, expected)
                        else:
                            self.assertEqual(found, expected)
        self.assertGreater(compared, 400)
