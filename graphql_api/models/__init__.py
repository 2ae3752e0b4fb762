from . import exposure, ir_http, resource, resource_field, schema
