"""A page of another site, in a browser that has the user's session cookie.

Whatever such a page makes the browser send, by a form, a link, an image or a script: without a
proof that the request comes from a page of this server nothing is answered and nothing changes.
"""

import itertools
import json
from typing import NamedTuple

from odoo.tests import new_test_user, tagged

from ..cases.api import ApiCase

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
SITES = ("cross-site", "same-site", "none", "same-origin", None)
ORIGINS = ("other", "null", "own", None)
QUERY = "{ me { user { id } } }"
MUTATION = 'mutation { updateCustomer(id: "%s", input: {city: "Zstolen"}) { id } }'


class Page(NamedTuple):
    """What the browser says about where a request comes from; None: it says nothing."""

    site: str | None
    origin: str | None

    @property
    def is_proof(self) -> bool:
        """Tell whether a browser sends this for pages of this very server alone."""
        return self.site == "same-origin"


@tagged("generated")
class TestCrossSite(ApiCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = "base.group_user,base.group_partner_manager"
        cls.clerk = new_test_user(cls.env, "clerk", groups=groups, lang="en_US")
        cls.partner = cls.env["res.partner"].create({"name": "Zpartner", "city": "Ghent"})

    def setUp(self):
        super().setUp()
        self.authenticate("clerk", "clerk")

    def headers(self, page: Page) -> dict[str, str]:
        origins = {"other": "https://elsewhere.example", "own": self.base_url()}
        found = {"Sec-Fetch-Site": page.site, "Origin": origins.get(page.origin, page.origin)}
        return {name: value for name, value in found.items() if value is not None}

    def bodies(self, values: dict):
        """Yield (Content-Type, body) for the ways in which values can be sent."""
        text = json.dumps(values).encode()
        yield "application/json", text
        yield "application/json; charset=utf-8", text
        # The trick of forms: a name and a value that are JSON together.
        yield "text/plain", text[:-1] + b', "x": "="}'
        yield "application/x-www-form-urlencoded", text
        parts = "".join(
            f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{part}\r\n'
            for name, part in (
                ("operations", text.decode()),
                ("map", "{}"),
                *((key, str(value)) for key, value in values.items()),
            )
        )
        yield "multipart/form-data; boundary=x", f"{parts}--x--\r\n".encode()
        yield None, text
        yield None, b""

    def requests(self):
        """Yield (name, path, values, parameters) of reading and changing, in both APIs."""
        mutation = MUTATION % self.partner.id
        record = f"/api/customers/{self.partner.id}"
        yield "query", "/api/graphql", {"query": QUERY}, {"query": QUERY}
        yield "mutation", "/api/graphql", {"query": mutation}, {"query": mutation}
        yield "record", record, {"city": "Zstolen"}, {}
        yield "list", "/api/customers", {"name": "Zstolen"}, {"limit": "1"}
        yield "action", f"{record}/confirm", {}, {}
        yield "file", f"{record}/image_1920", {}, {}
        yield "schema", "/api/graphql/schema.graphql", {}, {}
        yield "me", "/api/me", {}, {}

    def answer(self, method, path, page, content_type, body, parameters):
        headers = self.headers(page)
        if content_type:
            headers["Content-Type"] = content_type
        if method in ("GET", "HEAD", "OPTIONS"):
            body = None
        return self.http(method, path, login=None, headers=headers, data=body, params=parameters)

    def state(self) -> tuple:
        self.env.invalidate_all()
        partners = self.env["res.partner"].with_context(active_test=False)
        return (
            partners.search_count([]),
            self.partner.exists().city,
            partners.search_count(["|", ("city", "=", "Zstolen"), ("name", "=", "Zstolen")]),
            bool(self.partner.image_1920),
        )

    def check_refused(self, page: Page, method: str):
        """Send everything that can be sent; nothing is answered, nothing is changed."""
        before = self.state()
        for _name, path, values, parameters in self.requests():
            for content_type, body in self.bodies(values):
                response = self.answer(method, path, page, content_type, body, parameters)
                case = (method, path, page, content_type, response.status_code, response.text)
                self.assertNotIn("Access-Control-Allow-Origin", response.headers, case)
                self.assertNotIn("Access-Control-Allow-Credentials", response.headers, case)
                if method == "OPTIONS":
                    self.assertIn(response.status_code, (204, 401, 404, 405), case)
                    self.assertEqual(response.text if response.status_code == 204 else "", "")
                else:
                    # 405: there is no such route to sign in for.
                    self.assertIn(response.status_code, (401, 405), case)
                    self.assertNotIn('"data"', response.text, case)
                if method in ("GET", "HEAD", "OPTIONS"):
                    break  # It has no body.
        self.assertEqual(self.state(), before)

    def test_refused(self):
        for site, origin, method in itertools.product(SITES, ORIGINS, METHODS):
            page = Page(site, origin)
            if page.is_proof or (site == "none" and method in ("GET", "HEAD")):
                continue
            with self.subTest(page, method=method):
                self.check_refused(page, method)

    def test_typed_address(self):
        """Who types an address, or opens a bookmark, reads; it changes nothing."""
        before = self.state()
        for method in ("GET", "HEAD"):
            for name, path, _values, parameters in self.requests():
                page = Page("none", None)
                response = self.answer(method, path, page, None, None, parameters)
                expected = {"mutation": 405, "action": 404, "file": 404}.get(name, 200)
                self.assertEqual(response.status_code, expected, (method, path, response.text))
        self.assertEqual(self.state(), before)

    def test_proof(self):
        """A page of this server does all of it, with the content types of the API."""
        page = Page("same-origin", "own")
        for name, path, _values, parameters in self.requests():
            if name in ("query", "list", "record", "schema", "me"):
                response = self.answer("GET", path, page, None, None, parameters)
                self.assertEqual(response.status_code, 200, (path, response.text))
        body = json.dumps({"query": MUTATION % self.partner.id}).encode()
        response = self.answer("POST", "/api/graphql", page, "application/json", body, {})
        self.assertIn("data", response.json(), response.text)
        self.assertEqual(self.state()[1], "Zstolen")

    def test_forms_of_this_server(self):
        """Even from a page of this server no form changes anything, and no GET does."""
        page = Page("same-origin", "own")
        before = self.state()
        values = {"query": MUTATION % self.partner.id}
        for content_type, body in self.bodies(values):
            if content_type is None or not content_type.startswith("application/json"):
                response = self.answer("POST", "/api/graphql", page, content_type, body, {})
                self.assertEqual(response.status_code, 415, (content_type, response.text))
        response = self.answer("GET", "/api/graphql", page, None, None, values)
        self.assertEqual(response.status_code, 405)
        self.assertEqual(self.state(), before)

    def test_no_other_proof(self):
        """What a foreign page, or an old browser, may send beside the cookie proves nothing."""
        host = self.base_url().removeprefix("http://")
        for headers in (
            {"Referer": f"{self.base_url()}/odoo"},
            {"Origin": self.base_url(), "Referer": f"{self.base_url()}/odoo"},
            {"X-Requested-With": "XMLHttpRequest"},
            {"X-CSRF-Token": "x", "X-Csrftoken": "x"},
            {"Sec-Fetch-Site": "SAME-ORIGIN"},
            {"Sec-Fetch-Site": "same-origin, cross-site"},
            {"Sec-Fetch-Site": "cross-site, same-origin"},
            {"Sec-Fetch-Mode": "same-origin", "Sec-Fetch-Dest": "document"},
            {"X-Forwarded-Host": host, "Origin": self.base_url()},
            {"X-HTTP-Method-Override": "GET", "Sec-Fetch-Site": "none"},
        ):
            for method, body in (("POST", {"query": QUERY}), ("POST", {"query": MUTATION})):
                with self.subTest(headers):
                    response = self.http(
                        method,
                        "/api/graphql",
                        login=None,
                        headers={**headers, "Content-Type": "application/json"},
                        data=json.dumps(body).encode(),
                    )
                    self.assertEqual(response.status_code, 401, response.text)

    def test_form_with_a_token(self):
        """What guards Odoo's own forms is none of the API's proofs."""
        response = self.http(
            "POST",
            "/api/graphql",
            login=None,
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            data={"query": QUERY, "csrf_token": "x"},
        )
        self.assertEqual(response.status_code, 401)
