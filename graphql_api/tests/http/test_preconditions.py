"""Requests that are to go on only if something is so (RFC 9110, 13.1): 412 where it is not."""

import base64

from odoo.tests import tagged

from ..cases.api import graphql_path
from ..cases.pictures import PIXEL
from ..cases.writing import WriteCase

CODE = "PRECONDITION_FAILED"


@tagged("post_install", "-at_install")
class PreconditionCase(WriteCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.env["res.partner"].create(
            {"name": "Zpartner", "city": "Aalst", "image_1920": base64.b64encode(PIXEL)}
        )
        cls.path = f"/api/customers/{cls.partner.id}"


class IfMatchCase(PreconditionCase):
    def paths(self) -> dict:
        """Return an address of each kind, with what an error says of the code there."""
        rest = [
            "/api",
            "/api/me",
            "/api/openapi.json",
            "/api/customers/aggregate?group_by=city",
            f"/api/mobile/customer/{self.partner.id}",
            f"{self.path}?fields=name",
            f"{self.path}/image_1920",
            *(f"/api/{item['name']}?limit=1" for item in self.rest("/api")["data"]),
        ]
        graphql = [graphql_path("{ me { lang } }"), graphql_path("{ customers { totalCount } }")]
        return dict.fromkeys(rest, False) | dict.fromkeys(graphql, True)

    def assert_failed(self, response, is_graphql: bool):
        self.assertEqual(response.status_code, 412, response.text[:200])
        self.assertNotIn("ETag", response.headers)
        body = response.json()
        if is_graphql:
            self.assertEqual(set(body), {"errors"})
            self.assertEqual(body["errors"][0]["extensions"], {"code": CODE})
        else:
            self.assertEqual(set(body), {"status", "code", "message"})
            self.assertEqual((body["status"], body["code"]), ("error", CODE))


class TestIfMatchOfAGet(IfMatchCase):
    def test_both_conditions(self):
        tag = self.http("GET", self.path).headers["ETag"]
        headers = {"If-Match": tag, "If-None-Match": tag}
        self.assertEqual(self.http("GET", self.path, headers=headers).status_code, 304)
        headers["If-Match"] = '"another"'
        self.assert_failed(self.http("GET", self.path, headers=headers), False)

    def test_part_of_a_file(self):
        path = f"{self.path}/image_1920"
        tag = self.http("GET", path).headers["ETag"]
        headers = {"Range": "bytes=0-3", "If-Match": '"another"'}
        self.assert_failed(self.http("GET", path, headers=headers), False)
        headers["If-Match"] = tag
        response = self.http("GET", path, headers=headers)
        self.assertEqual((response.status_code, response.content), (206, PIXEL[:4]))

    def test_what_is_not_there(self):
        """It says so: there is nothing to compare with."""
        headers = {"If-Match": '"another"'}
        for path in ("/api/customers/999999999", "/api/nothing"):
            self.rest(path, status=404, headers=headers)
        path = graphql_path("{ nope }")
        response = self.http("GET", path, headers=headers)
        self.assertEqual(response.json()["errors"][0]["extensions"]["code"][:7], "GRAPHQL")


@tagged("generated")
class TestIfMatchOfEachGet(IfMatchCase):
    def test_each_address(self):
        for path, is_graphql in self.paths().items():
            with self.subTest(path):
                plain = self.http("GET", path)
                tag = plain.headers["ETag"]
                self.assertEqual(plain.status_code, 200)
                for condition in ('"another"', 'W/"another"', '"a", "b"', ","):
                    headers = {"If-Match": condition}
                    self.assert_failed(self.http("GET", path, headers=headers), is_graphql)
                    head = self.http("HEAD", path, headers=headers)
                    self.assertEqual((head.status_code, head.content), (412, b""))
                for condition in (tag, f'"a", {tag}', "*", ""):
                    response = self.http("GET", path, headers={"If-Match": condition})
                    self.assertEqual(response.status_code, 200, condition)
                    self.assertEqual(response.content, plain.content)
                    self.assertEqual(response.headers["ETag"], tag)


class TestIfNoneMatchOfAWrite(PreconditionCase):
    def writes(self) -> list:
        """Return a request of each kind that changes a record: method, address, body."""
        order = self.env["sale.order"].create({"partner_id": self.partner.id})
        return [
            ("PUT", self.path, {"json": {"city": "Ghent"}}),
            ("PATCH", self.path, {"json": {"city": "Bruges"}}),
            ("PUT", f"{self.path}/image_1920", {"data": PIXEL}),
            ("POST", f"/api/sale-orders/{order.id}/cancel", {}),
            ("DELETE", f"/api/sale-orders/{order.id}", {}),
        ]

    def record(self, path: str) -> str:
        return "/".join(path.split("/")[:4])

    def test_any_version(self):
        for method, path, body in self.writes():
            with self.subTest(method, path=path):
                with self.nothing_written():
                    answer = self.rest(
                        path, method=method, status=412, headers={"If-None-Match": "*"}, **body
                    )
                self.assertEqual(answer["code"], CODE)

    def test_versions(self):
        """The tag of now stops it, in whatever representation; others do not."""
        for method, path, body in self.writes():
            with self.subTest(method, path=path):
                tag = self.http("GET", f"{self.record(path)}?fields=id").headers["ETag"]
                for condition in (tag, f"W/{tag}", f'"x", {tag}'):
                    headers = {"If-None-Match": condition}
                    with self.nothing_written():
                        self.rest(path, method=method, status=412, headers=headers, **body)
                self.rest(path, method=method, headers={"If-None-Match": '"x", "y"'}, **body)

    def test_what_is_not_there(self):
        """A record that is missing or hidden makes it true, and is not found all the same."""
        hidden = self.env["res.partner"].create({"name": "Zhidden"})
        self.hide(hidden)
        for number in (hidden.id, 999999999):
            for condition in ("*", '"x"'):
                body = self.rest(
                    f"/api/customers/{number}",
                    method="PATCH",
                    login="demo",
                    status=404,
                    json={"city": "Ghent"},
                    headers={"If-None-Match": condition},
                )
                self.assertEqual(body["message"], f"Customer {number} not found")

    def test_a_right_comes_first(self):
        body = self.rest(
            self.path,
            method="DELETE",
            login="clerk",
            status=403,
            headers={"If-None-Match": "*"},
        )
        self.assertEqual(body["code"], "FORBIDDEN")

    def test_if_match_of_an_action(self):
        *_rest, (method, path, body), _delete = self.writes()
        tag = self.http("GET", self.record(path)).headers["ETag"]
        headers = {"If-Match": '"stale"'}
        with self.nothing_written():
            answer = self.rest(path, method=method, status=412, headers=headers, **body)
        self.assertEqual(answer["code"], CODE)
        self.rest(path, method=method, headers={"If-Match": tag}, **body)
