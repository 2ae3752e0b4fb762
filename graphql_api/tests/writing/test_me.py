"""What users change of themselves: language, time zone, signature and picture; nothing else."""

import base64

from odoo.tests import new_test_user, tagged

from ..cases.scoped_keys import ScopedKeyCase

PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAA"
    "AABJRU5ErkJggg=="
)


@tagged("post_install", "-at_install")
class TestPreferences(ScopedKeyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = {"keeper": "base.group_user", "visitor": "base.group_portal"}
        for login, group in groups.items():
            user = new_test_user(cls.env, login, groups=group, lang="en_US", tz="Europe/Brussels")
            setattr(cls, login, user)

    def patch_me(self, body, login, status=200, **kwargs):
        return self.rest(
            "/api/me",
            method="PATCH",
            status=status,
            data=body,
            headers={"Content-Type": "application/json"},
            login=login,
            **kwargs,
        )

    def test_everybody_changes_their_own(self):
        for user in (self.keeper, self.visitor):
            with self.subTest(user.login):
                body = b'{"lang": "fr_FR", "tz": "Asia/Tokyo", "signature": "<b>Z</b>"}'
                data = self.patch_me(body, user.login)["data"]
                self.env.invalidate_all()
                shown = {"id": user.id, "name": user.name, "lang": "fr_FR", "tz": "Asia/Tokyo"}
                self.assertEqual(data, shown)
                self.assertEqual((user.lang, user.tz), ("fr_FR", "Asia/Tokyo"))
                self.assertIn("<b>Z</b>", user.signature)

    def test_graphql(self):
        query = "mutation ($avatar: Upload) { updateMe(input: {avatar: $avatar}) { id tz } }"
        data = self.graphql(query, {"avatar": PIXEL}, login="keeper")
        self.env.invalidate_all()
        expected = {"id": str(self.keeper.id), "tz": "Europe/Brussels"}
        self.assertEqual(data["updateMe"], expected)
        self.assertTrue(base64.b64decode(self.keeper.image_1920).startswith(b"\x89PNG"))

    def test_bad_input_changes_nothing(self):
        for body, field in (
            (b'{"lang": "xx_XX", "tz": "Asia/Tokyo"}', "lang"),
            (b'{"lang": null, "tz": "Asia/Tokyo"}', "lang"),
            (b'{"tz": "Mars/Base", "signature": "Z"}', "tz"),
            (b'{"avatar": "no base64!", "signature": "Z"}', "avatar"),
            (b'{"login": "root", "signature": "Z"}', "login"),
            (b'{"group_ids": [1], "tz": "Asia/Tokyo"}', "group_ids"),
            (b'{"tz": 5, "signature": "Z"}', "tz"),
        ):
            with self.subTest(body=body):
                answer = self.patch_me(body, "keeper", status=400)
                self.assertEqual([error["field"] for error in answer["errors"]], [field])
                self.env.invalidate_all()
                self.assertEqual((self.keeper.lang, self.keeper.tz), ("en_US", "Europe/Brussels"))
                self.assertNotIn("Z", self.keeper.signature or "")
        self.patch_me(b"[]", "keeper", status=400)
        self.rest("/api/me", method="DELETE", status=405, login="keeper")

    def test_keys_that_may_not(self):
        """A policy closes it, unless it allows what is added in code."""
        for policy in (self.policy(None, read_only=True), self.policy({"User": ["read"]})):
            headers = self.scoped_key(policy, "keeper")
            response = self.http(
                "PATCH", "/api/me", login=None, headers=headers, json={"tz": "Asia/Tokyo"}
            )
            self.assertEqual(response.status_code, 403, response.text)
            self.assertEqual(self.keeper.tz, "Europe/Brussels")
