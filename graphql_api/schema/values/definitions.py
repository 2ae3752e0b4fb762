"""Types that are made at run time, each when it is first asked for.

The decorators of Strawberry make a data class of each type, which takes most of the time in which a
schema is built. It is not needed here: objects are neither made by these classes nor compared. And
of a schema with hundreds of resources a request needs a few types.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Generic, TypeVar

from strawberry.annotation import StrawberryAnnotation
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.field import StrawberryField

K = TypeVar("K")
V = TypeVar("V")

MAKING = threading.RLock()
"""Held while a type is made: two threads must not make it twice, types are compared by identity.

Nothing that waits for another lock is called while it is held.
"""


class LazyMapping(Mapping[K, V], Generic[K, V]):
    """A mapping whose keys are known, and whose values are made when they are asked for.

    :param make: key -> value
    """

    def __init__(self, keys: Iterable[K], make: Callable[[K], V]):
        self._keys = dict.fromkeys(keys)
        self._make = make
        self._values: dict[K, V] = {}

    def __getitem__(self, key: K) -> V:
        if key in self._values:
            return self._values[key]
        if key not in self._keys:
            raise KeyError(key)
        with MAKING:
            if key not in self._values:
                self._values[key] = self._make(key)
            return self._values[key]

    def __contains__(self, key: object) -> bool:
        return key in self._keys

    def __iter__(self) -> Iterator[K]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)


class LazyDefinition(StrawberryObjectDefinition):
    """The definition of a type whose fields are made when they are asked for.

    None of the fields has the annotation ``Self``, which ``__post_init__`` would look for in all.
    """

    def __init__(self, make_fields: Callable[[], list[StrawberryField]], **attributes: Any):
        self._make_fields = make_fields
        self._fields: list[StrawberryField] | None = None
        super().__init__(fields=[], **attributes)

    def __post_init__(self) -> None:
        pass

    @property
    def fields(self) -> list[StrawberryField]:
        """The fields of the type."""
        if self._fields is None:
            with MAKING:
                if self._fields is None:
                    self._fields = self._make_fields()
        return self._fields

    @fields.setter
    def fields(self, fields: list[StrawberryField]) -> None:
        # What the data class sets: no fields.
        pass


def define(
    cls: Any,
    make_fields: Callable[[], list[StrawberryField]],
    description: str | None = None,
    *,
    is_input: bool = False,
    directives: Sequence[object] = (),
) -> type:
    """Make a class the type of its name and return it.

    :param make_fields: returns the fields, see :func:`attribute_field`; called at most once
    """
    cls.__strawberry_definition__ = LazyDefinition(
        make_fields,
        name=cls.__name__,
        is_input=is_input,
        is_interface=False,
        origin=cls,
        description=description,
        interfaces=[],
        extend=False,
        directives=directives,
        is_type_of=None,
        resolve_type=None,
    )
    return cls


def attribute_field(
    cls: type,
    attribute: str,
    name: str,
    annotation: Any,
    description: str | None = None,
    **options: Any,
) -> StrawberryField:
    """Return a field without a resolver: its value is an attribute.

    :param name: in GraphQL
    :param annotation: a type; texts that name types are not looked up
    :param options: more options of ``StrawberryField``
    """
    return StrawberryField(
        python_name=attribute,
        graphql_name=name,
        type_annotation=StrawberryAnnotation(annotation, namespace={}),
        origin=cls,
        description=description or None,
        **options,
    )
