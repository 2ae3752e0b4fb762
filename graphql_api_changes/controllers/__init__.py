from . import streams, sync
