"""Actions: public methods of a model that the resource lists."""

from odoo.exceptions import AccessError
from odoo.models import BaseModel
from odoo.service.model import get_public_method

from ..access.odoo_models import SKIPPED_DIALOGS
from ..exposure.errors import ApiError
from ..exposure.resource import Action, Resource


def is_callable(model, method: str) -> bool:
    """Tell whether a method may be an action: public, and the model's own.

    Methods that every model has (``unlink``, ``write``, ``sudo``) are none.
    """
    try:
        get_public_method(model, method)
    except (AccessError, AttributeError):
        return False
    return not hasattr(BaseModel, method)


def run_action(resource: Resource, action: Action, record) -> None:
    """Call an action on one record.

    The caller needs the right to change the record, whatever the method itself checks.

    :raise ApiError: VALIDATION_FAILED where Odoo answers with something to be continued in its
        own client
    """
    record.check_access("write")
    answer = _call(record, action.method)
    if isinstance(answer, dict) and (kind := _unfinished(record.env, answer)):
        raise ApiError(
            "VALIDATION_FAILED",
            f"Odoo answers {action.name} of {resource.type_name} {record.id} with {kind}, which "
            "cannot be completed here. Nothing was changed; do it in Odoo.",
        )


def _call(record, method: str):
    """Call a method, and again without each question that does not stop an action.

    :return: what the method answers in the end
    """
    asked = set()
    while True:
        answer = get_public_method(record, method)(record)
        dialog = answer.get("res_model") if isinstance(answer, dict) else None
        if dialog not in SKIPPED_DIALOGS or dialog in asked:
            return answer
        if SKIPPED_DIALOGS[dialog] is None:
            return True
        asked.add(dialog)
        record = record.with_context(**SKIPPED_DIALOGS[dialog])


def _unfinished(env, answer: dict) -> str | None:
    """Return what Odoo's client would have to go on with, None where the action is done.

    :param answer: describes an action of the client (odoo/addons/base/models/ir_actions.py)
    """
    name = f" ({answer['name']})" if answer.get("name") else ""
    match answer.get("type"):
        case "ir.actions.report":
            return f"a report{name}"
        case "ir.actions.act_url":
            return f"a download{name}"
        case "ir.actions.act_window" if _is_wizard(env, answer):
            return f"a question{name}"
    return None


def _is_wizard(env, answer: dict) -> bool:
    model = answer.get("res_model")
    return answer.get("target") == "new" or (model in env and env[model].is_transient())
