"""What a translation has to have."""

import re
from pathlib import Path

import polib

from odoo.modules import get_module_path
from odoo.tests import TransactionCase
from odoo.tools.translate import TranslationModuleReader

_LANGUAGES = ("fr", "nl")

# Of Python and JavaScript, of our pages, and the tags of screens.
_PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sdrif]|\{\w+\}|<[^>]+>")


class TranslationsCase(TransactionCase):
    """Assert that ``i18n/`` has every text of an addon that Odoo exports."""

    def check_translations(self, addon: str) -> None:
        """Check the languages of one addon."""
        texts = self._texts(addon)
        for language in _LANGUAGES:
            path = Path(get_module_path(addon), "i18n", f"{language}.po")
            found = {entry.msgid: entry.msgstr for entry in polib.pofile(str(path))}
            with self.subTest(addon=addon, language=language):
                self.assertEqual(sorted(text for text in texts if not found.get(text)), [])
                self.assertEqual(sorted(found.keys() - texts), [], "make translations")
                pairs = found.items()
                wrong = [(a, b) for a, b in pairs if b and _placeholders(a) != _placeholders(b)]
                self.assertEqual(wrong, [])

    def _texts(self, addon: str) -> set[str]:
        rows = TranslationModuleReader(self.env.cr, modules=[addon])
        return {
            source.strip()
            for _module, _type, name, _id, source, *_rest in rows
            if "/tests/" not in name
        }


def _placeholders(text: str) -> list[str]:
    return sorted(_PLACEHOLDER.findall(text))
