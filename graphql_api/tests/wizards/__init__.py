"""The wizards."""

from . import test_expose, test_suggest_policy, test_try_policy
