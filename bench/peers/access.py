"""Who asks, in all forms that peers need."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Access:
    """One user of one database: the same for all peers."""

    database: str
    user_id: int
    key: str

    @property
    def headers(self) -> dict[str, str]:
        """Headers for a request with a JSON body."""
        return {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
