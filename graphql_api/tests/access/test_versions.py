"""Versions: a change is made to what its client has seen, or not at all."""

import datetime
from unittest.mock import patch

from odoo.tests import tagged

from ..cases.api import ApiCase

STALE = ("PRECONDITION_FAILED", ["updateCustomer"])


class VersionCase(ApiCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tag = cls.env["res.partner.category"].create({"name": "Ztag"})
        cls.partner = cls.env["res.partner"].create({"name": "Zpartner", "city": "Aalst"})
        cls.path = f"/api/customers/{cls.partner.id}"

    def version(self) -> str:
        """Return the version as a read gives it."""
        query = "query ($id: ID!) { customer(id: $id) { version } }"
        return self.graphql(query, {"id": self.partner.id})["customer"]["version"]

    def etag(self, path: str = "") -> str:
        return self.http("GET", path or self.path).headers["ETag"]

    def update(self, values: str, version=None, **kwargs):
        """Change the partner over GraphQL; return its version then."""
        query = f"""mutation ($id: ID!, $version: String) {{
          updateCustomer(id: $id, input: {{{values}}}, ifVersion: $version) {{ version }}
        }}"""
        variables = {"id": self.partner.id, "version": version}
        data = self.graphql(query, variables, **kwargs)
        return data and data["updateCustomer"]["version"]

    def patch_if(self, condition: str, status: int, **values):
        """Change the partner over REST under a condition; return the response."""
        response = self.http(
            "PATCH",
            self.path,
            json=values or {"city": "Ghent"},
            headers={"If-Match": condition},
        )
        self.assertEqual(response.status_code, status, response.text)
        if status == 412:
            self.assertEqual(response.json()["code"], "PRECONDITION_FAILED")
            self.assertNotIn("ETag", response.headers)
        return response

    def assert_unchanged(self, version: str):
        self.env.invalidate_all()
        self.assertTrue(self.partner.exists())
        self.assertEqual(self.partner.city, "Aalst")
        self.assertEqual(self.version(), version)


@tagged("post_install", "-at_install")
class TestVersion(VersionCase):
    """Every write gives another version, and reads give the one that it has."""

    def test_after_a_write(self):
        """The version in a mutation's answer is the one that is read later."""
        version = self.version()
        updated = self.update('city: "Ghent"')
        self.assertNotEqual(updated, version)
        self.assertEqual(self.version(), updated)

    def test_after_a_create(self):
        data = self.graphql('mutation { createCustomer(input: {name: "Z"}) { id version } }')
        created = data["createCustomer"]
        query = "query ($id: ID!) { customer(id: $id) { version } }"
        read = self.graphql(query, {"id": created["id"]})["customer"]
        self.assertEqual(read["version"], created["version"])
        query = """mutation ($id: ID!, $version: String) {
          updateCustomer(id: $id, input: {city: "Ghent"}, ifVersion: $version) { city }
        }"""
        data = self.graphql(query, created)
        self.assertEqual(data["updateCustomer"], {"city": "Ghent"})

    def test_writes_within_one_second(self):
        """A microsecond tells them apart."""
        second = datetime.datetime(2030, 1, 1, 12, 0, 0)
        moments = (second + datetime.timedelta(microseconds=number) for number in range(100))

        def now(cursor):
            if cursor._now is None:
                cursor._now = next(moments)
            return cursor._now

        with patch("odoo.tests.test_cursor.TestCursor.now", now):
            versions = [self.update(f'city: "City {number}"') for number in range(3)]
        self.assertEqual(len(set(versions)), 3)
        self.update('city: "Ghent"', versions[1], errors=[STALE])
        self.assertEqual(self.version(), versions[2])

    def test_same_value_again(self):
        """Also a write that changes no value is a write."""
        self.assertNotEqual(self.update('city: "Ghent"'), self.update('city: "Ghent"'))

    def test_only_a_list(self):
        """Records that a write links, creates, changes or removes change the version too."""
        child = self.env["res.partner"].create({"name": "Zchild", "parent_id": self.partner.id})
        for values in (
            f"tags: {{link: [{self.tag.id}]}}",
            f"tags: {{unlink: [{self.tag.id}]}}",
            f'children: {{update: [{{id: {child.id}, city: "Ghent"}}]}}',
            'children: {create: [{name: "Zother"}]}',
            f"children: {{delete: [{child.id}]}}",
        ):
            with self.subTest(values):
                before, after = self.version(), self.update(values)
                self.assertNotEqual(before, after)
                self.assertEqual(self.version(), after)
                self.update('city: "Gone"', before, errors=[STALE])
        self.env.invalidate_all()
        self.assertNotEqual(self.partner.city, "Gone")

    def test_record_without_a_moment(self):
        """Data that Odoo's installation wrote by itself has no date; it can be changed safely."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET write_date = NULL, create_date = NULL WHERE id = %s",
            [self.partner.id],
        )
        self.env.invalidate_all()
        etag = self.etag()
        self.patch_if(etag, 200, city="Ghent")
        self.patch_if(etag, 412, city="Gone")


@tagged("post_install", "-at_install")
class TestIfVersion(VersionCase):
    """The condition of GraphQL's mutations."""

    def test_current(self):
        version = self.update('city: "Ghent"', self.version())
        version = self.update('city: "Bruges"', version)
        self.env.invalidate_all()
        self.assertEqual(self.partner.city, "Bruges")

    def test_stale(self):
        stale = self.version()
        current = self.update('phone: "1"')
        self.assertIsNone(self.update('city: "Ghent"', stale, errors=[STALE]))
        self.assert_unchanged(current)

    def test_nonsense(self):
        version = self.version()
        for text in ("", "x", "0", f"{version}0", version.upper() + " ", "*"):
            with self.subTest(text):
                self.update('city: "Ghent"', text, errors=[STALE])
        self.assert_unchanged(version)

    def test_none(self):
        """Without a condition, also as null, the last write wins."""
        self.update('phone: "1"')
        self.update('city: "Ghent"', None)
        self.assertEqual(self.rest(self.path)["data"]["city"], "Ghent")

    def test_delete(self):
        query = """mutation ($id: ID!, $version: String) {
          deleteCustomer(id: $id, ifVersion: $version)
        }"""
        stale = self.version()
        current = self.update('phone: "1"')
        error = ("PRECONDITION_FAILED", ["deleteCustomer"])
        variables = {"id": self.partner.id, "version": stale}
        self.assertIsNone(self.graphql(query, variables, errors=[error]))
        self.assert_unchanged(current)
        data = self.graphql(query, {**variables, "version": current})
        self.assertEqual(data, {"deleteCustomer": str(self.partner.id)})

    def test_twice_in_one_operation(self):
        """The second mutation meets what the first one made; nothing of both is kept."""
        query = """mutation ($id: ID!, $version: String) {
          first: updateCustomer(id: $id, input: {city: "Ghent"}, ifVersion: $version) { id }
          second: updateCustomer(id: $id, input: {city: "Bruges"}, ifVersion: $version) { id }
        }"""
        version = self.version()
        error = ("PRECONDITION_FAILED", ["second"])
        self.graphql(query, {"id": self.partner.id, "version": version}, errors=[error])
        self.assert_unchanged(version)


@tagged("post_install", "-at_install")
class TestIfMatch(VersionCase):
    """The condition of REST (RFC 9110, 13.1.1)."""

    def test_current(self):
        response = self.patch_if(self.etag(), 200, city="Ghent")
        self.assertEqual(response.json()["data"]["city"], "Ghent")
        self.assertEqual(response.headers["ETag"], self.etag())
        self.patch_if(response.headers["ETag"], 200, city="Bruges")

    def test_stale(self):
        stale = self.etag()
        self.update('phone: "1"')
        version = self.version()
        for method in ("PATCH", "PUT", "DELETE"):
            with self.subTest(method):
                kwargs = {} if method == "DELETE" else {"json": {"city": "Ghent"}}
                headers = {"If-Match": stale}
                body = self.rest(self.path, method=method, headers=headers, status=412, **kwargs)
                self.assertEqual(body["code"], "PRECONDITION_FAILED")
                self.assert_unchanged(version)

    def test_stale_upload(self):
        stale = self.etag()
        self.update('phone: "1"')
        version = self.version()
        path = f"{self.path}/image_1920"
        headers = {"If-Match": stale}
        self.rest(path, method="PUT", headers=headers, data=b"GIF89a", status=412)
        self.assert_unchanged(version)
        self.assertFalse(self.partner.image_1920)

    def test_another_representation(self):
        """A client may read some fields and change others: only the version counts."""
        narrow, wide = self.etag(f"{self.path}?fields=id"), self.etag()
        self.assertNotEqual(narrow, wide)
        response = self.patch_if(narrow, 200)
        self.patch_if(response.headers["ETag"], 200)
        self.patch_if(narrow, 412)
        self.patch_if(wide, 412)
        legacy = self.etag(f"/api/mobile/customer/{self.partner.id}")
        self.patch_if(legacy, 200)

    def test_version_of_graphql(self):
        """Both APIs speak of the same versions."""
        self.patch_if(f'"{self.version()}"', 200, city="Aalst")
        version = self.version()
        self.assertEqual(self.etag().strip('"').partition("-")[0], version)

    def test_weak(self):
        """Proxies that compress an answer make its tag a weak one; the version is the same."""
        stale = self.etag()
        self.patch_if(f"W/{stale}", 200)
        self.patch_if(f"W/{stale}", 412)

    def test_any(self):
        """With a star, whatever the record is; but there must be one."""
        self.patch_if("*", 200)
        headers = {"If-Match": "*"}
        path = "/api/customers/999999999"
        self.rest(path, method="DELETE", headers=headers, status=404)

    def test_several(self):
        stale = self.etag()
        self.update('phone: "1"')
        version, current = self.version(), self.etag()
        self.patch_if(f'{stale}, "x"', 412)
        self.assert_unchanged(version)
        self.patch_if(f'"x", {current}, {stale}', 200)

    def test_several_for_a_missing_record(self):
        headers = {"If-Match": '"x", "y"'}
        path = "/api/customers/999999999"
        self.rest(path, method="DELETE", headers=headers, status=404)

    def test_nonsense(self):
        version = self.version()
        for text in ('"x"', "x", '""', ",", '"', 'W/""', "W/", "-", '"-"', '"' + "x" * 4000 + '"'):
            with self.subTest(text):
                self.patch_if(text, 412)
                self.assert_unchanged(version)

    def test_delete(self):
        etag = self.etag()
        body = self.rest(self.path, method="DELETE", headers={"If-Match": etag})
        self.assertEqual(body["data"], {"id": self.partner.id})
        self.assertFalse(self.partner.exists())
