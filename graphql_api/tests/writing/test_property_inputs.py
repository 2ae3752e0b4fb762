"""Properties and references that clients write: checked part by part, in both APIs."""

from odoo.tests import tagged

from ..cases.writing import WriteCase

ABSENT = 2_000_000_000


class PropertyCase(WriteCase):
    """Leads of a team that defines a property of each type."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ann, cls.bob, cls.far = cls.env["res.partner"].create(
            [{"name": "Zann"}, {"name": "Zbob"}, {"name": "Zfar"}]
        )
        cls.team, cls.other_team = cls.env["crm.team"].create([{"name": "Zteam"}, {"name": "Zno"}])
        cls.team.lead_properties_definition = [
            {"name": "yes", "string": "Yes", "type": "boolean"},
            {"name": "whole", "string": "Whole", "type": "integer", "default": 3},
            {"name": "part", "string": "Part", "type": "float"},
            {"name": "price", "string": "Price", "type": "monetary"},
            {"name": "word", "string": "Word", "type": "char"},
            {"name": "words", "string": "Words", "type": "text"},
            {"name": "page_html", "string": "Page", "type": "html"},
            {"name": "day", "string": "Day", "type": "date"},
            {"name": "moment", "string": "Moment", "type": "datetime"},
            {"name": "size", "type": "selection", "selection": [["s", "Small"], ["l", "Large"]]},
            {"name": "marks", "type": "tags", "tags": [["a", "A", 1], ["b", "B", 2]]},
            {"name": "who", "type": "many2one", "comodel": "res.partner"},
            {"name": "all", "type": "many2many", "comodel": "res.partner"},
            {"name": "rule", "type": "many2one", "comodel": "ir.rule"},
            {"name": "line", "string": "Line", "type": "separator"},
        ]
        cls.lead, cls.other = cls.env["crm.lead"].create(
            [{"name": "Zlead", "team_id": cls.team.id}, {"name": "Zother", "team_id": cls.team.id}]
        )
        # What the caller cannot reach: beyond the domain of the resource.
        cls.env["graphql_api.resource"].search(
            [("type_name", "=", "Customer")]
        ).domain = "[('name', '!=', 'Zfar')]"
        cls.path = f"/api/leads/{cls.lead.id}"
        cls.good = {
            "yes": True,
            "whole": 2**40,
            "part": 1.25,
            "price": 3,
            "word": "red",
            "words": "two\nlines",
            "page_html": "<p>Hi</p>",
            "day": "2026-11-23",
            "moment": "2026-11-23 08:00:00",
            "size": "l",
            "marks": ["b", "a"],
            "who": [cls.ann.id, "Zann"],
            "all": [[cls.bob.id, "Zbob"], [cls.ann.id, "Zann"]],
        }

    def properties(self, lead=None):
        lead = lead or self.lead
        query = "query ($id: ID!) { lead(id: $id) { leadProperties } }"
        return self.graphql(query, {"id": lead.id})["lead"]["leadProperties"]

    def values(self, lead=None):
        return {item["name"]: item["value"] for item in self.properties(lead) if "value" in item}

    def by_graphql(self, properties, **more):
        return self.graphql(
            "mutation ($id: ID!, $input: LeadUpdateInput!) "
            "{ updateLead(id: $id, input: $input) { id } }",
            {"id": self.lead.id, "input": {"leadProperties": properties, **more}},
        )

    def by_rest(self, properties, **more):
        return self.write_rest("PATCH", self.path, {"lead_properties": properties, **more})

    def refuse(self, properties, *places):
        """Check that both APIs refuse properties, and blame these places in them."""
        fields = [f"lead_properties{place}" for place in places]
        body = {"lead_properties": properties}
        self.refuse_rest("PATCH", self.path, body, status=400, fields=fields)
        self.refuse_rest(
            "POST",
            "/api/leads",
            {"name": "Z", "team": self.team.id, **body},
            status=400,
            fields=fields,
        )
        for mutation, variables in (
            ("updateLead(id: $id, input: $update)", "$id: ID!, $update: LeadUpdateInput!"),
            ("createLead(input: $create)", "$create: LeadCreateInput!"),
        ):
            self.refuse_graphql(
                f"mutation ({variables}) {{ {mutation} {{ id }} }}",
                {
                    "id": self.lead.id,
                    "update": {"leadProperties": properties},
                    "create": {"name": "Z", "team": self.team.id, "leadProperties": properties},
                },
                code="BAD_USER_INPUT",
                fields=[f"input.leadProperties{place}" for place in places],
            )


@tagged("post_install", "-at_install", "generated")
class TestProperties(PropertyCase):
    def test_every_type(self):
        """By name, and as a list; what is read can be written, and reads the same."""
        for write in (self.by_graphql, self.by_rest):
            with self.subTest(write.__name__):
                self.lead.lead_properties = False
                write(self.good)
                read = self.properties()
                values = {item["name"]: item.get("value") for item in read}
                self.assertEqual(values, {**dict.fromkeys(["line"]), **self.good})
                write(read)
                self.assertEqual(self.properties(), read)
                write({name: item for name, item in values.items() if name != "line"})
                self.assertEqual(self.properties(), read)

    def test_other_forms(self):
        self.by_rest(
            {
                "moment": "2026-11-23T10:00:00+02:00",
                "who": self.bob.id,
                "all": [self.bob.id, [self.ann.id, None], self.bob.id],
                "whole": 5.0,
                "marks": ["a", "a"],
                "page_html": "<p>Hi</p><script>x()</script>",
            }
        )
        values = self.values()
        self.assertEqual(values["moment"], "2026-11-23 08:00:00")
        self.assertEqual(values["who"], [self.bob.id, "Zbob"])
        self.assertEqual([pair[0] for pair in values["all"]], [self.bob.id, self.ann.id])
        self.assertEqual((values["whole"], values["marks"]), (5, ["a"]))
        self.assertEqual(values["page_html"], "<p>Hi</p>")

    def test_what_is_not_sent_stays(self):
        for write in (self.by_graphql, self.by_rest):
            self.lead.lead_properties = {"word": "red", "day": "2026-11-23", "who": self.ann.id}
            write({"word": "blue"})
            self.assertEqual(
                self.values(),
                {"word": "blue", "day": "2026-11-23", "who": [self.ann.id, "Zann"]},
            )
            write([{"name": "day", "value": None}, {"name": "word"}])
            self.assertEqual(
                self.values(), {"word": "blue", "day": False, "who": [self.ann.id, "Zann"]}
            )
            write({"who": False, "word": ""})
            self.assertEqual(self.values(), {"word": False, "day": False, "who": False})
            write(None)
            self.assertEqual(self.values(), {})

    def test_many_records(self):
        """Each keeps what was not sent."""
        self.lead.lead_properties = {"word": "red", "whole": 1}
        self.other.lead_properties = {"word": "blue", "whole": 2}
        mutation = (
            "mutation ($ids: [ID!]!, $input: LeadUpdateInput!) "
            "{ updateLeads(ids: $ids, input: $input) { id } }"
        )
        ids = [self.lead.id, self.other.id]
        variables = {"ids": ids, "input": {"city": "Ghent", "leadProperties": {"whole": 7}}}
        self.graphql(mutation, variables)
        self.assertEqual(self.values(), {"word": "red", "whole": 7})
        self.assertEqual(self.values(self.other), {"word": "blue", "whole": 7})
        self.assertEqual({self.lead.city, self.other.city}, {"Ghent"})
        third = self.env["crm.lead"].create({"name": "Z", "team_id": self.other_team.id})
        variables["ids"] = [self.lead.id, third.id]
        self.refuse_graphql(
            mutation, variables, code="BAD_USER_INPUT", fields=["input.leadProperties"]
        )

    def test_wrong_values_over_rest(self):
        for value in (1, "x", True, {}):
            self.refuse_rest(
                "PATCH",
                self.path,
                {"lead_properties": {"all": value}},
                status=400,
                fields=["lead_properties.all"],
            )

    def test_text_that_cannot_be_stored(self):
        for value in ({"word": "a\x00"}, {"a\x00": 1}, [{"name": "word", "value": "\x00"}]):
            self.refuse(value, "")

    def test_wrong_forms(self):
        for value in ("x", 1, True, [1], ["x"], [{"value": 1}], [{"name": 1}], [[]]):
            with self.subTest(value):
                self.refuse(value, "")

    def test_names(self):
        self.refuse({"nonsense": 1, "word": "red"}, ".nonsense")
        # A property of a model that is not exposed is none.
        self.refuse({"rule": 1}, ".rule")
        self.refuse([{"name": "nonsense", "value": 1}], ".0.name")
        self.refuse([{"name": "word", "value": "a"}] * 2, ".1.value")
        self.refuse([{"name": "word", "value": "a", "nonsense": 1}], ".0.nonsense")
        self.refuse([{"name": "word", "type": "text", "value": "a"}], ".0.type")
        self.refuse([{"name": "word", "definition_changed": True}], ".0.definition_changed")
        self.assertEqual(self.team.lead_properties_definition[4]["type"], "char")

    def test_records_that_the_caller_cannot_see(self):
        for number in (self.far.id, ABSENT):
            with self.subTest(number):
                self.refuse({"who": number}, ".who")
                self.refuse({"who": [number, "Zfar"]}, ".who")
                self.refuse({"all": [self.ann.id, number]}, ".all.1")

    def test_hidden_values_stay(self):
        """What the caller was not shown was not taken off by what it sends back."""
        self.lead.lead_properties = {"who": self.far.id, "all": [self.far.id, self.ann.id]}
        for write in (self.by_graphql, self.by_rest):
            read = self.properties()
            self.assertNotIn("Zfar", str(read))
            write(read)
            stored = self.lead.lead_properties
            self.assertEqual(stored["who"], self.far)
            self.assertEqual(set(stored["all"].ids), {self.far.id, self.ann.id})
            write({"all": [self.bob.id]})
            self.assertEqual(set(self.lead.lead_properties["all"].ids), {self.far.id, self.bob.id})
            write({"all": [self.ann.id]})

    def test_new_records(self):
        """The definitions are of the team that the record gets, also by itself."""
        shown = self.write_rest(
            "POST",
            "/api/leads?fields=id,lead_properties",
            {"name": "Z", "team": self.team.id, "lead_properties": {"word": "red"}},
            status=201,
        )
        values = {item["name"]: item.get("value") for item in shown["lead_properties"]}
        self.assertEqual((values["word"], values["whole"]), ("red", 3))
        # Odoo gives a new lead of a member the team.
        self.env["crm.team.member"].search([("user_id", "=", self.user("admin").id)]).unlink()
        self.team.member_ids = self.user("admin")
        self.team.sequence = -10
        shown = self.graphql(
            'mutation { createLead(input: { name: "Z", leadProperties: { word: "red" } }) '
            "{ team { name } leadProperties } }"
        )["createLead"]
        self.assertEqual(shown["team"], {"name": "Zteam"})
        values = {item["name"]: item.get("value") for item in shown["leadProperties"]}
        self.assertEqual((values["word"], values["whole"]), ("red", 3))

    def test_another_container(self):
        self.lead.lead_properties = {"word": "red"}
        body = {"team": self.other_team.id, "lead_properties": {"word": "blue"}}
        self.refuse_rest("PATCH", self.path, body, status=400, fields=["lead_properties.word"])
        self.other_team.lead_properties_definition = [{"name": "blue", "type": "char"}]
        self.by_rest({"blue": "x"}, team=self.other_team.id)
        self.assertEqual(self.values(), {"blue": "x"})

    def test_defaults_of_a_resource(self):
        resource = self.env["graphql_api.resource"].search([("type_name", "=", "Lead")])
        values = {"word": "default", "day": "2026-11-23"}
        for default in (values, [{"name": name, "value": item} for name, item in values.items()]):
            resource.defaults = {"team_id": self.team.id, "lead_properties": default}
            shown = self.write_rest(
                "POST",
                "/api/leads?fields=lead_properties",
                {"name": "Z", "lead_properties": {"word": "red"}},
                status=201,
            )
            found = {item["name"]: item.get("value") for item in shown["lead_properties"]}
            self.assertEqual((found["word"], found["day"]), ("red", "2026-11-23"))

    def test_nested_and_upserted_records(self):
        project = self.env["project.project"].create({"name": "Zproject"})
        project.task_properties_definition = [
            {"name": "word", "type": "char"},
            {"name": "whole", "type": "integer"},
        ]
        path = f"/api/projects/{project.id}"
        body = {"tasks": {"create": [{"name": "Z", "task_properties": {"word": "red"}}]}}
        self.write_rest("PATCH", path, body)
        task = project.task_ids
        self.assertEqual(task.task_properties["word"], "red")
        change = {"id": task.id, "task_properties": {"whole": 3}}
        self.write_rest("PATCH", path, {"tasks": {"update": [change]}})
        self.assertEqual(dict(task.task_properties), {"word": "red", "whole": 3})
        for operation, item in (("create", {"name": "Z"}), ("update", {"id": task.id})):
            item = {**item, "task_properties": {"word": 1}}
            place = f"tasks.{operation}.0.task_properties.word"
            self.refuse_rest(
                "PATCH", path, {"tasks": {operation: [item]}}, status=400, fields=[place]
            )
        upsert = (
            "mutation ($input: LeadCreateInput!) { "
            'upsertLead(by: { externalId: "ztest.lead_1" }, input: $input) { id } }'
        )
        for whole in (1, 2):
            properties = {"whole": whole} if whole == 2 else {"word": "red"}
            values = {"name": "Z", "team": self.team.id, "leadProperties": properties}
            number = int(self.graphql(upsert, {"input": values})["upsertLead"]["id"])
        lead = self.env["crm.lead"].browse(number)
        self.assertEqual((lead.lead_properties["word"], lead.lead_properties["whole"]), ("red", 2))
        values["leadProperties"] = {"whole": "x"}
        self.refuse_graphql(
            upsert,
            {"input": values},
            code="BAD_USER_INPUT",
            fields=["input.leadProperties.whole"],
        )


@tagged("post_install", "-at_install", "generated")
class TestWrongValues(PropertyCase):
    def test_wrong_values(self):
        for name, wrong in {
            "yes": (1, "true", [], {}),
            "whole": ("1", 1.5, True, [], {}, 1e300),
            "part": ("1", True, [], {}, 1e300),
            "price": ("1", True, [], {}),
            "word": (1, True, [], {}, ["x"]),
            "words": (1, True, [], {}),
            "page_html": (1, True, [], {}),
            "day": (1, True, "", "2026-02-30", "0001-01-01", "9999-12-31", "2026-11-23 08:00:00"),
            "moment": (1, True, "", "2026-11-23", "9999-12-31T23:59:59-14:00", "now"),
            "size": (1, True, "", "x", "Small", ["s"]),
            "marks": ("a", {}, 1, True, ["x"], [1], [["a"]]),
            "who": ("x", str(self.ann.id), True, 0, -1, 2**40, [], {}, [self.ann.id], 1.5),
            "line": (1, "x", True),
        }.items():
            for value in wrong:
                with self.subTest(name, value=value):
                    self.refuse({name: value}, f".{name}")


@tagged("post_install", "-at_install")
class TestReferences(WriteCase):
    """Values that name a record of any model."""

    def expose(self, type_name, model, *field_names, domain="[]", **values):
        self.env["graphql_api.resource"].create(
            {
                "type_name": type_name,
                "collection": f"{type_name.lower()}s",
                "model": model,
                "domain": domain,
                "field_ids": [(0, 0, {"field_name": name}) for name in field_names],
                **values,
            }
        )

    def test_reference(self):
        """As it is read; of an exposed model, to a record that the caller can see."""
        actions = self.env["ir.actions.act_window"].search([], limit=2)
        self.expose("Step", "ir.actions.act_window", "name", domain=[("id", "=", actions[0].id)])
        self.expose("Thing", "ir.ui.menu", "name", "action")
        menu = self.env["ir.ui.menu"].create({"name": "Zmenu"})
        path = f"/api/things/{menu.id}?fields=action"
        good = {"model": "ir.actions.act_window", "id": actions[0].id}
        update = (
            "mutation ($id: ID!, $v: JSON) { updateThing(id: $id, input: {action: $v}) { action } }"
        )
        for write in (
            lambda value: self.write_rest("PATCH", path, {"action": value}),
            lambda value: self.graphql(update, {"id": menu.id, "v": value})["updateThing"],
        ):
            self.assertEqual(write(good), {"action": good})
            self.assertEqual(menu.action, actions[0])
            self.assertEqual(write(None), {"action": None})
        url = self.env["ir.actions.act_url"].create({"name": "Z", "url": "/"})
        for wrong in (
            {**good, "id": actions[1].id},
            {**good, "id": ABSENT},
            {**good, "id": 0},
            {**good, "id": True},
            {**good, "id": None},
            {**good, "id": [1]},
            {**good, "model": "res.partner"},
            {**good, "model": "nonsense"},
            {**good, "model": [1]},
            {"model": "ir.actions.act_url", "id": url.id},
            {**good, "more": 1},
            {"id": 1},
            {},
            f"ir.actions.act_window,{actions[0].id}",
            [good],
            5,
            True,
            "",
        ):
            with self.subTest(wrong):
                self.refuse_rest("PATCH", path, {"action": wrong}, status=400, fields=["action"])
                self.refuse_rest(
                    "POST",
                    "/api/things",
                    {"name": "Z", "action": wrong},
                    status=400,
                    fields=["action"],
                )
                self.refuse_graphql(
                    update,
                    {"id": menu.id, "v": wrong},
                    code="BAD_USER_INPUT",
                    fields=["input.action"],
                )
        # What the caller read can be sent back, though it does not see the record.
        menu.action = actions[1]
        unchanged = {**good, "id": actions[1].id}
        self.assertEqual(
            self.write_rest("PATCH", path, {"action": unchanged}), {"action": unchanged}
        )

    def test_many2one_reference(self):
        """The id and the model together lead to a record that the caller can see."""
        self.expose("Thing", "ir.model.data", "name", "module", "model", "res_id")
        partner, far = self.env["res.partner"].create([{"name": "Z"}, {"name": "Zfar"}])
        self.env["graphql_api.resource"].search(
            [("type_name", "=", "Customer")]
        ).domain = "[('name', '!=', 'Zfar')]"
        data = {"name": "z", "module": "ztest", "model": "res.partner", "res_id": partner.id}
        shown = self.write_rest("POST", "/api/things?fields=id,model,res_id", data, status=201)
        self.assertEqual(shown["res_id"], partner.id)
        path = f"/api/things/{shown['id']}"
        for values, field in (
            ({"res_id": far.id}, "res_id"),
            ({"res_id": ABSENT}, "res_id"),
            ({"res_id": 0}, "res_id"),
            ({"model": "ir.rule"}, "model"),
            ({"model": "nonsense", "res_id": 1}, "res_id"),
        ):
            with self.subTest(values):
                self.refuse_rest("PATCH", path, values, status=400, fields=[field])
                self.refuse_rest(
                    "POST",
                    "/api/things",
                    {**data, "name": "y", **values},
                    status=400,
                    fields=["res_id"],
                )
                self.refuse_graphql(
                    "mutation ($id: ID!, $input: ThingUpdateInput!) "
                    "{ updateThing(id: $id, input: $input) { id } }",
                    {
                        "id": shown["id"],
                        "input": {{"res_id": "resId"}.get(n, n): v for n, v in values.items()},
                    },
                    code="BAD_USER_INPUT",
                    fields=[f"input.{'resId' if field == 'res_id' else field}"],
                )
        self.write_rest("PATCH", path, {"res_id": self.user("demo").partner_id.id, "name": "x"})

    def test_json(self):
        """Any JSON that can be kept and shown again."""
        line = self.env["sale.order.line"].search([("display_type", "=", False)], limit=1)
        self.expose("Thing", "sale.order.line", "extra_tax_data")
        path = f"/api/things/{line.id}?fields=extra_tax_data"
        update = (
            "mutation ($id: ID!, $v: JSON) "
            "{ updateThing(id: $id, input: {extraTaxData: $v}) { extraTaxData } }"
        )
        good = {"a": [1, 2.5, None, True, "x", {"b": {}}], "é": 2**62}
        self.assertEqual(
            self.write_rest("PATCH", path, {"extra_tax_data": good}), {"extra_tax_data": good}
        )
        shown = self.graphql(update, {"id": line.id, "v": good})["updateThing"]
        self.assertEqual(shown, {"extraTaxData": good})
        for wrong in ("\x00", ["a\x00"], {"a": {"b\x00": 1}}, [2**64 - 1]):
            with self.subTest(wrong):
                self.refuse_rest(
                    "PATCH", path, {"extra_tax_data": wrong}, status=400, fields=["extra_tax_data"]
                )
                self.refuse_graphql(
                    update,
                    {"id": line.id, "v": wrong},
                    code="BAD_USER_INPUT",
                    fields=["input.extraTaxData"],
                )
        for literal in ("1e999", "[1" + "0" * 30 + "]", "1" + "0" * 5000):
            with self.subTest(literal[:20]), self.nothing_written():
                response = self.graphql_response(
                    f'mutation {{ updateThing(id: "{line.id}", input: {{extraTaxData: {literal}}}) '
                    "{ id } }"
                )
                self.assertLess(response.status_code, 500)
                self.assertIn("errors", response.json())
                self.assertNotIn("INTERNAL", response.text)
