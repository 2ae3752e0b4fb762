"""Who is asking: API keys, and the session of a page of this very server."""

import base64
import datetime
import json
from unittest.mock import patch

from odoo import http
from odoo.tests import new_test_user, tagged

from ..cases.api import ApiCase

ME = "{ me { user { id } } }"
JSON = {"Content-Type": "application/json"}


class AuthenticationCase(ApiCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk = new_test_user(cls.env, "clerk", groups="base.group_user", lang="en_US")

    def make_key(self, scope=None, expiration=None):
        """Return a key of the clerk with any scope and expiration."""
        expiration = expiration or datetime.datetime.now() + datetime.timedelta(days=1)
        keys = self.env["res.users.apikeys"].with_user(self.clerk).sudo()
        return keys._generate(scope, "test", expiration)

    def assert_refused(self, headers, method="GET", **kwargs):
        """Both APIs answer 401, each in its own shape."""
        response = self.http(method, "/api/me", login=None, headers=headers, **kwargs)
        self.assert_unauthenticated(response)
        body = response.json()
        self.assertEqual(body["status"], "error")
        self.assertEqual(body["code"], "UNAUTHENTICATED")
        self.assertTrue(body["message"])
        response = self.graphql_response(ME, login=None, headers=headers)
        self.assert_unauthenticated(response)
        body = response.json()
        self.assertEqual(set(body), {"errors"})
        self.assertEqual(body["errors"][0]["extensions"], {"code": "UNAUTHENTICATED"})

    def assert_unauthenticated(self, response):
        self.assertEqual(response.status_code, 401, response.text)
        self.assertEqual(response.headers["WWW-Authenticate"], 'Bearer realm="Odoo API"')
        self.assertTrue(response.headers["Content-Type"].startswith("application/json"))
        self.assertNotIn("Set-Cookie", response.headers)

    def assert_user(self, user, headers, login=None):
        """Both APIs answer as this user."""
        response = self.http("GET", "/api/me", login=login, headers=headers)
        self.assertEqual(response.status_code, 200, response.text)
        self.assertEqual(response.json()["data"]["user"]["id"], user.id)
        data = self.graphql(ME, login=login, headers=headers)
        self.assertEqual(data["me"]["user"]["id"], str(user.id))
        return response


@tagged("post_install", "-at_install")
class TestKey(AuthenticationCase):
    """``Authorization: Bearer <key>``."""

    def test_valid(self):
        for scope in (None, "rpc"):
            key = self.make_key(scope)
            for scheme in ("Bearer", "bearer", "BEARER"):
                self.assert_user(self.clerk, {"Authorization": f"{scheme} {key}"})

    def test_missing(self):
        self.assert_refused({})

    def test_malformed(self):
        key = self.make_key()
        basic = base64.b64encode(b"admin:admin").decode()
        for header in (
            "",
            "Bearer",
            "Bearer ",
            key,
            f"Basic {basic}",
            "Basic",
            f"Bearer {key} more",
            f"Bearer {key},{key}",
            f"Token {key}",
            f"Bearer: {key}",
            f"Bearer{key}",
            'Bearer realm="x"',
            "Bearer \xe9\xe8" * 3,
            "Bearer " + "a" * 10_000,
        ):
            with self.subTest(header[:40]):
                self.assert_refused({"Authorization": header.encode("latin-1")})

    def test_wrong(self):
        key = self.make_key()
        for wrong in (key[:-1], key + "0", key.upper(), key[:8], "0" * len(key), key[::-1]):
            with self.subTest(wrong):
                self.assert_refused({"Authorization": f"Bearer {wrong}"})

    def test_expired(self):
        past = datetime.datetime.now() - datetime.timedelta(days=1)
        soon = datetime.datetime.now() + datetime.timedelta(hours=1)
        self.assert_refused({"Authorization": f"Bearer {self.make_key(expiration=past)}"})
        key = self.make_key(expiration=soon)
        self.assert_user(self.clerk, {"Authorization": f"Bearer {key}"})
        self.env.cr.execute(
            "UPDATE res_users_apikeys SET expiration_date = now() AT TIME ZONE 'utc'"
            " - interval '1 day' WHERE user_id = %s",
            [self.clerk.id],
        )
        self.assert_refused({"Authorization": f"Bearer {key}"})

    def test_revoked(self):
        """Revocation counts from the next request on, for this key alone."""
        revoked, kept = self.make_key(), self.make_key()
        for key in (revoked, kept):
            self.assert_user(self.clerk, {"Authorization": f"Bearer {key}"})
        keys = self.env["res.users.apikeys"].search([("user_id", "=", self.clerk.id)], order="id")
        keys[0].sudo()._remove()
        self.assert_refused({"Authorization": f"Bearer {revoked}"})
        self.assert_user(self.clerk, {"Authorization": f"Bearer {kept}"})

    def test_archived_user(self):
        key = self.make_key()
        self.assert_user(self.clerk, {"Authorization": f"Bearer {key}"})
        self.clerk.active = False
        self.assert_refused({"Authorization": f"Bearer {key}"})
        self.clerk.active = True
        self.assert_user(self.clerk, {"Authorization": f"Bearer {key}"})

    def test_other_scope(self):
        """A key made for something else opens nothing here."""
        for scope in ("odoo.plugin.outlook", "2fa", "graphql"):
            self.assert_refused({"Authorization": f"Bearer {self.make_key(scope)}"})

    def test_not_in_the_query(self):
        """A key belongs in a header: an address ends up in logs."""
        key = self.make_key()
        for name in ("access_token", "api_key", "key", "token"):
            response = self.http("GET", f"/api/me?{name}={key}", login=None)
            self.assert_unauthenticated(response)

    def test_every_route(self):
        """Nothing below /api answers without a key."""
        for path in (
            "/api",
            "/api/me",
            "/api/customers",
            "/api/customers/1",
            "/api/customers/1/image_1920",
            "/api/mobile/customer/1",
            "/api/graphql/schema.graphql",
            "/api/nonsense",
        ):
            with self.subTest(path):
                response = self.http("GET", path, login=None)
                self.assert_unauthenticated(response)
                self.assertEqual(response.json()["code"], "UNAUTHENTICATED")

    def test_no_session(self):
        """A request with a key leaves no cookie and no session behind."""
        store = http.root.session_store
        self.key(self.login)
        with patch.object(type(store), "save", side_effect=AssertionError("saved")) as save:
            for path in ("/api/me", "/api/customers?limit=1", "/api/nothing", "/api/%0a"):
                response = self.http("GET", path)
                self.assertNotIn("Set-Cookie", response.headers, path)
            response = self.graphql_response(ME)
            self.assertEqual(response.status_code, 200)
            self.assertNotIn("Set-Cookie", response.headers)
            self.assert_refused({"Authorization": "Bearer wrong"})
        save.assert_not_called()


@tagged("post_install", "-at_install")
class TestSession(AuthenticationCase):
    """The cookie of the web client serves pages of this server and nobody else."""

    same_origin = {"Sec-Fetch-Site": "same-origin"}

    def setUp(self):
        super().setUp()
        self.authenticate("clerk", "clerk")

    def test_same_origin(self):
        self.assert_user(self.clerk, self.same_origin)

    def test_other_sites(self):
        for headers in (
            {},
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
            {"Sec-Fetch-Site": ""},
            {"Sec-Fetch-Site": "same-origin, cross-site"},
            {"Sec-Fetch-Site": "cross-site", "Origin": self.base_url()},
            {"Referer": self.base_url() + "/odoo"},
        ):
            with self.subTest(headers):
                self.assert_refused(headers)
                response = self.http(
                    "GET", "/api/graphql", login=None, headers=headers, params={"query": ME}
                )
                self.assert_unauthenticated(response)

    def test_typed_address(self):
        """Who types an address reads; a form of another site could not send it so."""
        headers = {"Sec-Fetch-Site": "none"}
        for method in ("GET", "HEAD"):
            response = self.http(method, "/api/me", login=None, headers=headers)
            self.assertEqual(response.status_code, 200)
        response = self.http(
            "GET", "/api/graphql", login=None, headers=headers, params={"query": ME}
        )
        self.assertEqual(response.json()["data"]["me"]["user"]["id"], str(self.clerk.id))
        response = self.graphql_response(ME, login=None, headers=headers)
        self.assert_unauthenticated(response)

    def test_forms(self):
        """What an HTML form can send is no GraphQL request, even with the cookie."""
        body = json.dumps({"query": ME}).encode()
        for content_type, data in (
            ("application/x-www-form-urlencoded", b"query=" + ME.encode()),
            ("application/x-www-form-urlencoded", body),
            ("text/plain", body),
            ("text/plain; charset=utf-8", body),
            (
                "multipart/form-data; boundary=x",
                b'--x\r\nContent-Disposition: form-data; name="query"\r\n\r\n'
                + ME.encode()
                + b"\r\n--x--\r\n",
            ),
        ):
            with self.subTest(content_type):
                headers = {"Content-Type": content_type}
                for site in (self.same_origin, {}):
                    response = self.http(
                        "POST", "/api/graphql", login=None, headers=headers | site, data=data
                    )
                    self.assertEqual(response.status_code, 415 if site else 401, response.text)
                    self.assertNotIn("data", response.json())

    def test_key_wins(self):
        """A key decides who asks, whoever's cookie comes with it."""
        key = self.key("demo")
        for site in ({}, self.same_origin, {"Sec-Fetch-Site": "cross-site"}):
            headers = {"Authorization": f"Bearer {key}"} | site
            response = self.assert_user(self.user("demo"), headers)
            self.assertNotIn("Set-Cookie", response.headers)

    def test_wrong_key_does_not_fall_back(self):
        self.assert_refused({"Authorization": "Bearer wrong"} | self.same_origin)
        self.assert_refused({"Authorization": ""} | self.same_origin)

    def test_ended_session(self):
        self.logout()
        self.assert_refused(self.same_origin)

    def test_changed_password(self):
        """A session ends with the password that it was opened with."""
        self.assert_user(self.clerk, self.same_origin)
        self.clerk.password = "another password"
        response = self.http("GET", "/api/me", login=None, headers=self.same_origin)
        self.assertEqual(response.status_code, 401)

    def test_no_cross_origin_sharing(self):
        """No other origin is told that it may read."""
        headers = {
            "Origin": "https://elsewhere.example",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "content-type",
        }
        for path in ("/api/graphql", "/api/me"):
            response = self.http("OPTIONS", path, login=None, headers=headers)
            self.assertNotIn("Access-Control-Allow-Origin", response.headers)
            self.assertNotIn("Access-Control-Allow-Credentials", response.headers)
        response = self.http(
            "GET", "/api/me", login=None, headers=self.same_origin | {"Origin": headers["Origin"]}
        )
        self.assertNotIn("Access-Control-Allow-Origin", response.headers)
