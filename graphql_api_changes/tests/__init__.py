from . import test_exposed, test_sync
