"""Messages and followers of records, read over HTTP."""

import base64

from odoo.tests import new_test_user, tagged

from odoo.addons.graphql_api.tests.cases.scoped_keys import ScopedKeyCase

MESSAGES = """query ($id: ID!, $first: Int) { lead(id: $id) { messages(first: $first) {
    id date kind body text author { name } authorName isInternal subtype { name internal }
    attachments { id name content { url filename mimetype size } }
    changes { field label oldValue newValue }
} } }"""


@tagged("post_install", "-at_install")
class TestMessages(ScopedKeyCase):
    login = "demo"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = cls.env["crm.lead"].create(
            {"name": "Zann", "type": "opportunity", "user_id": cls.user("demo").id}
        )
        cls.env.flush_all()
        cls.other = new_test_user(
            cls.env, "other", groups="base.group_user", name="Other", email="other@example.com"
        )

    def post(self, record, login="demo", kind="comment", **values):
        """Post a message as Odoo's own client does."""
        return record.with_user(self.user(login)).message_post(
            **{
                "body": "Hello",
                "message_type": "comment",
                "subtype_xmlid": f"mail.mt_{kind}",
                **values,
            }
        )

    def messages(self, record=None, login="", first=20, errors=()):
        """Return the messages of a lead."""
        variables = {"id": (record or self.lead).id, "first": first}
        data = self.graphql(MESSAGES, variables, login=login, errors=errors)
        return data["lead"]["messages"]

    def test_a_message(self):
        content = base64.b64encode(b"Offer").decode()
        attachment = self.env["ir.attachment"].create(
            {
                "name": "offer.txt",
                "datas": content,
                "res_model": "crm.lead",
                "res_id": self.lead.id,
            }
        )
        comment = self.post(self.lead, attachment_ids=attachment.ids)
        note = self.post(self.lead, kind="note", body="Between us")
        first, second, *_older = self.messages()
        self.assertEqual([first["id"], second["id"]], [str(note.id), str(comment.id)])
        self.assertEqual((first["kind"], first["text"]), ("note", "Between us"))
        self.assertTrue(first["subtype"]["internal"])
        self.assertEqual((second["kind"], second["text"]), ("comment", "Hello"))
        self.assertEqual(second["author"], {"name": "Marc Demo"})
        self.assertEqual(second["authorName"], "Marc Demo")
        self.assertRegex(second["date"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        (file,) = second["attachments"]
        self.assertEqual(file["name"], "offer.txt")
        response = self.http("GET", file["content"]["url"])
        self.assertEqual((response.status_code, response.content), (200, b"Offer"))

    def test_pages(self):
        for number in range(5):
            self.post(self.lead, body=f"Number {number}")
        query = """query ($id: ID!) { lead(id: $id) {
            newest: messages(first: 2) { text } older: messages(first: 2, offset: 2) { text }
        } }"""
        lead = self.graphql(query, {"id": self.lead.id})["lead"]
        texts = [message["text"] for message in lead["newest"] + lead["older"]]
        self.assertEqual(texts, ["Number 4", "Number 3", "Number 2", "Number 1"])
        path = f"/api/leads/{self.lead.id}/messages?fields=text,kind"
        page = self.rest(f"{path}&limit=2&offset=1")
        self.assertEqual(
            page["data"],
            [{"text": "Number 3", "kind": "comment"}, {"text": "Number 2", "kind": "comment"}],
        )
        self.assertEqual(page["meta"], {"limit": 2, "offset": 1})
        oldest = self.rest(f"{path}&sort=id&limit=1")["data"]
        self.assertNotEqual(oldest[0]["text"], "Number 4")
        ids = [row["id"] for row in self.rest(f"{path},id&sort=id")["data"]]
        for query in (f'filter={{"id":{{"in":{ids[1:3]}}}}}', f"filter[id][in]={ids[1]},{ids[2]}"):
            found = self.rest(f"{path},id&sort=id&{query}")["data"]
            self.assertEqual([row["id"] for row in found], ids[1:3])
        for bad in ("filter=x", "x=1", "limit=1001", "offset=-1", "sort=text", "fields=nothing"):
            self.rest(f"/api/leads/{self.lead.id}/messages?{bad}", status=400)
        self.rest("/api/leads/999999999/messages", status=404)
        options = self.http("OPTIONS", f"/api/leads/{self.lead.id}/messages")
        self.assertEqual(options.headers["Allow"], "GET, HEAD, OPTIONS")

    def test_a_list_of_all_messages_is_not_there(self):
        message = self.post(self.lead)
        for path in ("/api/messages", f"/api/messages/{message.id}", "/api/followers"):
            self.rest(path, status=404)
        self.graphql("{ messages { nodes { id } } }", errors=[("GRAPHQL_VALIDATION_FAILED", None)])
        index = self.rest("/api")["data"]
        self.assertNotIn("messages", [resource["name"] for resource in index])
        document = self.rest_document()
        self.assertNotIn("/api/messages", document["paths"])
        self.assertIn("/api/leads/{id}/messages", document["paths"])

    def rest_document(self):
        """Return the OpenAPI document of the caller."""
        return self.http("GET", "/api/openapi.json").json()

    def test_messages_of_records_that_are_not_seen(self):
        self.post(self.lead)
        hidden = {"id": self.lead.id, "first": 1}
        response = self.graphql_response(MESSAGES, hidden, login="other").json()
        self.assertFalse(response["data"]["lead"])
        # A message that mentions somebody does not lead to a record that they do not see.
        self.rest(f"/api/leads/{self.lead.id}/messages", login="other", status=403)

    def test_changes_of_fields_that_the_caller_does_not_see(self):
        lead = self.lead.with_user(self.user("demo"))
        lead.expected_revenue = 500
        lead.write(
            {"stage_id": self.env["crm.stage"].search([], order="sequence desc", limit=1).id}
        )
        self.flush_tracking()
        changes = self.changes()
        self.assertEqual(changes["expectedRevenue"], (0, 500))
        self.assertEqual(changes["stage"][1], lead.stage_id.name)
        field = self.registry["crm.lead"]._fields["expected_revenue"]
        self.patch(field, "groups", "base.group_system")
        self.assertNotIn("expectedRevenue", self.changes())
        self.assertIn("expectedRevenue", self.changes("admin"))

    def test_changes_of_fields_that_are_not_exposed(self):
        self.lead.expected_revenue = 700
        self.flush_tracking()
        self.assertIn("expectedRevenue", self.changes())
        line = self.env["graphql_api.resource.field"].search(
            [("resource_id.type_name", "=", "Lead"), ("field_name", "=", "expected_revenue")]
        )
        line.active = False
        self.assertNotIn("expectedRevenue", self.changes())

    def flush_tracking(self):
        """Let Odoo write down the changes of fields, as it does at the end of a transaction."""
        self.env.flush_all()
        self.env.cr.flush()

    def changes(self, login=""):
        """Return the tracked changes of the lead: GraphQL name -> old and new value."""
        return {
            change["field"]: (change["oldValue"], change["newValue"])
            for message in self.messages(login=login)
            for change in message["changes"]
        }

    def test_an_internal_note_is_not_for_the_portal(self):
        portal = self.user("portal")
        order = self.env["sale.order"].create({"partner_id": portal.partner_id.id})
        order.action_quotation_sent()
        self.post(order, "admin", body="For the customer")
        self.post(order, "admin", kind="note", body="Between us")
        self.post(order, "admin", body="Internal all the same", is_internal=True)
        query = "query ($id: ID!) { saleOrder(id: $id) { messages { text authorName } } }"
        seen = self.graphql(query, {"id": order.id}, login="portal")["saleOrder"]["messages"]
        texts = [message["text"] for message in seen]
        self.assertIn("For the customer", texts)
        self.assertFalse({"Between us", "Internal all the same"} & set(texts))
        query = "query ($id: ID!) { saleOrder(id: $id) { followers { name } activities { id } } }"
        path = ["saleOrder"]
        self.graphql(
            query,
            {"id": order.id},
            login="portal",
            errors=[
                ("FORBIDDEN", [*path, "followers"]),
                ("FORBIDDEN", [*path, "activities"]),
            ],
        )
        texts = self.graphql(
            "query ($id: ID!) { saleOrder(id: $id) { messages { text } } }",
            {"id": order.id},
            login="admin",
        )["saleOrder"]["messages"]
        self.assertLessEqual({"Between us", "Internal all the same"}, {m["text"] for m in texts})

    def test_a_notification_for_one_person_is_not_a_message_of_the_record(self):
        self.lead.message_notify(
            partner_ids=self.user("demo").partner_id.ids, body="For you alone", subject="Zann"
        )
        self.assertNotIn("For you alone", [message["text"] for message in self.messages()])

    def test_a_policy_grants_messages(self):
        """What a policy does not grant is not in the schema; what it grants is complete."""
        self.lead.expected_revenue = 900
        self.flush_tracking()
        self.post(self.lead, "admin")
        without = self.scoped_key(self.policy({"Lead": ["read", "actions"]}))
        sdl = self.http("GET", "/api/graphql/schema.graphql", headers=without).text
        for name in ("type Message", "type Follower", "type Activity", "TrackedChange"):
            self.assertNotIn(name, sdl)
        for name in ("messages(", "followers(", "postMessage", "scheduleActivity"):
            self.assertNotIn(name, sdl)
        self.rest(f"/api/leads/{self.lead.id}/messages", headers=without, status=404)
        granted = self.scoped_key(self.policy({"Lead": ["read"], "Message": ["read"]}))
        query = """query ($id: ID!) { lead(id: $id) { messages {
            text authorName changes { field }
        } } }"""
        lead = self.graphql(query, {"id": self.lead.id}, headers=granted)["lead"]
        self.assertIn("Hello", [message["text"] for message in lead["messages"]])
        fields = {change["field"] for message in lead["messages"] for change in message["changes"]}
        self.assertIn("expectedRevenue", fields)
        sdl = self.http("GET", "/api/graphql/schema.graphql", headers=granted).text
        self.assertNotIn("author:", sdl)

    def test_many_records_take_as_many_queries_as_few(self):
        leads = self.env["crm.lead"].create(
            [{"name": f"Zmany {number}", "user_id": self.user("demo").id} for number in range(20)]
        )
        for lead in leads:
            lead.expected_revenue = 5
            self.flush_tracking()
            self.post(lead)
            self.post(lead, kind="note")
        query = """query ($first: Int) {
            leads(first: $first, filter: {name: {startsWith: "Zmany"}}) { nodes {
                messages(first: 5) {
                    kind body text author { name } authorName subtype { name } attachments { name }
                    changes { field newValue }
                }
                followers { name } activities { summary }
            } }
        }"""
        few = self.query_count(query, {"first": 2})
        many = self.query_count(query, {"first": 20})
        self.assertEqual(few, many)
