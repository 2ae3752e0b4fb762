"""``make translations``: what Odoo exports to translate, in the files of ``i18n/``.

A file of a language follows the template: what was translated stays, a new text comes without a
translation, and one that is gone goes. Texts that only tests use are left out.
"""

from pathlib import Path

import polib

from tools import databases, environment, lock, process
from tools.environment import Environment
from tools.paths import ADDONS, LOGS, TOOLS
from tools.progress import say, step

LANGUAGES = ("fr", "nl")

_SCRIPT = TOOLS / "odoo_scripts" / "start_odoo.py"
# They would change with each call.
_DATES = ("POT-Creation-Date", "PO-Revision-Date")


def update() -> int:
    """Write the template and the languages of each addon; return 0."""
    with lock.exclusive("setup"):
        current = environment.ensure_odoo()
    _export(current, databases.ensure_installed(current, databases.CHANGES))
    for addon in ADDONS:
        template = _read_template(_template_of(addon))
        for language in LANGUAGES:
            missing = _follow(template, addon / "i18n" / f"{language}.po")
            say(f"{addon.name}, {language}: {len(template)} texts, {missing} without a translation")
    return 0


def _template_of(addon: Path) -> Path:
    return addon / "i18n" / f"{addon.name}.pot"


def _export(current: Environment, database: str) -> None:
    """Let Odoo write the template of each addon."""
    log = LOGS / "translations.log"
    names = [addon.name for addon in ADDONS]
    command: list[str | Path] = [current.python, _SCRIPT, "i18n", "export", *names]
    command += ["--config", current.configuration, "--database", database, "--languages", "pot"]
    with step("Exporting texts to translate", "Texts exported", log):
        process.run(
            command, log=log, failure="The texts could not be exported.", env=current.variables
        )


def _read_template(path: Path) -> polib.POFile:
    """Return a template, written anew without dates and without the texts of tests."""
    template = polib.pofile(str(path))
    for name in _DATES:
        template.metadata.pop(name, None)
    for entry in list(template):
        if all("/tests/" in place for place, _number in entry.occurrences):
            template.remove(entry)
    template.save()
    return template


def _follow(template: polib.POFile, path: Path) -> int:
    """Write the file of a language; return how many of its texts have no translation."""
    known = {}
    if path.exists():
        known = {entry.msgid: entry.msgstr for entry in polib.pofile(str(path))}
    translated = polib.POFile()
    translated.metadata = {**template.metadata, "Language": path.stem}
    for entry in template:
        translated.append(
            polib.POEntry(
                msgid=entry.msgid,
                msgstr=known.get(entry.msgid, ""),
                comment=entry.comment,
                occurrences=entry.occurrences,
                flags=entry.flags,
            )
        )
    translated.save(str(path))
    return len(translated.untranslated_entries())
