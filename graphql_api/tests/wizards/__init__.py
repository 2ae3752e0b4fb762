"""The wizards."""

from . import test_expose
