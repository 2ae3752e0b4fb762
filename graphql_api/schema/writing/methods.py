"""Methods of Odoo's models: which may be actions, and which parameters they have."""

import inspect
from typing import Any

from odoo.exceptions import AccessError
from odoo.models import BaseModel
from odoo.service.model import get_public_method


def is_callable(model: Any, method: str) -> bool:
    """Tell whether a method may be an action: public, and the model's own.

    Methods that every model has (``unlink``, ``write``, ``sudo``) are none.
    """
    try:
        get_public_method(model, method)
    except (AccessError, AttributeError):
        return False
    return not hasattr(BaseModel, method)


def takes_parameter(model: Any, method: str, name: str) -> bool:
    """Tell whether a method has a parameter that can be named."""
    parameters = inspect.signature(getattr(type(model), method)).parameters
    named = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    if name in parameters:
        return parameters[name].kind in named
    return any(each.kind == inspect.Parameter.VAR_KEYWORD for each in parameters.values())
