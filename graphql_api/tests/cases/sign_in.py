"""Users who may sign in from an app."""

from odoo.tests import new_test_user, tagged

from .scoped_keys import ScopedKeyCase


@tagged("post_install", "-at_install")
class SignInCase(ScopedKeyCase):
    """Tests in which users may sign in, to read countries and create customers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk = new_test_user(
            cls.env, "clerk", groups="base.group_user", password="Very secret 1"
        )

    def setUp(self):
        super().setUp()
        self.app_policy = self.policy(self.grants, name="Apps")
        self.set_parameters(sign_in="True", sign_in_policy=self.app_policy.id)
        self.env.registry._login_failures = None
        self.addCleanup(setattr, self.env.registry, "_login_failures", None)

    def set_parameters(self, **values):
        for name, value in values.items():
            self.env["ir.config_parameter"].set_param(f"graphql_api.{name}", str(value))

    def post(self, path: str, body, status: int = 200, **kwargs) -> dict:
        return self.rest(path, method="POST", status=status, login=None, json=body, **kwargs)

    def sign_in(
        self, login="clerk", password="Very secret 1", status=200, headers=None, **members
    ) -> dict:
        """Sign in and return the tokens, or the error."""
        body = {"login": login, "password": password, **members}
        answer = self.post("/api/auth/token", body, status, headers=headers)
        return answer["data"] if status == 200 else answer

    def refresh(self, tokens: dict, status: int = 200) -> dict:
        body = {"refresh_token": tokens["refresh_token"]}
        answer = self.post("/api/auth/refresh", body, status)
        return answer["data"] if status == 200 else answer

    def assert_works(self, tokens: dict, status: int = 200):
        """The access token is served, or refused."""
        headers = {"Authorization": f"Bearer {tokens['access_token']}"}
        self.rest("/api/countries?limit=1", status=status, headers=headers)

    def keys(self, login: str = "clerk"):
        return self.env["graphql_api.key"].search([("user_id.login", "=", login)])

    def rows(self) -> list:
        """Return the scopes of the clerk's rows in Odoo's table."""
        rows = self.env["res.users.apikeys"].search([("user_id", "=", self.clerk.id)])
        return sorted(rows.mapped("scope"))
