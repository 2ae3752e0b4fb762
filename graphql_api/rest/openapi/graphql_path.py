"""The address of GraphQL, as one of the routes (https://graphql.github.io/graphql-over-http/)."""

from ...http.dry_run import APPLIED_HEADER
from .components import Components, Json
from .parameters import Parameters
from .responses import ERRORS, READ_ERRORS, Responses

_MEDIA_TYPES = ("application/json", "application/graphql-response+json")

_DESCRIPTION = (
    "A request that cannot be executed gets status 4xx with `Accept: "
    "application/graphql-response+json`, and 200 with `errors` with `application/json`. An "
    "executed request gets 200: an error of one field has its `path`, and the other data is "
    "there. A mutation that fails changes nothing. The schema is at `/api/graphql/schema.graphql`."
)

_REQUEST: Json = {
    "type": "object",
    "properties": {
        "query": {
            "type": "string",
            "description": "The document; not needed if `extensions.persistedQuery` names it.",
        },
        "variables": {
            "type": ["object", "null"],
            "description": "The values of the variables, by name.",
        },
        "operationName": {
            "type": ["string", "null"],
            "description": "Which operation to execute, if the document has several.",
        },
        "extensions": {
            "type": ["object", "null"],
            "description": "`persistedQuery`: the SHA-256 of a document that the server knows.",
            "properties": {
                "persistedQuery": {
                    "type": "object",
                    "properties": {
                        "version": {"const": 1},
                        "sha256Hash": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
                    },
                    "required": ["version", "sha256Hash"],
                }
            },
        },
    },
}

_FORM: Json = {
    "type": "object",
    "properties": {
        "operations": {
            "type": "string",
            "contentMediaType": "application/json",
            "description": "The request in JSON, with null in the place of each file.",
        },
        "map": {
            "type": "string",
            "contentMediaType": "application/json",
            "description": (
                'Name of a part -> where its file belongs: `{"0": ["variables.input.image1920"]}`.'
            ),
        },
    },
    "required": ["operations", "map"],
    "additionalProperties": {"type": "string", "contentMediaType": "application/octet-stream"},
}

_COST: Json = {
    "type": "object",
    "properties": {
        "cost": {
            "type": "object",
            "properties": {"requested": {"type": "integer"}, "maximum": {"type": "integer"}},
            "required": ["requested", "maximum"],
            "description": "What the request cost, and what one may cost.",
        }
    },
}


class GraphqlPath:
    """Makes the operations of the address, which are the same for all callers."""

    def __init__(self, components: Components, parameters: Parameters, responses: Responses):
        self._components = components
        self._parameters = parameters
        self._responses = responses

    def operations(self, tag: str) -> Json:
        """Return method -> operation.

        :param tag: what the operations are shown under
        """
        content = self._content()
        body = {
            "application/json": {"schema": _REQUEST, "example": {"query": "{ me { lang tz } }"}},
            "multipart/form-data": {"schema": _FORM},
        }
        return {
            "get": {
                "operationId": "queryGraphql",
                "summary": "Execute a GraphQL query that can be cached",
                "description": f"Only queries. {_DESCRIPTION}",
                "tags": [tag],
                "parameters": [*self._query_parameters(), self._parameters.if_none_match()],
                "responses": {
                    **self._responses.cached(
                        {**self._responses.bare("The answer.", "ETag"), "content": content}
                    ),
                    **self._errors(*READ_ERRORS, 405),
                },
            },
            "post": {
                "operationId": "executeGraphql",
                "summary": "Execute a GraphQL query or mutation",
                "description": f"To send files, use a form as in the GraphQL multipart request "
                f"specification. {_DESCRIPTION}",
                "tags": [tag],
                "parameters": [
                    self._parameters.idempotency_key(),
                    self._parameters.preflight(),
                    self._parameters.prefer(),
                ],
                "requestBody": {"required": True, "content": body},
                "responses": {
                    "200": {
                        **self._responses.bare(
                            "The answer.",
                            *("Idempotency-Replayed", "Consistency-Token", APPLIED_HEADER),
                        ),
                        "content": content,
                    },
                    **self._errors(*READ_ERRORS, 409, 413, 415),
                },
            },
        }

    def _query_parameters(self) -> list[Json]:
        """Return the members of a request as parameters; what is no text is JSON."""
        return [
            {
                "name": name,
                "in": "query",
                "description": f"{value['description']} In JSON."
                if "object" in value["type"]
                else value["description"],
                "schema": {"type": "string"},
                "required": False,
            }
            for name, value in _REQUEST["properties"].items()
        ]

    def _content(self) -> Json:
        schema = self._components.refer(
            "schemas",
            "graphqlResponse",
            lambda: {
                "type": "object",
                "description": "`data` is missing if the request was not executed.",
                "properties": {
                    "data": {
                        "type": ["object", "null"],
                        "description": "What the document selects.",
                    },
                    "errors": {"type": "array", "items": self._error_schema(), "minItems": 1},
                    "extensions": _COST,
                },
            },
        )
        return {name: {"schema": schema} for name in _MEDIA_TYPES}

    def _error_schema(self) -> Json:
        return self._components.refer(
            "schemas",
            "graphqlError",
            lambda: {
                "type": "object",
                "description": "What went wrong, with the request or with one field.",
                "properties": {
                    "message": {"type": "string", "description": "For people."},
                    "path": {
                        "type": "array",
                        "items": {"type": ["string", "integer"]},
                        "description": "Path of the field in the data.",
                    },
                    "locations": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "properties": {
                                "line": {"type": "integer"},
                                "column": {"type": "integer"},
                            },
                            "required": ["line", "column"],
                        },
                        "description": "Where in the document.",
                    },
                    "extensions": {
                        "type": "object",
                        "properties": {
                            "code": {"type": "string", "enum": list(self._responses.statuses)},
                            "errors": {
                                "type": "array",
                                "items": self._responses.blame(),
                                "description": "The values that are wrong.",
                            },
                        },
                        "required": ["code"],
                    },
                },
                "required": ["message", "extensions"],
            },
        )

    def _errors(self, *statuses: int) -> Json:
        return {str(status): self._error(status) for status in sorted(statuses)}

    def _error(self, status: int) -> Json:
        name, description = ERRORS[status]
        response = {
            "description": description,
            "headers": self._responses.error_headers(status),
            "content": self._content(),
        }
        return self._components.refer("responses", f"Graphql{name}", lambda: response)
