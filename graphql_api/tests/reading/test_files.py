"""The bytes of binary and image fields."""

import base64
import hashlib
import io
import zipfile
from unittest.mock import patch

from odoo.tests import new_test_user, tagged
from odoo.tools.image import image_data_uri
from odoo.tools.mimetypes import guess_mimetype

from ...schema.reading.files import _decoded_size, _mimetype
from ..cases.api import ApiCase
from ..cases.pictures import PIXEL

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<html><body><script>alert(1)</script></body></html>"


@tagged("post_install", "-at_install")
class TestFiles(ApiCase):
    login = "clerk"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        new_test_user(cls.env, "clerk", groups="base.group_user", lang="en_US")
        cls.partner = cls.env["res.partner"].create(
            {"name": "Zpartner", "image_1920": base64.b64encode(PIXEL)}
        )
        cls.path = f"/api/customers/{cls.partner.id}/image_1920"
        cls.png = base64.b64decode(cls.partner.image_1920)

    def attach(self, content: bytes, mimetype: str, name="file", **values):
        """Return the path of a new attachment's content."""
        attachment = self.env["ir.attachment"].create(
            {
                "name": name,
                "raw": content,
                "mimetype": mimetype,
                "res_model": "res.partner",
                "res_id": self.partner.id,
                **values,
            }
        )
        return f"/api/attachments/{attachment.id}/content"

    def test_bytes(self):
        response = self.http("GET", self.path)
        self.assertEqual(response.status_code, 200)
        self.assertEqual(response.content, self.png)
        self.assertEqual(response.headers["Content-Type"], "image/png")
        self.assertEqual(int(response.headers["Content-Length"]), len(self.png))

    def test_reference(self):
        """The file's object leads to the bytes and describes them; they are never inlined."""
        query = """query ($id: ID!) {
          customer(id: $id) { image1920 { url filename mimetype size } } }"""
        file = self.graphql(query, {"id": self.partner.id})["customer"]["image1920"]
        self.assertEqual(
            file,
            {
                "url": self.path,
                "filename": f"customer-{self.partner.id}-image_1920.png",
                "mimetype": "image/png",
                "size": len(self.png),
            },
        )
        self.assertEqual(self.http("GET", file["url"]).content, self.png)
        path = f"/api/customers/{self.partner.id}?fields=image_1920"
        self.assertEqual(self.rest(path)["data"], {"image_1920": file})

    def test_same_key(self):
        for headers in ({}, {"Authorization": "Bearer wrong"}):
            response = self.http("GET", self.path, login=None, headers=headers)
            self.assertEqual(response.status_code, 401)
            self.assertEqual(response.json()["code"], "UNAUTHENTICATED")

    def test_head(self):
        full, head = self.http("GET", self.path), self.http("HEAD", self.path)
        self.assertEqual(head.status_code, 200)
        self.assertEqual(head.content, b"")
        for name in ("Content-Type", "Content-Length", "ETag"):
            self.assertEqual(head.headers[name], full.headers[name])

    def test_etag(self):
        etag = self.http("GET", self.path).headers["ETag"]
        response = self.http("GET", self.path, headers={"If-None-Match": etag})
        self.assertEqual(response.status_code, 304)
        self.assertEqual(response.content, b"")
        self.assertEqual(response.headers["ETag"], etag)
        response = self.http("GET", self.path, headers={"If-None-Match": '"another"'})
        self.assertEqual(response.status_code, 200)
        other = base64.b64decode(self.env["res.users"].browse(2).image_1920)
        self.partner.image_1920 = base64.b64encode(other)
        response = self.http("GET", self.path, headers={"If-None-Match": etag})
        self.assertEqual(response.status_code, 200)
        self.assertNotEqual(response.headers["ETag"], etag)
        self.assertEqual(
            hashlib.sha1(response.content).digest(),
            hashlib.sha1(base64.b64decode(self.partner.image_1920)).digest(),
        )

    def test_not_cached_by_others(self):
        """What one user may see does not stay in a cache that serves another."""
        control = self.http("GET", self.path).headers["Cache-Control"]
        self.assertNotIn("public", control)
        self.assertIn("no-cache", control)

    def test_range(self):
        size = len(self.png)
        for asked, expected, content in (
            ("bytes=0-9", f"bytes 0-9/{size}", self.png[:10]),
            ("bytes=10-", f"bytes 10-{size - 1}/{size}", self.png[10:]),
            ("bytes=-5", f"bytes {size - 5}-{size - 1}/{size}", self.png[-5:]),
        ):
            with self.subTest(asked):
                response = self.http("GET", self.path, headers={"Range": asked})
                self.assertEqual(response.status_code, 206)
                self.assertEqual(response.headers["Content-Range"], expected)
                self.assertEqual(response.content, content)

    def test_range_that_cannot_be(self):
        for asked in ("bytes=100000-", "bytes=100000-100001"):
            response = self.http("GET", self.path, headers={"Range": asked})
            self.assertEqual(response.status_code, 416)
            self.assertEqual(response.headers["Content-Range"], f"bytes */{len(self.png)}")
            body = response.json()
            self.assertEqual(body["status"], "error")
            self.assertEqual(body["code"], "RANGE_NOT_SATISFIABLE")

    def test_shown_or_downloaded(self):
        """What could carry a script is a download, sandboxed, and never sniffed."""
        for content, mimetype, disposition in (
            (PIXEL, "image/png", "inline"),
            (b"%PDF-1.4", "application/pdf", "inline"),
            (SVG, "image/svg+xml", "attachment"),
            (HTML, "text/html", "attachment"),
            (b"<x/>", "application/xml", "attachment"),
            (b"alert(1)", "text/javascript", "attachment"),
            (b"a", "application/octet-stream", "attachment"),
        ):
            with self.subTest(mimetype):
                path = self.attach(content, mimetype)
                response = self.http("GET", path, login="admin")
                self.assertEqual(response.content, content)
                found = response.headers.get("Content-Disposition", "inline").split(";")[0]
                self.assertEqual(found, disposition)
                self.assertEqual(response.headers["X-Content-Type-Options"], "nosniff")
                self.assertIn("default-src 'none'", response.headers["Content-Security-Policy"])

    def test_filename(self):
        path = self.attach(b"a", "text/plain", name='ré"port\r\nSet-Cookie: a=b.txt')
        response = self.http("GET", path)
        self.assertIn("r%C3%A9", response.headers["Content-Disposition"])
        self.assertNotIn("Set-Cookie", response.headers)

    def test_attachment(self):
        path = self.attach(b"some text", "text/plain", name="note.txt")
        response = self.http("GET", path)
        self.assertEqual(response.content, b"some text")
        self.assertTrue(response.headers["Content-Type"].startswith("text/plain"))
        self.assertIn("note.txt", response.headers["Content-Disposition"])

    def test_attachment_that_is_a_link(self):
        """A link has no bytes here, and the server does not fetch or redirect to it."""
        path = self.attach(False, "text/plain", type="url", url="http://localhost/secret")
        response = self.http("GET", path, allow_redirects=False)
        self.assertEqual(response.status_code, 404)

    def test_computed(self):
        """A field that is not an attachment serves its bytes as well."""
        resource = self.env["graphql_api.resource"].search([("type_name", "=", "Customer")])
        self.env["graphql_api.resource.field"].create(
            {"resource_id": resource.id, "field_name": "avatar_128"}
        )
        path = f"/api/customers/{self.partner.id}/avatar_128"
        response = self.http("GET", path)
        self.assertEqual(response.status_code, 200)
        self.assertEqual(response.content, base64.b64decode(self.partner.avatar_128))
        self.assertTrue(image_data_uri(base64.b64encode(response.content)))

    def test_size_of_computed_files(self):
        """Size and type of all computed files, told without decoding them, are those served."""
        office = io.BytesIO()
        with zipfile.ZipFile(office, "w") as archive:
            for name in ("[Content_Types].xml", "xl/workbook.xml"):
                archive.writestr(name, "x" * 5000)
        noise = hashlib.sha256(b"").digest() * 100
        contents = [PIXEL + noise * count for count in range(60)]
        contents += [PIXEL + noise[:count] for count in range(5)]
        contents += [SVG, SVG[:-6] + b" " * 5000 + SVG[-6:], office.getvalue(), b"a", noise, HTML]
        for content in contents:
            for encode in (base64.b64encode, base64.encodebytes):
                encoded = encode(content)
                self.assertEqual(_decoded_size(encoded), len(content))
                self.assertEqual(_mimetype(encoded), guess_mimetype(content))
        self.assertIn("sheet", _mimetype(base64.b64encode(office.getvalue())))

    def test_a_large_computed_image_is_not_decoded(self):
        resource = self.env["graphql_api.resource"].search([("type_name", "=", "Customer")])
        names = ("avatar_128", "avatar_1920", "image_1920")
        lines = resource.field_ids.filtered(lambda line: line.field_name in names)
        for name in set(names) - set(lines.mapped("field_name")):
            resource.field_ids.create({"resource_id": resource.id, "field_name": name})
        content = PIXEL + b"x" * 1_000_000
        self.partner.image_1920 = False
        encoded = base64.b64encode(content)
        self.patch(self.env.registry["res.partner"], "_avatar_generate_svg", lambda _: encoded)
        decoded = []
        decode = base64.b64decode

        def note(data, *args, **kwargs):
            decoded.append(len(data))
            return decode(data, *args, **kwargs)

        url = f"/api/customers/{self.partner.id}?fields=avatar_1920,avatar_128"
        with patch.object(base64, "b64decode", note):
            found = self.rest(url)["data"]
        for name in ("avatar_1920", "avatar_128"):
            self.assertEqual(found[name]["size"], len(content))
            self.assertEqual(found[name]["mimetype"], "image/png")
            served = self.http("GET", found[name]["url"])
            self.assertEqual(len(served.content), len(content))
        self.assertLess(max(decoded), 10_000)

    def test_not_found(self):
        empty = self.env["res.partner"].create({"name": "Zempty"})
        for path in (
            f"/api/customers/{empty.id}/image_1920",
            f"/api/customers/{self.partner.id}/name",
            f"/api/customers/{self.partner.id}/parent",
            f"/api/customers/{self.partner.id}/image_512",
            f"/api/customers/{self.partner.id}/nonsense",
            f"/api/customers/{self.partner.id}/id",
            "/api/customers/2000000000/image_1920",
            "/api/customers/abc/image_1920",
            "/api/customers/0/image_1920",
            f"/api/nonsense/{self.partner.id}/image_1920",
        ):
            with self.subTest(path):
                body = self.rest(path, status=404)
                self.assertEqual(body["code"], "NOT_FOUND")

    def test_hidden_record(self):
        """As absent as a record that never was."""
        self.env["ir.rule"].create(
            {
                "name": "hidden",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain_force": repr([("id", "!=", self.partner.id)]),
            }
        )
        body = self.rest(self.path, status=404)
        absent = self.rest("/api/customers/2000000000/image_1920", status=404)
        self.assertEqual(
            body["message"].replace(str(self.partner.id), ""),
            absent["message"].replace("2000000000", ""),
        )

    def test_forbidden_field(self):
        field = self.env["res.partner"]._fields["image_1920"]
        self.patch(field, "groups", "base.group_system")
        self.assertEqual(self.rest(self.path, status=403)["code"], "FORBIDDEN")
        self.assertEqual(self.http("GET", self.path, login="admin").content, self.png)

    def test_forbidden_model(self):
        rights = self.env["ir.model.access"].search([("model_id.model", "=", "res.partner")])
        rights.group_id = self.env.ref("base.group_system")
        self.assertEqual(self.rest(self.path, status=403)["code"], "FORBIDDEN")

    def test_unknown_parameter(self):
        self.rest(f"{self.path}?width=10", status=400)

    def test_other_methods(self):
        for method in ("POST", "PATCH", "DELETE"):
            response = self.http(method, self.path)
            self.assertEqual(response.status_code, 405)
            self.assertLessEqual({"GET", "PUT"}, set(response.headers["Allow"].split(", ")))
