from . import (
    test_change_log,
    test_changes_rest,
    test_deltas,
    test_dependencies,
    test_export,
    test_exposed,
    test_followed_tables,
    test_import,
    test_streams,
    test_sync,
    test_tokens,
    test_validators,
)
