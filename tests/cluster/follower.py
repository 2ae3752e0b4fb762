"""A client that keeps a copy of a collection, and has only what it is told has changed."""

import json
import time

import requests

_PATIENCE = 0.2  # seconds before a request is sent again
_LOST_AFTER = 80  # seconds without an answer
_PAGE = 200


class Follower:
    """One copy: the records of a filter, as one caller may see them.

    :param url: of a server, or of nginx
    :param verify: the certificate of nginx
    :param forbidden: texts that may be in no answer, of records that the caller may never see
    """

    def __init__(
        self,
        url: str,
        key: str,
        collection: str,
        fields: str,
        condition: dict,
        verify: str | bool = True,
        forbidden: tuple[str, ...] = (),
    ):
        self._address = f"{url}/api/{collection}"
        self._fields = fields
        self._condition = condition
        self._forbidden = forbidden
        self._token: str | None = None
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.verify = verify
        self._session.headers["Authorization"] = f"Bearer {key}"
        self.copy: dict[int, dict] = {}
        """id -> the record."""
        self.deltas = 0
        """Deltas that had something to tell."""
        self.copies = 0
        """How often all of it was read."""
        self.leaks: list[str] = []
        """Answers with what this caller may never see."""
        self.refused: list[str] = []
        """Answers that a client does not expect."""

    def follow(self) -> None:
        """Bring the copy up to what the server tells, from the beginning where it has to."""
        more = True
        while more:
            if self._token is None:
                self.copy, self._token = self.read_all()
                self.copies += 1
            body = {
                "since": self._token,
                "known": list(self.copy),
                "filter": self._condition,
                "fields": self._fields,
            }
            answer = self._send("POST", "/changes", json=body)
            assert answer.status_code != 400, answer.text
            if answer.status_code == 410:
                assert answer.json()["code"] == "RESYNC_REQUIRED", answer.text
                self._token = None
                continue
            changed, meta = answer.json()["data"], answer.json()["meta"]
            unknown = set(meta["removed"]) - self.copy.keys()
            if unknown:
                self.leaks.append(f"removed, but not known: {unknown}")
            self.copy.update({row["id"]: row for row in changed})
            for record in meta["removed"]:
                self.copy.pop(record, None)
            self._token, more = meta["token"], meta["has_more"]
            self.deltas += bool(changed or meta["removed"])

    def read_all(self) -> tuple[dict[int, dict], str]:
        """Return all records, and the token that goes on from there.

        A cursor ends with the rights that it was made under: then all is read from the beginning.
        """
        while True:
            found = self._read_pages()
            if found:
                return found

    def _read_pages(self) -> tuple[dict[int, dict], str] | None:
        """Return all records and the token, None where a page has no next one any more."""
        parameters = {"filter": json.dumps(self._condition)}
        token = self._send("GET", "/changes", params=parameters).json()["meta"]["token"]
        parameters |= {"fields": self._fields, "limit": _PAGE, "sort": "id"}
        rows: dict[int, dict] = {}
        while True:
            response = self._send("GET", "", params=parameters)
            answer = response.json()
            if response.status_code == 400:
                assert [error["field"] for error in answer["errors"]] == ["after"], answer
                return None
            rows |= {row["id"]: row for row in answer["data"]}
            if not answer["meta"]["next"]:
                return rows, token
            parameters["after"] = answer["meta"]["next"]

    def close(self) -> None:
        """End the connection."""
        self._session.close()

    def _send(self, method: str, path: str, **arguments) -> requests.Response:
        """Send a request until a server has an answer."""
        while True:
            try:
                answer = self._session.request(
                    method, self._address + path, timeout=_LOST_AFTER, **arguments
                )
            except requests.RequestException:
                time.sleep(_PATIENCE)
                continue
            if any(text in answer.text for text in self._forbidden):
                self.leaks.append(answer.text[:500])
            position = answer.headers.get("Consistency-Token")
            if position:
                self._session.headers["Consistency-Token"] = position
            if answer.ok or answer.status_code in (400, 410):
                return answer
            if answer.status_code not in (409, 502, 503, 504):
                self.refused.append(f"{answer.status_code} {answer.text[:500]}")
            time.sleep(_PATIENCE)
