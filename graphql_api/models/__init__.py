from . import (
    apikeys,
    exposure,
    idempotency,
    ir_http,
    key,
    policy,
    resource,
    resource_action,
    resource_field,
    schema,
    settings,
    upsert,
)
