"""What ``make dist`` makes: complete, clean, the same every time, and good to run Odoo with."""

import configparser
import importlib.metadata
import os
import re
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from email import message_from_bytes
from pathlib import Path, PurePosixPath

import pytest
import requests

from tools import api_key, database_server, databases, lock, odoo_source, packaging
from tools.docs_site import building
from tools.environment import Environment
from tools.odoo_server import OdooServer
from tools.packaging import Distribution
from tools.paths import ADDON, ADDONS, CACHE, LOGS, PYTHON, ROOT, TOOLS

pytestmark = pytest.mark.server

_IN_WHEEL = PurePosixPath("odoo", "addons")
_SUFFIXES = {
    *("", ".css", ".csv", ".html", ".js", ".json", ".png", ".po", ".pot", ".py", ".svg", ".txt"),
    ".xml",
}
_LOADED_FILE = re.compile(r'(?:src|href)="(/graphql_api/static/[^"]+)"')


@pytest.fixture(scope="module")
def distribution(tmp_path_factory: pytest.TempPathFactory) -> Distribution:
    return packaging.build(tmp_path_factory.mktemp("dist"))


class TestContents:
    def test_the_wheel_has_the_addon_and_nothing_else(self, distribution):
        """Code, data, what browsers load and licences; no tests, no traces of development."""
        files = _addon_files(distribution.wheel, _IN_WHEEL)
        for file in files:
            assert not {"__pycache__", "tests"} & set(file.parts), file
            assert not any(part.startswith(".") for part in file.parts), file
            assert file.suffix in _SUFFIXES, file
        manifest = packaging.manifest()
        code = {
            PurePosixPath(path.relative_to(ADDON))
            for folder in ("controllers", "http", "models", "rest", "schema", "wizards")
            for path in (ADDON / folder).rglob("*.py")
        }
        assert code | set(map(PurePosixPath, manifest["data"])) <= files
        static = {PurePosixPath(path) for path in ("static/src", "static/description/icon.png")}
        assert static <= files | {file.parent for file in files}
        assert PurePosixPath("LICENSE") in files

    def test_what_browsers_load_comes_with_its_licence(self, distribution):
        libraries = PurePosixPath("static", "lib")
        files = _addon_files(distribution.wheel, _IN_WHEEL)
        folders = {file.parent for file in files if libraries in file.parents}
        assert {folder.name for folder in folders} == {"react", "graphiql", "swagger-ui"}
        assert {folder / "LICENSE" for folder in folders} <= files
        for file in files & {folder / f"{folder.name}.js" for folder in folders}:
            content = (ADDON / file).read_text(encoding="utf-8")
            for named in re.findall(r"For license information please see (\S+)", content):
                assert file.with_name(named) in files

    def test_the_documentation_comes_with_it(self, distribution):
        """As a site, all of it: MkDocs has checked that what its pages load and link is there."""
        files = _addon_files(distribution.wheel, _IN_WHEEL)
        folder = PurePosixPath(building.IN_ADDON)
        pages = {folder / f"{path.stem}.html" for path in (ROOT / "docs").glob("*.md")}
        assert pages | {folder / "search" / "search_index.js"} <= files

    def test_the_wheel_requires_what_the_manifest_names(self, distribution):
        metadata = _metadata(distribution.wheel)
        assert metadata["Name"].replace("_", "-") == "odoo-addon-graphql-api"
        assert metadata["Version"] == packaging.manifest()["version"]
        python = packaging.manifest()["external_dependencies"]["python"]
        assert set(metadata.get_all("Requires-Dist")) == {"odoo==19.0.*", *python}

    def test_the_zip_file_has_the_same_files(self, distribution):
        """In one folder, which pip could make a wheel of, too."""
        with zipfile.ZipFile(distribution.zip) as archive:
            assert {name.split("/")[0] for name in archive.namelist()} == {ADDON.name}
        files = _addon_files(distribution.zip, PurePosixPath())
        assert files - _addon_files(distribution.wheel, _IN_WHEEL) == {
            PurePosixPath("pyproject.toml")
        }

    def test_the_addons_beside_it(self, tmp_path):
        """Each has a wheel and a zip file of its own; the wheel requires that of this addon."""
        for addon in ADDONS:
            if addon == ADDON:
                continue
            made = packaging.build(tmp_path, addon)
            name = addon.name.replace("_", "-")
            metadata = _metadata(made.wheel)
            assert metadata["Name"].replace("_", "-") == f"odoo-addon-{name}"
            assert metadata["Version"] == packaging.manifest()["version"]
            required = {text.replace("_", "-") for text in metadata.get_all("Requires-Dist")}
            assert any(text.startswith("odoo-addon-graphql-api") for text in required)
            files = _addon_files(made.zip, PurePosixPath(), addon)
            assert set(map(PurePosixPath, packaging.manifest(addon).get("data", ()))) <= files
            assert PurePosixPath("LICENSE") in files
            assert not any("tests" in file.parts for file in files)

    def test_the_same_bytes_twice(self, distribution, tmp_path):
        """Also made by a user whose new files are readable by nobody else."""
        mask = os.umask(0o077)
        try:
            again = packaging.build(tmp_path)
        finally:
            os.umask(mask)
        for first, second in ((distribution.wheel, again.wheel), (distribution.zip, again.zip)):
            assert first.name == second.name
            assert first.read_bytes() == second.read_bytes()


@dataclass(frozen=True)
class Installed:
    """A server that runs the addon from the wheel."""

    server: OdooServer
    key: str
    packages: Path

    def get(self, path: str, **headers: str) -> requests.Response:
        return requests.get(self.server.url + path, headers=headers, timeout=60)


@pytest.fixture(scope="module")
def installed(development, distribution, tmp_path_factory) -> Iterator[Installed]:
    folder = tmp_path_factory.mktemp("installed")
    clean = _make_environment(development, folder)
    _pip_install(clean, distribution.wheel)
    (packages,) = folder.glob("venv/lib/python3*/site-packages")
    with lock.exclusive("setup"):
        name = databases.make_fresh(development, "graphql_api_test_wheel", databases.BASE)
    try:
        with OdooServer(clean, name, LOGS / "test-wheel-server.log") as server:
            yield Installed(server, api_key.remembered(clean, name, "admin"), packages)
    finally:
        database_server.drop(development.server, name)


class TestInstalled:
    """The wheel in a new Python environment, where Odoo is and the checkout is not."""

    def test_the_addon_is_that_of_the_wheel(self, installed):
        """No other is on the addons path."""
        log = installed.server.log.read_text()
        paths = re.findall(r"'([^']+)'", re.search(r"addons paths: (.+)", log)[1])
        holding = [path for path in map(Path, paths) if (path / ADDON.name).exists()]
        assert holding == [installed.packages / "odoo" / "addons"]
        assert str(ROOT / ".dev" / "addons") not in log

    def test_its_requirements_are_installed_beside_it(self, installed):
        for requirement in packaging.manifest()["external_dependencies"]["python"]:
            name = re.match(r"[\w-]+", requirement)[0]
            (found,) = importlib.metadata.distributions(name=name, path=[str(installed.packages)])
            assert found.metadata["Name"].replace("_", "-") == name

    def test_a_query_is_answered(self, installed):
        answer = requests.post(
            f"{installed.server.url}/api/graphql",
            json={"query": "{ me { user { name } } countries(first: 1) { nodes { code } } }"},
            headers={"Authorization": f"Bearer {installed.key}"},
            timeout=60,
        )
        assert answer.status_code == 200, answer.text
        data = answer.json()["data"]
        assert data["me"]["user"]["name"] == "Mitchell Admin"
        assert len(data["countries"]["nodes"][0]["code"]) == 2

    @pytest.mark.parametrize("path", ["/api/graphql", "/api/docs"])
    def test_the_pages_for_developers_are_complete(self, installed, distribution, path):
        page = installed.get(path, Accept="text/html")
        assert page.status_code == 200
        addresses = _LOADED_FILE.findall(page.text)
        assert any("/static/lib/" in address for address in addresses)
        with zipfile.ZipFile(distribution.wheel) as archive:
            for address in addresses:
                content = archive.read(f"{_IN_WHEEL}{address.split('?')[0]}")
                assert installed.get(address).content == content, address

    def test_the_documentation_is_served(self, installed):
        links = installed.get("/api", Accept="text/html").text
        (address,) = re.findall(r'href="([^"]+)">Documentation<', links)
        page = installed.get(address)
        assert page.status_code == 200
        assert "Content-Security-Policy" not in page.headers  # its own scripts run
        for script in re.findall(r'<script src="([^"]+)"', page.text):
            assert installed.get(f"{os.path.dirname(address)}/{script}").status_code == 200


def _addon_files(archive: Path, above: PurePosixPath, addon: Path = ADDON) -> set[PurePosixPath]:
    """Return the files of an addon in an archive, relative to the addon."""
    root = above / addon.name
    with zipfile.ZipFile(archive) as opened:
        files = [PurePosixPath(name) for name in opened.namelist()]
    return {file.relative_to(root) for file in files if root in file.parents}


def _metadata(wheel: Path):
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        return message_from_bytes(archive.read(name))


def _make_environment(development: Environment, folder: Path) -> Environment:
    """Make a virtual environment that has Odoo and what Odoo requires, and nothing else."""
    source, _import_path = odoo_source.ensure()
    subprocess.run([PYTHON, "-m", "venv", "--without-pip", folder / "venv"], check=True)
    (packages,) = folder.glob("venv/lib/python3*/site-packages")
    odoo = folder / "odoo"
    odoo.mkdir()
    (odoo / "odoo").symlink_to(source.package)
    for name in _top_level_names(TOOLS / "requirements" / "odoo.txt"):
        (odoo / name).symlink_to(Path(importlib.metadata.distribution("pip").locate_file(name)))
    # As pip knows an Odoo that it has installed. What Odoo requires is there, though some of
    # it under other names (psycopg2-binary for psycopg2), and so it is not repeated here.
    information = odoo / f"odoo-{source.version}.dist-info"
    information.mkdir()
    (information / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: odoo\nVersion: {source.version}\n"
    )
    (packages / "odoo.pth").write_text(f"{odoo}\n")

    settings = configparser.RawConfigParser()
    settings.read(development.configuration)
    addons = [source.package / "addons", *source.addons]
    settings["options"]["addons_path"] = ",".join(map(str, addons))
    with (folder / "odoo.conf").open("w") as file:
        settings.write(file)
    unwanted = ("PYTHONPATH", "VIRTUAL_ENV")
    return replace(
        development,
        variables={k: v for k, v in development.variables.items() if k not in unwanted},
        python=folder / "venv" / "bin" / "python",
        configuration=folder / "odoo.conf",
    )


def _top_level_names(requirements: Path) -> set[str]:
    """Return the names in site-packages of the distributions that a file requires."""
    names = set()
    for line in requirements.read_text().splitlines():
        if match := re.match(r"[\w.-]+", line):
            try:
                files = importlib.metadata.distribution(match[0]).files
            except importlib.metadata.PackageNotFoundError:
                continue  # not for this version of Python
            names |= {file.parts[0] for file in files}
    return names - {"..", "__pycache__"}


def _pip_install(environment: Environment, wheel: Path) -> None:
    """Install a wheel and what it requires, at the versions that all tests run with."""
    command = [PYTHON, "-m", "pip", "--python", environment.python, "install"]
    command += ["--disable-pip-version-check", "--no-input", "--cache-dir", CACHE / "pip"]
    command += ["--constraint", TOOLS / "requirements" / "addon.txt", wheel]
    done = subprocess.run(command, capture_output=True, text=True, env=environment.variables)
    assert done.returncode == 0, done.stdout + done.stderr
