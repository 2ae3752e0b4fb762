"""Values of many records, as the ORM's cache has them: what is missing is read for all at once."""

import contextlib
from collections.abc import Iterable

from odoo.exceptions import AccessError

from ..exposure.errors import RETRIED


def cached_values(field, records) -> list:
    """Return the values of an Odoo field, one for each record, as the ORM's cache has them.

    What is missing is fetched or computed for all of the records first. Much faster than one
    record after the other (odoo/orm/fields.py, ``Field.__get__``); the caller has checked the
    access to the field.
    """
    if field.compute and field.store:
        field.recompute(records)
    cache = field._get_cache(records.env)
    ids = records._ids
    try:
        return [cache[record_id] for record_id in ids]
    except KeyError:
        if (values := _related_values(field, records)) is not None:
            return values
        _read_missing(field, records)
    values = [cache.get(record_id, cache) for record_id in ids]
    if any(value is cache for value in values):
        # Odoo computes for so many records at once and not for more.
        values = [
            field.convert_to_cache(record[field.name], record, validate=False) for record in records
        ]
    return values


def _related_values(field, records) -> list | None:
    """Return the values that a field takes from a field of another record, if all are known.

    Odoo would copy them record by record (odoo/orm/fields.py, ``_compute_related``).
    """
    if field.store or field.compute != field._compute_related:
        return None
    path, _dot, name = field.related.partition(".")
    link, source = records._fields[path], field.related_field
    if link.type != "many2one" or "." in name or source.compute or source.type != field.type:
        return None
    cache = source._get_cache(records.env)
    try:
        return [cache[record_id] for record_id in cached_values(link, records)]
    except KeyError:
        return None


def _read_missing(field, records) -> None:
    """Fill the ORM's cache with a field's values of all records."""
    if field.store:
        records.fetch([field.name])
    elif field.related:
        # Odoo computes those that may lead to their own model one record after the other.
        field.compute_value(records.browse(field._cache_missing_ids(records)))
    else:
        _compute(field, records)


def _compute(field, records) -> None:
    """Compute a field of all records; where that fails for some, it fails for them alone."""
    try:
        # One record computes for all that it was read with.
        _value = next(iter(records))[field.name]
    except RETRIED:
        raise
    except Exception:
        # Those before the one that failed have their values already: none or all.
        field._invalidate_cache(records.env, records._prefetch_ids)
        if len(records) > 1:
            raise
        _value = records.browse(records.id)[field.name]


def fetch_related(records, names: Iterable[str]) -> None:
    """Fetch what fields take from a field of another record, like a product from its template.

    Odoo would fetch all columns of the other record. What the caller may not read is left to
    the reading of the field, where the error has its path.

    :param names: Odoo fields of the records, which have been fetched themselves
    """
    sources: dict[str, list[str]] = {}
    for name in names:
        field = records._fields[name]
        path, _dot, source = (field.related or "").partition(".")
        if path and not field.store and "." not in source:
            sources.setdefault(path, []).append(source)
    for path, source_names in sources.items():
        link = records._fields[path]
        if link.store and link.type == "many2one":
            ids = cached_values(link, records)
            others = records.env[link.comodel_name].browse(dict.fromkeys(filter(None, ids)))
            with contextlib.suppress(AccessError):
                others.fetch(source_names)
