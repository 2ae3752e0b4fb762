"""The databases: two templates with Odoo's apps, our addon in a copy of each, and copies of it."""

from dataclasses import dataclass, replace
from pathlib import Path

from tools import database_server, lock, process, stamp
from tools.environment import CONFIGURATION, Environment
from tools.paths import ADDON, ADDONS, EXAMPLES, LOGS, PYTHON, ROOT
from tools.postgres_server import Server
from tools.progress import StepFailed, step

_ADDON_NAME = ADDON.name
_EXPOSURE = ROOT / "bench" / "exposure_database.py"
_POLICIES = 3  # of a database that serves more than the catalog
# Changes to other files of the addon (plain Python, tests, assets) need no upgrade.
_UPGRADED = ("models", "data", "security", "views", "wizards", "report", "i18n", "migrations")


@dataclass(frozen=True)
class Template:
    """A database without our addon, made once and copied.

    ``examples`` are addons that are installed with ours in the copies, and so are ``addons``, those
    beside ours that do not install themselves. ``resources`` is how many resources the copies
    serve, 0 for those of the catalog. Without ``demo`` there is no demo data.
    """

    name: str
    modules: tuple[str, ...]
    languages: tuple[str, ...] = ()  # the first one becomes the default
    options: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    addons: tuple[str, ...] = ()
    resources: int = 0
    demo: bool = True

    def inputs(self, environment: Environment) -> str:
        """Return the hash of what the template is made from."""
        without = () if self.demo else ("without demo",)
        parts = (environment.odoo_version, *self.modules, *self.languages, *self.options, *without)
        return stamp.digest("1", *parts)


APPS = Template(
    "graphql_api_template_apps",
    modules=(
        "web",
        "sale_management",
        "crm",
        "contacts",
        "stock",
        "account",
        "purchase",
        "project",
        "hr",
    ),
    languages=("en_US", "fr_FR", "nl_NL"),
)
BASE = Template("graphql_api_template_base", modules=("web",), options=("--skip-auto-install",))
EXAMPLE = replace(BASE, examples=("graphql_api_example",))
PEOPLE = Template(
    "graphql_api_template_people",
    modules=("hr_holidays", "hr_timesheet"),
    options=("--skip-auto-install",),
    demo=False,
)
WIDE = replace(APPS, resources=200)
CHANGES = replace(APPS, addons=("graphql_api_changes",))

TEMPLATES = {
    "apps": APPS,
    "base": BASE,
    "changes": CHANGES,
    "example": EXAMPLE,
    "people": PEOPLE,
    "wide": WIDE,
}

DEMO = "demo"

_IN_USE = "in use"

_INSTALLED = tuple(addon for addon in ADDONS if addon.name not in CHANGES.addons)
"""Our addon, and those beside it that install themselves."""


def full_name(environment: Environment, name: str) -> str:
    """Return a database's name: on a server that is not ours, one of this checkout's own."""
    return name if environment.server.is_ours else f"dev_{stamp.digest(str(ROOT))[:8]}_{name}"


def ensure_template(environment: Environment, template: Template) -> str:
    """Return the name of an up-to-date template."""
    name = full_name(environment, template.name)
    with lock.exclusive(name):
        _make_template(environment, template, name)
    return name


def _make_template(environment: Environment, template: Template, name: str) -> None:
    inputs = template.inputs(environment)
    if database_server.origin(environment.server, name) == inputs:
        return
    building = f"{name}_new"
    database_server.drop(environment.server, building)
    log = LOGS / f"{template.name}.log"
    options = [*(["--with-demo"] if template.demo else []), *template.options]
    if template.languages:
        options.append(f"--load-language={','.join(template.languages)}")
    what = "Odoo's apps" if len(template.modules) > 1 else "Odoo's base"
    if template.demo:
        what += " and demo data"
    with step(f"Installing {what} (once)", f"Template {name} is ready", log):
        install(environment, building, template.modules, log, *options)
        database_server.rename(environment.server, building, name)
        database_server.set_origin(environment.server, name, inputs)


def ensure_installed(environment: Environment, template: Template) -> str:
    """Return the name of a copy of the template with our addon as it is now.

    Nothing is done in it; what is worked on are copies.
    """
    name = _installed_name(environment, template)
    with lock.exclusive(name):
        # Taken before: what is changed meanwhile may not be in it.
        inputs = _installed_inputs(environment, template)
        if not _is_installed(environment, template):
            make = _expose_more if template.resources else _install_addons
            make(environment, template, name)
            database_server.set_origin(environment.server, name, inputs)
    return name


def _installed_name(environment: Environment, template: Template) -> str:
    wide = [f"{template.resources}_resources"] if template.resources else []
    parts = [template.name, "installed", *template.examples, *template.addons, *wide]
    return full_name(environment, "_".join(parts))


def _is_installed(environment: Environment, template: Template) -> bool:
    origin = database_server.origin(environment.server, _installed_name(environment, template))
    return origin == _installed_inputs(environment, template)


def _install_addons(environment: Environment, template: Template, name: str) -> None:
    """Install our addon and those beside it in a copy, at once unless a part is there already."""
    part = replace(template, addons=())
    if template.addons and _is_installed(environment, part):
        source, addons = ensure_installed(environment, part), template.addons
    else:
        source = ensure_template(environment, template)
        addons = (_ADDON_NAME, *template.examples, *template.addons)
    log = LOGS / f"{name}.log"
    with step(f"Installing {', '.join(addons)} in {name}", f"Database {name} is ready", log):
        database_server.copy(environment.server, source, name)
        install(environment, name, addons, log)


def _expose_more(environment: Environment, template: Template, name: str) -> None:
    source = ensure_installed(environment, replace(template, resources=0))
    log = LOGS / f"{name}.log"
    doing = f"Exposing {template.resources} resources in {name}"
    with step(doing, f"Database {name} is ready", log):
        database_server.copy(environment.server, source, name)
        expose(environment, name, template.resources, _POLICIES, log)


def _installed_inputs(environment: Environment, template: Template) -> str:
    names = (ROOT / name for name in template.addons)
    addons = [*_INSTALLED, *names, *(EXAMPLES / example for example in template.examples)]
    exposed = (_EXPOSURE, str(template.resources)) if template.resources else ()
    return stamp.digest(template.inputs(environment), *map(addon_hash, addons), *exposed)


def expose(
    environment: Environment, database: str, resources: int, policies: int, log: Path
) -> None:
    """Let a database with our addon serve so many resources, under so many policies."""
    process.run(
        [
            *(PYTHON, "-m", "bench.exposure_database", CONFIGURATION, database),
            *(str(resources), str(policies)),
        ],
        log=log,
        env=environment.variables,
        cwd=ROOT,
        failure=f"Resources could not be exposed in the database {database}.",
    )


def make_fresh(environment: Environment, name: str, template: Template) -> str:
    """Make a database with our addon anew, for tests; return its name on the server."""
    database = full_name(environment, name)
    database_server.copy(environment.server, ensure_installed(environment, template), database)
    return database


@dataclass(frozen=True)
class WorkingCopy:
    """A database with our addon that one process of the tests works on.

    :param name: on the server
    :param inputs: the hash of what it was made from
    """

    server: Server
    name: str
    inputs: str

    @classmethod
    def take(
        cls, environment: Environment, name: str, template: Template, *, anew: bool
    ) -> "WorkingCopy":
        """Return a database that is as good as new.

        :param anew: make it anew, also if it has been given back
        """
        database = cls(environment.server, name, _installed_inputs(environment, template))
        if anew or database_server.origin(environment.server, name) != database.inputs:
            source = ensure_installed(environment, template)
            database_server.copy(environment.server, source, name)
        else:
            database_server.set_origin(environment.server, name, _IN_USE)
        return database

    def give_back(self) -> None:
        """Note that nothing was left behind in the database, which the next tests can take."""
        database_server.set_origin(self.server, self.name, self.inputs)


def ensure_demo(environment: Environment, name: str, *, upgrade: bool = True) -> str:
    """Return the name of a database to play with, which keeps what was done in it."""
    database = full_name(environment, name) if name == DEMO else name
    inputs = addons_hash()
    origin = database_server.origin(environment.server, database)
    log = LOGS / f"{name}.log"
    if origin is None:
        installed = ensure_installed(environment, CHANGES)
        database_server.copy(environment.server, installed, database)
        database_server.set_origin(environment.server, database, inputs)
    elif origin != inputs and upgrade:
        upgrade_addon(environment, database, log)
        _install_missing(environment, database, log)
        database_server.set_origin(environment.server, database, inputs)
    return database


def upgrade_addon(environment: Environment, database: str, log: Path) -> None:
    """Upgrade our addon in a database, which servers may be working on."""
    with step(f"Upgrading {_ADDON_NAME} in {database}", f"Database {database} is ready", log):
        _odoo(environment, database, log, f"--update={_ADDON_NAME}")


def _install_missing(environment: Environment, database: str, log: Path) -> None:
    """Install those of our addons that came into being after the database."""
    names = [addon.name for addon in ADDONS]
    missing = database_server.uninstalled(environment.server, database, names)
    if missing:
        install(environment, database, tuple(missing), log)


def install(
    environment: Environment, database: str, modules: tuple[str, ...], log: Path, *options: str
) -> None:
    """Install modules in a database; ``options`` are Odoo's."""
    _odoo(environment, database, log, f"--init={','.join(modules)}", *options)
    missing = database_server.uninstalled(environment.server, database, list(modules))
    if missing:
        raise StepFailed(f"Odoo did not install {', '.join(missing)}; its log is {log}.")


def _odoo(environment: Environment, database: str, log: Path, *options: str) -> None:
    process.run(
        environment.odoo(f"--database={database}", "--stop-after-init", "--no-http", *options),
        log=log,
        env=environment.variables,
        failure=f"Odoo failed to work on the database {database}.",
    )


def addons_hash() -> str:
    """Return the hash of those files of our addons whose changes need an upgrade."""
    return stamp.digest(*map(addon_hash, ADDONS))


def addon_hash(addon: Path) -> str:
    """Return the hash of those files of an addon whose changes need an upgrade."""
    files = [addon / "__manifest__.py", addon / "__init__.py"]
    for folder in _UPGRADED:
        files += [path for path in (addon / folder).rglob("*") if path.is_file()]
    return stamp.digest_tree(addon, (path for path in files if "__pycache__" not in path.parts))
