from . import test_change_log, test_exposed, test_sync, test_validators
