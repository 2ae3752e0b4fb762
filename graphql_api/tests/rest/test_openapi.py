"""The OpenAPI document: valid, true, and of what the caller may use."""

import json
import re
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from unittest.mock import patch
from urllib.parse import urlencode

import jsonschema_rs
import orjson
import strawberry
from openapi_spec_validator import OpenAPIV31SpecValidator

from odoo.tests import tagged

from ..cases import needs
from ..cases.api import ApiCase

PATH = "/api/openapi.json"
RULES = Path(__file__).parents[1] / "clients" / "spectral.yaml"


def _value(schema: dict):
    """Return a value that fits the schema of an operand."""
    for known in ("enum", "examples"):
        if known in schema:
            return schema[known][0]
    kind = schema["type"][0] if isinstance(schema["type"], list) else schema["type"]
    if kind == "array":
        return [_value(schema["items"])]
    formats = {"date": "2026-11-23", "date-time": "2026-11-23T08:00:00Z"}
    values = {"string": "a", "integer": 1, "number": 1.5, "boolean": True}
    return formats.get(schema.get("format"), values[kind])


@strawberry.type
class Unused:
    """A type that no field has."""

    name: str


@tagged("generated")
class OpenApiCase(ApiCase):
    def document(self, login: str = "admin") -> dict:
        response = self.http("GET", PATH, login=login)
        self.assertEqual(response.status_code, 200, response.text[:1000])
        return response.json()


class TestDocument(OpenApiCase):
    def test_every_resource_is_there(self):
        """With the methods that its operations have, and every route of the API."""
        paths = self.document()["paths"]
        for resource in self.rest("/api")["data"]:
            operations = resource["operations"]
            methods = {
                method for method in paths.get(resource["url"], ()) if method != "parameters"
            }
            expected = {"read": "get", "create": "post"}
            upserts = {"put"} if {"create", "update"} <= set(operations) else set()
            known = {expected[op] for op in operations if op in expected} | upserts
            self.assertLessEqual(methods, known)
            self.assertEqual("get" in methods, "read" in operations)
            record = paths.get(f"{resource['url']}/{{id}}", {})
            self.assertEqual("delete" in record, "delete" in operations)
            groups = paths.get(f"{resource['url']}/aggregate", {})
            self.assertEqual("get" in groups, "read" in operations)
        for path in ("/api", "/api/me", PATH, "/api/mobile/customer/{id}", "/api/graphql"):
            self.assertIn("get", paths[path])
        self.assertIn("post", paths["/api/graphql"])
        self.assertIn("post", paths["/api/sale-orders/{id}/confirm"])
        self.assertEqual({"parameters", "get", "put"}, set(paths["/api/customers/{id}/image_1920"]))

    def test_descriptions(self):
        """Every operation and parameter says what it is for; fields as Odoo describes them."""
        document = self.document()
        for path, item in document["paths"].items():
            for method, operation in item.items():
                if method != "parameters":
                    self.assertTrue(operation["description"], (path, method))
                    self.assertTrue(operation["summary"], (path, method))
        customer = document["components"]["schemas"]["Customer"]["properties"]
        self.assertIn("Email", customer["email"]["description"])
        self.assertEqual(customer["email"]["type"], ["string", "null"])
        self.assertEqual(customer["id"]["type"], "integer")

    def test_components_are_used(self):
        """Every component is referred to, and every reference leads somewhere."""
        document = self.document()
        text = json.dumps(document)
        for kind, parts in document["components"].items():
            for name in parts if kind != "securitySchemes" else ():
                self.assertIn(f'"#/components/{kind}/{name}"', text)

    def test_what_several_operations_have_is_written_once(self):
        """Tools read all of the document before they show anything."""
        document = self.document()
        operations = sum(len(item.keys() - {"parameters"}) for item in document["paths"].values())
        self.assertLess(len(orjson.dumps(document)) / operations, 3_700)
        change = document["paths"]["/api/customers/{id}"]
        for part in ("requestBody", "responses"):
            self.assertEqual(change["patch"][part], change["put"][part])
        self.assertIn("$ref", change["patch"]["requestBody"])
        self.assertIn("$ref", change["patch"]["responses"]["200"])

    def test_forms_are_not_filled_with_conditions(self):
        """Tools send the examples of parameters: those of headers would fit hardly any request."""
        for name, parameter in self.document()["components"]["parameters"].items():
            self.assertFalse(parameter["in"] == "header" and "example" in parameter, name)

    def test_the_parameters_are_checked(self):
        self.rest(f"{PATH}?x=1", status=400)
        self.rest(PATH, login=None, status=401)
        self.rest(PATH, method="POST", status=405)


@tagged("node")
class TestSpectral(OpenApiCase):
    def test_spectral_finds_nothing(self):
        """Neither an error nor a warning by the rules for OpenAPI."""
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump(self.document(), file)
            file.flush()
            spectral = "@stoplight/spectral-cli/dist/index.js"
            finished = subprocess.run(
                [
                    needs.variable("GRAPHQL_API_NODE"),
                    Path(needs.variable("GRAPHQL_API_NODE_MODULES"), spectral),
                    *("lint", file.name, "--ruleset", RULES),
                    *("--fail-severity", "hint", "--format", "json", "--quiet"),
                ],
                capture_output=True,
                text=True,
                timeout=600,
                check=False,
            )
        self.assertEqual(json.loads(finished.stdout), [], finished.stderr)
        self.assertEqual(finished.returncode, 0)


class TestRights(OpenApiCase):
    def test_operations(self):
        """What the caller may not do is not in its document."""
        admin, demo = self.document()["paths"], self.document("demo")["paths"]
        names = {resource["name"] for resource in self.rest("/api", login="demo")["data"]}
        listed = {path.split("/")[2] for path, item in demo.items() if path.count("/") == 2}
        self.assertLessEqual(listed - names, {"me", "openapi.json", "graphql"})
        self.assertLess(len(json.dumps(demo)), len(json.dumps(admin)))

    def test_fields(self):
        """A field that the caller may not read is nowhere in the document."""
        line = self.env["graphql_api.resource.field"].search(
            [("resource_id.type_name", "=", "Customer"), ("field_name", "=", "phone")]
        )
        self.assertTrue(line)
        field = self.env["res.partner"]._fields["phone"]
        self.addCleanup(setattr, field, "groups", field.groups)
        field.groups = "base.group_system"
        for login, visible in (("admin", True), ("demo", False)):
            document = self.document(login)
            schemas = document["components"]["schemas"]
            self.assertEqual("phone" in schemas["Customer"]["properties"], visible)
            self.assertEqual("phone" in schemas["CustomerCreateInput"]["properties"], visible)
            parameters = document["paths"]["/api/customers"]["get"]["parameters"]
            self.assertEqual("phone" in schemas["CustomerFilter"]["properties"], visible)
            self.assertEqual("phone" in schemas["CustomerGroupKeys"]["properties"], visible)
            group_by = document["paths"]["/api/customers/aggregate"]["get"]["parameters"][0]
            self.assertEqual("phone" in group_by["schema"]["items"]["enum"], visible)
            (sort,) = (item for item in parameters if item.get("name") == "sort")
            self.assertEqual("phone" in re.findall(r"\w+", sort["description"]), visible)

    def test_limits(self):
        """A page has as many records as the caller may get at once."""
        for size in (1000, 7):
            self.env["ir.config_parameter"].set_param("graphql_api.max_page_size", size)
            parameters = self.document()["paths"]["/api/customers"]["get"]["parameters"]
            (limit,) = (item for item in parameters if item.get("name") == "limit")
            self.assertEqual(limit["schema"]["maximum"], size)
            self.rest(f"/api/customers?limit={size}")
            self.rest(f"/api/customers?limit={size + 1}", status=400)

    def test_closed_resources(self):
        """What is no longer exposed is gone at the next request."""
        self.assertIn("/api/customers", self.document()["paths"])
        resource = self.env["graphql_api.resource"].search([("type_name", "=", "Customer")])
        resource.active = False
        document = self.document()
        self.assertNotIn("/api/customers", document["paths"])
        self.assertNotIn("Customer", document["components"]["schemas"])

    def test_fields_of_addons(self):
        """A field that an addon adds to a type is in the document."""

        @strawberry.type
        class More:
            @strawberry.field(description="How it is greeted.")
            def greeting(self) -> str:
                return f"Hello {self.name}"

            @strawberry.field(description="How to address it.")
            def salute(self, first_word: str) -> str:
                return f"{first_word} {self.name}"

        def extend(parts):
            parts.fields.setdefault("Customer", []).append(More)

        self.extend_schema(extend)
        properties = self.document()["components"]["schemas"]["Customer"]["properties"]
        self.assertEqual(
            properties["greeting"], {"type": "string", "description": "How it is greeted."}
        )
        self.assertIn("`fields=salute(first_word:Ghent)`", properties["salute"]["description"])


class TestCaching(OpenApiCase):
    def _schema(self, login: str):
        return self.env(user=self.user(login))["graphql_api.schema"]._get_schema()

    def test_unchanged(self):
        """A client that has the document, or the schema, gets no second copy."""
        for path, closed in ((PATH, "Unit"), ("/api/graphql/schema.graphql", "Warehouse")):
            first = self.http("GET", path)
            self.assertEqual(first.status_code, 200)
            self.assertIn("private", first.headers["Cache-Control"])
            headers = {"If-None-Match": first.headers["ETag"]}
            second = self.http("GET", path, headers=headers)
            self.assertEqual((second.status_code, second.content), (304, b""), path)
            self.assertEqual(self.http("GET", path).headers["ETag"], first.headers["ETag"])
            self.env["graphql_api.resource"].search([("type_name", "=", closed)]).active = False
            third = self.http("GET", path, headers=headers)
            self.assertEqual(third.status_code, 200)
            self.assertNotEqual(third.headers["ETag"], first.headers["ETag"])

    def test_made_once(self):
        """Callers with the same rights share one document; others get their own."""
        # A schema of which nobody has asked for a document.
        self.extend_schema(lambda parts: parts.types.append(Unused))
        user = self.user("demo").copy({"login": "demo2", "password": "demo2demo2"})
        with patch.object(orjson, "dumps", wraps=orjson.dumps) as dumps:
            for login in ("demo", "demo", user.login, "admin", "demo"):
                self.document(login)
        written = [call.args[0] for call in dumps.call_args_list]
        self.assertEqual(sum("openapi" in document for document in written), 2)
        self.assertNotEqual(self.document("demo"), self.document("admin"))

    def test_requests_have_no_more_types(self):
        """What serves requests does not keep the types that the document was made of."""
        self.extend_schema(lambda parts: parts.types.append(Unused))
        types = self._schema("demo").strawberry_schema.schema_converter.type_map
        before = len(types)
        self.assertIn("/customers/{id}", str(self.document("demo")["paths"].keys()))
        self.assertEqual(len(types), before)


@tagged("generated")
class TestTruth(OpenApiCase):
    """Answers are as the document says, and have nothing that it does not tell."""

    def setUp(self):
        super().setUp()
        self._document = self.document()

    def test_it_is_valid(self):
        """The validator of the specification accepts the document."""
        errors = OpenAPIV31SpecValidator(self._document).iter_errors()
        self.assertEqual([f"{error.json_path}: {error.message}" for error in errors], [])

    def check(self, path: str, template: str, method: str = "get", status: int = 200, **kwargs):
        """Send a request, compare the answer with the document, return its data."""
        body = self.rest(path, method=method.upper(), status=status, **kwargs)
        self._validator(template, method, status).validate(body)
        return body["data"]

    def _validator(self, template: str, method: str, status: int):
        @cache
        def closed():
            schemas = json.loads(json.dumps(self._document["components"]))
            for schema in schemas["schemas"].values():
                if "properties" in schema:
                    schema["additionalProperties"] = False
            return schemas

        responses = self._document["paths"][template][method]["responses"]
        response = self._resolve(responses[str(status)])
        schema = response["content"]["application/json"]["schema"]
        return jsonschema_rs.Draft202012Validator({**schema, "components": closed()})

    def _resolve(self, part: dict) -> dict:
        """Return a part of the document, where it is a reference the component."""
        if "$ref" not in part:
            return part
        _root, _components, kind, name = part["$ref"].split("/")
        return self._document["components"][kind][name]

    def _collections(self):
        for path, item in self._document["paths"].items():
            if (
                path.count("/") == 2
                and f"{path}/{{id}}" in self._document["paths"]
                and "get" in item
            ):
                yield path, item["get"]

    def _properties(self, path: str) -> dict:
        name = self._record_name(path)
        return self._document["components"]["schemas"][name]["properties"]

    def _record_name(self, path: str) -> str:
        """Return the name of the schema of a list's records."""
        get = self._resolve(self._document["paths"][path]["get"]["responses"]["200"])
        data = get["content"]["application/json"]["schema"]["properties"]["data"]
        return data["items"]["$ref"].rpartition("/")[2]

    def test_lists(self):
        """The default fields, and all fields, of every resource."""
        for path, _operation in self._collections():
            with self.subTest(path):
                records = self.check(f"{path}?limit=3&total=true", path)
                properties = self._properties(path)
                fields = [
                    name
                    for name, schema in properties.items()
                    if name != "name" or "no fields were named" not in schema["description"]
                ]
                self.assertGreater(len(fields), 3)
                self.check(f"{path}?limit=3&fields={','.join(fields)}", path)
                for record in records[:1]:
                    self.check(f"{path}/{record['id']}", f"{path}/{{id}}")

    def test_no_field_is_missing(self):
        """Whatever can be selected is a property."""
        schema = self.env["graphql_api.schema"]._get_schema()
        for path, _operation in self._collections():
            resource = schema.by_collection[path.rpartition("/")[2]]
            fields = schema.graphql_schema.type_map[resource.type_name].fields
            names = {schema.rest_name(resource.type_name, name) for name in fields}
            self.assertEqual(set(self._properties(path)) - {"name"}, names - {"name"}, path)

    def test_parameters(self):
        """Every parameter of every list is taken, and every example."""
        for path, operation in self._collections():
            query = {"fields": "id", "offset": 1, "total": "true", "include_archived": "true"}
            query["q"] = "a"
            for part in operation["parameters"]:
                parameter = self._resolve(part)
                if parameter["name"] == "filter":
                    (media,) = parameter["content"].values()
                    self.assertEqual(media["example"], {})
                    self._filter_validator(media["schema"]).validate(media["example"])
                    (text,) = re.findall(r"`(.*?)`", parameter["description"])
                    self._filter_validator(media["schema"]).validate(json.loads(text))
                    query["filter"] = text
                elif "$ref" not in part:
                    values = {"integer": 1}
                    query[parameter["name"]] = parameter.get(
                        "example", values.get(parameter["schema"]["type"])
                    )
            with self.subTest(path):
                self.assertIn("filter", query)
                self.rest(f"{path}?{urlencode(query)}")

    def _filter_validator(self, schema: dict):
        components = self._document["components"]
        return jsonschema_rs.Draft202012Validator({**schema, "components": components})

    def test_filters(self):
        """Every condition that the document has is taken, of values and of relations."""
        schemas = self._document["components"]["schemas"]
        for path, _operation in self._collections():
            name = self._record_name(path)
            conditions = []
            for field, schema in schemas[f"{name}Filter"]["properties"].items():
                if field in ("and", "or", "not"):
                    continue
                conditions += [{field: value} for value in self._operands(schema)]
            self.assertGreater(len(conditions), 8)
            whole = {"and": conditions, "or": conditions[:1], "not": {"not": conditions[0]}}
            validator = self._filter_validator({"$ref": f"#/components/schemas/{name}Filter"})
            validator.validate(whole)
            with self.subTest(path):
                self.assertFalse(validator.is_valid({"nonsense": {"eq": 1}}))
                self.rest(f"{path}?{urlencode({'fields': 'id', 'filter': json.dumps(whole)})}")

    def _operands(self, schema: dict) -> list[dict]:
        """Return a value for each operator of a condition; one level deep through relations."""
        name = schema["$ref"].rpartition("/")[2]
        schema = self._resolve(schema)
        if "anyOf" in schema:
            return [{"is_null": True}, {"id": {"eq": 1}}]
        if name.endswith("ListFilter"):
            return [{quantifier: {"id": {"gt": 0}}} for quantifier in schema["properties"]]
        return [{operator: _value(part)} for operator, part in schema["properties"].items()]

    def test_groups(self):
        """Every key, every aggregate and every order of groups, of every resource."""
        schemas = self._document["components"]["schemas"]
        for path, item in self._document["paths"].items():
            if not path.endswith("/aggregate"):
                continue
            get = item["get"]
            group_by, _fields, sort, *_more = get["parameters"]
            keys = {key.partition(":")[0]: key for key in group_by["schema"]["items"]["enum"]}
            orders = re.findall(r"\w+\.\w+", sort["description"])
            content = get["responses"]["200"]["content"]["application/json"]["schema"]
            group = content["properties"]["data"]["items"]["$ref"].rpartition("/")[2]
            names = ",".join(name for name in schemas[group]["properties"] if name != "keys")
            self.assertEqual(set(schemas[f"{group[:-9]}GroupKeys"]["properties"]), set(keys))
            with self.subTest(path):
                query = f"limit=2&group_by={','.join(keys.values())}&fields={names}"
                self.check(f"{path}?{query}&sort={','.join(['-count', *orders])}", path)

    def test_graphql(self):
        """Requests as the document has them, and answers: of data, of a field, of the whole."""
        path = "/api/graphql"
        operations = self._document["paths"][path]
        example = operations["post"]["requestBody"]["content"]["application/json"]["example"]
        hidden = {"query": 'mutation { deleteCustomer(id: "999999999") }'}
        for body, status in ((example, 200), (hidden, 200), ({"query": "{"}, 400)):
            accepted = {"Accept": "application/graphql-response+json"}
            response = self.http("POST", path, json=body, headers=accepted)
            self.assertEqual(response.status_code, status)
            self._validator(path, "post", status).validate(response.json())
        names = {parameter.get("name") for parameter in operations["get"]["parameters"]}
        self.assertLessEqual({"query", "variables", "operationName", "extensions"}, names)
        response = self.http("GET", path, params=example)
        self._validator(path, "get", 200).validate(response.json())

    def test_rates(self):
        """The headers that say how a caller stands, also where it is refused."""
        self.set_setting("requests_per_minute", 2)
        answers = self._document["paths"]["/api/customers/{id}"]["get"]["responses"]
        for status in (404, 404, 429):
            response = self.http("GET", "/api/customers/999999999")
            self.assertEqual(response.status_code, status)
            answer = self._resolve(answers[str(status)])
            headers = {"RateLimit", "RateLimit-Policy", *(["Retry-After"] if status == 429 else [])}
            self.assertEqual(set(answer["headers"]), headers)
            self.assertLessEqual(headers, set(response.headers))

    def test_errors(self):
        missing = self.rest("/api/customers/999999999", status=404)
        self._validator("/api/customers/{id}", "get", 404).validate(missing)
        refused = self.rest("/api/customers?limit=x", status=400)
        self._validator("/api/customers", "get", 400).validate(refused)
        codes = self._document["components"]["schemas"]["error"]["properties"]["code"]["enum"]
        self.assertEqual([code for code in codes if "GRAPHQL" in code or "QUERY_NOT" in code], [])

    def test_writes(self):
        """A record is created, changed and deleted with what the document shows."""
        template = "/api/customers"
        media = self._document["paths"][template]["post"]["requestBody"]["content"]
        example = media["application/json"]["example"]
        self.assertIn("name", example)
        schema = {**media["application/json"]["schema"], "components": self._document["components"]}
        validator = jsonschema_rs.Draft202012Validator(schema)
        many = [example, {"name": "Bob", "children": {"create": [{"name": "Child"}]}}]
        for body in (example, many):
            validator.validate(body)
        self.assertFalse(validator.is_valid({"name": "Ann", "nothing": 1}))
        self.assertFalse(validator.is_valid({"name": "Ann", "country": {"id": 1}}))
        created = self.check(template, template, "post", 201, json=example)
        self.check(template, template, "post", 201, json=many)
        record = f"{template}/{created['id']}"
        for method in ("patch", "put"):
            self.check(record, f"{template}/{{id}}", method, json={"city": "Ghent"})
        self.check(record, f"{template}/{{id}}", "delete")
