"""The checks of text files that pre-commit runs."""

import pytest

from tools.paths import ROOT
from tools.text_files import main


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("a.xml", "<odoo>\n</odo>\n", "is not well-formed"),
        ("a.xml", "<odoo>\t</odoo>\n", "has tabs"),
        ("a.json", '{"a": }\n', "is not well-formed"),
        ("a.yaml", "a: [\n", "is not well-formed"),
        ("a.py", "a = 1", "does not end with one line break"),
        ("a.py", "a = 1\n\n", "does not end with one line break"),
    ],
)
def test_problems(tmp_path, capsys, name, text, problem):
    path = tmp_path / name
    path.write_text(text)
    assert main([str(path)]) == 1
    assert f"{path}: {problem}" in capsys.readouterr().out


def test_the_addon_has_none(capsys):
    files = [path for path in (ROOT / "graphql_api").rglob("*.xml") if "lib" not in path.parts]
    assert files
    assert main([str(path) for path in files]) == 0
