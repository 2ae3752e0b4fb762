from . import changes, streams, sync
