"""Whether an answer is the one that a page shows, and what of it differs from run to run."""

import json
import re
from typing import Any

ANYTHING = "…"
"""In a string of a page: something is left out here. As the last item of a list: so are others."""

_OPAQUE = {
    *("id", "version", "next", "cursor", "startCursor", "endCursor"),
    *("access_token", "refresh_token"),
}
"""Names of values that only mean something to the server that gave them."""

_MOMENT = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d:\d\d(\.\d+)?Z?)?")


class Different(AssertionError):
    """An answer is not the one that is shown."""


class Answers:
    """What the server has answered on one page.

    Ids, cursors, versions and the like are another server's own. Where a page shows one and the
    server answered another one, it is the answered one that later blocks of the page mean.
    """

    def __init__(self):
        self._answered: dict[str, str] = {}

    def translate(self, text: str) -> str:
        """Return a text of the page with what the server answered for what the page shows."""
        if not self._answered:
            return text
        shown = "|".join(map(re.escape, sorted(self._answered, key=len, reverse=True)))
        return re.sub(
            rf"(?<![\w-])({shown})(?![\w-])", lambda match: self._answered[match[0]], text
        )

    def compare(self, shown: Any, answer: Any, place: str = "", name: str = "") -> None:
        """Compare two values of JSON.

        Names, types and values have to be the same. Values of opaque names have to be of the
        same type, and timestamps to be timestamps: those of the demo data are set when it is made.

        :param name: the name that the values have, for what is opaque
        :raise Different: says where
        """
        if isinstance(shown, dict) and isinstance(answer, dict):
            if shown.keys() != answer.keys():
                raise Different(f"{place or 'The answer'} has {_names(answer)}")
            for key in shown:
                self.compare(shown[key], answer[key], f"{place}.{key}".lstrip("."), key)
        elif isinstance(shown, list) and isinstance(answer, list):
            if shown[-1:] == [ANYTHING]:
                shown, answer = shown[:-1], answer[: len(shown) - 1]
            if len(shown) != len(answer):
                raise Different(f"{place or 'The answer'} has {len(answer)} items")
            for index, pair in enumerate(zip(shown, answer, strict=True)):
                self.compare(*pair, f"{place}[{index}]", name)
        elif type(shown) is not type(answer):
            raise Different(f"{place or 'The answer'} is {_json(answer)}")
        elif isinstance(shown, str):
            self.compare_text(shown, answer, place, opaque=name in _OPAQUE)
        elif shown != answer:
            if name not in _OPAQUE:
                raise Different(f"{place or 'The answer'} is {_json(answer)}")
            self._answered[str(shown)] = str(answer)

    def compare_text(self, shown: str, answer: str, place: str, *, opaque: bool = False) -> None:
        """Compare two texts, which may differ where the page leaves something out.

        :param opaque: whether it may differ altogether
        :raise Different: says where
        """
        if shown == answer or self.translate(shown) == answer:
            return
        if opaque:
            self._answered[shown] = answer
            return
        if _MOMENT.fullmatch(shown) and _MOMENT.fullmatch(answer) and len(shown) == len(answer):
            return
        parts = map(re.escape, self.translate(shown).split(ANYTHING))
        if not re.fullmatch(".*".join(parts), answer, re.DOTALL):
            raise Different(f"{place} is {_json(answer)}")


def json_values(text: str) -> list[Any]:
    """Return the values of a text that has nothing but JSON, one after the other.

    :raise ValueError: when it is something else
    """
    decoder = json.JSONDecoder()
    values, position = [], 0
    while text[position:].strip():
        position += len(text[position:]) - len(text[position:].lstrip())
        value, position = decoder.raw_decode(text, position)
        values.append(value)
    return values


def _names(value: dict) -> str:
    return ", ".join(value) or "nothing"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
