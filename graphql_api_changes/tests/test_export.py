"""Lists as NDJSON and CSV: what is in them, and what is refused."""

import csv
import io
import json
from urllib.parse import urlencode

from openapi_spec_validator import OpenAPIV31SpecValidator

from odoo.tests import tagged

from odoo.addons.graphql_api.tests.common import ApiCase

NDJSON = "application/x-ndjson"
CSV = "text/csv"
END = "@end"
CURSOR = "@cursor"

FORMULAS = (
    '=HYPERLINK("http://example.com")',
    "+1+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "a;=1+1",
    "a\n=1+1",
    "'quoted",
    "'=1",
    'with "quotes", commas\r\nand lines',
    "\uff1d1+1",
)


@tagged("post_install", "-at_install")
class TestExport(ApiCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        country = cls.env.ref("base.be")
        cls.customers = cls.env["res.partner"].create(
            [
                {
                    "name": f"Zexport {number:04}",
                    "ref": f"Z{number:04}",
                    "country_id": country.id if number % 2 else False,
                    "comment": FORMULAS[number] if number < len(FORMULAS) else False,
                }
                for number in range(2300)
            ]
        )
        cls.filter = "filter[name][starts_with]=Zexport"
        cls.env["res.partner"].create({"name": "Another"})

    def stream(self, parameters="", accept=NDJSON, status=200, headers=(), **kwargs):
        """Return the response to a request for all customers of the test."""
        path = f"/api/customers?{self.filter}{parameters and '&'}{parameters}"
        headers = {"Accept": accept, **dict(headers)}
        response = self.http("GET", path, headers=headers, **kwargs)
        self.assertEqual(response.status_code, status, response.text[:500])
        return response

    def lines(self, parameters="", **kwargs):
        """Return the rows of a stream of NDJSON, and what its last line says."""
        *rows, end = map(json.loads, self.stream(parameters, **kwargs).text.splitlines())
        self.assertEqual(list(end), [END])
        return rows, end[END]

    def records(self, parameters="", **kwargs):
        """Return the records of a stream of CSV; the first is the heading."""
        text = self.stream(parameters, accept=CSV, **kwargs).content.decode()
        return list(csv.reader(io.StringIO(text, newline=""), strict=True))

    def test_all_rows_as_lists_give_them(self):
        """More than a page may have, and none lost or repeated where pages meet."""
        rows, end = self.lines("fields=id,name,country.code")
        self.assertEqual([row["id"] for row in rows], self.customers.ids)
        self.assertEqual((end["status"], end["rows"]), ("success", 2300))
        page = self.rest(f"/api/customers?{self.filter}&fields=id,name,country.code&sort=id")
        self.assertEqual(rows[:80], page["data"])

    def test_default_fields_are_those_of_lists(self):
        rows, _end = self.lines("name=Zexport 0001")
        self.assertEqual(rows, self.rest("/api/customers?name=Zexport 0001")["data"])

    def test_orders_and_conditions_are_those_of_lists(self):
        rows, _end = self.lines("fields=id&sort=-name")
        self.assertEqual([row["id"] for row in rows], self.customers.ids[::-1])
        rows, _end = self.lines("fields=id&sort=ref")
        self.assertEqual([row["id"] for row in rows], self.customers.ids)
        rows, end = self.lines("fields=id&name=nobody")
        self.assertEqual((rows, end["rows"], end["next"]), ([], 0, None))

    def test_it_goes_on_after_any_row(self):
        rows, end = self.lines("fields=id&cursors=true")
        self.assertEqual(end["next"], rows[-1][CURSOR])
        for index in (0, 999, 1000, 2000, 2299):
            with self.subTest(index):
                after, new_end = self.lines(f"fields=id&cursors=true&after={rows[index][CURSOR]}")
                self.assertEqual(after, rows[index + 1 :])
                self.assertEqual(new_end["next"], end["next"])
        heading, *records = self.records(f"fields=id&cursors=true&after={rows[2296][CURSOR]}")
        self.assertEqual(heading, ["id", CURSOR])
        self.assertEqual(records, [[str(row["id"]), row[CURSOR]] for row in rows[2297:]])

    def test_csv_has_dotted_headings(self):
        heading, first, second, *_rest = self.records("fields=id,name,country,country.code,active")
        self.assertEqual(
            heading, ["id", "name", "country.id", "country.name", "country.code", "active"]
        )
        country = self.env.ref("base.be")
        one, two = self.customers[:2]
        self.assertEqual(first, [str(one.id), one.name, "", "", "", "true"])
        self.assertEqual(
            second, [str(two.id), two.name, str(country.id), country.name, "BE", "true"]
        )
        self.assertEqual(len(_rest), 2298)

    def test_csv_for_spreadsheets(self):
        """No cell begins a formula, whatever separator a spreadsheet goes by; all comes back."""
        _heading, *records = self.records("fields=comment")
        for text, (cell,) in zip(FORMULAS, records[: len(FORMULAS)], strict=True):
            with self.subTest(text):
                for separator in ";\t\n\r":
                    for part in cell.split(separator):
                        self.assertFalse(part.startswith(("=", "+", "-", "@", "\uff1d")), cell)
        response = self.stream("fields=id&bom=true", accept=CSV)
        self.assertTrue(response.content.startswith(b"\xef\xbb\xbfid\r\n"))
        self.assertTrue(self.stream("fields=id", accept=CSV).content.startswith(b"id\r\n"))
        self.assertIn("customers.csv", response.headers["Content-Disposition"])
        self.assertEqual(
            response.headers["Content-Type"], "text/csv; charset=utf-8; header=present"
        )

    def test_lists_within_rows(self):
        """NDJSON has them, in smaller pages where these would cost too much; CSV refuses them."""
        self.customers[1].child_ids = self.customers[2000:2003]
        rows, end = self.lines("fields=id,children.name")
        self.assertEqual(end["rows"], 2300)
        self.assertEqual([len(row["children"]) for row in rows[:3]], [0, 3, 0])
        body = self.stream("fields=id,children.name", accept=CSV, status=400).json()
        self.assertEqual(body["errors"][0]["field"], "fields")

    def test_compressed(self):
        response = self.stream("fields=id", headers={"Accept-Encoding": "identity"})
        self.assertNotIn("Content-Encoding", response.headers)
        packed = self.stream("fields=id", headers={"Accept-Encoding": "gzip"})
        self.assertEqual(packed.headers["Content-Encoding"], "gzip")
        self.assertEqual(packed.content, response.content)

    def test_bad_requests_are_refused_before_a_stream(self):
        for accept in (NDJSON, CSV):
            for parameters in (
                "fields=nothing",
                "limit=5",
                "offset=5",
                "total=true",
                "after=forged",
                "cursors=maybe",
                "cursors=true&cursors=true",
                "sort=nothing",
                "nothing=1",
                "bom=2",
            ):
                with self.subTest(parameters, accept=accept):
                    body = self.stream(parameters, accept=accept, status=400).json()
                    self.assertEqual(body["status"], "error")
                    self.assertTrue(body["errors"])
        headers = {"Accept": NDJSON}
        self.assertEqual(self.http("GET", "/api/nothing", headers=headers).status_code, 404)
        self.assertEqual(self.stream(login=None, status=401).json()["code"], "UNAUTHENTICATED")

    def test_lists_take_what_is_for_streams(self):
        """Swagger UI and generated clients send the defaults of all parameters that there are."""
        document = self.http("GET", "/api/openapi.json").json()
        defaults = {}
        for parameter in document["paths"]["/api/customers"]["get"]["parameters"]:
            if "$ref" in parameter:
                name = parameter["$ref"].split("/")[-1]
                parameter = document["components"]["parameters"][name]
            if "default" in parameter.get("schema", ()):
                defaults[parameter["name"]] = json.dumps(parameter["schema"]["default"])
        self.assertLessEqual({"limit", "cursors", "bom"}, set(defaults))
        page = self.rest(f"/api/customers?{urlencode(defaults)}&sort=id")
        self.assertEqual(page["data"], self.rest("/api/customers?sort=id")["data"])
        for name in ("cursors", "bom"):
            body = self.stream(f"{name}=true", accept="application/json", status=400).json()
            self.assertEqual(body["errors"][0]["field"], name)
            self.assertIn(NDJSON, body["message"])
            self.stream(f"{name}=maybe", accept="application/json", status=400)
        following = self.http("GET", f"/api/customers?{urlencode({**defaults, 'limit': 1})}")
        path = following.headers["Link"].partition(">")[0].lstrip("<")
        self.assertEqual(len(self.rest(path)["data"]), 1)

    def test_rights_are_those_of_lists(self):
        rule = self.env["ir.rule"].create(
            {
                "name": "Some customers",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain_force": [("ref", "not like", "Z00")],
            }
        )
        rows, _end = self.lines("fields=id", login="demo")
        self.assertEqual(len(rows), 2200)
        rule.unlink()
        self.env.ref("base.user_demo").group_ids = self.env.ref("base.group_user")
        self.stream("fields=bank_accounts", login="demo", status=400)

    def test_parameters_of_a_media_type(self):
        for accept, expected in (
            ("text/csv; charset=utf-8", CSV),
            ("text/csv;header=present;charset=UTF-8, */*;q=0.1", CSV),
            ("application/json;q=0.5, application/x-ndjson; charset=utf-8", NDJSON),
            ("Text/CSV", CSV),
        ):
            with self.subTest(accept):
                response = self.stream("fields=id", accept=accept)
                self.assertEqual(response.headers["Content-Type"].partition(";")[0], expected)

    def test_lists_stay_json(self):
        for accept in (
            "*/*",
            "application/json",
            "application/json; charset=utf-8",
            "application/json, text/csv;q=0.5",
            "text/csv;charset=utf-8;q=0.5, application/json",
            "text/csv;q=0",
            "text/xml",
        ):
            with self.subTest(accept):
                response = self.stream("limit=1", accept=accept)
                self.assertEqual(response.json()["meta"]["limit"], 1)
                self.assertIn("Accept", response.headers["Vary"])

    def test_head(self):
        path = f"/api/customers?{self.filter}"
        for _again in range(6):  # more than there are places
            response = self.http("HEAD", path, headers={"Accept": CSV})
            self.assertEqual((response.status_code, response.content), (200, b""))

    def test_the_openapi_document_tells_of_it(self):
        document = self.http("GET", "/api/openapi.json").json()
        OpenAPIV31SpecValidator(document).validate()
        paths = document["paths"]
        listed = paths["/api/customers"]["get"]
        for media_type in (NDJSON, CSV):
            self.assertIn(media_type, listed["description"])
        # Clients that are generated take what is there for the type of what they get.
        self.assertEqual(set(listed["responses"]["200"]["content"]), {"application/json"})
        imported = paths["/api/customers/import"]["post"]
        self.assertEqual(set(imported["requestBody"]["content"]), {NDJSON, CSV})
        self.assertIn("503", imported["responses"])
        by = next(each for each in imported["parameters"] if each.get("name") == "by")
        self.assertLessEqual({"id", "ref", "external_id"}, set(by["schema"]["enum"]))
        self.assertNotIn("/api/countries/import", paths)

    def test_a_copy_of_a_selection_begins_with_a_token(self):
        for parameters in ("type=contact", 'filter={"type": {"in": ["contact", "other"]}}'):
            response = self.http(
                "GET", f"/api/customers?fields=id&{parameters}", headers={"Accept": NDJSON}
            )
            self.assertEqual(response.status_code, 200, response.text[:500])
            self.assertIn("Changes-Token", response.headers)

    def test_a_copy_begins_with_a_token(self):
        """The copy and what has changed since the token are what a new search finds."""
        response = self.stream("fields=id,name")
        token = response.headers["Changes-Token"]
        path = f"/api/customers/changes?{self.filter}&fields=id,name&since={token}"
        body = self.rest(path)
        # In the one transaction of this test nothing has been committed since.
        self.assertEqual(body["meta"]["removed"], [])
        other = f"/api/customers/changes?fields=id,name&since={token}"
        self.assertEqual(self.rest(other, status=400)["code"], "BAD_USER_INPUT")
        self.assertNotIn("Changes-Token", self.stream("q=Zexport&fields=id").headers)
        headers = {"Accept": NDJSON}
        untracked = self.http("GET", "/api/languages?fields=id", headers=headers)
        self.assertNotIn("Changes-Token", untracked.headers)
