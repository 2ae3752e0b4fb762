"""Signing in from an app: login and password for a pair of tokens that expire."""

import json
import logging
import time
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time
from passlib.handlers import pbkdf2

from odoo import fields
from odoo.tests import new_test_user, tagged
from odoo.tools import config

from ...models.sign_in import GRACE, MAX_DEVICES
from ..cases.server import execute
from ..cases.sign_in import SignInCase

ROUTES = ("/api/auth/token", "/api/auth/refresh", "/api/auth/revoke")


def came_from(address: str) -> dict[str, str]:
    """Return the headers with which a proxy tells an address."""
    return {"X-Forwarded-For": address, "X-Forwarded-Host": "api.example.com"}


@tagged("post_install", "-at_install")
class TestSignIn(SignInCase):
    def test_tokens(self):
        response = self.http(
            "POST",
            "/api/auth/token",
            login=None,
            json={"login": "clerk", "password": "Very secret 1", "device": "Ann's phone"},
        )
        self.assertEqual(response.status_code, 200, response.text)
        self.assertEqual(response.headers["Cache-Control"], "no-store")
        self.assertNotIn("Set-Cookie", response.headers)
        tokens = response.json()["data"]
        self.assertEqual(
            set(tokens),
            {"token_type", "access_token", "expires_in", "refresh_token", "refresh_expires_in"},
        )
        self.assertEqual(tokens["token_type"], "Bearer")
        self.assertEqual(tokens["expires_in"], 3600)
        self.assertEqual(tokens["refresh_expires_in"], 30 * 24 * 3600)
        self.assert_works(tokens)
        key = self.keys()
        self.assertEqual((key.name, key.policy_id), ("Ann's phone", self.app_policy))
        self.assertTrue(key.signed_in)
        self.assertEqual(self.rows(), ["graphql_api", "graphql_api.refresh"])

    def test_the_policy_rules(self):
        headers = {"Authorization": f"Bearer {self.sign_in()['access_token']}"}
        self.rest("/api/companies", status=404, headers=headers)
        self.rest("/api/customers", method="POST", status=403, headers=headers, json={"name": "x"})
        self.app_policy.active = False
        self.rest("/api/countries", status=401, headers=headers)

    def test_the_secrets_are_not_stored(self):
        tokens = self.sign_in()
        self.env.cr.execute("SELECT to_jsonb(k)::text FROM graphql_api_key k")
        stored = str(self.env.cr.fetchall())
        self.env.cr.execute("SELECT to_jsonb(k)::text FROM res_users_apikeys k")
        stored += str(self.env.cr.fetchall())
        family, secret = tokens["refresh_token"].split(".")
        for text in (family, secret, tokens["access_token"]):
            self.assertNotIn(text, stored)

    def test_a_refresh_token_is_no_key(self):
        token = self.sign_in()["refresh_token"]
        for text in (token, *token.split(".")):
            headers = {"Authorization": f"Bearer {text}"}
            self.rest("/api/countries", status=401, headers=headers)
            response = self.http(
                "POST", "/json/2/res.country/search_count", headers=headers, json={"domain": []}
            )
            self.assertEqual(response.status_code, 401)

    def test_wrong_login_or_password(self):
        """The answers are the same, to the byte, and so is what is done for them."""
        self.user("demo").active = False
        portal = new_test_user(self.env, "guest", groups="base.group_portal", password="a secret 2")
        self.env.cr.execute("UPDATE res_users SET password = NULL WHERE id = %s", [portal.id])
        answers = set()
        for login, password in (
            ("clerk", "wrong"),
            ("nobody", "Very secret 1"),
            ("demo", "demo"),
            ("guest", "x"),
            ("clerk ", "Very secret 1"),
        ):
            response = self.http(
                "POST", "/api/auth/token", login=None, json={"login": login, "password": password}
            )
            self.assertEqual(response.status_code, 401)
            self.assertTrue(response.headers["WWW-Authenticate"].startswith("Bearer"))
            answers.add(response.text)
        self.assertEqual(len(answers), 1)
        self.assertFalse(self.keys())

    def test_cooldown(self):
        """Odoo's own, which counts over all ways to log in."""
        self.env["ir.config_parameter"].set_param("base.login_cooldown_after", "3")
        for _try in range(3):
            self.sign_in(password="wrong", status=401)
        with self.assertLogs("odoo.addons.base.models.res_users", "WARNING") as logged:
            self.sign_in(status=401)
        self.assertIn("Login attempt ignored", logged.output[0])
        self.env["ir.config_parameter"].set_param("base.login_cooldown_duration", "0")
        self.sign_in()

    def test_rate_of_an_address(self):
        """Counted for all processes, beside Odoo's cooldown, which each has for itself."""
        self.enterContext(patch.dict(config.options, {"proxy_mode": True}))
        tokens = self.sign_in(headers=came_from("192.0.2.1"))
        # As if it had signed in 57 times more, a minute's 60 but for two.
        execute("UPDATE graphql_api_rate SET free_at = free_at + interval '57 s'")
        begin = time.monotonic()
        body = {"login": "clerk", "password": "wrong"}
        responses = []
        while not responses or responses[-1].status_code == 401:
            self.assertLess(len(responses), 20)
            responses.append(
                self.http(
                    "POST",
                    "/api/auth/token",
                    login=None,
                    json=body,
                    headers=came_from("192.0.2.1"),
                )
            )
        # One comes back each second.
        came_back = int(time.monotonic() - begin) + 1
        self.assertIn(len(responses) - 1, range(2, 2 + came_back + 1))
        response = responses[-1]
        self.assertEqual(response.status_code, 429)
        self.assertEqual(response.json()["code"], "RATE_LIMITED")
        self.assertIn("Retry-After", response.headers)
        self.assert_works(self.refresh(tokens))
        self.assert_works(self.sign_in(headers=came_from("192.0.2.2")))

    def test_odoos_log(self):
        with self.assertLogs("odoo.addons.base.models.res_users", logging.INFO) as logged:
            self.sign_in()
            self.sign_in(password="wrong", status=401)
        text = "\n".join(logged.output)
        self.assertIn("Login successful for login:clerk from 127.0.0.1", text)
        self.assertIn("Login failed for login:clerk from 127.0.0.1", text)
        self.assertNotIn("secret", text)
        self.assertTrue(self.env["res.users.log"].search([("create_uid", "=", self.clerk.id)]))

    def test_off(self):
        """It is unless the administrator turned it on and chose a policy that there is."""
        tokens = self.sign_in()
        for values in (
            {"sign_in": "False"},
            {"sign_in": ""},
            {"sign_in": "True", "sign_in_policy": 0},
            {"sign_in_policy": self.app_policy.id + 1000},
        ):
            self.set_parameters(**values)
            for path in ROUTES:
                with self.subTest(values, path=path):
                    body = self.post(path, tokens, 404)
                    self.assertEqual(body["code"], "NOT_FOUND")
        self.set_parameters(sign_in_policy=self.app_policy.id)
        self.app_policy.active = False
        self.sign_in(status=404)

    def test_networks_of_the_policy(self):
        """Nobody signs in from where the tokens would be refused; nothing is looked at."""
        tokens = self.sign_in()
        self.app_policy.networks = "192.0.2.0/24"
        answers = set()
        bodies = [
            {"login": "clerk", "password": "Very secret 1"},
            {"login": "clerk", "password": "wrong"},
            {"login": "nobody", "password": "wrong"},
            {"nonsense": 1},
        ]
        with (
            patch.object(pbkdf2, "pbkdf2_hmac", wraps=pbkdf2.pbkdf2_hmac) as computed,
            self.assertNoLogs("odoo.addons.base.models.res_users", logging.INFO),
        ):
            for body in bodies:
                response = self.http("POST", "/api/auth/token", login=None, json=body)
                self.assertEqual(response.status_code, 403)
                answers.add(response.text)
            self.assertEqual(self.refresh(tokens, 403)["code"], "FORBIDDEN")
        self.assertEqual(len(answers), 1)
        self.assertEqual(computed.call_count, 0)
        self.assertEqual(len(self.keys()), 1)
        self.app_policy.networks = "127.0.0.0/8"
        tokens = self.refresh(tokens)
        self.assert_works(tokens)
        self.sign_in()
        self.app_policy.networks = "192.0.2.0/24"
        self.post("/api/auth/revoke", {"refresh_token": tokens["refresh_token"]})
        self.assertEqual(len(self.keys()), 1)

    def test_devices_of_a_user(self):
        """One more takes the place of that which was not used for longest; others keep theirs."""
        new_test_user(self.env, "guest", groups="base.group_portal", password="a secret 2")
        guest = self.sign_in("guest", "a secret 2")
        self.scoped_key(self.app_policy, "clerk")
        tokens = {name: self.sign_in(device=name) for name in ("a", "b", "c")}
        now = fields.Datetime.now()
        self.env.cr.execute(
            """
            WITH rows AS (
                INSERT INTO res_users_apikeys (name, user_id, scope, key)
                SELECT 'often used', %s, 'graphql_api.refresh', n FROM generate_series(1, %s) n
                RETURNING id, user_id
            )
            INSERT INTO graphql_api_key
                (name, user_id, policy_id, apikey_id, token_family, signed_in, last_used)
            SELECT 'often used', user_id, %s, id, 'family ' || id, TRUE, %s FROM rows
            """,
            [self.clerk.id, MAX_DEVICES - 3, self.app_policy.id, now],
        )
        for age, name in enumerate(("b", "c", "a"), 1):
            key = self.keys().filtered_domain([("name", "=", name)])
            key.last_used = now - timedelta(hours=age)
        self.assert_works(self.sign_in(device="d"))
        self.assertEqual(set(self.keys().mapped("name")), {"test", "often used", "b", "c", "d"})
        self.assert_works(tokens["a"], 401)
        self.refresh(tokens["a"], 401)
        self.sign_in(device="e")
        self.assertEqual(set(self.keys().mapped("name")), {"test", "often used", "b", "d", "e"})
        self.assertEqual(len(self.keys().filtered("signed_in")), MAX_DEVICES)
        self.assert_works(tokens["b"])
        self.assert_works(guest)

    def test_control_characters(self):
        """They are refused in what is shown and logged; a password may have them."""
        good = {"login": "clerk", "password": "Very secret 1"}
        for text in ("\n", "\r\n", "\t", "\x1b[31m", "\x7f", "\x85", "\u2028", "\u2029"):
            for name in ("login", "device", "totp"):
                with self.subTest(text, name=name):
                    body = {**good, name: f"clerk{text}x"}
                    with self.assertNoLogs("odoo.addons.base.models.res_users", logging.INFO):
                        answer = self.post("/api/auth/token", body, 400)
                    self.assertEqual([error["field"] for error in answer["errors"]], [name])
            self.post("/api/auth/refresh", {"refresh_token": f"a.b{text}"}, 400)
        self.assertFalse(self.keys())
        self.clerk.password = "Very\nsecret\t1"
        self.sign_in(password="Very\nsecret\t1", device="Zoë's 👩‍🔧 phone")
        self.assertEqual(self.keys().name, "Zoë's 👩‍🔧 phone")

    def test_portal_users(self):
        new_test_user(self.env, "guest", groups="base.group_portal", password="a secret 2")
        self.assert_works(self.sign_in("guest", "a secret 2"))

    def test_a_device_without_a_name(self):
        self.sign_in(device=None)
        self.assertTrue(self.keys().name)

    def test_expiry(self):
        self.set_parameters(sign_in_minutes=5, sign_in_days=2)
        tokens = self.sign_in()
        self.assertEqual(tokens["expires_in"], 300)
        self.assertEqual(tokens["refresh_expires_in"], 2 * 24 * 3600)
        self.assert_works(tokens)
        with freeze_time(fields.Datetime.now() - timedelta(minutes=6)):
            late = self.sign_in()
        self.assert_works(late, 401)
        self.assert_works(self.refresh(late))
        with freeze_time(fields.Datetime.now() - timedelta(days=2, minutes=1)):
            late = self.sign_in()
        self.refresh(late, 401)

    def test_bad_bodies(self):
        good = {"login": "clerk", "password": "Very secret 1"}
        for body in (
            [],
            "text",
            {},
            {"login": "clerk"},
            {"password": "x"},
            {**good, "login": 1},
            {**good, "login": ""},
            {**good, "login": "a\x00b"},
            {**good, "password": ["Very secret 1"]},
            {**good, "password": None},
            {**good, "login": "x" * 1001},
            {**good, "totp": 123456},
            {**good, "device": {}},
            {**good, "device": "x" * 101},
            {**good, "scope": "all"},
            {**good, "uid": 1},
        ):
            with self.subTest(str(body)[:60]):
                answer = self.post("/api/auth/token", body, 400)
                self.assertEqual(answer["code"], "BAD_USER_INPUT")
                self.assertNotIn("Very secret 1", json.dumps(answer))
        for text in (b"", b"{", b"\xff", b"[" * 5000):
            response = self.http(
                "POST",
                "/api/auth/token",
                login=None,
                data=text,
                headers={"Content-Type": "application/json"},
            )
            self.assertEqual(response.status_code, 400)
        self.post("/api/auth/token?login=clerk", good, 400)
        self.assertFalse(self.keys())

    def test_what_a_form_can_send(self):
        body = json.dumps({"login": "clerk", "password": "Very secret 1"})
        for path in ROUTES:
            for content_type in (
                "text/plain",
                "application/x-www-form-urlencoded",
                "multipart/form-data; boundary=x",
                "",
            ):
                with self.subTest(path, content_type=content_type):
                    response = self.http(
                        "POST", path, login=None, data=body, headers={"Content-Type": content_type}
                    )
                    self.assertEqual(response.status_code, 415, response.text)
        self.assertFalse(self.keys())

    def test_large_bodies(self):
        body = {"login": "clerk", "password": "x" * 20_000}
        self.assertEqual(self.post("/api/auth/token", body, 413)["code"], "PAYLOAD_TOO_LARGE")

    def test_other_methods(self):
        for path in ROUTES:
            for method in ("GET", "PUT", "PATCH", "DELETE"):
                response = self.http(method, path, json={})
                self.assertIn(response.status_code, (404, 405), response.text)
                self.assertEqual(response.json()["status"], "error")
            self.assertEqual(self.http("GET", path).headers["Allow"], "POST, OPTIONS")

    def test_the_cookie_is_left_alone(self):
        """Signing in here neither uses a session of the web client nor makes one."""
        self.authenticate("admin", "admin")
        self.sign_in()
        self.sign_in(password="wrong", status=401)
        session = self.url_open("/web/session/get_session_info", json={"params": {}}).json()
        self.assertEqual(session["result"]["username"], "admin")


@tagged("post_install", "-at_install")
class TestRefresh(SignInCase):
    def test_new_pair(self):
        first = self.sign_in(device="Ann's phone")
        second = self.refresh(first)
        self.assert_works(first, 401)
        self.assert_works(second)
        self.assertNotEqual(first["refresh_token"], second["refresh_token"])
        self.assertEqual(self.rows(), ["graphql_api", "graphql_api.refresh"])
        third = self.refresh(second)
        self.assert_works(third)
        self.assertEqual(self.keys().name, "Ann's phone")

    def test_lost_answer(self):
        """The same again for some seconds, as it was: no token more."""
        first = self.sign_in()
        second = self.refresh(first)
        self.assertEqual(self.refresh(first), second)
        self.assert_works(second)
        self.assertEqual(self.refresh(first), second)
        self.assertEqual(self.rows(), ["graphql_api", "graphql_api.refresh"])
        third = self.refresh(second)
        self.assert_works(third)
        self.assertEqual(self.refresh(second), third)

    def test_a_kept_answer_is_for_its_token_alone(self):
        """Who reads the database cannot use it, and who guesses at a token ends the family."""
        first = self.sign_in()
        second = self.refresh(first)
        self.env.cr.execute("SELECT to_jsonb(k)::text FROM graphql_api_key k")
        stored = str(self.env.cr.fetchall())
        for token in (first["refresh_token"], second["refresh_token"]):
            for text in token.split("."):
                self.assertNotIn(text, stored)
        self.assertNotIn(second["access_token"], stored)
        family, secret = first["refresh_token"].split(".")
        wrong = secret[:-1] + ("0" if secret[-1] != "0" else "1")
        self.refresh({"refresh_token": f"{family}.{wrong}"}, 401)
        self.refresh(second, 401)

    def test_a_kept_answer_goes(self):
        first = self.sign_in()
        second = self.refresh(first)
        key = self.keys().sudo()
        self.env["graphql_api.key"]._gc_refresh_answers()
        self.assertTrue(key.refresh_answer)
        with freeze_time(fields.Datetime.now() + GRACE + timedelta(seconds=1)):
            self.env["graphql_api.key"]._gc_refresh_answers()
        self.assertFalse(key.refresh_answer)
        self.assert_works(self.refresh(second))

    def test_what_ends_a_sign_in_ends_the_grace(self):
        first, other = self.sign_in(), self.sign_in()
        self.refresh(first)
        self.refresh(other)
        self.post("/api/auth/revoke", {"refresh_token": first["refresh_token"]})
        self.refresh(first, 401)
        self.clerk.password = "Another secret 1"
        self.refresh(other, 401)

    def test_reuse_of_an_older_token(self):
        """Within the grace, too: its successor has arrived, as it was used."""
        first = self.sign_in()
        third = self.refresh(self.refresh(first))
        self.refresh(first, 401)
        self.assert_works(third, 401)
        self.refresh(third, 401)

    def test_reuse_ends_the_family(self):
        """Whoever of two has the stolen token: both are out, other devices are not."""
        other = self.sign_in(device="Tablet")
        first = self.sign_in()
        with freeze_time(fields.Datetime.now() - GRACE - timedelta(seconds=2)):
            second = self.refresh(first)
        self.assert_works(second)
        self.refresh(first, 401)
        self.assert_works(second, 401)
        self.refresh(second, 401)
        self.assertEqual(self.keys().name, "Tablet")
        self.assert_works(self.refresh(other))

    def test_other_tokens(self):
        tokens = self.sign_in()
        family, secret = tokens["refresh_token"].split(".")
        for text in (
            tokens["access_token"],
            secret,
            f"{'0' * 32}.{secret}",
            f".{secret}",
            ".",
            "nonsense",
            family[:-1],
        ):
            with self.subTest(text):
                self.post("/api/auth/refresh", {"refresh_token": text}, 401)
        self.assert_works(tokens)
        self.assert_works(self.refresh(tokens))

    def test_bad_bodies(self):
        for body in ({}, {"refresh_token": 5}, {"refresh_token": "x" * 201}, {"login": "x"}):
            self.post("/api/auth/refresh", body, 400)

    def test_archived_user(self):
        tokens = self.sign_in()
        self.clerk.active = False
        self.assert_works(tokens, 401)
        self.refresh(tokens, 401)
        self.clerk.active = True
        self.refresh(tokens, 401)

    def test_changed_password(self):
        """As a session of the web client, it ends at once with the password."""
        tokens, other = self.sign_in(), self.sign_in()
        self.assert_works(tokens)
        self.clerk.password = "Another secret 1"
        self.assert_works(tokens, 401)
        self.refresh(other, 401)
        self.assert_works(self.sign_in(password="Another secret 1"))

    def test_log_out_from_all_devices(self):
        tokens = self.sign_in()
        self.scoped_key(self.app_policy, "clerk")
        self.clerk.with_user(self.clerk)._action_revoke_all_devices()
        self.assert_works(tokens, 401)
        self.refresh(tokens, 401)
        self.assertEqual(self.keys().mapped("signed_in"), [False])

    def test_another_policy(self):
        """The tokens that come next are under the policy that applies now."""
        tokens = self.sign_in()
        self.set_parameters(sign_in_policy=self.policy({"Customer": ["read"]}).id)
        self.assert_works(tokens)
        tokens = self.refresh(tokens)
        self.assert_works(tokens, 404)
        headers = {"Authorization": f"Bearer {tokens['access_token']}"}
        self.rest("/api/customers?limit=1", headers=headers)

    def test_after_odoo_removed_the_expired_access_token(self):
        """The device is still signed in."""
        with freeze_time(fields.Datetime.now() - timedelta(hours=2)):
            tokens = self.sign_in()
        self.env["res.users.apikeys"]._gc_user_apikeys()
        self.env.invalidate_all()
        self.assertEqual(self.rows(), ["graphql_api.refresh"])
        self.assert_works(self.refresh(tokens))

    def test_odoos_own_list_ends_it(self):
        tokens = self.sign_in()
        row = self.env["res.users.apikeys"].search([("scope", "=", "graphql_api.refresh")])
        row._remove()
        self.env.invalidate_all()
        self.assertFalse(self.keys())
        self.assert_works(tokens, 401)
        self.refresh(tokens, 401)


@tagged("post_install", "-at_install")
class TestRevoke(SignInCase):
    def test_refresh_token(self):
        tokens, other = self.sign_in(), self.sign_in()
        body = {"refresh_token": tokens["refresh_token"]}
        for _again in range(2):
            self.assertIsNone(self.post("/api/auth/revoke", body)["data"])
        self.assert_works(tokens, 401)
        self.refresh(tokens, 401)
        self.assert_works(self.refresh(other))

    def test_access_token(self):
        tokens = self.sign_in()
        headers = {"Authorization": f"Bearer {tokens['access_token']}"}
        response = self.http("POST", "/api/auth/revoke", headers=headers)
        self.assertEqual(response.status_code, 200, response.text)
        self.assert_works(tokens, 401)
        self.refresh(tokens, 401)
        self.assertEqual(self.rows(), [])
        response = self.http("POST", "/api/auth/revoke", headers=headers)
        self.assertEqual(response.status_code, 401)

    def test_other_keys(self):
        """A key that was not made by signing in is not revoked here."""
        for headers in (
            {"Authorization": f"Bearer {self.key('clerk')}"},
            self.scoped_key(self.app_policy, "clerk"),
        ):
            response = self.http("POST", "/api/auth/revoke", headers=headers)
            self.assertEqual(response.status_code, 403)
            self.rest("/api/countries?limit=1", headers=headers)
