"""A refresh token that is sent by several at once: all get the same tokens."""

import json

from odoo.tests import new_test_user, tagged

from ..cases.server import ServerCase, committed, together

_PARAMETERS = ("graphql_api.sign_in", "graphql_api.sign_in_policy")


@tagged("post_install", "-at_install")
class TestConcurrentRefresh(ServerCase):
    def setUp(self):
        super().setUp()
        self.addCleanup(self.clean)
        with committed() as env:
            new_test_user(env, "phone", groups="base.group_user", password="Very secret 1")
            policy = env["graphql_api.policy"].create({"name": "Phones", "all_resources": True})
            for name, value in zip(_PARAMETERS, ("True", str(policy.id)), strict=True):
                env["ir.config_parameter"].set_param(name, value)

    def clean(self):
        with committed() as env:
            user = env["res.users"].search([("login", "=", "phone")])
            env["graphql_api.key"].search([("user_id", "=", user.id)]).unlink()
            partner = user.partner_id
            user.unlink()
            partner.unlink()
            env["graphql_api.policy"].search([("name", "=", "Phones")]).unlink()
            env["ir.config_parameter"].search([("key", "in", _PARAMETERS)]).unlink()

    def post(self, name: str, **body):
        client = self.client()
        del client.headers["Authorization"]
        return client.send_request("POST", f"/api/auth/{name}", json=body)

    def test_all_get_the_same(self):
        tokens = self.post("token", login="phone", password="Very secret 1").json()["data"]
        body = {"refresh_token": tokens["refresh_token"]}
        responses = together([lambda: self.post("refresh", **body)] * 4)
        self.assertEqual({response.status_code for response in responses}, {200})
        (text,) = {response.text for response in responses}
        new = json.loads(text)["data"]
        self.assertNotEqual(new["refresh_token"], tokens["refresh_token"])
        for access_token, status in ((new["access_token"], 200), (tokens["access_token"], 401)):
            with self.server.client(access_token) as client:
                self.assertEqual(client.send_request("GET", "/api/me").status_code, status)
        again = self.post("refresh", refresh_token=new["refresh_token"])
        self.assertEqual(again.status_code, 200)
