from . import (
    apikeys,
    exposure,
    idempotency,
    ir_http,
    resource,
    resource_action,
    resource_field,
    schema,
    upsert,
)
