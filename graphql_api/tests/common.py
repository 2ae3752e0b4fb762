"""What the tests of other addons build on (docs/extending.md)."""

from .cases.api import ApiCase

__all__ = ["ApiCase"]
