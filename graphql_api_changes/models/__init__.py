from . import (
    change_log,
    change_table,
    graphql_api_schema,
    ir_model_fields,
    ir_rule,
    res_config_settings,
    resource,
    stream,
    sync_creation,
)
