"""Actions as plain values: their arguments, the dialogs that they finish, what they return."""

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .resource_field import ResourceField

if TYPE_CHECKING:
    from .resource import Resource

FIELD, PARAMETER, CHOICE = "field", "parameter", "choice"
"""What an argument of an action is: see :class:`Argument`."""


@dataclass(frozen=True, slots=True)
class Argument(ResourceField):
    """An argument of an action: a value that clients may send with it.

    ``use`` is what becomes of it: ``FIELD`` is a field of the wizard, ``PARAMETER`` a parameter of
    the method, ``CHOICE`` only decides how a dialog ends; ``field`` is the name of the field or the
    parameter. ``default`` is the value of what is not sent, in JSON, None for none. ``lines`` has
    the arguments of each line of a list of the wizard, as a resource of the model of the lines;
    those of them that are keys tell which proposed line is meant. A one2many without ``lines``
    takes new records of ``relation``, which are created before the method gets their ids.
    """

    use: str = FIELD
    default: Any = None
    lines: "Resource | None" = None

    @property
    def needs_value(self) -> bool:
        """Whether clients have to send it."""
        return self.required and self.default is None

    @property
    def creates(self) -> bool:
        """Whether its values are inputs of new records."""
        return self.type == "one2many" and self.lines is None


@dataclass(frozen=True, slots=True)
class Dialog:
    """How a dialog of Odoo that comes in an action is finished.

    ``model`` is that of the dialog, ``method`` what finishes it. With ``argument``, the REST name
    of an argument, it holds only where that has ``value``. A dialog that is filled in has to be in
    ``domain``; ``refusal`` is said where it is not.
    """

    model: str
    method: str
    argument: str = ""
    value: Any = None
    domain: tuple = ()
    refusal: str = ""


RECORD, RECORDS, NONE = "record", "records", "none"
"""What an action returns: its own record, records of another resource, nothing."""


@dataclass(frozen=True, slots=True)
class Action:
    """A public method of the model, or a dialog for its records, that clients may call.

    ``name`` is the REST name (``set-to-draft``), ``method`` the Odoo name, empty where the first
    of the ``dialogs`` is opened itself. ``arguments`` has its arguments, as a resource of the
    wizard's model, None where it takes none. ``result`` is one of ``RECORD``, ``RECORDS``,
    ``NONE``; ``RECORDS`` are those of the type ``result_type``, one of them or a list.
    ``context`` is added to Odoo's context; its values ``active_id`` and ``active_ids`` stand for
    the ids of the records. ``one_by_one`` tells that Odoo does it with one record at a time.
    ``access`` is Odoo's right on the records that the caller needs, ``write`` or ``read``.
    Records outside ``domain`` are refused.
    """

    name: str
    method: str
    description: str = ""
    dialogs: tuple[Dialog, ...] = ()
    arguments: "Resource | None" = None
    result: str = RECORD
    result_type: str = ""
    result_is_list: bool = True
    context: dict = dataclasses.field(default_factory=dict)
    one_by_one: bool = False
    access: str = "write"
    domain: tuple = ()

    @property
    def needs_input(self) -> bool:
        """Whether clients have to send an argument."""
        return self.arguments is not None and any(
            argument.needs_value for argument in self.arguments.arguments.values()
        )
