"""Actions: public methods of a model that the resource lists."""

from typing import Any

from odoo.api import Environment
from odoo.exceptions import AccessError
from odoo.models import BaseModel
from odoo.service.model import get_public_method

from ..access.odoo_models import SKIPPED_DIALOGS
from ..exposure.errors import ApiError
from ..exposure.resource import Action, Resource


def is_callable(model: Any, method: str) -> bool:
    """Tell whether a method may be an action: public, and the model's own.

    Methods that every model has (``unlink``, ``write``, ``sudo``) are none.
    """
    try:
        get_public_method(model, method)
    except (AccessError, AttributeError):
        return False
    return not hasattr(BaseModel, method)


def run_action(resource: Resource, action: Action, record: Any) -> None:
    """Call an action on one record.

    The caller needs the right to change the record, whatever the method itself checks.

    :raise ApiError: VALIDATION_FAILED where Odoo returns what only its own client can go on with
    """
    record.check_access("write")
    result = _call(record, action.method)
    if isinstance(result, dict) and (kind := _unfinished(record.env, result)):
        raise ApiError(
            "VALIDATION_FAILED",
            f"Odoo answers {action.name} of {resource.type_name} {record.id} with {kind}, which "
            "cannot be completed here. Nothing was changed; do it in Odoo.",
        )


def _call(record: Any, method: str) -> Any:
    """Call a method, and again without each question that does not stop an action.

    :return: what the method returns in the end
    """
    asked = set()
    while True:
        result = get_public_method(record, method)(record)
        dialog = result.get("res_model") if isinstance(result, dict) else None
        if dialog not in SKIPPED_DIALOGS or dialog in asked:
            return result
        context = SKIPPED_DIALOGS[dialog]
        if context is None:
            return True
        asked.add(dialog)
        record = record.with_context(**context)


def _unfinished(env: Environment, result: dict) -> str | None:
    """Return what Odoo's client would have to go on with, None where the action is done.

    :param result: describes an action of the client (odoo/addons/base/models/ir_actions.py)
    """
    name = f" ({result['name']})" if result.get("name") else ""
    match result.get("type"):
        case "ir.actions.report":
            return f"a report{name}"
        case "ir.actions.act_url":
            return f"a download{name}"
        case "ir.actions.act_window" if _is_wizard(env, result):
            return f"a question{name}"
    return None


def _is_wizard(env: Environment, result: dict) -> bool:
    model = result.get("res_model")
    return result.get("target") == "new" or (model in env and env[model].is_transient())
