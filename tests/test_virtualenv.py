"""The virtual environment, which several processes of pip fill at the same time."""

import importlib.metadata
import os
from collections import defaultdict

from tools import virtualenv


def test_no_two_packages_have_a_file_in_common():
    """Two processes would write it at the same time."""
    owners = defaultdict(set)
    for package in importlib.metadata.distributions():
        for file in package.files or ():
            owners[os.path.normpath(file.locate())].add(package.name)
    assert len(owners) > 1000
    assert {path: names for path, names in owners.items() if len(names) > 1} == {}


def test_a_package_that_is_there_by_half_does_not_count(tmp_path):
    for name in ("half", "whole"):
        description = tmp_path / f"{name}-1.0.dist-info"
        description.mkdir()
        (description / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"
        )
        (tmp_path / f"{name}.py").touch()
    (description / "INSTALLER").write_text("pip\n")
    virtualenv.forget_unfinished(tmp_path)
    found = importlib.metadata.distributions(path=[str(tmp_path)])
    assert [package.name for package in found] == ["whole"]
