"""The addon's models: resources, policies, keys, documents, settings, signing in."""

from . import (
    test_authentication,
    test_base_database,
    test_base_sign_in,
    test_catalog,
    test_concurrent_refresh,
    test_expiring_keys,
    test_exposure,
    test_key_use,
    test_overtaken_changes,
    test_own_keys,
    test_public_methods,
    test_registered_documents,
    test_resource_form,
    test_resource_processes,
    test_resources,
    test_second_factor,
    test_settings,
    test_sign_in,
    test_verified_keys,
)
