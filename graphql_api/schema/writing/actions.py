"""Actions: public methods of a model, and dialogs of Odoo, that the resource lists."""

from typing import Any

from odoo.api import Environment
from odoo.service.model import get_public_method

from ..access.context import Context
from ..access.odoo_models import SKIPPED_DIALOGS
from ..exposure.action import RECORDS, Action, Dialog
from ..exposure.errors import RETRIED, ApiError
from ..exposure.resource import Resource
from .action_inputs import ArgumentValues
from .dialogs import WINDOW, asked_fields, evaluated, open_wizard, records_context

_SINGLETON = "Expected singleton"
"""How the message of Odoo begins for several records where it takes one (``ensure_one``)."""


def run_action(
    context: Context, resource: Resource, action: Action, records: Any, values: ArgumentValues
) -> list[int]:
    """Do an action with records, and return the ids of the records that it results in.

    The caller needs the right that the action names, whatever the method itself checks.

    :return: ids of the action's ``result_type``; none where it does not return ``RECORDS``
    :raise ApiError: VALIDATION_FAILED where a record is none that the action is for, or Odoo
        returns what only its own client can go on with
    """
    records.check_access(action.access)
    _check_records(resource, action, records)
    result: list[int] = []
    for part in records if action.one_by_one else [records]:
        context.check_deadline()
        found = _run(context, resource, action, part, values)
        result += [number for number in found if number not in result]
    return result


def _check_records(resource: Resource, action: Action, records: Any) -> None:
    """Refuse records for which Odoo's form does not show the button of an action."""
    refused = records - records.filtered_domain(list(action.domain))
    if not refused:
        return
    names = {leaf[0] for leaf in action.domain if isinstance(leaf, (list, tuple))}
    shown = [
        name for name, field in resource.fields.items() if field.field in names and field.readable
    ]
    some = ", ".join(map(str, refused.ids[:20]))
    message = f"{action.name} is not possible for {resource.type_name} {some}"
    message += f", because of: {', '.join(shown)}." if shown else "."
    raise ApiError("VALIDATION_FAILED", message)


def _run(
    context: Context, resource: Resource, action: Action, records: Any, values: ArgumentValues
) -> list[int]:
    result_model = context.resources[action.result_type].model if action.result == RECORDS else None
    try:
        result = _finish(resource, action, records, values, result_model)
    except ValueError as error:
        if len(records) > 1 and str(error).startswith(_SINGLETON):
            message = f"{action.name} works with only one {resource.type_name} at a time."
            raise ApiError("VALIDATION_FAILED", message) from error
        raise
    return _result_ids(records, result, result_model) if result_model else []


def _finish(
    resource: Resource,
    action: Action,
    records: Any,
    values: ArgumentValues,
    result_model: str | None,
) -> Any:
    """Call the method of an action and finish the dialogs that come.

    :return: the last result; the dialog's own record where that is what the action returns
    """
    own = records.with_context(**_own_context(action, records))
    if action.method:
        created = {name: sent.create_all() for name, sent in values.records.items()}
        result = _call(own, action.method, {**values.parameters, **created})
    else:
        result = {"type": WINDOW, "res_model": action.dialogs[0].model, "target": "new"}
    finished = set()
    wizard = None
    # A dialog that is opened itself is no result yet, even if records of its model are.
    shown = result_model if action.method else None
    while isinstance(result, dict) and (kind := _unfinished(own.env, result, shown)):
        model = result.get("res_model") if result.get("type") == WINDOW else None
        dialog = None if model in finished else _find_dialog(action, model, values)
        if dialog is None:
            raise _unfinished_error(resource, action, records, result, kind)
        finished.add(model)
        wizard = open_wizard(action, dialog, result, own, values)
        if wizard.filtered_domain(list(dialog.domain)) != wizard:
            message = dialog.refusal or f"The dialog of {action.name} cannot be finished like this."
            raise ApiError("VALIDATION_FAILED", message)
        result = _call(wizard, dialog.method, {})
        shown = result_model
    is_result = wizard is not None and wizard._name == result_model
    return wizard if is_result and not isinstance(result, dict) else result


def _own_context(action: Action, records: Any) -> dict[str, Any]:
    """Return what an action adds to the context of its method."""
    context = records_context(action, records)
    return {name: context[name] for name in action.context}


def _find_dialog(action: Action, model: str | None, values: ArgumentValues) -> Dialog | None:
    """Return how a dialog ends, None where the action does not say it."""
    for dialog in action.dialogs:
        is_chosen = not dialog.argument or (
            dialog.argument in values.choices and values.choices[dialog.argument] == dialog.value
        )
        if dialog.model == model and is_chosen:
            return dialog
    return None


def _call(record: Any, method: str, parameters: dict[str, Any]) -> Any:
    """Call a method, and again without each question that does not stop an action.

    :return: what the method returns in the end
    """
    asked = set()
    while True:
        result = get_public_method(record, method)(record, **parameters)
        dialog = result.get("res_model") if isinstance(result, dict) else None
        if dialog not in SKIPPED_DIALOGS or dialog in asked:
            return result
        context = SKIPPED_DIALOGS[dialog]
        if context is None:
            return True
        asked.add(dialog)
        record = record.with_context(**context)


def _unfinished(env: Environment, result: dict, result_model: str | None) -> str | None:
    """Return what Odoo's client would have to go on with, None where the action is done.

    :param result: describes an action of the client (odoo/addons/base/models/ir_actions.py)
    :param result_model: the model of the records that the action returns, if it does
    """
    name = f" ({result['name']})" if result.get("name") else ""
    match result.get("type"):
        case "ir.actions.report":
            return f"a report{name}"
        case "ir.actions.act_url":
            return f"a download{name}"
        case "ir.actions.act_window" if result_model and result.get("res_model") == result_model:
            return None
        case "ir.actions.act_window" if _is_wizard(env, result):
            return f"a question{name}"
    return None


def _is_wizard(env: Environment, result: dict) -> bool:
    model = result.get("res_model")
    return result.get("target") == "new" or (model in env and env[model].is_transient())


def _unfinished_error(
    resource: Resource, action: Action, records: Any, result: dict, kind: str
) -> ApiError:
    """Return the error for what nobody has said how to finish."""
    some = ", ".join(map(str, records.ids[:20]))
    message = (
        f"Odoo answers {action.name} of {resource.type_name} {some} with {kind}, which cannot be "
        "completed here."
    )
    model = result.get("res_model")
    deciding = {
        dialog.argument for dialog in action.dialogs if dialog.model == model and dialog.argument
    }
    if deciding:
        message += f" Send {' and '.join(sorted(deciding))} to answer it."
    elif result.get("type") == WINDOW and model in records.env:
        fields = _asked_fields(records.env, result)
        asks = f" asks for {', '.join(fields)}" if fields else " asks for nothing but a click"
        message += f" Its dialog, {model},{asks}."
    return ApiError("VALIDATION_FAILED", f"{message} Nothing was changed; do it in Odoo.")


def _asked_fields(env: Environment, result: dict) -> list[str]:
    """Return the fields that a dialog asks for, as far as its form can be read."""
    views = [view_id for view_id, kind in result.get("views") or () if kind == "form" and view_id]
    try:
        return asked_fields(env, result["res_model"], next(iter(views), result.get("view_id")))
    except RETRIED:
        raise
    except Exception:
        # The form is only there to say more: one that is broken says nothing.
        return []


def _result_ids(records: Any, result: Any, model: str) -> list[int]:
    """Return the ids of the records of a model that Odoo's client would show after an action."""
    env = records.env
    if getattr(result, "_name", None) == model:
        return result.ids
    if not isinstance(result, dict) or result.get("res_model") != model:
        return []
    if result.get("res_id"):
        return [result["res_id"]]
    if not result.get("domain"):
        return []
    active = {"active_model": records._name, "active_id": records.ids[0], "active_ids": records.ids}
    domain = evaluated(env, result["domain"], active)
    return env[model].with_context(active_test=False).search(domain, order="id").ids
