from . import latest
