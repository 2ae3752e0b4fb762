"""Users make and revoke keys of their own, administrators everybody's; nobody widens rights."""

from ast import literal_eval
from datetime import timedelta
from xmlrpc.client import Fault

from lxml import etree

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import JsonRpcException, new_test_user, tagged

from ..cases.scoped_keys import ScopedKeyCase


@tagged("post_install", "-at_install")
class KeyDialogCase(ScopedKeyCase):
    """Tests that call Odoo's methods over HTTP, as the web client does."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk = new_test_user(cls.env, "clerk", groups="base.group_user", password="clerk")
        cls.boss = new_test_user(cls.env, "boss", groups="base.group_system", password="boss")
        cls.env.ref("base.group_user").api_key_duration = 90

    def setUp(self):
        super().setUp()
        self.offered = self.policy(self.grants, name="Offered", self_service=True)
        self.closed = self.policy(None, name="Closed")

    def call(self, model: str, method: str, *args, **kwargs):
        """Call a method as the user who is logged in."""
        self.env.flush_all()
        return self.make_jsonrpc_request(
            f"/web/dataset/call_kw/{model}/{method}",
            {"model": model, "method": method, "args": list(args), "kwargs": kwargs},
        )

    def prove(self, action: dict, login: str):
        """Enter the password in the dialog that asks for it; return what comes after."""
        self.assertEqual(action["res_model"], "res.users.identitycheck")
        context = {"password": login}
        return self.call(
            "res.users.identitycheck", "run_check", [action["res_id"]], context=context
        )

    def make(self, login: str, **values) -> str:
        """Make a key in the dialog and return it."""
        values = {"name": "Phone", "policy": str(self.offered.id), "duration": "30", **values}
        wizard = self.call("graphql_api.make_key", "create", values)
        shown = self.call("graphql_api.make_key", "make_key", [wizard])
        if shown["res_model"] == "res.users.identitycheck":
            shown = self.prove(shown, login)
        self.assertEqual(shown["res_model"], "res.users.apikeys.show")
        return shown["context"]["default_key"]

    def refused(self, error: str):
        """Expect an error of Odoo by the name of its class."""
        return self.assertRaisesRegex(JsonRpcException, error)


@tagged("post_install", "-at_install")
class TestOwnKeys(KeyDialogCase):
    """What an ordinary user may do."""

    def setUp(self):
        super().setUp()
        self.authenticate("clerk", "clerk")

    def test_make_and_use(self):
        key = self.make("clerk")
        self.rest("/api/countries?limit=1", headers={"Authorization": f"Bearer {key}"})
        record = self.env["graphql_api.key"].search([("user_id", "=", self.clerk.id)])
        self.assertEqual((record.name, record.policy_id), ("Phone", self.offered))
        self.assertEqual(record.expiration_date.date(), fields.Date.today() + timedelta(days=30))
        self.assertFalse(
            self.env["graphql_api.make_key"].search_count([("create_uid", "=", self.clerk.id)])
        )

    def test_the_dialog_offers_what_may_be_chosen(self):
        described = self.call(
            "graphql_api.make_key", "fields_get", ["policy", "duration"], ["selection"]
        )
        self.assertEqual(described["policy"]["selection"], [[str(self.offered.id), "Offered"]])
        durations = [days for days, _label in described["duration"]["selection"]]
        self.assertEqual(durations, ["1", "7", "30", "90", "-1"])
        self.offered.active = False
        dialog = self.call("res.users", "graphql_api_key_wizard", [self.clerk.id])
        with self.refused("UserError"):
            self.prove(dialog, "clerk")

    def test_not_under_another_policy(self):
        for policy in (self.closed, self.offered):
            policy.self_service = False
            with self.refused("ValueError|AccessError"):
                self.make("clerk", policy=str(policy.id))

    def test_not_under_a_policy_that_is_withdrawn_meanwhile(self):
        values = {"name": "x", "policy": str(self.offered.id), "duration": "1"}
        wizard = self.call("graphql_api.make_key", "create", values)
        self.offered.self_service = False
        check = self.call("graphql_api.make_key", "make_key", [wizard])
        with self.refused("AccessError"):
            self.prove(check, "clerk")

    def test_not_for_another_user(self):
        with self.refused("AccessError"):
            self.make("clerk", user_id=self.boss.id)
        self.assertFalse(self.env["graphql_api.key"].search([("policy_id", "=", self.offered.id)]))

    def test_not_for_longer_than_odoo_allows(self):
        far = fields.Datetime.now() + timedelta(days=400)
        for values in (
            {"duration": "0"},
            {"duration": "365"},
            {"duration": "-1", "expiration_date": str(far)},
            {"duration": "30", "expiration_date": str(far)},
            {"duration": "30", "expiration_date": False},
        ):
            with self.subTest(values), self.refused("ValueError|ValidationError"):
                self.make("clerk", **values)
        wizard = self.call(
            "graphql_api.make_key",
            "create",
            {"name": "x", "policy": str(self.offered.id), "duration": "1"},
        )
        self.call("graphql_api.make_key", "write", [wizard], {"expiration_date": str(far)})
        check = self.call("graphql_api.make_key", "make_key", [wizard])
        with self.refused("ValidationError"):
            self.prove(check, "clerk")

    def test_portal_users_make_none(self):
        new_test_user(self.env, "guest", groups="base.group_portal", password="guest")
        self.authenticate("guest", "guest")
        with self.refused("AccessError"):
            self.make("guest")
        for model in ("graphql_api.key", "graphql_api.policy", "graphql_api.policy.right"):
            with self.refused("AccessError"):
                self.call(model, "search_read", [], ["id"])

    def test_revoke(self):
        key = self.make("clerk")
        headers = {"Authorization": f"Bearer {key}"}
        record = self.env["graphql_api.key"].search([("user_id", "=", self.clerk.id)])
        self.call("graphql_api.key", "revoke", record.ids)
        self.rest("/api/countries?limit=1", status=401, headers=headers)
        self.assertFalse(self.env["res.users.apikeys"].search([("user_id", "=", self.clerk.id)]))

    def test_revoking_asks_for_the_password(self):
        headers = self.scoped_key(self.offered, "clerk")
        record = self.env["graphql_api.key"].search([("user_id", "=", self.clerk.id)])
        check = self.call("graphql_api.key", "revoke", record.ids)
        self.rest("/api/countries?limit=1", headers=headers)
        with self.refused("UserError"):
            self.prove(check, "wrong")
        self.rest("/api/countries?limit=1", headers=headers)
        self.prove(check, "clerk")
        self.rest("/api/countries?limit=1", status=401, headers=headers)

    def test_odoos_list_shows_odoos_keys(self):
        self.key("clerk")
        self.make("clerk")
        (user,) = self.call("res.users", "read", self.clerk.ids, ["api_key_ids"])
        rows = self.env["res.users.apikeys"].browse(user["api_key_ids"])
        self.assertEqual(rows.mapped("scope"), [False])

    def test_a_portal_account_that_is_closed(self):
        guest = new_test_user(self.env, "guest", groups="base.group_portal")
        headers = self.scoped_key(self.closed, "guest")
        self.rest("/api/me", headers=headers)
        guest._deactivate_portal_user()
        self.assertFalse(self.env["res.users.apikeys"].search([("user_id", "=", guest.id)]))
        self.rest("/api/me", status=401, headers=headers)

    def test_others_keys_are_hidden(self):
        self.scoped_key(self.offered, "boss")
        self.scoped_key(self.offered, "clerk")
        self.make("clerk")
        found = self.call("graphql_api.key", "search_read", [], ["user_id", "policy_name"])
        self.assertEqual(
            {(key["user_id"][0], key["policy_name"]) for key in found},
            {(self.clerk.id, "Offered")},
        )
        other = self.env["graphql_api.key"].search([("user_id", "=", self.boss.id)])
        for method in ("read", "revoke"):
            with self.refused("AccessError"):
                self.call("graphql_api.key", method, other.ids)
        self.assertTrue(other.exists())

    def test_nothing_can_be_written(self):
        self.scoped_key(self.closed, "clerk")
        key = self.env["graphql_api.key"].search([("user_id", "=", self.clerk.id)])
        row = key.apikey_id
        right = self.offered.right_ids[:1]
        for model, method, *args in (
            ("graphql_api.key", "write", key.ids, {"policy_id": self.offered.id}),
            ("graphql_api.key", "write", key.ids, {"expiration_date": False}),
            ("graphql_api.key", "write", key.ids, {"user_id": self.boss.id}),
            ("graphql_api.key", "unlink", key.ids),
            (
                "graphql_api.key",
                "create",
                {
                    "name": "x",
                    "user_id": self.clerk.id,
                    "policy_id": self.closed.id,
                    "apikey_id": row.id,
                },
            ),
            ("graphql_api.policy", "write", self.offered.ids, {"all_resources": True}),
            ("graphql_api.policy", "create", {"name": "x", "all_resources": True}),
            ("graphql_api.policy", "unlink", self.closed.ids),
            ("graphql_api.policy", "read", self.offered.ids, ["name"]),
            ("graphql_api.policy", "search_read", [], ["networks"]),
            ("graphql_api.policy.right", "write", right.ids, {"allow_delete": True}),
            ("graphql_api.policy.right", "create", {"policy_id": self.offered.id}),
            ("graphql_api.policy.right", "search_read", [], ["allow_read"]),
            ("res.users", "write", self.clerk.ids, {"graphql_api_key_ids": [[5]]}),
            (
                "res.users",
                "write",
                self.clerk.ids,
                {"graphql_api_key_ids": [[1, key.id, {"policy_id": self.offered.id}]]},
            ),
        ):
            with self.subTest(model=model, method=method, args=args), self.refused("AccessError"):
                self.call(model, method, *args)
        self.assertEqual(key.policy_id, self.closed)

    def test_no_secret_can_be_read(self):
        self.scoped_key(self.offered, "clerk")
        key = self.env["graphql_api.key"].search([("user_id", "=", self.clerk.id)])
        values = {"apikey_id": key.apikey_id.id, "policy_id": key.policy_id.id}
        for name in ("apikey_id", "token_family", "session_token", "policy_id"):
            with self.subTest(name), self.refused("AccessError"):
                self.call("graphql_api.key", "read", key.ids, [name])
            with self.subTest(name), self.refused("AccessError"):
                self.call("graphql_api.key", "search", [[name, "=", values.get(name, "x")]])

    def test_preferences(self):
        """The user's own form shows his keys."""
        self.make("clerk")
        arch = self.call(
            "res.users",
            "get_view",
            self.env.ref("base.view_users_form_simple_modif").id,
            "form",
        )["arch"]
        self.assertIn("graphql_api_key_wizard", arch)
        (user,) = self.call(
            "res.users",
            "web_read",
            self.clerk.ids,
            specification={"graphql_api_key_ids": {"fields": {"name": {}, "policy_name": {}}}},
        )
        (key,) = user["graphql_api_key_ids"]
        self.assertEqual((key["name"], key["policy_name"]), ("Phone", "Offered"))
        dialog = self.call("res.users", "graphql_api_key_wizard", self.clerk.ids)
        self.assertEqual(dialog["res_model"], "graphql_api.make_key")


@tagged("post_install", "-at_install")
class TestAdministratorsKeys(KeyDialogCase):
    def setUp(self):
        super().setUp()
        self.authenticate("boss", "boss")

    def test_for_others(self):
        """Also for portal users, whom Odoo gives no keys, and for good."""
        guest = new_test_user(self.env, "guest", groups="base.group_portal", lang="en_US")
        key = self.make("boss", user_id=guest.id, policy=str(self.closed.id), duration="0")
        body = self.rest("/api/me", headers={"Authorization": f"Bearer {key}"})
        self.assertEqual(body["data"]["lang"], "en_US")
        record = self.env["graphql_api.key"].search([("user_id", "=", guest.id)])
        self.assertFalse(record.expiration_date)
        self.call("graphql_api.key", "revoke", record.ids)
        self.rest("/api/me", status=401, headers={"Authorization": f"Bearer {key}"})

    def test_not_for_those_who_cannot_log_in(self):
        self.clerk.active = False
        for user in (self.clerk, self.env.ref("base.public_user"), self.env.ref("base.user_root")):
            with self.subTest(user.login), self.refused("UserError"):
                self.make("boss", user_id=user.id)

    def test_from_the_policy(self):
        dialog = self.call("graphql_api.policy", "open_make_key", self.closed.ids)
        self.assertEqual(dialog["context"], {"default_policy": str(self.closed.id)})
        self.assertEqual(self.closed.key_count, 0)
        self.scoped_key(self.closed)
        self.closed.invalidate_recordset()
        self.assertEqual(self.closed.key_count, 1)

    def test_a_policy_with_keys_is_not_deleted(self):
        """The message says how many keys there are, and what can be done."""
        self.scoped_key(self.closed)
        with self.refused("UserError"):
            self.call("graphql_api.policy", "unlink", self.closed.ids)
        with self.assertRaisesRegex(UserError, "Closed has keys: 1. Revoke them"):
            self.closed.unlink()
        self.call("graphql_api.policy", "unlink", self.offered.ids)

    def test_the_dialog_asks_for_the_user(self):
        """It proposes 90 days, or the longest time that the user's keys may live."""
        names = ["user_id", "duration"]
        proposed = self.call("graphql_api.make_key", "default_get", names)
        self.assertEqual(proposed, {"duration": "90", "user_id": False})
        self.authenticate("clerk", "clerk")
        proposed = self.call("graphql_api.make_key", "default_get", names)
        self.assertEqual(proposed, {"duration": "90", "user_id": self.clerk.id})
        self.env.ref("base.group_user").api_key_duration = 10
        self.env.flush_all()
        proposed = self.call("graphql_api.make_key", "default_get", ["duration"])
        self.assertEqual(proposed, {"duration": "7"})

    def test_from_the_log(self):
        """From a request to its key and its policy, while they are there."""
        self.closed.log_requests = True
        self.rest("/api/customers?limit=1", headers=self.scoped_key(self.closed))
        key = self.closed.key_ids
        request = self.env["graphql_api.request"].search([], limit=1)
        self.assertEqual((request.live_key_id, request.policy_id), (key, self.closed))
        self.assertEqual(key.search(request.open_key()["domain"]), key)
        self.assertIn(request, request.search(request.open_similar()["domain"]))
        key.unlink()
        request.invalidate_recordset()
        self.assertFalse(request.live_key_id)
        self.assertFalse(request.policy_id)

    def test_the_log_is_turned_on_by_administrators(self):
        self.authenticate("clerk", "clerk")
        with self.refused("AccessError"):
            self.call("graphql_api.request", "turn_on")

    def test_move_to_another_policy(self):
        headers = self.scoped_key(self.closed)
        self.rest("/api/customers?limit=1", headers=headers)
        key = self.env["graphql_api.key"].search([("policy_id", "=", self.closed.id)])
        self.call("graphql_api.key", "write", key.ids, {"policy_id": self.offered.id})
        self.rest("/api/customers?limit=1", status=404, headers=headers)

    def test_filters(self):
        """Each filter of the list is a domain that Odoo can search."""
        now = fields.Datetime.now()
        keys = {}
        for name, expires in (
            ("expired", now - timedelta(days=1)),
            ("expiring", now + timedelta(days=5)),
            ("persistent", None),
            ("unused", now + timedelta(days=300)),
        ):
            self.env["graphql_api.key"]._generate(self.clerk, self.offered, name, expires)
            keys[name] = self.env["graphql_api.key"].search([("name", "=", name)])
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE graphql_api_key SET create_date = now() - interval '100 days' WHERE id = %s",
            keys["unused"].ids,
        )
        arch = self.env["graphql_api.key"].get_view(view_type="search")["arch"]
        for name, key in keys.items():
            domain = self._domain(arch, name)
            found = self.call(
                "graphql_api.key", "search", [*domain, ["user_id", "=", self.clerk.id]]
            )
            self.assertEqual(found, key.ids, name)

    def _domain(self, arch: str, name: str) -> list:
        (node,) = etree.fromstring(arch).xpath(f"//filter[@name='{name}']")
        return [
            list(term) if isinstance(term, tuple) else term
            for term in literal_eval(node.get("domain"))
        ]


@tagged("post_install", "-at_install")
class TestPlainKeys(ScopedKeyCase):
    """Whether Odoo's own keys work here is the administrator's choice."""

    def test_switched_off(self):
        scoped = self.scoped_key(self.policy(self.grants))
        self.rest("/api/countries?limit=1")
        self.env["ir.config_parameter"].set_param("graphql_api.plain_keys", "False")
        body = self.rest("/api/countries?limit=1", status=401)
        self.assertIn("made for this API", body["message"])
        self.graphql("{ me { lang } }", errors=[("UNAUTHENTICATED", None)])
        self.rest("/api/countries?limit=1", headers=scoped)
        unknown = self.rest(
            "/api/countries", status=401, headers={"Authorization": f"Bearer {'0' * 40}"}
        )
        self.assertNotIn("made for this API", unknown["message"])
        self.env["ir.config_parameter"].set_param("graphql_api.plain_keys", "True")
        self.rest("/api/countries?limit=1")

    def test_they_are_listed(self):
        """Those that work, and that there are such keys where no other key is."""
        apikeys = self.env["res.users.apikeys"]
        self.key("admin")
        gone = self.env["res.users"].create({"name": "Gone", "login": "gone"})
        apikeys.with_user(gone).sudo()._generate(None, "of one who left", None)
        gone.active = False
        self.scoped_key(self.policy(self.grants))
        keys = self.env["graphql_api.key"].with_user(self.user("admin"))
        listed = apikeys.search(keys.open_plain_keys()["domain"])
        self.assertIn(self.user("admin"), listed.user_id)
        self.assertNotIn(gone, listed.user_id)
        self.assertLessEqual(set(listed.mapped("scope")), {False, "rpc"})
        shown = keys.get_empty_list_help("<p>No keys yet</p>")
        self.assertIn(f"Keys without a policy: {len(listed)}</a>", shown)
        demo = self.env["graphql_api.key"].with_user(self.user("demo"))
        self.assertEqual(demo.get_empty_list_help("<p>No</p>"), "<p>No</p>")
        self.env["ir.config_parameter"].set_param("graphql_api.plain_keys", "False")
        self.assertEqual(keys.get_empty_list_help("<p>No</p>"), "<p>No</p>")
        self.assertIn("refused", keys.open_plain_keys()["name"])


@tagged("post_install", "-at_install")
class TestScope(ScopedKeyCase):
    """A key for the API is worth nothing to the rest of Odoo."""

    def setUp(self):
        super().setUp()
        self.headers = self.scoped_key(self.policy(None, allow_extensions=True), "demo")
        self.secret = self.headers["Authorization"].removeprefix("Bearer ")
        self.rest("/api/me", headers=self.headers)

    def test_json2(self):
        response = self.http(
            "POST", "/json/2/res.country/search_count", headers=self.headers, json={"domain": []}
        )
        self.assertEqual(response.status_code, 401)

    def test_rpc(self):
        database, uid = self.env.cr.dbname, self.user("demo").id
        arguments = (database, uid, self.secret, "res.country", "search_count", [[]])
        self.assertFalse(self.xmlrpc_common.authenticate(database, "demo", self.secret, {}))
        with self.assertRaisesRegex(Fault, "Access Denied"):
            self.xmlrpc_object.execute_kw(*arguments)
        body = {
            "jsonrpc": "2.0",
            "method": "call",
            "params": {"service": "object", "method": "execute_kw", "args": arguments},
        }
        answer = self.http("POST", "/jsonrpc", headers=self.headers, json=body).json()
        self.assertIn("AccessDenied", answer["error"]["data"]["name"])

    def test_login(self):
        """Nor is it a password."""
        response = self.http(
            "POST",
            "/web/session/authenticate",
            headers=self.headers,
            json={"params": {"db": self.env.cr.dbname, "login": "demo", "password": self.secret}},
        )
        self.assertIn("AccessDenied", response.json()["error"]["data"]["name"])

    def test_pages(self):
        for path in (
            "/odoo",
            "/web/content/1",
            "/web/session/get_session_info",
            "/doc-bearer/index.json",
        ):
            response = self.http("GET", path, headers=self.headers, allow_redirects=False)
            self.assertNotEqual(response.status_code, 200, path)
