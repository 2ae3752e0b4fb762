"""Files on their way in: in inputs, as raw bytes, and in forms of REST and of GraphQL."""

import base64
import json
import random
import resource

from odoo.tests import tagged
from odoo.tools import mute_logger

from ...http.uploads import MAX_FILES, PREFLIGHT_HEADERS
from ...schema.exposure.limits import Limits
from ..cases.api import without_cost
from ..cases.pictures import picture
from ..cases.writing import WriteCase

MAX_BODY_SIZE = Limits().max_body_size
PREFLIGHT = {PREFLIGHT_HEADERS[0]: "1"}
ALL_BYTES = bytes(range(256)) * 4
CREATE = """mutation ($input: AttachmentCreateInput!) {
  createAttachment(input: $input) { id content { size url } } }"""
CREATE_MANY = """mutation ($inputs: [AttachmentCreateInput!]!) {
  createAttachments(inputs: $inputs) { id } }"""


class UploadCase(WriteCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.red, cls.blue = picture("red"), picture("blue")
        cls.partner = cls.env["res.partner"].create({"name": "Zpartner"})
        cls.path = f"/api/customers/{cls.partner.id}"
        cls.image_path = f"{cls.path}/image_1920"

    def read_bytes(self, path):
        response = self.http("GET", path)
        self.assertEqual(response.status_code, 200, response.text[:300])
        return response.content


@tagged("post_install", "-at_install")
class TestRestUploads(UploadCase):
    def test_raw_bytes(self):
        """The body is the file; the answer is the file's reference with the record's ETag."""
        response = self.http(
            "PUT", self.image_path, data=self.red, headers={"Content-Type": "image/png"}
        )
        self.assertEqual(response.status_code, 200, response.text)
        file = response.json()["data"]["image_1920"]
        self.assertEqual((file["url"], file["mimetype"]), (self.image_path, "image/png"))
        self.assertEqual(file["size"], len(self.red))
        self.assertEqual(self.read_bytes(self.image_path), self.red)
        self.assertEqual(base64.b64decode(self.partner.image_1920), self.red)
        # Whatever the type that a client names, or none.
        for headers in ({"Content-Type": "application/json"}, {}):
            self.http("PUT", self.image_path, data=self.blue, headers=headers)
            self.assertEqual(self.read_bytes(self.image_path), self.blue)

    def test_raw_bytes_of_other_files(self):
        attachment = self.env["ir.attachment"].create({"name": "Zfile", "raw": b"old"})
        path = f"/api/attachments/{attachment.id}/content"
        for content in (ALL_BYTES, b"\x00", b"{}", b"a" * 100_000):
            self.rest(path, method="PUT", data=content)
            self.assertEqual(self.read_bytes(path), content)
            self.assertEqual(attachment.raw, content)

    def test_full_disk(self):
        """Nothing is kept of a file that could not be written, and it can be sent again."""
        size = 9 * 1024**2
        content = random.Random(7).randbytes(size)
        path = f"/api/attachments/{self.env['ir.attachment'].create({'name': 'Zfile'}).id}/content"
        _soft, hard = limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size - 1024**2, hard))
        try:
            with mute_logger("odoo.addons.graphql_api.schema.exposure.errors"):
                response = self.http("PUT", path, data=content)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        self.assertEqual(response.status_code, 503, response.text)
        self.assertEqual(response.json()["code"], "SERVICE_UNAVAILABLE")
        self.rest(path, method="PUT", data=content)
        self.assertEqual(self.read_bytes(path), content)

    def test_if_match(self):
        """As for every other change: a stale ETag of the record is refused."""
        stale = self.http("GET", self.path).headers["ETag"]
        current = self.http(
            "PUT", self.image_path, data=self.red, headers={"If-Match": stale}
        ).headers["ETag"]
        self.refuse_rest(
            "PUT",
            self.image_path,
            data=self.blue,
            headers={"If-Match": stale},
            status=412,
            code="PRECONDITION_FAILED",
        )
        self.assertEqual(self.read_bytes(self.image_path), self.red)
        self.rest(self.image_path, method="PUT", data=self.blue, headers={"If-Match": current})
        self.assertEqual(self.read_bytes(self.image_path), self.blue)

    def test_refused_raw_bytes(self):
        self.rest(self.image_path, method="PUT", data=self.red)
        for path, content, status, kwargs in (
            (self.image_path, b"", 400, {}),
            (self.image_path, b"no picture", 422, {}),
            (f"{self.path}/image_128", b"", 400, {}),
            (f"{self.path}/name", b"x", 404, {}),
            (f"{self.path}/nonsense", b"x", 404, {}),
            ("/api/customers/2000000000/image_1920", self.red, 404, {}),
            ("/api/customers/abc/image_1920", self.red, 404, {}),
            (f"{self.image_path}?fields=name", self.red, 400, {}),
            (self.image_path, self.blue, 403, {"login": "clerk"}),
        ):
            with self.subTest(path, status=status):
                self.refuse_rest("PUT", path, data=content, status=status, **kwargs)
        files = {"file": ("a.png", self.blue)}
        self.refuse_rest("PUT", self.image_path, files=files, status=415)
        self.assertEqual(self.read_bytes(self.image_path), self.red)

    def test_form(self):
        """Fields and files in one form; texts are read as the types of their fields."""
        response = self.http(
            "POST",
            "/api/customers?fields=id,name,is_company,partner_latitude,country.code",
            data={
                "name": "Zform",
                "is_company": "true",
                "partner_latitude": "1.5",
                "country": str(self.env.ref("base.be").id),
            },
            files={"image_1920": ("red.png", self.red, "image/png")},
        )
        self.assertEqual(response.status_code, 201, response.text)
        data = response.json()["data"]
        number = data.pop("id")
        expected = {"name": "Zform", "is_company": True, "partner_latitude": 1.5}
        self.assertEqual(data, {**expected, "country": {"code": "BE"}})
        self.assertEqual(response.headers["Location"], f"/api/customers/{number}")
        self.assertEqual(self.read_bytes(f"/api/customers/{number}/image_1920"), self.red)
        self.rest(self.path, method="PATCH", files={"image_1920": ("a", self.blue)})
        self.assertEqual(self.read_bytes(self.image_path), self.blue)
        self.assertEqual(self.partner.name, "Zpartner")

    def test_refused_form(self):
        for data, files, status in (
            ({"is_company": "perhaps"}, {}, 400),
            ({"partner_latitude": "far"}, {}, 400),
            ({"country": "x"}, {}, 400),
            ({"tags": "1"}, {}, 400),
            ({"nonsense": "1"}, {}, 400),
            ({"name": ["a", "b"]}, {}, 400),
            ({}, {"nonsense": b"x"}, 400),
            ({}, {"name": b"x"}, 400),
            ({}, {"image_1920": b"no picture"}, 422),
            ({}, [("image_1920", self.red), ("image_1920", self.blue)], 400),
            ({}, [(f"file{number}", b"x") for number in range(MAX_FILES + 1)], 400),
        ):
            files = files or {"image_1920": self.red}
            with self.subTest(str(data) + str(files)[:60]):
                self.refuse_rest("PATCH", self.path, data=data, files=files, status=status)


@tagged("post_install", "-at_install")
class TestGraphqlUploads(UploadCase):
    """The GraphQL multipart request specification."""

    def send(self, operations, places, files, headers=PREFLIGHT, **kwargs):
        """Send a form: what is no text is encoded as JSON."""
        form = {"operations": operations, "map": places}
        parts = [
            (name, (None, part if isinstance(part, str) else json.dumps(part)))
            for name, part in form.items()
            if part is not None
        ]
        parts += [(name, (f"{name}.bin", content)) for name, content in files.items()]
        return self.http("POST", "/api/graphql", files=parts, headers=headers, **kwargs)

    def test_file_in_an_input(self):
        operations = {
            "query": CREATE,
            "variables": {"input": {"name": "Zfile", "content": None}},
        }
        response = self.send(operations, {"0": ["variables.input.content"]}, {"0": ALL_BYTES})
        self.assertEqual(response.status_code, 200)
        file = response.json()["data"]["createAttachment"]["content"]
        self.assertEqual(file["size"], len(ALL_BYTES))
        self.assertEqual(self.read_bytes(file["url"]), ALL_BYTES)

    def test_files_in_a_list(self):
        """Each in its place; one file may have several."""
        inputs = [{"name": f"Zfile {number}", "content": None} for number in range(3)]
        places = {"a": ["variables.inputs.0.content", "variables.inputs.2.content"]}
        places["b"] = ["variables.inputs.1.content"]
        operations = {"query": CREATE_MANY, "variables": {"inputs": inputs}}
        response = self.send(operations, places, {"a": b"first", "b": b"second"})
        ids = [int(record["id"]) for record in response.json()["data"]["createAttachments"]]
        attachments = self.env["ir.attachment"].browse(ids)
        self.assertEqual(attachments.mapped("raw"), [b"first", b"second", b"first"])

    def test_file_of_a_nested_record(self):
        query = """mutation ($input: CustomerUpdateInput!, $id: ID!) {
          updateCustomer(id: $id, input: $input) { children { image1920 { url } } } }"""
        children = {"create": [{"name": "Zchild", "image1920": None}]}
        variables = {"id": self.partner.id, "input": {"children": children}}
        response = self.send(
            {"query": query, "variables": variables},
            {"image": ["variables.input.children.create.0.image1920"]},
            {"image": self.red},
        )
        (child,) = response.json()["data"]["updateCustomer"]["children"]
        self.assertEqual(self.read_bytes(child["image1920"]["url"]), self.red)

    def test_operation_without_a_file(self):
        response = self.send({"query": "{ me { lang } }"}, {}, {})
        self.assertEqual(without_cost(response.json()), {"data": {"me": {"lang": "en_US"}}})

    def test_preflight_header(self):
        """Without it a page of another site could send the form, with the session's cookie."""
        operations = {
            "query": CREATE,
            "variables": {"input": {"name": "Zfile", "content": None}},
        }
        arguments = (operations, {"0": ["variables.input.content"]}, {"0": b"x"})
        for headers in ({}, {PREFLIGHT_HEADERS[0]: ""}):
            with self.nothing_written():
                response = self.send(*arguments, headers=headers)
            self.assertEqual(response.status_code, 415)
            self.assertIn(PREFLIGHT_HEADERS[0], response.json()["errors"][0]["message"])
        for name in PREFLIGHT_HEADERS:
            response = self.send(*arguments, headers={name: "1"})
            self.assertNotIn("errors", response.json())

    def test_broken_form(self):
        operations = {"query": CREATE, "variables": {"input": {"name": "Zfile", "content": None}}}
        good = {"0": ["variables.input.content"]}
        file = {"0": b"x"}
        for what, arguments in {
            "no operations": (None, good, file),
            "no map": (operations, None, file),
            "operations is no JSON": ("{", good, file),
            "operations is a list": ([operations], good, file),
            "operations is a text": ('"x"', good, file),
            "map is no JSON": (operations, "{", file),
            "map is a list": (operations, [["variables.input.content"]], file),
            "map is null": (operations, "null", file),
            "no list of paths": (operations, {"0": "variables.input.content"}, file),
            "paths are numbers": (operations, {"0": [1]}, file),
            "file is missing": (operations, good, {}),
            "file has another name": (operations, good, {"1": b"x"}),
            "path leads nowhere": (operations, {"0": ["variables.input.nonsense"]}, file),
            "path goes too far": (operations, {"0": ["variables.input.content.x"]}, file),
            "path has a value": (operations, {"0": ["variables.input.name"]}, file),
            "path is not in variables": (operations, {"0": ["query"]}, file),
            "path is empty": (operations, {"0": [""]}, file),
            "variables as a whole": ({"query": CREATE, "variables": None}, good, file),
            "same place twice": (operations, {"0": [*good["0"], *good["0"]]}, file),
            "too many files": (
                operations,
                good,
                {str(number): b"x" for number in range(MAX_FILES + 1)},
            ),
        }.items():
            with self.subTest(what):
                with self.nothing_written():
                    response = self.send(*arguments)
                self.assertEqual(response.status_code, 400, response.text[:300])
                (error,) = response.json()["errors"]
                self.assertEqual(error["extensions"]["code"], "BAD_USER_INPUT")

    def test_file_in_the_place_of_another_value(self):
        query = """mutation ($input: CustomerCreateInput!) {
          createCustomer(input: $input) { id } }"""
        for name in ("name", "country", "isCompany", "partnerLatitude", "properties", "tags"):
            with self.subTest(name):
                variables = {"input": {"name": "Z", name: None}}
                with self.nothing_written():
                    response = self.send(
                        {"query": query, "variables": variables},
                        {"0": [f"variables.input.{name}"]},
                        {"0": b"1"},
                    )
                self.assertLess(response.status_code, 500)
                code = response.json()["errors"][0]["extensions"]["code"]
                self.assertEqual(code, "BAD_USER_INPUT")


@tagged("post_install", "-at_install")
class TestSizes(UploadCase):
    """A body beyond the limit is 413, in whatever form it comes."""

    def test_largest_body(self):
        attachment = self.env["ir.attachment"].create({"name": "Zfile"})
        path = f"/api/attachments/{attachment.id}/content"
        self.rest(path, method="PUT", data=b"a" * MAX_BODY_SIZE)
        self.assertEqual(attachment.file_size, MAX_BODY_SIZE)

    def test_larger_body(self):
        content = b"a" * (MAX_BODY_SIZE + 1)
        text = json.dumps({"name": content.decode()}).encode()
        kwargs = {"status": 413, "code": "PAYLOAD_TOO_LARGE"}
        attachment = self.env["ir.attachment"].create({"name": "Zfile", "raw": b"old"})
        path = f"/api/attachments/{attachment.id}"
        headers = {"Content-Type": "application/json"}
        self.refuse_rest("PUT", f"{path}/content", data=content, **kwargs)
        self.refuse_rest("PATCH", path, data=text, headers=headers, **kwargs)
        self.refuse_rest("PATCH", path, files={"content": content}, **kwargs)
        self.refuse_rest("POST", "/api/attachments", data=text, headers=headers, **kwargs)
        for request in (
            {"data": text, "headers": headers},
            {"files": {"operations": (None, "{}"), "0": content}, "headers": PREFLIGHT},
        ):
            with self.nothing_written():
                response = self.http("POST", "/api/graphql", **request)
            self.assertEqual(response.status_code, 413)
            code = response.json()["errors"][0]["extensions"]["code"]
            self.assertEqual(code, "PAYLOAD_TOO_LARGE")
