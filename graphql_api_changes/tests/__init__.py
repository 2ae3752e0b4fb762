from . import test_exposed
