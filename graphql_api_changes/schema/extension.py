"""What other addons import to read the change log; whatever else there is may change."""

from .change_log import LoggedChange, find_changes, read_log
from .positions import now
from .rights_stamp import rights_stamp
from .tokens import Snapshot, make_token, read_token

__all__ = [
    "LoggedChange",
    "Snapshot",
    "find_changes",
    "make_token",
    "now",
    "read_log",
    "read_token",
    "rights_stamp",
]
