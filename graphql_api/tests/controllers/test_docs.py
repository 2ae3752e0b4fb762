"""The pages for developers, as HTTP serves them."""

import re
from pathlib import Path
from unittest.mock import patch

from ..cases.api import ApiCase

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
QUERY = "/api/graphql?query={__typename}"


class TestGraphiqlPage(ApiCase):
    def page(self, path="/api/graphql", **kwargs):
        kwargs.setdefault("login", None)
        headers = {"Accept": BROWSER, **kwargs.pop("headers", {})}
        return self.http(kwargs.pop("method", "GET"), path, headers=headers, **kwargs)

    def test_browsers_get_the_page(self):
        """Without a key, with or without a query, also for a signed-in user."""
        for path in ("/api/graphql", QUERY, "/api/graphql/graphiql"):
            response = self.page(path)
            self.assertEqual(response.status_code, 200, path)
            self.assertEqual(response.headers["Content-Type"], "text/html; charset=utf-8")
            self.assertNotIn("set-cookie", response.headers)
        self.authenticate("demo", "demo")
        self.assertIn('data-session="yes"', self.page().text)

    def test_clients_get_answers(self):
        """What asks for JSON, or for anything, is no browser."""
        for accept in (
            "application/json",
            "application/graphql-response+json",
            "*/*",
            "application/json, text/html;q=0.9",
        ):
            response = self.http("GET", QUERY, headers={"Accept": accept})
            self.assertEqual(response.json()["data"], {"__typename": "Query"}, accept)
            response = self.http("GET", QUERY, headers={"Accept": accept}, login=None)
            self.assertEqual(response.status_code, 401, accept)
        response = self.graphql_response("{ __typename }", headers={"Accept": BROWSER})
        self.assertEqual(response.json()["data"], {"__typename": "Query"})

    def test_the_index(self):
        """Browsers get links at /api, programs JSON."""
        response = self.page("/api")
        self.assertEqual(response.status_code, 200)
        self.assertIn("Accept", response.headers["Vary"])
        for link in ("/api/graphql", "/api/docs", "/web/login?redirect=/api"):
            self.assertIn(f'href="{link}"', response.text)
        self.assertNotIn("<script", response.text)
        self.authenticate("demo", "demo")
        self.assertNotIn("/web/login", self.page("/api").text)
        for accept in ("application/json", "*/*"):
            response = self.http("GET", "/api", headers={"Accept": accept})
            self.assertEqual(response.json()["status"], "success")
            self.assertIn("Accept", response.headers["Vary"].split(", "))

    def test_the_language_of_the_browser(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        template = self.env.ref("graphql_api.page_sign_in")
        template.update_field_translations(
            "arch_db", {"fr_FR": {"Sign in with Odoo": "Se connecter avec Odoo"}}
        )
        response = self.page(headers={"Accept-Language": "fr-FR"})
        self.assertIn("Se connecter avec Odoo", response.text)
        self.assertIn('<html lang="fr-FR"', response.text)
        self.assertIn("Accept-Language", response.headers["Vary"])

    def test_it_can_be_switched_off(self):
        self.env["ir.config_parameter"].set_param("graphql_api.graphiql", "False")
        self.assertEqual(
            self.page("/api").headers["Content-Type"], "application/json; charset=utf-8"
        )
        for path in ("/api/graphql/graphiql", "/api/docs", "/api/docs/index"):
            self.assertEqual(self.page(path).status_code, 404)
        response = self.page(QUERY)
        self.assertEqual(response.status_code, 401)
        self.assertEqual(response.json()["errors"][0]["extensions"]["code"], "UNAUTHENTICATED")

    def test_the_page_is_locked_down(self):
        """It loads nothing from elsewhere, has no inline script and fits into no frame."""
        response = self.page()
        policy = dict(
            part.split(" ", 1) for part in response.headers["Content-Security-Policy"].split("; ")
        )
        self.assertEqual(policy["default-src"], "'none'")
        self.assertEqual(policy["script-src"], "'self'")
        self.assertEqual(policy["connect-src"], "'self'")
        self.assertEqual(policy["frame-ancestors"], "'none'")
        self.assertNotIn("unsafe", str(policy))
        self.assertEqual(response.headers["X-Content-Type-Options"], "nosniff")
        self.assertEqual(response.headers["Referrer-Policy"], "no-referrer")
        self.assertEqual(response.headers["Cache-Control"], "no-store")
        nonces = [self.page().headers["Content-Security-Policy"] for _time in range(2)]
        self.assertNotEqual(*nonces)
        scripts = re.findall(r"<script([^>]*)>(.*?)</script>", response.text)
        self.assertGreater(len(scripts), 3)
        for attributes, body in scripts:
            self.assertRegex(attributes, r'^ src="/graphql_api/static/[a-z/.-]+\?v=[0-9a-f]+"$')
            self.assertEqual(body, "")

    def test_every_file_of_the_page_is_there(self):
        addresses = re.findall(r'(?:src|href)="([^"]*)"', self.page().text)
        for address in addresses:
            response = self.page(address)
            self.assertEqual(response.status_code, 200, address)
            if "/static/" in address:
                self.assertIn("max-age", response.headers["Cache-Control"], address)

    def test_the_page_shows_nothing_of_the_address(self):
        """A query in the address is for the script alone."""
        self.assertNotIn("marker", self.page("/api/graphql?query=<script>marker</script>").text)

    def test_missing_files(self):
        """Without the files the page says which command fetches them."""
        # They stay where they are: other tests, in other processes, read them meanwhile.
        with patch.object(Path, "is_file", lambda path: "lib" not in path.parts):
            response = self.page()
        self.assertEqual(response.status_code, 503)
        self.assertIn("make assets", response.text)
        self.assertNotIn("<script", response.text)

    def test_other_methods(self):
        self.assertEqual(self.page("/api/graphql", method="PUT").status_code, 401)
        self.assertEqual(self.http("PUT", "/api/graphql").status_code, 405)
        self.assertEqual(self.page(method="HEAD").status_code, 200)
