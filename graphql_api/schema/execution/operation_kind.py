"""The type of a document's operation, found without parsing the document.

It is needed before the caller is authenticated, when no document is parsed or kept. Only what
stands between the definitions is looked at, up to the operation.
"""

import re

from graphql import OperationType

from ..exposure.limits import MAX_DOCUMENT_LENGTH

_SKIPPED = r'(?P<skipped>"""(?:[^"\\]|\\"""|\\|"(?!""))*"""|"(?!"")(?:[^"\\\n\r]|\\.)*"|\#[^\n\r]*)'
_SIGNS = r'(?P<open>[({\[])|(?P<close>[)}\]])|(?P<broken>")'
_WITHIN = re.compile(f"{_SKIPPED}|{_SIGNS}")
_BETWEEN = re.compile(f"{_SKIPPED}|{_SIGNS}|(?P<mark>@)|(?P<name>[_A-Za-z][_0-9A-Za-z]*)")

_KINDS = {kind.value: kind for kind in OperationType}


def find_operation_type(query: str, name: str | None, max_tokens: int) -> OperationType | None:
    """Return what kind of operation would be executed, right for every correct document.

    :param name: of the operation; without it, the first one counts
    :param max_tokens: how many are looked at
    :return: None where it cannot be told; such a document is refused
    """
    if len(query) > MAX_DOCUMENT_LENGTH:
        return None
    position = depth = 0
    # The keyword of a definition, while it lasts, and whether its name may still come.
    keyword, unnamed = None, False
    for _token in range(max_tokens):
        part = (_WITHIN if depth else _BETWEEN).search(query, position)
        if part is None:
            return None
        position = part.end()
        match part.lastgroup:
            case "broken":
                return None
            case "open":
                if keyword is None:
                    keyword = OperationType.QUERY.value
                    if name is None:
                        return OperationType.QUERY
                depth += 1
                unnamed = False
            case "close":
                depth -= 1
                if depth < 0:
                    return None
                if depth == 0 and part[0] == "}":
                    keyword = None
            case "mark":
                unnamed = False
            case "name" if keyword is None:
                keyword, unnamed = part[0], True
                if name is None and keyword in _KINDS:
                    return _KINDS[keyword]
            case "name":
                if unnamed and part[0] == name and keyword in _KINDS:
                    return _KINDS[keyword]
                unnamed = False
    return None
