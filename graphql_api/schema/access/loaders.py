"""The contract of loading: how a field is read for many records at once.

Each field of a resource that shows a value, a file or other records has a loader, and so has each
batch field of an addon. Ours loads a field once for all records of a level of the selection
(``execution/levels.py``); for graphql-core's own executor one adapter loads it once for the records
that were read together (``reading/record_by_record.py``).
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from itertools import chain
from typing import Any

from ..exposure.errors import RETRIED
from .context import Context

Load = Callable[[Context, Any, Collection[str], dict[str, Any]], list]
"""``load(context, records, columns, arguments)``, of a :class:`Loader`."""


@dataclass(frozen=True, slots=True, eq=False)
class Loader:
    """How a field is read for many records at once.

    ``load(context, records, columns, arguments)`` returns a list with one entry for each record, in
    the order of the records: the value of the field, as a resolver would return it. Where the field
    leads to records of a resource, an entry is the id of a record, or a list of ids. An exception
    among the entries is the error of that record; one that is raised is the error of all records.

    - ``columns`` are the Odoo fields that will be read of the records that the field leads to, for
      ``load`` to fetch them with these.
    - ``arguments`` are those of the field, by Python name, as Strawberry converts them; with
      ``takes_info``, Strawberry's ``info`` is among them.

    ``fetches`` names the Odoo fields of the records themselves that ``load`` reads. What is
    ``by_name`` is shown where a client names it, and is none of a type's values in REST.
    """

    load: Load
    fetches: tuple[str, ...] = ()
    takes_info: bool = False
    by_name: bool = False

    def entries(
        self,
        context: Context,
        records: Any,
        columns: Collection[str],
        arguments: dict[str, Any],
    ) -> tuple[list, bool]:
        """Return one entry for each record, with errors in the place of what cannot be loaded.

        :return: the entries, and whether there may be errors among them
        :raise psycopg2.Error, ConcurrencyError, OutOfTime, ResponseTooLarge: see :data:`RETRIED`
        """
        try:
            return self.load(context, records, columns, arguments), True
        except RETRIED:
            raise
        except Exception as error:
            return [error] * len(records), True


class Column(Loader):
    """A loader of values that stand in the response as they are, without further conversion.

    Where it raises for many records it is asked for each alone, as a computation may fail for some.
    It returns no exceptions among the values.
    """

    __slots__ = ()

    def entries(
        self,
        context: Context,
        records: Any,
        columns: Collection[str],
        arguments: dict[str, Any],
    ) -> tuple[list, bool]:
        try:
            return self.load(context, records, columns, arguments), False
        except RETRIED:
            raise
        except Exception:
            alone = (
                super(Column, self).entries(context, record, columns, arguments)[0]
                for record in map(records.browse, records._ids)
            )
            return list(chain.from_iterable(alone)), True
