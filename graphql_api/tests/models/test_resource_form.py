"""What an administrator saves in a resource: mistakes are refused, the rest is served."""

import json
from datetime import date

import strawberry
from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import RedirectWarning, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ...schema.execution.uses import Use
from ...schema.problems import BUILT_IN_TYPES, type_names
from ..cases.api import ApiCase


@strawberry.type
class Bank:
    name: str


@tagged("post_install", "-at_install")
class ResourceCase(ApiCase):
    def resource(self, collection: str):
        resources = self.env["graphql_api.resource"].with_context(active_test=False)
        return resources.search([("collection", "=", collection)])

    def create_bank_resource(self, **values):
        return self.env["graphql_api.resource"].create(
            {
                "type_name": "Bank",
                "collection": "banks",
                "model": "res.bank",
                "field_ids": [
                    Command.create({"field_name": "name"}),
                    Command.create({"field_name": "bic"}),
                    Command.create({"field_name": "country"}),
                ],
                **values,
            }
        )

    def line(self, resource, field_name: str):
        return resource.field_ids.filtered(lambda line: line.field_name == field_name)

    def assert_schema_is_built(self, path: str = "/api/countries?limit=1"):
        """The API answers, by both ways."""
        self.rest(path)
        self.assertTrue(self.graphql("{ __schema { types { name } } }"))


class TestRefused(ResourceCase):
    """Every mistake is a message, and nothing of it is kept."""

    def assert_refused(self, change, message: str):
        with (
            self.assertRaisesRegex((RedirectWarning, ValidationError), message),
            self.env.cr.savepoint(),
            mute_logger("odoo.sql_db"),
        ):
            change()
            self.env.flush_all()

    def assert_values_refused(self, message: str, **values):
        self.assert_refused(lambda: self.create_bank_resource(**values), message)

    def assert_line_refused(self, message: str, **values):
        lines = [Command.create(values)]
        self.assert_refused(lambda: self.bank.write({"field_ids": lines}), message)

    def assert_refused_by_constraint(self, **values):
        with (
            self.assertRaises(IntegrityError),
            self.env.cr.savepoint(),
            mute_logger("odoo.sql_db"),
        ):
            self.create_bank_resource(**values)

    def setUp(self):
        super().setUp()
        self.bank = self.create_bank_resource(type_name="OtherBank", collection="other-banks")

    def test_models(self):
        for model in ("res.nobody", "mail.thread", "base.module.update", "graphql_api.exposure"):
            with self.subTest(model):
                self.assert_values_refused("not a model of this", model=model, field_ids=[])

    def test_a_model_without_the_fields(self):
        change = {"model": "res.country.state"}
        self.assert_refused(lambda: self.bank.write(change), "res.country.state has no field bic")

    def test_fields(self):
        self.assert_line_refused("res.bank has no field nmae", field_name="nmae")
        self.assert_refused(
            lambda: self.line(self.bank, "bic").write({"field_name": "bik"}), "no field bik"
        )

    def test_a_type_of_field_without_values(self):
        lines = [Command.create({"field_name": "lead_properties_definition"})]
        self.assert_values_refused(
            "has the type properties_definition, which the API does not support",
            type_name="Team",
            collection="teams",
            model="crm.team",
            field_ids=lines,
        )

    def test_names_of_fields(self):
        for name in ("__name", "_name", "Name", "na me", "1st", "na__me", "name_", "näme", "a.b"):
            with self.subTest(name):
                self.assert_line_refused("is not a field name", field_name="street", api_name=name)
        for name in ("id", "display_name", "version", "write_date", "and", "not", "is_null"):
            with self.subTest(name):
                message = f"Every resource has the name {name} already"
                self.assert_line_refused(message, field_name="street", api_name=name)

    def test_two_fields_of_one_name(self):
        message = "would both be"
        self.assert_line_refused(message, field_name="street", api_name="bic")
        self.assert_line_refused(message, field_name="bic")
        self.bank.field_ids = [Command.create({"field_name": "street2"})]
        self.assert_line_refused(message, field_name="street", api_name="street_2")
        line = self.line(self.bank, "street2")
        self.assert_refused(lambda: line.write({"api_name": "bic"}), message)
        hidden = {"field_name": "street", "api_name": "bic", "active": False}
        self.bank.write({"field_ids": [Command.create(hidden)]})
        archived = self.bank.with_context(active_test=False).field_ids
        self.assert_refused(lambda: archived.write({"active": True}), message)

    def test_former_names(self):
        """They are names like others: valid, and of one field."""
        for former, message in (
            ("Name", "Name is not a field name"),
            ("street, na me", "na me is not a field name"),
            ("version", "Every resource has the name version already"),
            ("bic", "street and bic of OtherBank would both be bic"),
            ("old, bic", "would both be bic"),
        ):
            with self.subTest(former):
                self.assert_line_refused(message, field_name="street", former_names=former)
        self.bank.field_ids = [Command.create({"field_name": "street", "former_names": "road"})]
        self.assert_line_refused("would both be road", field_name="zip", api_name="road")
        self.assert_line_refused("would both be road", field_name="zip", former_names="road")
        states = self.line(self.resource("countries"), "state_ids")
        change = {"former_names": "create"}
        self.assert_refused(lambda: states.write(change), "CountryCreateInput")

    def test_a_former_name_that_data_brings(self):
        """It gives way to a field that has the name."""
        values = {"resource_id": self.bank.id, "field_name": "zip", "former_names": "bic, post"}
        self.env["graphql_api.resource.field"].with_context(install_mode=True).create(values)
        resources = self.env["graphql_api.resource"]._get_resources()
        (fields,) = (each.fields for each in resources if each.type_name == "OtherBank")
        found = {name: (fields[name].field, fields[name].alias_of) for name in ("bic", "post")}
        self.assertEqual(found, {"bic": ("bic", None), "post": ("zip", "zip")})

    def test_type_names(self):
        for name in ("bank", "My Bank", "__Bank", "_Bank", "Bank-2", "2Bank", "Bänk"):
            with self.subTest(name):
                self.assert_values_refused("is not a type name", type_name=name)

    def test_types_that_the_schema_has(self):
        for name in sorted({*BUILT_IN_TYPES, "CountryFilter", "CountryConnection", "CountryKey"}):
            with self.subTest(name):
                self.assert_values_refused(f"the type {name} ", type_name=name)

    def test_collections(self):
        for name in ("Banks", "my banks", "banks/1", "-banks", "my--banks", "__banks", "bänke"):
            with self.subTest(name):
                self.assert_values_refused("is not a collection name", collection=name)
        for name in ("graphql", "me", "mobile", "docs", "openapi", "auth", "health"):
            with self.subTest(name):
                self.assert_values_refused("a route of the API itself", collection=name)

    def test_names_of_the_query(self):
        self.assert_values_refused("the query news", type_name="News", collection="news")
        self.assert_values_refused("the query countries", type_name="Countries")
        self.assert_values_refused("the query country", collection="country")
        # Other collections, but the same in camelCase.
        self.bank.collection = "banks2"
        self.assert_values_refused("the query banks2", collection="banks-2")

    def test_names_of_the_mutation(self):
        action = Command.create({"name": "create-loyal", "method": "create_company"})
        self.resource("customers").action_ids = [action]
        self.assert_values_refused("createLoyalCustomer", type_name="LoyalCustomer")

    def test_names_that_return(self):
        """An archived resource takes no names, until it is activated."""
        self.bank.write({"type_name": "Lender", "active": False})
        self.create_bank_resource(collection="lender")
        self.assert_refused(lambda: self.bank.write({"active": True}), "the query lender")

    def test_types_of_lists(self):
        """A list brings an input, whose name another type may have."""
        lines = [Command.create({"field_name": "state_ids", "api_name": "create"})]
        self.assert_refused(
            lambda: self.resource("countries").write({"field_ids": lines}), "CountryCreateInput"
        )

    def test_the_changed_resource_is_refused(self):
        """Not one that was there before, whichever is older."""
        self.assert_refused(
            lambda: self.resource("countries").write({"collection": "other-bank"}),
            r"Country \(res.country\) needs the query otherBank",
        )

    def test_used_names(self):
        for values, name in (
            ({"collection": "countries"}, "query countries"),
            ({"type_name": "Country"}, "type Country"),
        ):
            with self.subTest(values):
                self.assert_values_refused(f"{name} in the schema, and Country has", **values)

    def test_orders(self):
        for order in ("nmae", "name asc, secret desc", "street", "country", "swift"):
            with self.subTest(order):
                self.assert_values_refused("cannot be ordered by", order=order)
        for order in ("name; drop table", "name up", "country.name", "lower(name)"):
            with self.subTest(order):
                self.assert_values_refused("is not an order", order=order)

    def test_page_sizes(self):
        self.assert_refused_by_constraint(default_page_size=200, max_page_size=100)
        self.assert_refused_by_constraint(default_page_size=0)

    def test_domains(self):
        for domain in (
            "env.user",
            "[('name', '=', uid)]",
            "[('create_date', '>', context_today())]",
            "[('name', '=', 'open'",
            "5",
        ):
            with self.subTest(domain):
                self.assert_values_refused("not a list of plain values", domain=domain)
        for domain in (
            "[('nonsense', '=', 1)]",
            "[('name', 'near', 'a')]",
            "['&', ('name', '=', 'a')]",
            "[('country.nonsense', '=', 1)]",
            "['name']",
        ):
            with self.subTest(domain):
                self.assert_values_refused("is not valid", domain=domain)
        for domain in ("[('create_date', '>', 'yesterday')]", "[('id', '=', 'one')]"):
            with self.subTest(domain):
                self.assert_values_refused("domain", domain=domain)

    def test_defaults(self):
        for defaults, message in (
            ({"nmae": "x"}, "no field nmae"),
            ({"id": 5}, "no field id"),
            ({"country": "Belgium"}, "cannot be the default"),
            ({"active": {"a": 1}}, "cannot be the default"),
            ({"bic": ["a"]}, "cannot be the default"),
            ({"country": 2**30}, "cannot be the default"),
            ([1], "not an object"),
        ):
            with self.subTest(defaults):
                self.assert_values_refused(message, defaults=defaults)
                self.assert_values_refused(message, defaults_text=json.dumps(defaults))
        for text in ("{", "{'name': 1}", '{"name": NaN}', "name"):
            with self.subTest(text):
                self.assert_values_refused("not JSON", defaults_text=text)

    def test_actions(self):
        for name, method, message in (
            ("Verify", "create_bank", "not the name of an action"),
            ("__verify", "create_bank", "not the name of an action"),
            ("delete", "create_bank", "not the name of an action"),
            ("verify", "action_verify", "no such method"),
            ("verify", "_compute_display_name", "private"),
            ("verify", "unlink", "every model"),
            ("verify", "name", "no such method|private"),
        ):
            lines = [Command.create({"name": name, "method": method})]
            with self.subTest(name=name, method=method):
                self.assert_refused(
                    lambda lines=lines: self.bank.write({"action_ids": lines}), message
                )


class SmallSchemaCase(ResourceCase):
    """Few resources, so that the schema is built in no time."""

    def setUp(self):
        super().setUp()
        kept = ("res.country", "res.country.state", "res.partner")
        self.env["graphql_api.resource"].search([("model", "not in", kept)]).active = False


class AcceptedCase(SmallSchemaCase):
    """What can be saved can be served: after each change the API answers."""

    def assert_filter_is_kept(self, name: str):
        found = self.env["graphql_api.schema"]._get_schema().graphql_schema.type_map[name].fields
        self.assertEqual(str(found["not"].type), name)


class TestAccepted(AcceptedCase):
    def test_changes(self):
        resource = self.create_bank_resource()
        country = self.env.ref("base.be")
        self.env["res.bank"].create({"name": "Reserve", "country": country.id})
        changes = [
            {"type_name": "Geldhaus"},
            {"collection": "geld-haeuser"},
            {"domain": "['|', ('country.code', '=', 'BE'), ('active', 'in', [True])]"},
            {"domain": False},
            {"order": "bic desc, name, create_date"},
            {"order": False},
            {"defaults_text": json.dumps({"city": "Ghent", "country": country.id})},
            {"defaults_text": False},
            {"default_page_size": 1, "max_page_size": 1},
            {"description": 'Of """money"""\\ and \n more'},
            {"allow_create": False, "allow_update": False, "allow_delete": False},
            {"field_ids": [Command.update(self.line(resource, "bic").id, {"filterable": False})]},
            {"field_ids": [Command.update(self.line(resource, "name").id, {"writable": False})]},
            {"field_ids": [Command.update(self.line(resource, "bic").id, {"is_key": True})]},
            {
                "field_ids": [
                    Command.update(
                        self.line(resource, "bic").id,
                        {"former_names": " swift,,bic , code", "deprecation_reason": 'No """.\\'},
                    )
                ]
            },
            {"field_ids": [Command.create({"field_name": "create_uid"})]},
            {"allow_create": True, "allow_update": True},
            {"field_ids": [Command.clear()]},
        ]
        for change in changes:
            with self.subTest(change):
                resource.write(change)
                self.assertTrue(resource.is_served, resource.status)
                self.assert_schema_is_built(f"/api/{resource.collection}")
                name = f"{resource.type_name[:1].lower()}{resource.type_name[1:]}"
                self.assertIsNone(self.graphql(f'{{ {name}(id: "999999") {{ id }} }}')[name])

    def test_selections(self):
        """An enum gives way where its name is one of the types of a resource."""
        resource = self.resource("customers")
        line = self.line(resource, "type")
        for name in ("key", "order", "filter", "edge", "connection", "relation", "list"):
            with self.subTest(name):
                line.api_name = name
                self.assert_schema_is_built(f"/api/customers?fields={name}&limit=1")

    def test_built_in_types(self):
        """The list of types that no resource may have is complete."""
        schema = self.env["graphql_api.schema"]._get_schema()
        known = {name for resource in schema.resources.values() for name in type_names(resource)}
        enums = {
            name
            for name, kind in schema.graphql_schema.type_map.items()
            if hasattr(kind, "values") and not name.startswith("__")
        }
        known |= {f"{name}{suffix}" for name in enums for suffix in ("", "Filter")}
        others = {name for name in schema.graphql_schema.type_map if not name.startswith("__")}
        self.assertLessEqual(others - known, BUILT_IN_TYPES)

    def test_the_form(self):
        """The form itself makes a resource, with the fields chosen from a list."""
        resources = self.env["graphql_api.resource"].with_context(
            **{"default_allow_create": False, "default_allow_update": False}
        )
        with Form(resources, "graphql_api.resource_view_form") as form:
            form.model = "res.bank"
            form.type_name = "Bank"
            form.collection = "banks"
            form.defaults_text = '{"city": "Ghent"}'
            with form.field_ids.new() as line:
                line.field_id = self.env["ir.model.fields"]._get("res.bank", "name")
                self.assertEqual(line.field_name, "name")
            with form.field_ids.new() as line:
                line.field_name = "bic"
        resource = form.record
        self.assertEqual(resource.field_ids.mapped("field_name"), ["name", "bic"])
        self.assertEqual(resource.field_ids.mapped("writable"), [False, False])
        self.assertEqual(resource.defaults, {"city": "Ghent"})
        self.assertEqual(resource.status, "Served")
        self.rest("/api/banks?fields=name,bic")
        with (
            Form(resource, "graphql_api.resource_view_form") as form,
            form.field_ids.edit(1) as line,
        ):
            line.active = False
        self.rest("/api/banks?fields=bic", status=400)

    def test_names_of_lines(self):
        """The form shows the names that clients use, and renames by them."""
        resource = self.create_bank_resource()
        with Form(resource, "graphql_api.resource_view_form") as form:
            with form.field_ids.new() as line:
                line.field_name = "state"
                self.assertEqual(line.effective_name, "state")
            with form.field_ids.new() as line:
                line.field_name = "zip"
                self.assertEqual(line.effective_name, "zip")
                line.effective_name = "postal_code"
                self.assertEqual(line.effective_graphql_name, "postalCode")
        self.assertFalse(self.line(resource, "state").api_name)
        renamed = self.line(resource, "zip")
        self.assertEqual(renamed.api_name, "postal_code")
        self.rest("/api/banks?fields=postal_code")
        renamed.effective_name = False
        renamed.invalidate_recordset()
        self.assertEqual((renamed.api_name, renamed.effective_name), (False, "zip"))

    def test_smart_buttons(self):
        """They show the policies that reach the resource, its requests in REST and its records."""
        resource = self.create_bank_resource(domain="[('name', '=', 'Reserve')]")
        bank = self.env["res.bank"].create({"name": "Reserve"})
        policies = self.env["graphql_api.policy"].create(
            [
                {"name": "All", "all_resources": True},
                {"name": "Banks", "right_ids": [Command.create({"resource_id": resource.id})]},
                {"name": "None"},
            ]
        )
        self.env["ir.config_parameter"].set_param("graphql_api.log_requests", "True")
        requests = self.env["graphql_api.request"]
        requests.search([]).unlink()
        for path in ("/api/banks?limit=1", f"/api/banks/{bank.id}", "/api/countries?limit=1"):
            self.rest(path)
        found = {
            name: self.env[action["res_model"]].search(action["domain"])
            for name in ("open_policies", "open_requests", "open_records")
            for action in (getattr(resource, name)(),)
        }
        self.assertEqual(found["open_policies"] & policies, policies[:2])
        self.assertEqual(resource.policy_count, len(found["open_policies"]))
        self.assertEqual(
            set(found["open_requests"].mapped("operation")),
            {"GET /api/banks", "GET /api/banks/<id>"},
        )
        self.assertEqual(found["open_records"], bank)

    def test_apps(self):
        """Resources are grouped by the app that brings their model, while it is installed."""
        resource = self.create_bank_resource()
        resources = self.env["graphql_api.resource"].with_context(active_test=False)
        missing = resources.with_context(install_mode=True).create(
            {"type_name": "No", "collection": "nos", "model": "no.model"}
        )
        orders = self.env.ref("graphql_api.sale_order")
        groups = dict(resources._read_group([], ["app"], ["id:recordset"]))
        self.assertIn(resource, groups["Base"])
        self.assertIn(orders, groups["Sales"])
        self.assertIn(missing, groups["Not Installed"])
        self.assertEqual([(missing + orders).mapped("app")], [["Not Installed", "Sales"]])
        self.assertEqual(resources.search([("app", "=", "Sales")]), groups["Sales"])

    def test_what_is_used_is_not_deleted(self):
        """The message says who used it, and that it can be archived; then it can be deleted."""
        resource = self.create_bank_resource()
        policy = self.env["graphql_api.policy"].create({"name": "Sales app"})
        self.env["graphql_api.usage"]._store(policy.id, [Use("Bank", "read", "")], date(2026, 5, 4))
        self.env["graphql_api.request"].create(
            {
                "started_at": "2026-05-03 10:00:00",
                "operation": "GET /api/banks/<id>",
                "method": "GET",
                "user_id": self.user("demo").id,
            }
        )
        expected = "keys of Sales app on 05/04/2026, Marc Demo on 05/03/2026.*Archive it instead"
        with self.assertRaisesRegex(UserError, expected), self.env.cr.savepoint():
            resource.unlink()
        resource.active = False
        resource.unlink()
        self.assertFalse(self.resource("banks"))
        self.create_bank_resource(type_name="Lender", collection="lenders").unlink()

    def test_operations(self):
        resource = self.create_bank_resource(allow_create=False, allow_delete=False)
        self.assertEqual(resource.operations_text, "Read, Update")

    def test_buttons(self):
        resource = self.create_bank_resource()
        action = resource.action_open_rest()
        self.assertEqual((action["type"], action["target"]), ("ir.actions.act_url", "new"))
        self.rest(action["url"])
        action = resource.action_open_graphiql()
        self.assertEqual(action["url"].split("?")[0], "/api/graphql")
        response = self.http("GET", action["url"], headers={"Accept": "application/json"})
        self.assertIn("banks", response.json()["data"], response.text)


class TestExample(ResourceCase):
    def test_the_example_has_what_matters(self):
        """The query of GraphiQL asks for name, state, dates, amounts and partner before others."""
        orders = self.resource("sale-orders")
        query = orders._get_example_query()
        fields = query.split("nodes {")[1].split("\n")[1:11]
        shown = " ".join(field.strip() for field in fields)
        self.assertRegex(shown, r"^id displayName name .*state .*[dD]ate.* amountTotal ")
        self.assertIn("{ id displayName }", shown)
        self.graphql(query)


@tagged("generated")
class TestNamesOfFields(AcceptedCase):
    def test_names_of_fields(self):
        """Names that mean something elsewhere: in Python, in the classes of the schema."""
        names = ["conditions", "class", "self", "from", "is_type_of", "input", "info", "none"]
        names += ["true", "null", "some", "filter", "order", "key", "edge", "relation", "items"]
        resource = self.create_bank_resource()
        # A schema of a few resources is built in a fraction of the time.
        others = self.env["graphql_api.resource"].search([("collection", "!=", "countries")])
        (others - resource).active = False
        for name in names:
            for field_name in ("street", "country", "active"):
                line = Command.create({"field_name": field_name, "api_name": name})
                with self.subTest(name=name, field=field_name):
                    resource.field_ids = [Command.clear(), line]
                    self.assert_schema_is_built(f"/api/banks?fields={name}")
                    self.assert_filter_is_kept("BankFilter")


class TestStatus(ResourceCase):
    """A resource and a line tell why they are not served."""

    def test_resources(self):
        resource = self.create_bank_resource()
        self.assertEqual((resource.status, resource.is_served), ("Served", True))
        resource.active = False
        self.assertEqual((resource.status, resource.is_served), ("Archived", False))
        missing = self.env["graphql_api.resource"].with_context(install_mode=True)
        missing = missing.create({"type_name": "No", "collection": "nos", "model": "no.model"})
        self.assertEqual(missing.status, "The model is not installed.")
        self.assertFalse(missing.is_served)

    def test_lines(self):
        resource = self.create_bank_resource()
        installing = resource.with_context(install_mode=True)
        names = ["nothing", "state", "name"]
        installing.field_ids = [Command.create({"field_name": name}) for name in names]
        self.line(resource, "bic").active = False
        self.resource("states").active = False
        lines = resource.with_context(active_test=False).field_ids
        self.assertEqual(
            {(line.field_name, line.status) for line in lines},
            {
                ("name", "Served"),
                ("bic", "Archived"),
                ("country", "Served"),
                ("nothing", "The model has no such field."),
                ("state", "Leads to res.country.state, which no resource exposes."),
                ("name", "Another field has this name."),
            },
        )
        self.assert_schema_is_built("/api/banks")

    def test_actions(self):
        resource = self.create_bank_resource().with_context(install_mode=True)
        resource.action_ids = [Command.create({"name": "verify", "method": "action_verify"})]
        self.assertEqual(resource.action_ids.status, "The model has no such method.")

    def test_every_catalog_resource_is_served(self):
        for resource in self.env["graphql_api.resource"].search([]):
            # Odoo's Time Off and Timesheets are not installed.
            waits = resource.type_name in ("TimeOffRequest", "TimeOffType", "Timesheet")
            self.assertNotEqual(
                resource.is_served, waits, f"{resource.type_name}: {resource.status}"
            )


class TestBroken(SmallSchemaCase):
    """A row that no form let through closes itself, with a warning, and nothing else."""

    def test_rows(self):
        for column, value in (
            ("type_name", "Query"),
            ("type_name", "not a name"),
            ("type_name", "CountryFilter"),
            ("collection", "graphql"),
            ("collection", "country"),
            ("domain", "[('nothing', '=', 1)]"),
            ("domain", "["),
            ("domain", "[('name', '=', uid)]"),
            ("order", "name; drop table"),
            ("defaults", "[1]"),
            ("defaults", '"text"'),
        ):
            with self.subTest(column=column, value=value):
                resource = self.create_bank_resource()
                self.set_by_sql(resource, column, value)
                with self.assertLogs("odoo.addons.graphql_api.models.resource", "WARNING"):
                    self.rest("/api/banks", status=404)
                self.assert_schema_is_built()
                self.assertFalse(resource.is_served)
                self.assertTrue(resource.status)
                resource.unlink()

    def test_a_type_of_an_addon(self):
        """An addon that is installed later brings a type of the same name."""
        resource = self.create_bank_resource()
        self.rest("/api/banks")
        self.extend_schema(lambda parts: parts.types.append(Bank))
        with self.assertLogs("odoo.addons.graphql_api.models.resource", "WARNING"):
            self.rest("/api/banks", status=404)
        self.assert_schema_is_built()
        self.assertIn("the type Bank", resource.status)
        with self.assertRaisesRegex(ValidationError, "the type Bank"), self.env.cr.savepoint():
            resource.collection = "lenders"
        resource.type_name = "Lender"
        self.rest("/api/banks")

    def test_a_relation_to_a_broken_row(self):
        self.rest("/api/states?fields=country.code&limit=1")
        self.set_by_sql(self.resource("countries"), "type_name", "Query")
        with self.assertLogs("odoo.addons.graphql_api.models.resource", "WARNING"):
            self.rest("/api/states?limit=1")
        self.rest("/api/states?fields=country.code&limit=1", status=400)

    def test_lines(self):
        for column, value in (
            ("api_name", "__name"),
            ("api_name", "na me"),
            ("api_name", "version"),
            ("api_name", "not"),
        ):
            with self.subTest(column=column, value=value):
                resource = self.create_bank_resource()
                line = self.line(resource, "bic")
                self.set_by_sql(line, column, value)
                with self.assertLogs("odoo.addons.graphql_api.models.resource", "WARNING"):
                    self.rest("/api/banks?fields=name")
                self.assert_schema_is_built("/api/banks")
                self.assertFalse(line.is_served)
                resource.unlink()

    def test_two_lines_of_one_name(self):
        resource = self.create_bank_resource()
        self.set_by_sql(self.line(resource, "bic"), "api_name", "name")
        self.env["res.bank"].create({"name": "Reserve", "bic": "RESEBEBB"})
        names = [bank["name"] for bank in self.rest("/api/banks?fields=name")["data"]]
        self.assertIn("Reserve", names)

    def set_by_sql(self, record, column: str, value: str):
        self.env.flush_all()
        self.env.cr.execute(
            f'UPDATE {record._table} SET "{column}" = %s WHERE id = %s', [value, record.id]
        )
        self.env.invalidate_all()
        self.env.registry.clear_cache("routing")
