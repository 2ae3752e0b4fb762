"""What routes are described with, those of addons too."""

from ...schema.execution.built_schema import BuiltSchema
from .bodies import BodySchemas
from .components import Components, Json
from .parameters import Parameters
from .records import RecordSchemas
from .responses import Responses
from .usable import Usable


class Routes:
    """The parts of a document that operations are made of, as far as a caller may use them.

    ``schema`` is the complete one, ``usable`` what of it is open to the caller. ``records`` and
    ``bodies`` have the schemas of what responses show and requests carry, ``parameters`` and
    ``responses`` make these objects, and ``components`` is for what several of them refer to.
    """

    def __init__(self, schema: BuiltSchema, usable: Usable, components: Components):
        self.schema = schema
        self.usable = usable
        self.components = components
        self.records = RecordSchemas(schema, usable, components)
        self.bodies = BodySchemas(schema, usable, components)
        self.parameters = Parameters(schema, usable, components)
        self.responses = Responses(components, schema.error_codes)

    def operation(
        self,
        tag: str,
        operation_id: str,
        summary: str,
        description: str,
        parameters: list[Json],
        responses: Json,
        body: Json | None = None,
    ) -> Json:
        """Return an operation (OpenAPI, "Operation Object").

        :param tag: the type name of a resource, or ``API``
        :param description: left empty, that is the summary
        :param responses: status -> response
        """
        operation: Json = {
            "operationId": operation_id,
            "summary": summary,
            "description": description or summary,
            "tags": [tag],
            "parameters": parameters,
            "responses": responses,
        }
        if body:
            operation["requestBody"] = body
        return operation
