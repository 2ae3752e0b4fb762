"""Messages that clients write, on a server that sends mail as in production."""

import base64
import json

from odoo import Command
from odoo.tests import tagged

from odoo.addons.graphql_api.tests.cases.server import (
    ServerCase,
    api_key,
    committed,
    scoped_key,
    setting,
)

POST = """mutation ($id: ID!, $input: PostMessageLeadInput!) {
    postMessageLead(id: $id, input: $input) {
        id kind body text author { name } attachments { name }
    }
}"""


@tagged("post_install", "-at_install", "server")
class TestPosting(ServerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with committed() as env:
            demo = env["res.users"].search([("login", "=", "demo")])
            portal = env["res.users"].search([("login", "=", "portal")])
            follower = env["res.partner"].create(
                {"name": "Zfollower", "email": "zfollower@example.com"}
            )
            lead, hidden = env["crm.lead"].create(
                [
                    {"name": "Zposting", "user_id": demo.id},
                    {"name": "Zhidden", "user_id": env.ref("base.user_admin").id},
                ]
            )
            lead.message_subscribe(follower.ids)
            invoice = env["account.move"].create(
                {
                    "move_type": "out_invoice",
                    "partner_id": portal.partner_id.id,
                    "invoice_line_ids": [Command.create({"name": "Work", "price_unit": 10})],
                }
            )
            invoice.action_post()
            invoice.message_subscribe(portal.partner_id.ids)
            unseen = env["res.partner"].create({"name": "Zunseen", "company_id": False})
            rule = env["ir.rule"].create(
                {
                    "name": "Zunseen",
                    "model_id": env["ir.model"]._get_id("res.partner"),
                    "domain_force": f"[('id', '!=', {unseen.id})]",
                }
            )
            foreign = env["ir.attachment"].create(
                {
                    "name": "foreign.txt",
                    "raw": b"Foreign",
                    "res_model": "crm.lead",
                    "res_id": hidden.id,
                }
            )
            cls.ids = {
                "lead": lead.id,
                "hidden": hidden.id,
                "invoice": invoice.id,
                "follower": follower.id,
                "unseen": unseen.id,
                "foreign": foreign.id,
                "demo": demo.id,
                "admin": env.ref("base.user_admin").id,
                "admin_partner": env.ref("base.user_admin").partner_id.id,
            }
            made = [rule, foreign, invoice, lead + hidden, follower + unseen]

        def remove():
            with committed() as env:
                for records in made:
                    messages = env["mail.message"].search(
                        [("model", "=", records._name), ("res_id", "in", records.ids)]
                    )
                    env["mail.mail"].search([("mail_message_id", "in", messages.ids)]).unlink()
                    records = records.with_env(env).with_context(force_delete=True).exists()
                    if records._name == "account.move":
                        records.button_draft()
                    records.unlink()

        cls.addClassCleanup(remove)
        cls.demo_key = cls.enterClassContext(api_key("demo"))

    def post(self, key=None, id="", **values):
        """Post a message over GraphQL; return the body of the response."""
        body = {"query": POST, "variables": {"id": id or self.ids["lead"], "input": values}}
        client = self.client(key or self.demo_key)
        return client.send_request("POST", "/api/graphql", json=body).json()

    def message(self, **values):
        """Post a message that succeeds; return it."""
        body = self.post(**values)
        self.assertNotIn("errors", body)
        return body["data"]["postMessageLead"]

    def assert_refused(self, body, *codes):
        """Assert that a post was refused, with one of these codes if any, and nothing is kept."""
        self.assertIsNone(body.get("data"), body)
        code = body["errors"][0]["extensions"]["code"]
        self.assertIn(code, codes or [code], body)
        self.assertNotEqual(code, "INTERNAL_SERVER_ERROR", body)
        with committed() as env:
            lead = env["crm.lead"].browse(self.ids["lead"])
            self.assertNotIn("Zrefused", str(lead.message_ids.mapped("body")))

    def mails(self, message):
        """Return the addresses of the people to whom a message was mailed."""
        with committed() as env:
            notifications = env["mail.notification"].search(
                [
                    ("mail_message_id", "=", int(message["id"])),
                    ("notification_type", "=", "email"),
                ]
            )
            mails = notifications.mail_mail_id
            self.assertTrue(mails)
            for mail in mails:
                self.assertNotIn("<script", mail.body_html)
            return set(notifications.res_partner_id.mapped("email"))

    def test_a_comment_is_mailed_to_followers(self):
        message = self.message(
            body="<p>Hello <b>all</b><script>alert(1)</script></p>", bodyIsHtml=True
        )
        self.assertEqual(message["body"], "<p>Hello <b>all</b></p>")
        self.assertEqual((message["kind"], message["author"]["name"]), ("comment", "Marc Demo"))
        self.assertIn("zfollower@example.com", self.mails(message))

    def test_plain_text_is_text(self):
        message = self.message(body="1 < 2 & <script>alert(1)</script>\nEnd", kind="comment")
        self.assertNotIn("<script", message["body"])
        self.assertEqual(message["text"], "1 < 2 & <script>alert(1)</script>\nEnd")

    def test_what_looks_like_markup(self):
        """Addresses and comparisons in angle brackets stay in a text."""
        text = "Forward it to <a.smith@example.com>, if a<b and b>c"
        self.assertEqual(self.message(body=text)["text"], text)

    def test_a_note_with_mentions(self):
        message = self.message(
            body="Look",
            kind="note",
            mentions=[self.ids["follower"]],
            mentionedUsers=[self.ids["admin"]],
        )
        self.assertEqual(message["kind"], "note")
        with committed() as env:
            record = env["mail.message"].browse(int(message["id"]))
            self.assertEqual(
                set(record.notified_partner_ids.ids),
                {self.ids["follower"], self.ids["admin_partner"]},
            )

    def test_files(self):
        client = self.client(self.demo_key)
        content = base64.b64encode(b"Own file").decode()
        own = client.send_request(
            "POST", "/api/attachments", json={"name": "own.txt", "content": content}
        ).json()["data"]
        message = self.message(body="With a file", attachments=[own["id"]])
        self.assertEqual(message["attachments"], [{"name": "own.txt"}])
        with committed() as env:
            attachment = env["ir.attachment"].browse(own["id"])
            self.assertEqual(
                (attachment.res_model, attachment.res_id), ("crm.lead", self.ids["lead"])
            )

    def send_form(self, input, *contents, **headers):
        """Post a message with files over GraphQL, as the multipart request specification says.

        Each file takes the place of the ``content`` of one of the ``files`` of the input.
        """
        operations = {"query": POST, "variables": {"id": self.ids["lead"], "input": input}}
        places = {f"{n}": [f"variables.input.files.{n}.content"] for n in range(len(contents))}
        form = {"operations": json.dumps(operations), "map": json.dumps(places)}
        files = {f"{n}": (f"{n}.txt", content) for n, content in enumerate(contents)}
        headers = {"GraphQL-Require-Preflight": "1", **headers}
        return self.client(self.demo_key).send_request(
            "POST", "/api/graphql", data=form, files=files, headers=headers
        )

    def own_attachment(self, name):
        """Upload a file that belongs to no record; return its id."""
        body = {"name": name, "content": base64.b64encode(b"Earlier").decode()}
        response = self.client(self.demo_key).send_request("POST", "/api/attachments", json=body)
        return response.json()["data"]["id"]

    def test_files_in_the_request(self):
        """They are of the record, like those of the same message that were uploaded before."""
        earlier = self.own_attachment("earlier.txt")
        new = [{"name": "one.txt", "content": None}, {"name": "two.txt", "content": None}]
        values = {"body": "Files", "attachments": [earlier], "files": new}
        body = self.send_form(values, b"One", b"Two").json()
        self.assertNotIn("errors", body)
        by_graphql = body["data"]["postMessageLead"]["attachments"]
        response = self.client(self.demo_key).send_request(
            "POST",
            f"/api/leads/{self.ids['lead']}/post-message?fields=attachments.name,attachments.id",
            data={
                "body": "Files",
                "attachments": [str(self.own_attachment("earlier.txt")), str(earlier)],
                "mentions": [str(self.ids["follower"])],
            },
            files=[("files", ("one.txt", b"One")), ("files", ("two.txt", b"Two"))],
        )
        self.assertEqual(response.status_code, 200, response.text)
        by_rest = response.json()["data"]["attachments"]
        names = ["earlier.txt", "one.txt", "two.txt"]
        self.assertEqual(sorted(file["name"] for file in by_graphql), names)
        self.assertEqual(sorted(file["name"] for file in by_rest), ["earlier.txt", *names])
        with committed() as env:
            files = env["ir.attachment"].browse(file["id"] for file in by_rest)
            owners = {(file.res_model, file.res_id) for file in files}
            self.assertEqual(owners, {("crm.lead", self.ids["lead"])})
            contents = {file.name: file.raw for file in files}
            self.assertEqual(contents["two.txt"], b"Two")

    def test_each_record_has_its_own_file(self):
        with committed() as env:
            demo = env["res.users"].browse(self.ids["demo"])
            leads = env["crm.lead"].create([{"name": "Zeach", "user_id": demo.id}] * 2)
        try:
            response = self.client(self.demo_key).send_request(
                "POST",
                "/api/leads/post-message?fields=attachments.id",
                data={"ids": [str(number) for number in leads.ids], "body": "All"},
                files=[("files", ("each.txt", b"Each"))],
            )
            self.assertEqual(response.status_code, 200, response.text)
            numbers = [file["id"] for row in response.json()["data"] for file in row["attachments"]]
            with committed() as env:
                owners = env["ir.attachment"].browse(numbers).mapped("res_id")
                self.assertEqual(sorted(owners), sorted(leads.ids))
        finally:
            with committed() as env:
                leads.with_env(env).unlink()

    def test_files_that_are_refused(self):
        """A message that is refused keeps none of its files, and a dry run neither."""
        new = [{"name": "Zrefused.txt", "content": None}]
        values = {"body": "Zrefused", "files": new}
        response = self.send_form({**values, "attachments": [self.ids["foreign"]]}, b"New")
        self.assert_refused(response.json(), "NOT_FOUND", "BAD_USER_INPUT")
        self.assert_refused(self.send_form({**values, "kind": "email"}, b"New").json())
        elsewhere = {**new[0], "resModel": "Lead", "resId": self.ids["hidden"]}
        self.assert_refused(self.send_form({**values, "files": [elsewhere]}, b"New").json())
        path = f"/api/leads/{self.ids['lead']}/post-message"
        client = self.client(self.demo_key)
        for name, data, expected in (
            ("other", {"body": "Zrefused"}, 400),
            ("files", {"body": "Zrefused", "files": "1"}, 400),
            ("files", {"body": "Zrefused", "mentions": [str(self.ids["unseen"])]}, 400),
        ):
            form = [(name, ("Zrefused.txt", b"New"))]
            response = client.send_request("POST", path, data=data, files=form)
            self.assertEqual(response.status_code, expected, response.text)
        with setting("max_body_size", 100_000):
            response = self.send_form(values, b"x" * 100_000)
        self.assertEqual(response.status_code, 413, response.text)
        response = self.send_form(values, b"New", Prefer="dry-run")
        message = response.json()["data"]["postMessageLead"]
        self.assertEqual(message["attachments"], [{"name": "Zrefused.txt"}])
        with committed() as env:
            self.assertFalse(env["ir.attachment"].search([("name", "=", "Zrefused.txt")]))
            self.assertFalse(env["mail.message"].search([("body", "like", "Zrefused")]))

    def test_what_is_refused(self):
        refused = {"body": "Zrefused"}
        seen = ("BAD_USER_INPUT", "NOT_FOUND", "FORBIDDEN", "VALIDATION_FAILED")
        self.assert_refused(self.post(**refused, mentions=[self.ids["unseen"]]), *seen)
        self.assert_refused(self.post(**refused, mentions=[999999999]), *seen)
        self.assert_refused(self.post(**refused, attachments=[self.ids["foreign"]]), *seen)
        self.assert_refused(self.post(**refused, kind="email"), *seen, "GRAPHQL_VALIDATION_FAILED")
        for name in ("author", "authorId", "subtype", "date", "model", "emailFrom"):
            self.assert_refused(self.post(**refused, **{name: 1}), *seen)
        self.assert_refused(self.post(body=" "), "VALIDATION_FAILED")
        self.assert_refused(self.post(kind="note"), "VALIDATION_FAILED")
        self.assert_refused(self.post(**refused, id=self.ids["hidden"]), "NOT_FOUND")
        client = self.client(self.demo_key)
        for record, status in ((self.ids["hidden"], 404), ("999999999", 404)):
            path = f"/api/leads/{record}/post-message"
            response = client.send_request("POST", path, json=refused)
            self.assertEqual(response.status_code, status, response.text)

    def test_the_portal(self):
        """It may comment where Odoo lets it, and write no note, mention nobody."""
        with scoped_key("portal") as key:
            client = self.client(key)
            path = f"/api/invoices/{self.ids['invoice']}/post-message?fields=text,kind,author_name"
            for body in (
                {"body": "A note", "kind": "note"},
                {"body": "Hey", "mentioned_users": [self.ids["admin"]]},
                {"body": "A file", "attachments": [self.ids["foreign"]]},
            ):
                response = client.send_request("POST", path, json=body)
                self.assertIn(response.status_code, (400, 403), response.text)
            response = client.send_request("POST", path, json={"body": "When is it due?"})
            self.assertEqual(response.status_code, 200, response.text)
            data = response.json()["data"]
            self.assertEqual((data["text"], data["kind"]), ("When is it due?", "comment"))

    def test_a_context_of_rpc_stays_outside(self):
        """What a portal user's client of Odoo's RPC has in its context changes no message."""
        with committed() as env:
            portal = env["res.users"].search([("login", "=", "portal")])
            invoice = env["account.move"].browse(self.ids["invoice"]).with_user(portal)
            hostile = invoice.with_context(mail_notify_author=True)
            message = hostile.graphql_api_post_message(body="Zrpc").sudo()
            self.assertNotIn(portal.partner_id, message.notified_partner_ids)

    def test_following(self):
        client = self.client(self.demo_key)
        path = f"/api/leads/{self.ids['lead']}"

        def followers():
            page = client.send_request("GET", f"{path}/followers?fields=name").json()
            return [follower["name"] for follower in page["data"]]

        for verb, follows in (("follow", True), ("unfollow", False)):
            response = client.send_request("POST", f"{path}/{verb}?fields=id")
            self.assertEqual(response.status_code, 200, response.text)
            self.assertEqual("Marc Demo" in followers(), follows)
        response = client.send_request("POST", f"/api/leads/{self.ids['hidden']}/follow")
        self.assertEqual(response.status_code, 404)
