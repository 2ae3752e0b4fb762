"""What pickers offer first: exact names, then those that begin with what was typed, short first."""

from collections.abc import Iterable

from odoo.fields import Domain


def search_ranked(
    model, name: str, domain, limit: int | None, names: Iterable[str]
) -> list[tuple[int, str]]:
    """Return ids and display names of records as Odoo's ``name_search`` does, the nearest first.

    It reads all that match: it is for models with some hundreds of records.

    :param names: the fields that are compared with ``name``
    """
    found = model.search(Domain("display_name", "ilike", name) & Domain(domain or Domain.TRUE))
    typed = name.strip().lower()

    def distance(text: str) -> tuple:
        text = text.lower()
        return text != typed, not text.startswith(typed), len(text), text

    ranked = found.sorted(lambda record: min(distance(record[field] or "") for field in names))
    return [(record.id, record.display_name) for record in ranked[:limit].sudo()]


def with_model(name: str, model: str) -> str:
    """Return a name and, muted, a technical name, in the markup that pickers of Odoo understand.

    See ``odoomark`` in addons/web/static/src/core/utils/html.js.
    """
    return f"{name} --{model}--"
