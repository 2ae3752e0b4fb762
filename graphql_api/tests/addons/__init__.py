"""What other addons add to the schema."""

from . import test_extension
