"""Values that administrators and data of addons write as JSON."""

import json
from typing import Any


def parse_json(text: str | None) -> Any:
    """Return the value of a text, None for no text.

    :raise ValueError: it is not JSON
    """
    return json.loads(text, parse_constant=_refuse_constant) if text else None


def _refuse_constant(name: str) -> Any:
    raise ValueError(name)
