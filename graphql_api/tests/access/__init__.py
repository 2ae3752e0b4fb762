"""Who sees and changes what: access rights, policies, versions of records, companies."""

from . import (
    test_access,
    test_access_matrix,
    test_external_ids,
    test_forbidden,
    test_hidden_records,
    test_hostile_client,
    test_odoo_models,
    test_policy_attacks,
    test_policy_cut,
    test_policy_fields,
    test_policy_filters,
    test_policy_secrecy,
    test_scoped_keys,
    test_versions,
)
