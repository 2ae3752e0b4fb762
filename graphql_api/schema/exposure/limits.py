"""How much a request may be before it is refused: length, tokens, depth, aliases, values, cost."""

from dataclasses import dataclass

MAX_DOCUMENT_LENGTH = 100_000
"""Characters of a document."""

MAX_DEPTH = 50
"""Levels of fields that no setting goes beyond: they are Python calls within each other."""

MAX_SECONDS = 24 * 60 * 60
"""A day, which no setting goes beyond: PostgreSQL takes no more than some of them."""

MAX_FIELDS = 5_000
"""Fields and fragments, after fragments are spread: what aliases and fragments multiply to."""

MAX_FRAGMENT_DEPTH = 100
"""Fragments within fragments."""

MAX_ROOT_FIELDS = 100
"""Root fields, aliases included: each is at least one query to the database."""

MAX_INPUT_DEPTH = 50
"""Objects and lists within each other in an argument or a variable: a filter, say."""

MAX_INPUT_VALUES = 100_000
"""Values in the variables of a request, or in one argument: 1000 records of 100 fields."""

MAX_INPUT_OBJECTS = 10_000
"""Objects among these: records that are written, conditions of a filter."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits that an administrator may set, for the server and for each policy.

    ``max_depth`` in levels of fields, introspection (which needs 13) included; ``max_aliases``
    under which the operation selects a field once more, after fragments are spread;
    ``max_cost`` in estimated records; ``max_page_size`` in records; ``max_body_size`` in bytes
    of a request, ``max_response_size`` in bytes of the JSON of its response, about;
    ``max_seconds`` of the execution; ``requests_per_minute`` of one key, 0 for any number.
    """

    max_depth: int = 15
    max_aliases: int = 100
    max_tokens: int = 10_000
    max_cost: int = 50_000
    max_page_size: int = 1000
    max_body_size: int = 16 * 1024 * 1024
    max_response_size: int = 32 * 1024 * 1024
    max_seconds: int = 15
    requests_per_minute: int = 600
