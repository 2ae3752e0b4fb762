"""Policies as JSON, by the names of the API, so that another database understands them."""

import ast
from typing import Any

import psycopg2

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.models import MAGIC_COLUMNS, BaseModel

from ..schema.exposure.policy import ACTIONS, REPORTS
from .json_text import parse_json
from .resource import OPERATIONS

_FORMAT = "graphql_api.policy/1"

_OPERATIONS = (*OPERATIONS, ACTIONS, REPORTS)

_PLAIN = {"boolean": bool, "char": str, "integer": int}
"""Types of the fields of a policy that are written as they are, and what they are in JSON."""

_NOT_TAKEN = frozenset({*MAGIC_COLUMNS, "active", "self_service"})
"""Fields of a policy that stay behind: what is imported waits until it has been looked at."""

_LINE = {
    "type": str,
    "operations": list[str],
    "read_fields": list[str] | None,
    "write_fields": list[str] | None,
    "actions": list[str] | None,
    "filter": str,
    "values": list[dict],
}
"""Keys of a line and the types of their values; None stands for all that there are."""

_VALUE = {"field": str, "value": str}


class NotImported(ValueError):
    """A line that this database cannot have; the message says why."""


def write_policy(policy) -> dict:
    """Return a policy with its lines, without its keys and without ids of records."""
    plain = {name: policy[name] or kind() for name, kind in _get_plain_fields(policy).items()}
    rights = policy.right_ids.sorted(lambda right: right.resource_id.type_name)
    return {"format": _FORMAT, **plain, "resources": [_write_line(each) for each in rights]}


def _write_line(right) -> dict:
    def names(is_all: bool, fields) -> list[str] | None:
        return None if is_all else [field.rest_name for field in fields]

    return {
        "type": right.resource_id.type_name,
        "operations": [name for name in _OPERATIONS if right[f"allow_{name}"]],
        "read_fields": names(right.all_read_fields, right.read_field_ids),
        "write_fields": names(right.all_write_fields, right.write_field_ids),
        "actions": None if right.all_actions else right.action_ids.mapped("name"),
        "filter": right.record_filter or "[]",
        "values": [
            {"field": each.field_id.rest_name if each.field_id else "", "value": each.value}
            for each in right.value_ids
        ],
    }


def _get_plain_fields(policy) -> dict[str, type]:
    return {
        name: _PLAIN[field.type]
        for name, field in policy._fields.items()
        if field.store and field.type in _PLAIN and name not in _NOT_TAKEN
    }


class PolicyReader:
    """Makes a policy of what :func:`write_policy` has written.

    What is missing here is never replaced by more: a field or an action that is not there is not
    granted, and a line whose resource, filter or values are not there is left out.

    ``notes`` are what was left out, and what has to be looked at.
    """

    def __init__(self, env):
        self.env = env
        self.notes: list[str] = []

    def make_policy(self, text: str) -> BaseModel:
        """Return a new policy.

        :raise UserError: the text is nothing of the kind
        """
        document = self._parse(text)
        policies = self.env["graphql_api.policy"]
        plain = _get_plain_fields(policies)
        policy = policies.create({name: document[name] for name in plain if name in document})
        for line in document["resources"]:
            type_name = line["type"]
            try:
                with self.env.cr.savepoint():
                    self._read_line(policy, line)
            except (NotImported, ValidationError) as error:
                self._note(
                    self.env._("%(type)s is left out: %(error)s", type=type_name, error=error)
                )
            except psycopg2.errors.UniqueViolation:
                self._note(self.env._("%s is listed twice.", type_name))
        return policy

    def _note(self, text: str) -> None:
        self.notes.append(text)

    def _parse(self, text: str) -> dict:
        try:
            # PostgreSQL has no texts with this character.
            document = parse_json(text.replace("\\u0000", ""))
        except (ValueError, RecursionError) as error:
            raise UserError(self.env._("This is not JSON: %s", error)) from error
        if not isinstance(document, dict) or document.get("format") != _FORMAT:
            raise UserError(self.env._("This is not a policy: its format must be %s.", _FORMAT))
        plain = _get_plain_fields(self.env["graphql_api.policy"])
        document.setdefault("resources", [])
        name = self.env._("The policy")
        self._check_object(document, {"format": str, **plain, "resources": list}, name)
        if not document.get("name"):
            raise UserError(self.env._("The policy has no name."))
        for place, line in enumerate(document["resources"], 1):
            name = self.env._("Resource %s", place)
            self._check_object(line, _LINE, name, complete=True)
            for value in line["values"]:
                self._check_object(value, _VALUE, name, complete=True)
        return document

    def _check_object(
        self, values: Any, kinds: dict[str, Any], name: str, complete: bool = False
    ) -> None:
        """Check keys and types: what nobody knows might be there to narrow the policy.

        :param complete: all keys have to be there
        :raise UserError:
        """
        if not isinstance(values, dict):
            raise UserError(self.env._("%s must be a JSON object.", name))
        if unknown := set(values).difference(kinds):
            raise UserError(
                self.env._(
                    "%(name)s has %(keys)s, which this version does not know.",
                    name=name,
                    keys=", ".join(sorted(unknown)),
                )
            )
        missing = [key for key in kinds if complete and key not in values]
        if missing:
            raise UserError(
                self.env._("%(name)s has no %(keys)s.", name=name, keys=", ".join(missing))
            )
        for key, value in values.items():
            if not _is_of(value, kinds[key]):
                raise UserError(
                    self.env._("%(key)s of %(name)s has the wrong type.", key=key, name=name)
                )

    def _read_line(self, policy, line: dict) -> None:
        """Make a line.

        :raise NotImported: it would allow more than it did
        """
        resource = self.env["graphql_api.resource"].search([("type_name", "=", line["type"])])
        if len(resource) != 1:
            raise NotImported(self.env._("there is no such resource."))
        if unknown := set(line["operations"]).difference(_OPERATIONS):
            raise NotImported(self.env._("there is no operation %s.", ", ".join(sorted(unknown))))
        fields = {field.rest_name: field for field in resource.field_ids if field.active}
        actions = {action.name: action for action in resource.action_ids if action.active}
        for value in line["values"]:
            if value["field"] not in fields:
                raise NotImported(
                    self.env._("it has no field %s to set a value of.", value["field"])
                )
        self._note_ids(resource, line, fields)

        def find(names: list[str] | None, there: dict) -> list:
            for name in names or ():
                if name not in there:
                    self._note(
                        self.env._("%(type)s has no %(name)s here.", type=line["type"], name=name)
                    )
            return [Command.set([there[name].id for name in names or () if name in there])]

        self.env["graphql_api.policy.right"].create(
            {
                "policy_id": policy.id,
                "resource_id": resource.id,
                **{f"allow_{name}": name in line["operations"] for name in _OPERATIONS},
                "all_read_fields": line["read_fields"] is None,
                "read_field_ids": find(line["read_fields"], fields),
                "all_write_fields": line["write_fields"] is None,
                "write_field_ids": find(line["write_fields"], fields),
                "all_actions": line["actions"] is None,
                "action_ids": find(line["actions"], actions),
                "record_filter": line["filter"],
                "value_ids": [
                    Command.create({"field_id": fields[each["field"]].id, "value": each["value"]})
                    for each in line["values"]
                ],
            }
        )

    def _note_ids(self, resource, line: dict, fields: dict) -> None:
        """Tell of ids of records, which are those of others here.

        :raise NotImported: the filter is no domain
        """
        try:
            domain = ast.parse(line["filter"], mode="eval").body
            terms = list(ast.walk(domain))
        except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
            raise NotImported(self.env._("its filter is not valid.")) from error
        if not isinstance(domain, ast.List):
            raise NotImported(self.env._("its filter is not a list."))
        for path in _paths_with_numbers(terms):
            if self._is_relation(resource.model, path):
                self._note(
                    self.env._(
                        "The filter of %(type)s names records of %(path)s by their ids, and ids "
                        "differ between databases: check it.",
                        type=line["type"],
                        path=path,
                    )
                )
        for value in line["values"]:
            field = fields[value["field"]]
            if value["value"].isdigit() and self._is_relation(resource.model, field.field_name):
                self._note(
                    self.env._(
                        "The value of %(name)s in %(type)s is an id, and ids differ between "
                        "databases: check it.",
                        type=line["type"],
                        name=value["field"],
                    )
                )

    def _is_relation(self, model_name: str, path: str) -> bool:
        """Tell whether the values of an Odoo field are ids."""
        *relations, last = path.split(".")
        for name in relations:
            model = self.env.get(model_name)
            field = None if model is None else model._fields.get(name)
            model_name = field.comodel_name if field is not None else ""
        model = self.env.get(model_name)
        field = None if model is None else model._fields.get(last)
        return field is not None and (bool(field.relational) or field.name == "id")


def _paths_with_numbers(terms: list[ast.AST]) -> list[str]:
    """Return the paths of fields that the terms of a domain compare with integers."""
    paths = []
    for term in terms:
        if isinstance(term, (ast.Tuple, ast.List)) and len(term.elts) == 3:
            path, _operator, value = term.elts
            constants = [each for each in ast.walk(value) if isinstance(each, ast.Constant)]
            if any(type(each.value) is int for each in constants) and isinstance(
                path, ast.Constant
            ):
                paths.append(str(path.value))
    return paths


def _is_of(value: Any, kind: Any) -> bool:
    """Tell whether a value of JSON is of a type, and an integer one that PostgreSQL can have."""
    if kind in (bool, str, list):
        return type(value) is kind
    if kind is int:
        return type(value) is int and 0 <= value < 2**31
    if value is None:
        return kind == list[str] | None
    item = dict if kind == list[dict] else str
    return type(value) is list and all(type(each) is item for each in value)
