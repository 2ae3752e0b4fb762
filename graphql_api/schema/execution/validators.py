"""What an addon knows of the changes of all that one request reads."""


class Validators:
    """Validators of the response to one request (RFC 9110, 8.8)."""

    def holds(self, validator: str) -> bool:
        """Tell whether nothing has changed since a validator was made; for any text."""
        raise NotImplementedError

    def make(self) -> str | None:
        """Return a validator of what this transaction sees, of letters, digits, ``-_.=``."""
        raise NotImplementedError
