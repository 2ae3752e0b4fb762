"""Files of upserts, as NDJSON and CSV: what is written, and what is refused."""

import csv
import io
import json

from odoo.tests import tagged

from odoo.addons.graphql_api.tests.common import ApiCase

NDJSON = "application/x-ndjson"
CSV = "text/csv"
END = "@end"


def ndjson(*rows) -> bytes:
    """Return rows as a file; texts are lines as they are."""
    lines = (row if isinstance(row, str) else json.dumps(row) for row in rows)
    return "".join(f"{line}\n" for line in lines).encode()


def csv_file(*records) -> bytes:
    """Return records as a file."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(records)
    return text.getvalue().encode()


@tagged("post_install", "-at_install")
class TestImport(ApiCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.one, cls.two = cls.env["res.partner"].create(
            [{"name": "Zimport one", "ref": "ZI1"}, {"name": "Zimport two", "ref": "ZI2"}]
        )
        cls.belgium = cls.env.ref("base.be")

    def send(self, body, parameters="", media_type=NDJSON, status=200, headers=(), **kwargs):
        """Return the response to a file of customers."""
        response = self.http(
            "POST",
            f"/api/customers/import?{parameters}",
            data=body,
            headers={"Content-Type": media_type, **dict(headers)},
            **kwargs,
        )
        self.assertEqual(response.status_code, status, response.text[:500])
        self.env.invalidate_all()
        return response

    def answers(self, body, parameters="", media_type=NDJSON, **kwargs):
        """Return the answers to the lines of a file, and what the last line says."""
        response = self.send(body, parameters, media_type, **kwargs)
        *answers, end = map(json.loads, response.text.splitlines())
        return answers, end[END]

    def find(self, **values):
        """Return the customers with some values."""
        domain = [(name, "=", value) for name, value in values.items()]
        return self.env["res.partner"].search(domain)

    def test_upserts_of_ndjson(self):
        body = ndjson(
            {"ref": "ZI1", "name": "Zimport uno", "country": self.belgium.id},
            "",
            {"ref": "ZI3", "name": "Zimport three"},
        )
        answers, end = self.answers(body, "by=ref")
        three = self.find(ref="ZI3")
        self.assertEqual(
            answers,
            [
                {"line": 1, "status": "success", "id": self.one.id},
                {"line": 3, "status": "success", "id": three.id},
            ],
        )
        success = {"status": "success", "lines": 2, "errors": 0, "from_line": None}
        self.assertEqual(end, success)
        self.assertEqual((self.one.name, three.name), ("Zimport uno", "Zimport three"))
        self.assertEqual(self.one.country_id, self.belgium)
        # And once more: nothing comes twice.
        again, _end = self.answers(body, "by=ref")
        self.assertEqual(again, answers)

    def test_upserts_of_csv(self):
        body = csv_file(
            ["external_id", "name", "country.id", "is_company", "comment"],
            ["my_shop.z1", "Zimport shop", self.belgium.id, "TRUE", "'=1+1"],
            ["my_shop.z2", "Zimport\nlines", "", "false", ""],
        )
        for mark in (b"", b"\xef\xbb\xbf"):
            answers, end = self.answers(mark + body, "by=external_id", CSV)
            self.assertEqual([answer["line"] for answer in answers], [2, 3], answers)
            self.assertEqual(end["errors"], 0)
        one, two = self.env["res.partner"].browse([answer["id"] for answer in answers])
        self.assertEqual(
            (one.name, one.country_id, one.is_company), ("Zimport shop", self.belgium, True)
        )
        self.assertIn("=1+1", one.comment)
        self.assertNotIn("'=1+1", one.comment)
        self.assertEqual(
            (two.name, two.country_id.id, two.is_company), ("Zimport\nlines", False, False)
        )

    def test_what_was_exported_can_be_imported(self):
        """As it was read, and with changes; what is only read has to be as it is."""
        self.one.write({"comment": "=1;-2\n@3", "country_id": self.belgium.id})
        for accept in (NDJSON, CSV):
            with self.subTest(accept):
                fields = "id,name,display_name,comment,country,country.code,create_date,version"
                path = f"/api/customers?q=Zimport&fields={fields}&cursors=true&sort=id"
                text = self.http("GET", path, headers={"Accept": accept}).text
                before = self.one.comment
                answers, _end = self.answers(text.encode(), media_type=accept)
                self.assertEqual(
                    [each.get("id") for each in answers], [self.one.id, self.two.id], answers
                )
                self.assertEqual(self.one.comment, before)
                # The display name is only read, and is not as it was.
                changed = text.replace("Zimport one", "Zimport 1").encode()
                answers, _end = self.answers(changed, media_type=accept)
                self.assertEqual([each["status"] for each in answers], ["error", "success"])

    def test_bad_lines_do_not_stop_others(self):
        """Also in a later batch than the first; each error has its line and its field."""
        rows = [{"ref": f"ZB{number}", "name": f"Zb {number}"} for number in range(250)]
        rows[3]["nothing"] = 1
        rows[120]["country"] = 999999999
        rows[121] = "{broken"
        rows[122] = {"name": "without a key"}
        rows[123]["name"] = None
        rows[124] = [1]
        rows[230] = {**rows[229], "name": "The same key again"}
        answers, end = self.answers(ndjson(*rows), "by=ref")
        self.assertEqual([each["line"] for each in answers], list(range(1, 251)))
        wrong = {each["line"]: each for each in answers if each["status"] == "error"}
        self.assertEqual(sorted(wrong), [4, 121, 122, 123, 124, 125])
        self.assertEqual((end["lines"], end["errors"], end["status"]), (250, 6, "success"))
        fields = {line: each["errors"][0]["field"] for line, each in wrong.items()}
        self.assertEqual(
            fields,
            {4: "nothing", 121: "country", 122: "body", 123: "ref", 124: "name", 125: "body"},
        )
        found = self.env["res.partner"].search([("ref", "=like", "ZB%")])
        self.assertEqual(len(found), 243)
        self.assertEqual(self.find(ref="ZB229").name, "The same key again")

    def test_ids_that_are_none(self):
        rows = [{"id": number, "name": "Zimport 1"} for number in ("abc", True, [5], 0, 10**20)]
        rows.append({"id": str(self.one.id), "name": "Zimport 1"})
        answers, _end = self.answers(ndjson(*rows))
        self.assertEqual(
            [each.get("errors", [{}])[0].get("field") for each in answers], ["id"] * 5 + [None]
        )
        self.assertEqual((answers[-1].get("id"), self.one.name), (self.one.id, "Zimport 1"))

    def test_other_separators_than_commas(self):
        for separator in (";", "\t"):
            body = f"ref{separator}name\nZI1{separator}x\n".encode()
            error = self.send(body, "by=ref", CSV, status=400).json()
            self.assertIn("commas", error["message"])

    def test_it_goes_on_from_a_line(self):
        body = csv_file(["ref", "name"], *([f"ZL{number}", f"Zl {number}"] for number in range(5)))
        answers, _end = self.answers(body, "by=ref&from_line=5", CSV)
        self.assertEqual([each["line"] for each in answers], [5, 6])
        self.assertEqual(self.find(name="Zl 2"), self.env["res.partner"])
        answers, end = self.answers(body, "by=ref&from_line=50", CSV)
        self.assertEqual((answers, end["lines"]), ([], 0))

    def test_bad_files_write_nothing(self):
        good = {"ref": "ZNEW", "name": "Znew"}
        for media_type, body in (
            (NDJSON, b""),
            (NDJSON, b"\n \n"),
            (NDJSON, ndjson(good) + "Zoë".encode("latin-1")),
            (NDJSON, ndjson(good) + b'{"ref": "' + b"x" * 2**20 + b'"}'),
            (CSV, b""),
            (CSV, b"\xef\xbb\xbf"),
            (CSV, csv_file(["ref", "name", "nothing"], ["ZNEW", "Znew", ""])),
            (CSV, csv_file(["ref", "name", "name"], ["ZNEW", "Znew", "Znew"])),
            (CSV, csv_file(["name"], ["Znew"])),
            (CSV, csv_file(["ref", "name", "create_date"], ["ZNEW", "Znew", ""])),
            (CSV, csv_file(["ref", "name", "children"], ["ZNEW", "Znew", ""])),
            (CSV, b"ref;name\r\nZNEW;Znew\r\n"),
            (CSV, csv_file(["ref", "name"]) + b'ZNEW,"Znew'),
            (CSV, csv_file(["ref", "name"], ["ZNEW", "Zoë"]).decode().encode("latin-1")),
            (CSV, csv_file(["ref", *(f"c{number}" for number in range(10**6))], ["ZNEW"])),
            (CSV, csv_file(["ref", *(f"c{number}" for number in range(2000))], ["ZNEW"])),
        ):
            with self.subTest(body[:60], media_type=media_type):
                error = self.send(body, "by=ref", media_type, status=400).json()
                self.assertEqual((error["status"], error["code"]), ("error", "BAD_USER_INPUT"))
                self.assertTrue(error["errors"])
                self.assertFalse(self.find(ref="ZNEW"))
        for media_type in ("application/json", "text/plain", f"{CSV}; charset=iso-8859-1"):
            self.send(ndjson(good), "by=ref", media_type, status=415)
        for parameters in ("by=name", "by=nothing", "from_line=0", "from_line=x", "nothing=1"):
            self.send(ndjson(good), parameters, status=400)
        self.assertFalse(self.find(ref="ZNEW"))

    def test_records_of_csv_with_too_many_cells(self):
        body = csv_file(["ref", "name"], ["ZC1", "Zc1", "x"], ["ZC2"], ["ZC3", "Zc3"])
        answers, _end = self.answers(body, "by=ref", CSV)
        self.assertEqual([each["status"] for each in answers], ["error", "error", "success"])

    def test_values_of_csv_have_the_types_of_their_fields(self):
        body = csv_file(["ref", "name", "country", "is_company"], ["ZV1", "Zv", "no", "maybe"])
        answers, _end = self.answers(body, "by=ref", CSV)
        blamed = [error["field"] for error in answers[0]["errors"]]
        self.assertEqual(blamed, ["country", "is_company"])

    def test_rights_are_those_of_upserts(self):
        self.env.ref("base.user_demo").group_ids = self.env.ref("base.group_user")
        body = ndjson({"ref": "ZR", "name": "Zr"})
        self.send(body, "by=ref", login="demo", status=403)
        self.send(ndjson({"id": self.one.id, "name": "Zr"}), login="demo", status=403)
        self.send(body, "by=ref", login=None, status=401)
        response = self.http(
            "POST", "/api/countries/import", data=body, headers={"Content-Type": NDJSON}
        )
        self.assertIn(response.status_code, (403, 404, 405))
        self.assertFalse(self.find(ref="ZR"))

    def test_records_that_are_not_seen_do_not_exist(self):
        self.env["ir.rule"].create(
            {
                "name": "Not this one",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain_force": [("id", "!=", self.two.id)],
            }
        )
        rows = [{"id": self.two.id, "name": "x"}, {"id": 999999999, "name": "x"}, {"name": "x"}]
        answers, _end = self.answers(ndjson(*rows), login="demo")
        self.assertEqual(
            [each["code"] for each in answers], ["NOT_FOUND", "NOT_FOUND", "BAD_USER_INPUT"]
        )
        self.assertEqual(self.two.name, "Zimport two")

    def test_dry_run(self):
        body = ndjson({"ref": "ZD", "name": "Zd"}, {"ref": "ZI1", "name": "Zimport dry"})
        answers, end = self.answers(body, "by=ref", headers={"Prefer": "dry-run"})
        self.assertEqual([each["status"] for each in answers], ["success", "success"])
        self.assertEqual(end["errors"], 0)
        self.assertFalse(self.find(ref="ZD"))
        self.assertEqual(self.one.name, "Zimport one")
