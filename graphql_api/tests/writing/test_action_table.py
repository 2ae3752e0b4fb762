"""The table of actions in the documentation: it has all of the catalog, as it is served."""

from pathlib import Path

from odoo.tests import tagged

from ...schema.exposure.action import NONE, RECORDS, Action, Argument
from ...schema.exposure.resource import Resource
from ..cases.api import ApiCase

_PAGE = Path(__file__).resolve().parents[3] / "docs" / "actions.md"
_WORDS = {
    "boolean": "yes or no",
    "char": "text",
    "date": "date",
    "datetime": "date and time",
    "float": "number",
    "html": "HTML",
    "integer": "integer",
    "monetary": "number",
    "text": "text",
}


def table_row(resource: Resource, action: Action) -> str:
    """Return the row of an action, as the page has it."""
    shape = action.arguments
    arguments = ", ".join(map(_describe, shape.arguments.values())) if shape else "-"
    return f"| {resource.type_name} | `{action.name}` | {arguments} | {_result(action)} |"


def _describe(argument: Argument) -> str:
    if argument.lines is not None:
        inner = ", ".join(map(_describe, argument.lines.arguments.values()))
        kind = f"list of ({inner})"
    elif argument.selection:
        kind = " or ".join(f"`{value}`" for value in argument.selection)
    elif argument.relation:
        kind = f"list of {argument.relation}" if argument.to_many else argument.relation
    else:
        kind = _WORDS.get(argument.type, argument.type)
    return f"`{argument.name}`{' (required)' if argument.needs_value else ''}: {kind}"


def _result(action: Action) -> str:
    if action.result == NONE:
        return "nothing"
    if action.result != RECORDS:
        return "the record"
    return f"list of {action.result_type}" if action.result_is_list else action.result_type


@tagged("post_install", "-at_install")
class TestActionTable(ApiCase):
    maxDiff = None

    def test_page(self):
        """Each row of the page is an action of the catalog, and each such action has its row.

        What other addons bring is on pages of their own.
        """
        schema = self.env["graphql_api.schema"]._get_schema()
        expected = [
            table_row(resource, action)
            for resource in sorted(schema.resources.values(), key=lambda each: each.type_name)
            for _name, action in sorted(resource.actions.items())
            if not (resource.model.startswith("mail.") or action.method.startswith("graphql_api_"))
        ]
        lines = _PAGE.read_text().splitlines()
        start = next(index for index, line in enumerate(lines) if line.startswith("| Type | "))
        found = []
        for line in lines[start + 2 :]:
            if not line.startswith("|"):
                break
            found.append(line)
        self.assertEqual(found, expected, "\n".join(["The rows are:", *expected]))
