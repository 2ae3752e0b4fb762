"""What is wrong with inputs, collected so that a client can show all of it at once."""

from collections.abc import Callable
from typing import Any

from ..exposure.errors import ApiError
from ..exposure.names import FieldPath

InputPath = tuple[str | int, ...]
"""Where a value stands in the arguments, in REST names: ("input", "children", "create", 0)."""


class InputProblems:
    """The problems of the inputs of one mutation, in the order in which they were found."""

    def __init__(self) -> None:
        self._found: list[tuple[InputPath, ApiError]] = []

    def __bool__(self) -> bool:
        return bool(self._found)

    def add(self, path: InputPath, error: ApiError) -> None:
        """Add what is wrong with the value at a path."""
        self._found.append((path, error))

    def refuse(self, path: InputPath, message: str) -> None:
        """Add a value that is wrong in itself."""
        self.add(path, ApiError("BAD_USER_INPUT", message))

    def check(self, path: InputPath, check: Callable[..., Any], *arguments: Any) -> bool:
        """Call a check and add the error that it raises; return whether it raised none."""
        try:
            check(*arguments)
        except ApiError as error:
            self.add(path, error)
            return False
        return True

    def to_error(self) -> ApiError:
        """Return all problems as one error; its code is theirs where they have the same one."""
        errors = [blamed(path, error.message) for path, error in self._found]
        codes = {error.code for _path, error in self._found}
        return refused_input(errors, codes.pop() if len(codes) == 1 else "BAD_USER_INPUT")


def blamed(path: InputPath, message: str) -> dict[str, str]:
    """Return a value to blame, as :class:`.errors.ApiError` has it."""
    return {"field": FieldPath.of(path), "message": message}


def refused_input(errors: list[dict], code: str = "BAD_USER_INPUT") -> ApiError:
    """Return the error for inputs with these problems.

    :param errors: see :func:`blamed`; none where the inputs were only to be checked
    """
    message = errors[0]["message"] if errors else "The input was only checked."
    if len(errors) > 1:
        message = f"The input has {len(errors)} problems. The first: {message}"
    return ApiError(code, message, errors=errors)
