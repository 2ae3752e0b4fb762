"""The two APIs behind one interface, for days that are done once with each."""

import io
import re
from typing import Any

import requests
from pypdf import PdfReader

from ..names import camel_case, rename, snake_case

TIMEOUT = 120  # seconds


class Api:
    """A person's app. Names of fields and arguments are REST's, ids are integers.

    :param url: of the server, without a slash at its end
    :param key: the API key of the person
    """

    def __init__(self, url: str, key: str):
        self.url = url
        self._session = requests.Session()
        self._session.trust_env = False  # no proxy between
        self._session.headers["Authorization"] = f"Bearer {key}"
        self._session.headers["Accept-Language"] = "en"

    def send(self, method: str, path: str, **options: Any) -> requests.Response:
        """Return the response to a request, whatever its status is."""
        return self._session.request(method, f"{self.url}{path}", timeout=TIMEOUT, **options)

    def read_report(self, collection: str, number: int, name: str) -> str:
        """Return the text of a report of a record, with one space between words."""
        response = self.send("GET", f"/api/{collection}/{number}/report/{name}.pdf")
        assert response.ok, response.text
        pages = PdfReader(io.BytesIO(response.content)).pages
        return " ".join(" ".join(page.extract_text() for page in pages).split())

    def read(self, collection: str, number: int, fields: str) -> dict:
        """Return a record.

        :param fields: dotted paths, with commas between; fields of addons may have arguments
        """
        raise NotImplementedError

    def find(self, collection: str, fields: str, **values: Any) -> list[dict]:
        """Return the records whose fields have these values, in the order of their ids."""
        raise NotImplementedError

    def create(self, collection: str, **values: Any) -> int:
        """Create a record, and return its id."""
        raise NotImplementedError

    def create_once(self, collection: str, name: str, **values: Any) -> int:
        """Create a record that is there once, however often it is sent; return its id.

        :param name: the app's own name of the record
        """
        raise NotImplementedError

    def update(self, collection: str, number: int, **values: Any) -> None:
        """Change a record."""
        raise NotImplementedError

    def act(self, collection: str, number: int, action: str, **arguments: Any) -> Any:
        """Call an action of a record; return the id of its result, or the ids of a list."""
        raise NotImplementedError

    def act_on_all(self, collection: str, ids: list[int], action: str, **arguments: Any) -> None:
        """Call an action of several records at once."""
        raise NotImplementedError


class Rest(Api):
    """An app that speaks REST."""

    def read(self, collection, number, fields):
        return self._data("GET", f"/api/{collection}/{number}", params={"fields": fields})

    def find(self, collection, fields, **values):
        params = {f"filter[{name}][eq]": value for name, value in values.items()}
        params |= {"fields": fields, "sort": "id"}
        return self._data("GET", f"/api/{collection}", params=params)

    def create(self, collection, **values):
        return self._data("POST", f"/api/{collection}", json=values)["id"]

    def create_once(self, collection, name, **values):
        path = f"/api/{collection}?external_id={name}"
        return self._data("PUT", path, json=values)["id"]

    def update(self, collection, number, **values):
        self._data("PATCH", f"/api/{collection}/{number}", json=values)

    def act(self, collection, number, action, **arguments):
        path = f"/api/{collection}/{number}/{action}"
        return _ids(self._data("POST", path, json=arguments))

    def act_on_all(self, collection, ids, action, **arguments):
        self._data("POST", f"/api/{collection}/{action}", json={"ids": ids, **arguments})

    def _data(self, method: str, path: str, **options: Any) -> Any:
        response = self.send(method, path, **options)
        assert response.ok, f"{method} {path}: {response.status_code} {response.text}"
        return response.json()["data"]


class GraphQL(Api):
    """An app that speaks GraphQL; it learns the names of types by introspection."""

    def __init__(self, url: str, key: str):
        super().__init__(url, key)
        schema = self.run(_INTROSPECTION)["__schema"]
        self._queries = _arguments(schema["queryType"])
        self._mutations = _arguments(schema["mutationType"])

    def run(self, document: str, **variables: Any) -> dict:
        """Return the data of an operation that has no errors."""
        body = {"query": document, "variables": variables}
        response = self.send("POST", "/api/graphql", json=body)
        result = response.json()
        assert "errors" not in result, f"{document} {variables}: {result}"
        return result["data"]

    def read(self, collection, number, fields):
        name = self._single(collection)
        document = f"query ($id: ID!) {{ {name}(id: $id) {_selection(fields)} }}"
        return _in_rest_names(self.run(document, id=str(number))[name])

    def find(self, collection, fields, **values):
        name = camel_case(collection)
        filter_type = self._queries[name]["filter"]
        document = (
            f"query ($filter: {filter_type}) {{ {name}(filter: $filter, orderBy: [{{id: ASC}}]) "
            f"{{ nodes {_selection(fields)} }} }}"
        )
        conditions = {camel_case(field): {"eq": value} for field, value in values.items()}
        return _in_rest_names(self.run(document, filter=conditions)[name]["nodes"])

    def create(self, collection, **values):
        return int(self._mutate("create", collection, {"input": rename(values, camel_case)})["id"])

    def create_once(self, collection, name, **values):
        arguments = {"by": {"externalId": name}, "input": rename(values, camel_case)}
        return int(self._mutate("upsert", collection, arguments)["id"])

    def update(self, collection, number, **values):
        self._mutate("update", collection, {"id": str(number), "input": rename(values, camel_case)})

    def act(self, collection, number, action, **arguments):
        values = {"id": str(number)}
        if arguments:
            values["input"] = rename(arguments, camel_case)
        return _ids(self._mutate(camel_case(action), collection, values))

    def act_on_all(self, collection, ids, action, **arguments):
        values = {"ids": [str(number) for number in ids]}
        if arguments:
            values["input"] = rename(arguments, camel_case)
        self._mutate(camel_case(action), collection, values, many=True)

    def _mutate(self, verb: str, collection: str, values: dict, many: bool = False) -> Any:
        target = camel_case(collection) if many else self._single(collection)
        name = verb + target[0].upper() + target[1:]
        types = self._mutations[name]
        variables = ", ".join(f"${argument}: {types[argument]}" for argument in values)
        passed = ", ".join(f"{argument}: ${argument}" for argument in values)
        document = f"mutation ({variables}) {{ {name}({passed}) {{ id }} }}"
        return self.run(document, **values)[name]

    def _single(self, collection: str) -> str:
        """Return the name of the root field for one record of a collection."""
        plural = camel_case(collection)
        for ending, single in (("ies", "y"), ("xes", "x"), ("ses", "s"), ("s", "")):
            name = plural.removesuffix(ending) + single
            if plural.endswith(ending) and name in self._queries:
                return name
        raise AssertionError(f"The schema has no field for one of {collection}.")


_INTROSPECTION = """
query {
  __schema {
    queryType { ...arguments }
    mutationType { ...arguments }
  }
}
fragment arguments on __Type { fields { name args { name type { ...reference } } } }
fragment reference on __Type {
  kind name ofType { kind name ofType { kind name ofType { kind name } } }
}
"""


def _arguments(object_type: dict) -> dict[str, dict[str, str]]:
    """Return the types of the arguments of each field, by the field's name."""
    return {
        field["name"]: {
            argument["name"]: _reference(argument["type"]) for argument in field["args"]
        }
        for field in object_type["fields"]
    }


def _reference(type_: dict) -> str:
    if type_["kind"] == "NON_NULL":
        return f"{_reference(type_['ofType'])}!"
    if type_["kind"] == "LIST":
        return f"[{_reference(type_['ofType'])}]"
    return type_["name"]


def _ids(result: Any) -> Any:
    """Return the id of the record that an action returns, or the ids of a list."""
    if isinstance(result, list):
        return [int(record["id"]) for record in result]
    return int(result["id"])


def _in_rest_names(value: Any) -> Any:
    """Return a value of a response with REST's names, and its ids as integers."""
    if isinstance(value, dict):
        return {
            snake_case(name): int(part) if name == "id" else _in_rest_names(part)
            for name, part in value.items()
        }
    return [_in_rest_names(part) for part in value] if isinstance(value, list) else value


def _selection(fields: str) -> str:
    """Return dotted paths, with commas between, as a selection set."""
    tree: dict = {}
    for path in re.split(r",(?![^(]*\))", fields):
        branch = tree
        for name in path.split("."):
            branch = branch.setdefault(camel_case(name), {})
    return _braces(tree)


def _braces(tree: dict) -> str:
    inside = " ".join(f"{name} {_braces(below)}" if below else name for name, below in tree.items())
    return f"{{ {inside} }}"
