"""The GET routes of the contract, over HTTP, for users with many and with few rights."""

import base64

from requests.utils import parse_header_links

from odoo.tests import tagged

from ..cases.api import ApiCase
from ..cases.pictures import PIXEL

EXAMPLE = (
    "/api/customers?fields=id,name,country.code&filter[city][eq]=Ghent&sort=-create_date,name"
    "&limit=20&offset=40&total=true"
)


@tagged("post_install", "-at_install")
class TestContractRest(ApiCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.country = cls.env.ref("base.be")
        cls.customers = cls.env["res.partner"].create(
            [
                {
                    "name": f"Ghent {number:02}",
                    "city": "Ghent",
                    "country_id": cls.country.id,
                    "email": f"{number}@example.com",
                }
                for number in range(45)
            ]
        )
        cls.customer = cls.customers[0]
        cls.customer.image_1920 = base64.b64encode(PIXEL)

    def test_index(self):
        names = {entry["name"] for entry in self.rest("/api")["data"]}
        self.assertLessEqual({"customers", "sale-orders", "attachments"}, names)
        entry = next(e for e in self.rest("/api")["data"] if e["name"] == "countries")
        self.assertEqual(entry["operations"], ["read"])
        self.assertEqual(entry["url"], "/api/countries")
        portal = {entry["name"] for entry in self.rest("/api", login="portal")["data"]}
        self.assertIn("sale-orders", portal)
        self.assertNotIn("leads", portal)

    def test_me(self):
        for login in ("admin", "demo", "portal"):
            user = self.user(login)
            data = self.rest("/api/me", login=login)["data"]
            self.assertEqual(data["user"], {"id": user.id, "name": user.name})
            self.assertEqual(data["lang"], "en_US")

    def test_list(self):
        body = self.rest(EXAMPLE)
        self.assertEqual(body["meta"], {"limit": 20, "offset": 40, "next": None, "total": 45})
        # Created in one transaction: the second term of the order decides.
        self.assertEqual(
            body["data"],
            [
                {"id": customer.id, "name": customer.name, "country": {"code": "BE"}}
                for customer in self.customers[40:]
            ],
        )

    def test_list_for_users_with_few_rights(self):
        self.assertEqual(len(self.rest(EXAMPLE, login="demo")["data"]), 5)
        self.assertEqual(self.rest(EXAMPLE, login="portal")["data"], [])

    def test_link_to_the_next_page(self):
        """RFC 8288; with all parameters as they were sent, but for where the page begins."""
        path = "/api/countries?fields=code&sort=code&filter[code][ne]=BE&offset=1&limit=100"
        first = self.http("GET", path)
        (link,) = parse_header_links(first.headers["Link"])
        self.assertEqual(link["rel"], "next")
        self.assertNotIn("offset", link["url"])
        everything = first.json()["data"]
        while link:
            page = self.http("GET", link["url"])
            self.assertEqual(page.status_code, 200)
            everything += page.json()["data"]
            links = parse_header_links(page.headers.get("Link", ""))
            link = links[0] if links else None
        countries = self.env["res.country"].search([("code", "!=", "BE")], order="code")
        self.assertEqual([row["code"] for row in everything], countries.mapped("code")[1:])

    def test_next_page(self):
        path = "/api/customers?fields=name&city=Ghent&sort=name&limit=30"
        first = self.rest(path)
        self.assertEqual(first["meta"]["limit"], 30)
        self.assertNotIn("total", first["meta"])
        second = self.rest(f"{path}&after={first['meta']['next']}")
        names = [record["name"] for record in first["data"] + second["data"]]
        self.assertEqual(names, self.customers.mapped("name"))
        self.assertIsNone(second["meta"]["next"])

    def test_default_page(self):
        meta = self.rest("/api/countries?total=true")["meta"]
        self.assertEqual((meta["limit"], meta["offset"]), (80, 0))
        self.assertEqual(meta["total"], self.env["res.country"].search_count([]))

    def test_short_equality_and_types_of_values(self):
        for query, expected in (
            ("city=Ghent&name=Ghent 07", [7]),
            ("filter[email][in]=1@example.com,2@example.com", [1, 2]),
            ("filter[country][code][eq]=BE&filter[name][startsWith]=ghent 0&limit=3", [0, 1, 2]),
            ("filter[or][0][name][eq]=Ghent 05&filter[or][1][name][eq]=Ghent 06", [5, 6]),
            (f"filter[id][in]={self.customers[8].id},{self.customers[9].id}", [8, 9]),
            ("active=true&name=Ghent 03", [3]),
            ("q=ghent 04", [4]),
        ):
            names = [
                record["name"]
                for record in self.rest(f"/api/customers?fields=name&sort=name&{query}")["data"]
            ]
            self.assertEqual(names, [self.customers[number].name for number in expected], query)

    def test_archived(self):
        self.customer.active = False
        path = "/api/customers?fields=name&city=Ghent&total=true&limit=1"
        self.assertEqual(self.rest(path)["meta"]["total"], 44)
        self.assertEqual(self.rest(f"{path}&include_archived=true")["meta"]["total"], 45)

    def test_one_record(self):
        data = self.rest(f"/api/customers/{self.customer.id}")["data"]
        self.assertEqual(data["id"], self.customer.id)
        self.assertEqual(data["name"], "Ghent 00")
        self.assertEqual(data["country"], {"id": self.country.id, "name": "Belgium"})
        self.assertIsNone(data["phone"])
        self.assertNotIn("children", data)
        self.assertNotIn("image_1920", data)

    def test_fields(self):
        self.env["res.partner"].create({"name": "Child", "parent_id": self.customer.id})
        path = f"/api/customers/{self.customer.id}"
        self.assertEqual(
            self.rest(f"{path}?fields=country,country.code,children,children.parent.name")["data"],
            {
                "country": {"id": self.country.id, "name": "Belgium", "code": "BE"},
                "children": [
                    {
                        "id": self.customer.child_ids.id,
                        "name": "Ghent 00, Child",
                        "parent": {"name": "Ghent 00"},
                    }
                ],
            },
        )
        self.assertEqual(
            self.rest(f"{path}?fields=image_1920")["data"]["image_1920"],
            {
                "url": f"{path}/image_1920",
                "filename": f"customer-{self.customer.id}-image_1920.png",
                "mimetype": "image/png",
                "size": len(base64.b64decode(self.customer.image_1920)),
            },
        )

    def test_etag(self):
        path = f"/api/customers/{self.customer.id}"
        etag = self.http("GET", path).headers["ETag"]
        response = self.http("GET", path, headers={"If-None-Match": etag})
        self.assertEqual((response.status_code, response.content), (304, b""))
        other = self.http("GET", f"{path}?fields=name").headers["ETag"]
        self.assertNotEqual(other, etag)
        self.assertEqual(other.split("-")[0], etag.split("-")[0])
        # A later transaction: the clock of the database stands still within one.
        self.env.cr.execute(
            "UPDATE res_partner SET write_date = write_date + interval '1 microsecond' "
            "WHERE id = %s",
            [self.customer.id],
        )
        self.customer.invalidate_recordset()
        changed = self.http("GET", path, headers={"If-None-Match": etag})
        self.assertEqual(changed.status_code, 200)
        self.assertNotEqual(changed.headers["ETag"].split("-")[0], etag.split("-")[0])

    def test_mobile_alias(self):
        data = self.rest(f"/api/mobile/customer/{self.customer.id}")["data"]
        self.assertEqual(
            data,
            {"id": self.customer.id, "name": "Ghent 00", "email": "0@example.com", "phone": None},
        )
        self.rest("/api/mobile/customer/2000000000", status=404)
        self.rest("/api/mobile/nobody/1", status=404)

    def test_file(self):
        response = self.http("GET", f"/api/customers/{self.customer.id}/image_1920")
        self.assertEqual(response.headers["Content-Type"], "image/png")
        self.assertEqual(response.content, base64.b64decode(self.customer.image_1920))

    def test_not_found(self):
        body = self.rest("/api/customers/2000000000", status=404)
        self.assertEqual(
            body,
            {"status": "error", "code": "NOT_FOUND", "message": "Customer 2000000000 not found"},
        )

    def test_wrong_key(self):
        response = self.http(
            "GET", "/api/customers", login=None, headers={"Authorization": "Bearer wrong"}
        )
        self.assertEqual(response.status_code, 401)
        self.assertEqual(response.json()["code"], "UNAUTHENTICATED")

    def test_errors_name_the_field_to_blame(self):
        for query, field in (
            ("fields=id,nonsense", "fields"),
            ("sort=nonsense", "sort"),
            ("limit=many", "limit"),
            ("nonsense=1", "nonsense"),
            ("filter[city][nonsense]=1", "filter[city]"),
            ("filter[active][eq]=maybe", "filter[active][eq]"),
        ):
            body = self.rest(f"/api/customers?{query}", status=400)
            self.assertEqual(body["code"], "BAD_USER_INPUT")
            self.assertEqual([error["field"] for error in body["errors"]], [field])
