"""The wizards."""

from . import test_expose, test_try_policy
