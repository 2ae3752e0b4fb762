"""Dialogs of Odoo: wizards that an action opens, and what Odoo's client would have to ask."""

import ast
from typing import Any

from lxml import etree

from odoo.api import Environment
from odoo.models import BaseModel
from odoo.tools.safe_eval import safe_eval

from ..exposure.action import Action, Dialog
from ..exposure.resource import Resource
from .action_inputs import ArgumentValues, SentLine
from .input_problems import blamed, refused_input

WINDOW = "ir.actions.act_window"

_HIDDEN = ("1", "True", "true")


def asked_fields(env: Environment, model: str, view_id: int | None = None) -> list[str]:
    """Return the fields that a dialog asks for: those of its form that people see and can fill in.

    What depends on other values of the form counts as visible.

    :param view_id: of the form, None for the first of the model
    """
    arch = etree.fromstring(env[model].get_view(view_id, "form")["arch"])
    names = {}
    for node in arch.iterfind(".//field"):
        field = env[model]._fields.get(node.get("name"))
        hidden = any(each.get("invisible") in _HIDDEN for each in (node, *node.iterancestors()))
        inner = any(each.tag == "field" for each in node.iterancestors())
        if field and not (hidden or inner or field.readonly or node.get("readonly") in _HIDDEN):
            names[field.name] = True
    return list(names)


def records_context(action: Action, records: Any) -> dict[str, Any]:
    """Return the context that a client of Odoo adds for these records, and that of the action."""
    active = {
        "active_model": records._name,
        "active_id": records.ids[0],
        "active_ids": records.ids,
    }
    stand_ins = {name: active[name] for name in ("active_id", "active_ids")}
    own = {
        name: stand_ins.get(value, value) if isinstance(value, str) else value
        for name, value in action.context.items()
    }
    return {**active, **own}


def evaluated(env: Environment, text: Any, active: dict[str, Any]) -> Any:
    """Return a context or a domain of a window, which Odoo also writes as Python.

    :param active: what the client adds of the records; names that the text may have
    """
    if not isinstance(text, str):
        return text
    return safe_eval(text, {**active, "context": dict(env.context), "uid": env.uid})


def open_wizard(
    action: Action, dialog: Dialog, window: dict[str, Any], records: Any, values: ArgumentValues
) -> Any:
    """Return the wizard of a dialog, filled in as far as the arguments say.

    It is made as Odoo's form makes it: its defaults, the values of the arguments, what is
    computed of them, and what the model does when one of them is chosen (``onchange``); it is the
    one that Odoo has made already, where the window names it.

    :param window: describes the window that Odoo's client would open
    :raise ApiError: BAD_USER_INPUT for a line that the wizard does not propose
    """
    env = records.env
    active = records_context(action, records)
    context = evaluated(env, window.get("context") or {}, active)
    model = env[dialog.model].with_context(**{**active, **context})
    is_filled_in = action.arguments is not None and action.arguments.model == dialog.model
    sent = values.wizard if is_filled_in else {}
    if window.get("res_id"):
        wizard = model.browse(window["res_id"])
        _write_changed(wizard, sent)
    else:
        known = {**_own_defaults(action, model), **sent}
        wizard = model.create({**_computed_values(model, known), **known})
    with_onchange = [name for name in sent if model._onchange_methods.get(name)]
    for name in with_onchange:
        wizard._apply_onchange_methods(name, {"warnings": set()})
    if with_onchange:
        _write_changed(wizard, sent)
    if action.arguments is not None and is_filled_in:
        _check_choices(action.arguments, wizard, sent)
        for name, lines in values.lines.items():
            _fill_in(wizard[name], lines)
    return wizard


def _computed_values(model: Any, values: dict[str, Any]) -> dict[str, Any]:
    """Return what Odoo's form computes before it creates a wizard, and PostgreSQL requires then.

    :param values: that the wizard is created with, beside its defaults
    """
    names = [
        name
        for name, field in model._fields.items()
        if field.required and field.compute and field.store and not field.precompute
    ]
    if not names:
        return {}
    draft = model.new({**model.default_get(list(model._fields)), **values})
    return {
        name: model._fields[name].convert_to_write(draft[name], draft)
        for name in names
        if draft[name]
    }


def _own_defaults(action: Action, model: Any) -> dict[str, Any]:
    """Return the values that the context of an action gives a wizard.

    Odoo's form sends them when it saves; some models look for them there (``stock.quant``).
    """
    names = [
        name.removeprefix("default_")
        for name in action.context
        if name.startswith("default_") and name.removeprefix("default_") in model._fields
    ]
    if not names:
        return {}
    defaults = model.default_get(names)
    return {name: defaults[name] for name in names if name in defaults}


def _check_choices(shape: Resource, wizard: Any, values: dict[str, Any]) -> None:
    """Refuse records that Odoo's form would not offer: its client applies the field's domain.

    :raise ApiError: BAD_USER_INPUT
    """
    problems = []
    for argument in shape.arguments.values():
        if argument.field not in values or argument.relation is None:
            continue
        chosen = wizard[argument.field]
        domain = _offered(wizard, wizard._fields[argument.field])
        if domain and chosen.filtered_domain(domain) != chosen:
            message = "Odoo does not offer this together with the other values."
            problems.append(blamed(("input", argument.name), message))
    if problems:
        raise refused_input(problems)


def _offered(wizard: Any, field: Any) -> list:
    """Return the domain of what a form offers for a field, as far as the wizard's values tell."""
    domain = field._description_domain(wizard.env)
    if not isinstance(domain, str):
        return list(domain)
    nodes = ast.walk(ast.parse(domain.strip(), mode="eval"))
    names = {node.id for node in nodes if isinstance(node, ast.Name)}
    known = {
        "uid": wizard.env.uid,
        "context": dict(wizard.env.context),
        "allowed_company_ids": wizard.env.companies.ids,
    }
    for name in names:
        if name in wizard._fields:
            value = wizard[name]
            kind = wizard._fields[name].type
            known[name] = value.ids if kind in ("one2many", "many2many") else value
            known[name] = value.id if kind == "many2one" else known[name]
    # What else it names is in the view alone, like the values of a parent.
    return safe_eval(domain, known) if known.keys() >= names else []


def _write_changed(wizard: Any, values: dict[str, Any]) -> None:
    """Write the values that a wizard does not have."""
    changed = {}
    for name, value in values.items():
        field = wizard._fields[name]
        current = wizard[name].ids if field.type in ("one2many", "many2many") else wizard[name]
        new = value[0][2] if field.type in ("one2many", "many2many") else value
        if field.convert_to_write(current, wizard) != new:
            changed[name] = value
    if changed:
        wizard.write(changed)


def _fill_in(proposed: Any, sent: list[SentLine]) -> None:
    """Change the lines that a wizard proposes; those that nobody names stay as proposed."""
    problems = []
    named = set()
    for line in sent:
        found = proposed.filtered(
            lambda each, line=line: all(
                (each[name].id if isinstance(each[name], BaseModel) else each[name]) == value
                for name, value in line.keys.items()
            )
        )
        path = (*line.path, *(line.names[name] for name in list(line.keys)[:1]))
        if len(found) != 1:
            count = "no line" if not found else f"{len(found)} lines"
            problems.append(blamed(path, f"Odoo proposes {count} with this."))
        elif found.id in named:
            problems.append(blamed(path, "Another line names the same."))
        else:
            named.add(found.id)
            found.write(line.values)
    if problems:
        raise refused_input(problems)
