"""Upserts over REST: PUT to a collection, with the key in the address or in each item of a list."""

from odoo.tests import tagged

from ..cases.writing import WriteCase

PATH = "/api/customers"
MANY = """mutation ($inputs: [CustomerNestedUpsertInput!]!) {
  upsertCustomers(inputs: $inputs) { id name ref } }"""


def item(key, name, **values) -> dict:
    return {"by": {"ref": key}, "input": {"name": name, **values}}


@tagged("post_install", "-at_install")
class TestRestUpserts(WriteCase):
    def put(self, query, body, status=200, **kwargs):
        """Upsert; return the data of the response."""
        return self.write_rest("PUT", f"{PATH}{query}", body, status=status, **kwargs)

    def refuse(self, query, body, status=400, **kwargs):
        with self.nothing_written():
            return self.refuse_rest("PUT", f"{PATH}{query}", body, status=status, **kwargs)

    def customers(self, **values):
        domain = [(name, "=", value) for name, value in values.items()]
        return self.env["res.partner"].with_context(active_test=False).search(domain, order="id")

    def test_one(self):
        """The first one creates the record with its key, the same again changes it."""
        for name, value in (("ref", "Z-1"), ("email", "z@b.c"), ("external_id", "zshop.1")):
            with self.subTest(name):
                response = self.http(
                    "PUT", f"{PATH}?fields=id,name&{name}={value}", json={"name": "Zann"}
                )
                self.assertEqual(response.status_code, 201, response.text)
                created = response.json()["data"]
                self.assertEqual(response.headers["Location"], f"{PATH}/{created['id']}")
                response = self.http(
                    "PUT", f"{PATH}?fields=id,name&{name}={value}", json={"name": "Zbob"}
                )
                self.assertEqual(response.status_code, 200, response.text)
                self.assertNotIn("Location", response.headers)
                again = response.json()["data"]
                self.assertEqual(again, {"id": created["id"], "name": "Zbob"})
                etag = self.http("GET", f"{PATH}/{created['id']}?fields=id,name").headers["ETag"]
                self.assertEqual(response.headers["ETag"], etag)
                row = self.rest(f"{PATH}/{created['id']}?fields={name}")["data"]
                self.assertEqual(row, {name: value})

    def test_list(self):
        """As one request after the other, but all or nothing, and by keys of any kind."""
        there = self.env["res.partner"].create({"name": "Zold", "ref": "Z-2", "active": False})
        child = {"by": {"external_id": "zshop.c"}, "input": {"name": "Zchild"}}
        items = [
            item("Z-1", "Zann", children={"upsert": [child]}),
            item("Z-2", "Zbob"),
            {"by": {"external_id": "zshop.3"}, "input": {"name": "Zcarl"}},
        ]
        rows = self.put("?fields=id,name,children.id", items)
        self.assertEqual([row["name"] for row in rows], ["Zann", "Zbob", "Zcarl"])
        self.assertEqual(rows[1]["id"], there.id)
        self.assertEqual(self.put("?fields=id,name,children.id", items), rows)
        self.assertEqual(self.put("", []), [])
        by_graphql = self.graphql(MANY, {"inputs": [item("Z-1", "Zdora"), item("Z-4", "Zeve")]})
        first, new = by_graphql["upsertCustomers"]
        self.assertEqual(first, {"id": str(rows[0]["id"]), "name": "Zdora", "ref": "Z-1"})
        self.assertEqual(self.customers(ref="Z-4").ids, [int(new["id"])])

    def test_different_values(self):
        """Items of one list may have different values, and what an item leaves out stays."""
        self.put("", [item("Z-1", "Zann", city="Ghent", phone="1"), item("Z-2", "Zbob")])
        rows = self.put(
            "?fields=city,phone,country.code",
            [
                item("Z-1", "Zann", phone=None),
                item("Z-2", "Zbob", country=self.env.ref("base.be").id),
            ],
        )
        self.assertEqual(
            rows,
            [
                {"city": "Ghent", "phone": None, "country": None},
                {"city": None, "phone": None, "country": {"code": "BE"}},
            ],
        )
        # Nothing to change is no reason to show nothing.
        self.assertEqual(
            self.put("?ref=Z-1&fields=name,city", {}), {"name": "Zann", "city": "Ghent"}
        )

    def test_number_of_queries(self):
        """Records are looked up together, and new ones are created together."""
        counts = []
        # The first ones fill caches that belong to no data.
        for attempt, size in enumerate((2, 2, 2, 6)):
            inputs = [item(f"Z-{attempt}-{number}", "Zann") for number in range(size)]
            with self.counted_queries() as counted:
                self.assertFalse(self.execute(MANY, {"inputs": inputs}).errors)
            counts += counted
        self.assertEqual(counts[-2], counts[-1])

    def test_refused(self):
        """All that is wrong with a list is told at once, and nothing of it is kept."""
        self.env["res.partner"].create([{"name": "Zold", "ref": "Z-9"}] * 2)
        values = {"name": "Znew"}
        for query, body, status, fields in (
            ("", values, 400, None),
            ("?fields=id", values, 400, None),
            ("?name=Zann", values, 400, ["name"]),
            ("?ref=", values, 400, ["ref"]),
            ("?ref=Z-1&ref=Z-2", values, 400, ["ref"]),
            ("?ref=Z-1&email=z@b.c", values, 400, ["ref"]),
            ("?ref=Z-1", [values], 400, None),
            ("?ref=Z-1", {"name": 5}, 400, ["name"]),
            ("?ref=Z-1", {"name": "Znew", "ref": "Z-2"}, 400, ["ref"]),
            ("?ref=Z-9", values, 409, None),
            ("?external_id=base.zz", values, 400, ["external_id"]),
            ("?external_id=zshop", values, 400, ["external_id"]),
            ("", [values], 400, ["0.name", "0.input"]),
            ("", [{"input": values}], 400, ["0.by"]),
            ("", [{"by": {}, "input": values}], 400, None),
            ("", [{"by": {"name": "Z"}, "input": values}], 400, ["0.by.name"]),
            ("", [item("Z-1", "Z"), item("Z-1", "Y")], 400, ["1.by"]),
            ("", [item("Z-1", "Z"), item("Z-9", "Y")], 409, ["1.by.ref"]),
            ("", [item("Z-1", "Z"), item("Z-2", "Y", country=999999999)], 400, ["1.input.country"]),
        ):
            with self.subTest(query, body=body):
                self.refuse(query, body, status, fields=fields)
        path = "/api/companies?external_id=zshop.1"
        self.refuse_rest("PUT", path, values, status=403)
        self.refuse_rest("PUT", "/api/nothing?ref=1", values, status=404)

    def test_preconditions(self):
        """A version is of a record that is known: it is not left out of account."""
        for header in ("If-Match", "If-None-Match"):
            self.refuse("?ref=Z-1", {"name": "Znew"}, headers={header: "*"})

    def test_rights(self):
        """They are those to create or to update, as the record is there or not."""
        self.refuse("?ref=Z-1", {"name": "Znew"}, 403, login="clerk")
        self.refuse("", [item("Z-1", "Znew")], 403, login="clerk")

    def test_dry_run_and_idempotency(self):
        with self.nothing_written():
            self.put("?ref=Z-1", {"name": "Znew"}, 201, headers={"Prefer": "dry-run"})
            self.put("", [item("Z-1", "Znew")], headers={"Prefer": "dry-run"})
            key = "?external_id=zshop.dry"
            self.put(key, {"name": "Znew"}, 201, headers={"Prefer": "dry-run"})
        # What was tried first is new afterwards.
        self.put(key, {"name": "Znew"}, 201)
        headers = {"Idempotency-Key": "zkey"}
        first = self.http("PUT", f"{PATH}?ref=Z-1", json={"name": "Znew"}, headers=headers)
        again = self.http("PUT", f"{PATH}?ref=Z-1", json={"name": "Znew"}, headers=headers)
        self.assertEqual((again.status_code, again.content), (201, first.content))
        self.assertEqual(again.headers["Idempotency-Replayed"], "true")

    def test_allowed_methods(self):
        allow = self.http("OPTIONS", PATH).headers["Allow"]
        self.assertIn("PUT", allow.split(", "))
        self.assertNotIn("PUT", self.http("OPTIONS", "/api/companies").headers["Allow"])

    def test_openapi(self):
        document = self.http("GET", "/api/openapi.json").json()
        operation = document["paths"][PATH]["put"]
        names = {parameter.get("name") for parameter in operation["parameters"]}
        self.assertLessEqual({"ref", "email", "external_id"}, names)
        self.assertNotIn("put", document["paths"]["/api/companies"])
