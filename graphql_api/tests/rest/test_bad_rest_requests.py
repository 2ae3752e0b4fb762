"""REST requests that are wrong: an error in the shape of the contract, and nothing for the log."""

import json

from odoo.tests import tagged

from ..cases.bad_input import BadInputCase


@tagged("post_install", "-at_install")
class TestRest(BadInputCase):
    """Paths, parameters and methods of REST."""

    def test_unknown_routes(self):
        record = f"/api/customers/{self.partner.id}"
        for path in (
            "/api/nonsense",
            "/api/nonsense/1",
            "/api/nonsense/1/image",
            "/api/x/y/z/w",
            f"{record}/image_1920/x",
            "/api/%0a",
            "/api/%0d%0aSet-Cookie:%20a=b",
            "/api/%00",
            "/api/customers/%00",
            "/api/%ff",
            "/api/%ff%fe/1",
            "/api/%F0%9F%98%80",
            "/api/%2e%2e/%2e%2e/etc/passwd",
            "/api/Customers",
            "/api/res.partner",
            "/api/customer",
            "/api/graphql/nonsense",
            "/api/mobile",
            "/api/mobile/customer",
            "/api/mobile/nonsense/1",
            "/api/mobile/customer/1/2",
            "/api/" + "x" * 5000,
            "/api/" + "x/" * 1000,
        ):
            with self.subTest(path[:60]):
                response = self.get(path, allow_redirects=False)
                body = self.check_rest(response, 404)
                self.assertEqual(body["code"], "NOT_FOUND")
                self.assertNotIn("Set-Cookie", response.headers)

    def test_slash_at_the_end(self):
        """It makes no difference."""
        for path in ("/api", "/api/me", "/api/customers", f"/api/customers/{self.partner.id}"):
            expected, found = self.get(path), self.get(f"{path}/", allow_redirects=False)
            self.assertEqual(found.json(), expected.json())
        response = self.get("/api/graphql/", allow_redirects=False)
        self.check_graphql(response, "BAD_USER_INPUT", status=400)

    def test_ids(self):
        for record_id in (
            "abc",
            "-1",
            "0",
            "99999999999999999999",
            "2147483648",
            "5.0",
            "%205",
            "5%20",
            "+5",
            "%D9%A5",
            "%EF%BC%95",
            "5%00",
            "%00",
            "5%0a",
            "5'",
            "%ff",
            "9" * 3000,
            "2000000000",
        ):
            for path in ("/api/customers/{}", "/api/mobile/customer/{}", "/api/customers/{}/image"):
                with self.subTest(path.format(record_id)[:50]):
                    self.check_rest(self.get(path.format(record_id)), 404)

    def test_parameters_of_lists(self):
        for parameters in (
            "nonsense=1",
            "Limit=1",
            "=1",
            "&&=&",
            "%00=1",
            "%ff=1",
            "limit=",
            "limit=abc",
            "limit=-1",
            "limit=1001",
            "limit=1.5",
            "limit=1e2",
            "limit=%D9%A5",
            "limit=%201",
            "limit=99999999999999999999",
            "limit=NaN",
            "limit=1&limit=2",
            "offset=-1",
            "offset=abc",
            "offset=9999999999",
            "offset=1&offset=1",
            "offset=1&after=x",
            "total=maybe",
            "total=",
            "total=true&total=false",
            "include_archived=2",
            "after=nonsense",
            "after=%00",
            "after=%C3%A9",
            "after=w6nDqcOpw6nDqcOpw6nDqVtd",
            "after=" + "A" * 5000,
            "q=%00",
            "q=a&q=b",
            "fields=",
            "fields=,",
            "fields=nonsense",
            "fields=name,nonsense",
            "fields=name.x",
            "fields=parent.nonsense",
            "fields=parent.",
            "fields=.name",
            "fields=__class__",
            "fields=name;id",
            "fields=name%20id",
            "fields={name}",
            "fields=name%00",
            "fields=%ff",
            "fields=name&fields=id",
            "fields=" + "parent." * 50 + "name",
            "sort=nonsense",
            "sort=--name",
            "sort=-",
            "sort=name%20desc",
            "sort=children",
            "sort=parent.name",
            "sort=name%00",
            "sort=name&sort=id",
        ):
            with self.subTest(parameters[:40]):
                body = self.check_rest(self.get(f"/api/customers?{parameters}"), 400)
                self.assertEqual(body["code"], "BAD_USER_INPUT")

    def test_filters(self):
        for parameters in (
            "filter=1",
            "filter[]=1",
            "filter[name]=1",
            "filter[name][]=1",
            "filter[name][eq]=1&filter[name][eq]=2",
            "filter[name][eq=1",
            "filter[name]]eq]=1",
            "filter[[name]][eq]=1",
            "filter[name][eq]x=1",
            "xfilter[name][eq]=1",
            "filter[name][nonsense]=1",
            "filter[nonsense][eq]=1",
            "filter[%00][eq]=1",
            "filter[name][eq]=%00",
            "filter[name][contains]=a%00b",
            "filter[name][in]=a,%00",
            "filter[name][eq][eq]=1",
            "filter[name]=1&filter[name][eq]=1",
            "filter[name][eq]=1&filter[name]=1",
            "filter[id][eq]=abc",
            "filter[id][eq]=-1",
            "filter[id][eq]=99999999999999999999",
            "filter[id][in]=1,x",
            "filter[id][in][]=",
            "filter[is_company][eq]=maybe",
            "filter[is_company][eq]=",
            "filter[partner_latitude][gt]=abc",
            "filter[partner_latitude][gt]=nan",
            "filter[partner_latitude][gt]=inf",
            "filter[partner_latitude][gt]=1e999",
            "filter[partner_latitude][gt]=%D9%A5",
            "filter[partner_latitude][gt]=1_0",
            "filter[partner_latitude][gt]=%201",
            "filter[parent]=1",
            "filter[parent][eq]=1",
            "filter[parent][isNull]=maybe",
            "filter[children][name][eq]=1",
            "filter[children][some]=1",
            "filter[and]=1",
            "filter[and][name][eq]=1",
            "filter[not]=1",
            "filter[type][eq]=nonsense",
            "filter" + "[not]" * 100 + "[name][eq]=1",
            "name=a&name=b",
            "name=%00",
            "parent=1",
            "children=1",
            "is_company=x",
            "id=abc",
        ):
            with self.subTest(parameters[:60]):
                body = self.check_rest(self.get(f"/api/customers?{parameters}"), 400)
                self.assertEqual(body["code"], "BAD_USER_INPUT")
        for parameters in (
            "filter[sequence][eq]=%D9%A5",
            "filter[sequence][eq]=1_0",
            "filter[sequence][eq]=%201",
            "filter[sequence][eq]=1.0",
            "filter[sequence][eq]=99999999999999999999",
            "filter[sequence][eq]=" + "9" * 5000,
        ):
            with self.subTest(parameters[:60]):
                self.check_rest(self.get(f"/api/companies?{parameters}"), 400)

    def test_parameters_of_records(self):
        path = f"/api/customers/{self.partner.id}"
        for parameters in (
            "nonsense=1",
            "limit=1",
            "filter[name][eq]=1",
            "fields=",
            "fields=nonsense",
            "fields=name&fields=id",
            "%00=",
        ):
            with self.subTest(parameters):
                self.check_rest(self.get(f"{path}?{parameters}"), 400)
        for other in ("/api", "/api/me", f"/api/mobile/customer/{self.partner.id}"):
            self.check_rest(self.get(f"{other}?nonsense=1"), 400)

    def test_methods(self):
        """405 says what is allowed."""
        for path in ("/api", "/api/me", f"/api/mobile/customer/{self.partner.id}"):
            for method in ("POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"):
                if (path, method) == ("/api/me", "PATCH"):
                    continue  # users change their own preferences
                with self.subTest(path, method=method), self.quiet():
                    response = self.http(method, path)
                    self.check_rest(response, 405)
                    self.assertIn("GET", response.headers["Allow"])
        for path in ("/api/customers", f"/api/customers/{self.partner.id}"):
            with self.quiet():
                response = self.http("PROPFIND", path)
            self.check_rest(response, 405)
            self.assertIn("GET", response.headers["Allow"])
        for method in ("POST", "PUT", "DELETE"):
            with self.quiet():
                response = self.http(method, "/api/x/y/z/w")
            self.check_rest(response, 404, 405)

    def test_head(self):
        for path, status in (
            ("/api", 200),
            ("/api/customers?limit=1", 200),
            (f"/api/customers/{self.partner.id}", 200),
            ("/api/nonsense", 404),
            ("/api/customers?limit=x", 400),
        ):
            with self.quiet():
                response = self.http("HEAD", path)
            self.assertEqual(response.status_code, status)
            self.assertEqual(response.content, b"")
            self.assertTrue(response.headers["Content-Type"].startswith("application/json"))

    def test_options(self):
        for path in ("/api", "/api/customers", f"/api/customers/{self.partner.id}", "/api/graphql"):
            with self.quiet():
                response = self.http("OPTIONS", path)
            self.assertEqual(response.status_code, 204)
            self.assertIn("GET", response.headers["Allow"])
            self.assertEqual(response.content, b"")

    def test_bytes_that_no_library_sends(self):
        for line in (
            b"GET /api/customers?q=\xff\xfe",
            b"GET /api/\xff",
            b"GET /api/customers/\x80",
            b"GET /api/customers?fields=\xc3",
        ):
            with self.subTest(line):
                status, body = self.raw(line)
                self.assertLess(status, 500)
                self.assertIn("status", json.loads(body))
        for header in (b"Accept-Language: \xff\x80", b"X-Timezone: \xff", b"Accept: \xff"):
            status, body = self.raw(b"GET /api/me", [header])
            self.assertLess(status, 500)
            self.assertIn("status", json.loads(body))
        status, body = self.raw(b"GET /api/me", [b"Authorization: Bearer \x00\x01"])
        self.assertLess(status, 500)
        for length in (b"-1", b"abc", b"99999999999"):
            status, body = self.raw(
                b"POST /api/graphql",
                [b"Content-Type: application/json", b"Content-Length: " + length],
            )
            self.assertIn(status, range(400, 500), length)
