"""What to propose for a model that is to be exposed: names, and the fields that are harmless."""

import re
from collections.abc import Collection, Iterable

from odoo.models import MAGIC_COLUMNS

from ..schema.exposure.names import (
    FIELD_NAME,
    TYPE_NAME,
    camel_case,
    default_name,
    pascal_case,
    plural,
)
from ..schema.exposure.resource import RESERVED_COLLECTIONS, Resource
from ..schema.exposure.resource_field import RELATIONS
from ..schema.problems import RESERVED_FIELDS, NameConflict, SchemaNames
from ..schema.values.scalars import FILE_TYPES, VALUE_TYPES

_TECHNICAL = re.compile(
    r"(message|activity|website_message|my_activity|rating)_|"
    r"(has_message|parent_path|access_(token|url|warning)|__last_update)$"
)
"""Names of fields that are not offered: what the web client and the portal need."""

_SENSITIVE = re.compile(
    r"passw|token|secret|api.?key|private.?key|bank|iban|acc(ount)?.number|salar|wage|cost|balance|"
    r"sanitized",
    re.IGNORECASE,
)
"""Names and labels of fields that are offered, but never proposed."""

_CUSTOM_PREFIX = re.compile(r"x_(studio_)?")


def propose_names(
    model_name: str,
    others: Iterable[tuple[str, str]],
    reserved: Collection[str] = RESERVED_COLLECTIONS,
) -> tuple[str, str]:
    """Return a type name and a collection for a model.

    :param others: type name and collection of all resources that there are
    :param reserved: names that no collection can have

    >>> propose_names("res.bank", []), propose_names("x_studio_pets", [])
    (('Bank', 'banks'), ('Pet', 'pets'))
    """
    names = SchemaNames()
    taken = set()
    for type_name, collection in others:
        taken |= {type_name, collection}
        try:
            names.add(Resource(type_name, collection, ""))
        except NameConflict:
            continue
    full = [word for word in re.split(r"[._\W]+", model_name.lower()) if word]
    for words in _shortened(full):
        words = [*words[:-1], _singular(words[-1])]
        type_name = pascal_case("_".join(words))
        collection = "-".join([*words[:-1], plural(words[-1])])
        if not TYPE_NAME.match(type_name) or collection in reserved:
            continue
        if taken.isdisjoint((type_name, collection)):
            try:
                names.add(Resource(type_name, collection, model_name))
            except NameConflict:
                continue
            return type_name, collection
    return "", ""


def _shortened(words: list[str]) -> Iterable[list[str]]:
    """Yield names from the shortest one that tells enough to longer ones."""
    short = list(words)
    while len(short) > 1 and short[0] in ("x", "studio", "res", "ir"):
        short = short[1:]
    # event.event is Event
    yield [word for index, word in enumerate(short) if index == 0 or short[index - 1] != word]
    yield short
    yield words
    yield [*words, "record"]


def _singular(noun: str) -> str:
    """Return the regular English singular of a noun.

    >>> _singular("pets"), _singular("categories"), _singular("status")
    ('pet', 'category', 'status')
    """
    if noun.endswith("ies") and len(noun) > 4:
        return noun[:-3] + "y"
    if re.search(r"(ss|x|ch|sh)es$", noun):
        return noun[:-2]
    if re.search(r"[^sui]s$", noun) and len(noun) > 3 and noun not in ("news", "series"):
        return noun[:-1]
    return noun


def offered_fields(model) -> list:
    """Return the Odoo fields of a model that can be exposed, by name, custom ones last."""
    return sorted(
        (
            field
            for field in model._fields.values()
            if field.name not in (*MAGIC_COLUMNS, "display_name")
            and field.type in (*RELATIONS, *VALUE_TYPES)
            and not _TECHNICAL.match(field.name)
        ),
        key=lambda field: (bool(_CUSTOM_PREFIX.match(field.name)), field.name),
    )


def propose_field_names(odoo_fields: Iterable) -> dict[str, str]:
    """Return REST names by Odoo's names, unique in camelCase too.

    ``x_studio_colour`` is ``colour`` where no other field is. A field for which there is no
    valid name is left out.
    """
    proposed = {}
    taken = set()
    for field in odoo_fields:
        short = _CUSTOM_PREFIX.sub("", field.name, count=1)
        for name in (short, field.name, f"{short}_value"):
            name = default_name(re.sub(r"_+", "_", name.lower()).strip("_"), field.type)
            if (
                FIELD_NAME.match(name)
                and name not in RESERVED_FIELDS
                and camel_case(name) not in taken
            ):
                taken.add(camel_case(name))
                proposed[field.name] = name
                break
    return proposed


def is_sensitive(field) -> bool:
    """Tell whether a field's name or label sounds like something to keep."""
    return bool(_SENSITIVE.search(field.name) or _SENSITIVE.search(field.string or ""))


def is_file(field) -> bool:
    return field.type in FILE_TYPES


def is_computed(field) -> bool:
    """Tell whether a value is computed at every read.

    A field of a record behind this one (``_inherits``) is as stored as it is there.
    """
    while field.inherited:
        field = field.related_field
    return not field.store
