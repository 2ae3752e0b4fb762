"""Whatever a client sends to be written: a clear 4xx that names the value, nothing written."""

import base64
import random
import string
import struct
import zlib

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..cases.bad_writes import ABSENT, BadWriteCase

INF, NAN = "1e999", "NaN"
JUNK = b"\x89PNG\r\n\x1a\n" + b"\xff" * 100


def png(width: int, height: int) -> bytes:
    """Return a small file that says that it is an image of this size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return JUNK[:8] + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


@tagged("post_install", "-at_install", "generated")
class TestValues(BadWriteCase):
    """One value of an input is wrong."""

    def test_wrong_types(self):
        """No value of another JSON type is taken for the right one."""
        wrong = {
            ("Customer", "phone", "phone"): (1, 1.5, True, [], ["x"], {}, {"a": 1}),
            ("Customer", "comment", "comment"): (1, False, [], {}),
            ("Customer", "is_company", "isCompany"): ("true", 1, 0, [], {}),
            ("Customer", "partner_latitude", "partnerLatitude"): ("1.5", True, [], {}),
            ("Customer", "type", "type"): (1, True, [], {}),
            ("Customer", "lang", "lang"): (1, True, [], {}),
            ("Customer", "country", "country"): (1.5, True, [], {}, {"id": None}, {"name": "x"}),
            ("Customer", "image_1920", "image1920"): (1, True, [], {}),
            ("Customer", "children", "children"): (1, "x", True, [1], [{}], [[6, 0, []]]),
            ("SaleOrder", "validity_date", "validityDate"): (1, True, [], {}),
            ("SaleOrder", "date_order", "dateOrder"): (1764000000, True, [], {}),
        }
        for (type_name, name, graphql_name), values in wrong.items():
            for value in values:
                with self.subTest(name, value=value):
                    self.refuse_value(type_name, name, graphql_name, value)

    def test_values_that_cannot_be(self):
        for (type_name, name, graphql_name), values in {
            ("SaleOrder", "validity_date", "validityDate"): (
                "2026-02-30",
                "2026-13-01",
                "0000-01-01",
                "0001-01-01",
                "9999-12-31",
                "10000-01-01",
                "20261123",
                "2026-W47-1",
                "2026-11-23T08:00:00Z",
                "today",
                "",
            ),
            ("SaleOrder", "date_order", "dateOrder"): (
                "2026-11-23",
                "2026-11-23T25:00:00Z",
                "2026-W47-1T08:00:00Z",
                "20261123T080000Z",
                "2026-02-30T08:00:00Z",
                "0001-01-01T00:00:00Z",
                "0001-01-01T00:00:00+14:00",
                "9999-12-31T23:59:59Z",
                "9999-12-31T23:59:59-14:00",
                "2026-11-23T08:00:00+99:00",
                "now",
                "",
            ),
            ("Customer", "type", "type"): ("nonsense", "", "CONTACT"),
            ("Customer", "lang", "lang"): ("xx_XX", "", "a" * 10_000),
            ("Customer", "phone", "phone"): ("a\x00b",),
            ("Customer", "comment", "comment"): ("<p>\x00</p>",),
            ("Customer", "partner_latitude", "partnerLatitude"): (1e300, -1e16, 10**30),
            ("Customer", "country", "country"): (
                "abc",
                "",
                -1,
                0,
                "-1",
                "1.0",
                "\uff11",
                2**31,
                10**30,
                str(ABSENT),
                ABSENT,
            ),
            ("Customer", "image_1920", "image1920"): (
                "not base64!",
                "abc",
                "data:image/png,AAAA",
                "data:image/png;base64,%%%",
                f"data:{'x' * 300};base64,AAAA",
                "https://example.com/ann.png",
            ),
        }.items():
            for value in values:
                with self.subTest(name, value=str(value)[:40]):
                    self.refuse_value(type_name, name, graphql_name, value)

    def test_no_image(self):
        """Base64 of something else, of a broken image, and of one that is too large."""
        for content in (b"no picture", b"\0\0\0", JUNK, png(9_000, 9_000), png(60_000, 60_000)):
            with self.subTest(content[:30]):
                text = base64.b64encode(content).decode()
                self.refuse_file("Customer", "image_1920", "image1920", text)
                self.refuse_file("Customer", "image_1920", "image1920", f"data:;base64,{text}")

    def test_file_that_pretends_to_be_an_image(self):
        """Odoo makes images smaller that are attached, too."""
        path = "/api/attachments"
        for content in (JUNK, png(60_000, 60_000)):
            body = {"name": "a", "content": base64.b64encode(content).decode()}
            self.refuse_rest("POST", path, body, status=422, fields=["content"])
        body["content"] = base64.b64encode(b"\0\0\0").decode()
        self.assertEqual(self.http("POST", path, json=body).status_code, 201)

    def test_a_text_that_an_index_does_not_take(self):
        """PostgreSQL refuses it only when it is written; another try would end the same."""
        text = "".join(random.Random(5).choices(string.ascii_letters, k=20_000))
        query = self.update("Customer")
        variables = {"id": self.ids["Customer"], "input": {"ref": text}}
        with mute_logger("odoo.sql_db"):
            self.refuse_rest("PATCH", self.paths["Customer"], {"ref": text}, status=400)
            self.refuse_graphql(query, variables, code="BAD_USER_INPUT")

    def refuse_file(self, type_name, name, graphql_name, text):
        """Check that both APIs refuse a file, and say which field it is about."""
        self.refuse_rest("PATCH", self.paths[type_name], {name: text}, status=422, fields=[name])
        self.refuse_graphql(
            self.update(type_name),
            {"id": self.ids[type_name], "input": {graphql_name: text}},
            code="VALIDATION_FAILED",
            fields=[f"input.{graphql_name}"],
        )

    def test_numbers_beyond_json(self):
        """Numbers that are none, or that no column holds."""
        path = f"/api/customer-tags/{self.tag.id}"
        for number in (INF, f"-{INF}", NAN, "Infinity", "1e400"):
            text = f'{{"partner_latitude": {number}}}'
            self.refuse_text("PATCH", self.paths["Customer"], text)
            values = f"{{partnerLatitude: {number}}}"
            query = f"mutation {{ updateCustomer(id: 1, input: {values}) {{ id }} }}"
            with self.nothing_written():
                response = self.graphql_response(query)
            self.assertIn("errors", response.json())
        for color in (2**31, -(2**31) - 1, 2**63, 2**200, 1.5, 1e30):
            with self.subTest(color):
                self.refuse_rest("PATCH", path, {"color": color}, status=400, fields=["color"])
                self.refuse_graphql(
                    f'mutation {{ updateCustomerTag(id: "{self.tag.id}", input: '
                    f"{{color: {color}}}) {{ id }} }}",
                    code="GRAPHQL_VALIDATION_FAILED",
                )

    def refuse_text(self, method, path, text, status=400, **kwargs):
        """Check that a body which Python's JSON would not write is refused."""
        headers = {"Content-Type": "application/json"}
        data = text.encode() if isinstance(text, str) else text
        return self.refuse_rest(method, path, data=data, headers=headers, status=status, **kwargs)

    def test_number_that_overflows_in_odoo(self):
        """Each number is possible, their product is not: no error of the server."""
        product = self.env["product.product"].create({"name": "Zproduct"})
        values = {"product": product.id, "quantity": 1e15, "price_unit": 1e15}
        body = {"order_lines": {"create": [values]}}
        with self.assertNoLogs("odoo", "ERROR"):
            response = self.http("PATCH", self.paths["SaleOrder"], json=body)
        self.assertLess(response.status_code, 500, response.text)
        with self.assertNoLogs("odoo", "ERROR"):
            response = self.http("GET", self.paths["SaleOrder"])
        self.assertEqual(response.status_code, 200)

    def test_unknown_and_read_only_fields(self):
        path = self.paths["Customer"]
        for name, value in (
            ("nonsense", 1),
            ("", 1),
            ("Name", "x"),
            ("country_id", 1),
            ("child_ids", [[6, 0, []]]),
            ("categoryId", 1),
            ("password", "x"),
            ("id", 5),
            ("display_name", "x"),
            ("create_date", "2026-01-01T00:00:00Z"),
            ("write_date", None),
            ("__class__", {}),
            ("image_1920\x00", "x"),
        ):
            with self.subTest(name):
                body = self.refuse_rest("PATCH", path, {name: value}, status=400, fields=[name])
                self.assertEqual(body["code"], "BAD_USER_INPUT")
                self.refuse_graphql(
                    self.update("Customer"),
                    {"id": self.partner.id, "input": {name: value}},
                    code="BAD_USER_INPUT",
                )
        self.refuse_rest("PATCH", path, {"version": "1"}, status=412, code="PRECONDITION_FAILED")
        self.refuse_rest(
            "PATCH",
            self.paths["SaleOrder"],
            {"amount_total": 1, "locked": True},
            status=400,
            fields=["amount_total", "locked"],
        )

    def test_one_value_for_a_list(self):
        """GraphQL takes it for a list of one, as its specification says; REST does not."""
        for operation, value in (("set", self.tag.id), ("create", {"name": "Znew"})):
            values = {"tags": {operation: value}}
            self.refuse_rest(
                "PATCH",
                self.paths["Customer"],
                values,
                status=400,
                fields=[f"tags.{operation}"],
            )
            self.graphql(self.update("Customer"), {"id": self.partner.id, "input": values})
        self.assertEqual(self.partner.category_id.mapped("name"), ["Znew", "Ztag"])

    def test_raw_commands(self):
        """Odoo's commands mean nothing here."""
        for value in (
            [[6, 0, [self.tag.id]]],
            [[5]],
            [[0, 0, {"name": "x"}]],
            {"create": [[0, 0, {"name": "x"}]]},
            {"link": [[4, self.tag.id]]},
            {"clear": True},
            {"set": {"id": self.tag.id}},
            {"update": [{"name": "without id"}]},
            {"create": [None]},
            {"link": [None]},
            {"link": [self.tag.id, ABSENT]},
        ):
            with self.subTest(value):
                with self.nothing_written():
                    response = self.http("PATCH", self.paths["Customer"], json={"tags": value})
                self.assertEqual(response.status_code, 400, response.text)
                for item in response.json()["errors"]:
                    self.assertTrue(item["field"].startswith("tags"))
                self.refuse_graphql(
                    self.update("Customer"),
                    {"id": self.partner.id, "input": {"tags": value}},
                    code="BAD_USER_INPUT",
                )
