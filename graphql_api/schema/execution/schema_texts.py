"""Texts about a schema: introspection, SDL, OpenAPI. They are kept compressed, as they are sent."""

import hashlib
import struct
import zlib
from collections.abc import Hashable

from .weighted_cache import WeightedCache

MAX_KEPT = 32 * 1024 * 1024
"""Bytes of the texts of all schemas of a process, compressed.

The three texts of 200 resources take 0.8 MB; to make them again takes seconds.
"""

_LEVEL = 6
_END_LEVEL = 1
_RAW = -zlib.MAX_WBITS

# Compressed by deflate, without a name, a timestamp and an operating system.
_GZIP_HEADER = b"\x1f\x8b\x08" + bytes(6) + b"\xff"


class CompressedText:
    """A text that is compressed once: also where each response ends differently.

    ``length`` is in bytes, of the text itself; ``digest`` changes with it.
    """

    def __init__(self, text: bytes):
        self.length = len(text)
        self.digest = hashlib.sha256(text).hexdigest()[:16]
        self._checksum = zlib.crc32(text)
        compressor = zlib.compressobj(_LEVEL, zlib.DEFLATED, _RAW)
        # To the end of a byte, without the end of the stream.
        self._deflated = compressor.compress(text) + compressor.flush(zlib.Z_FULL_FLUSH)

    @property
    def weight(self) -> int:
        """Bytes that it takes."""
        return len(self._deflated)

    def plain(self, end: bytes = b"") -> bytes:
        """Return the text, followed by ``end``."""
        return zlib.decompressobj(_RAW).decompress(self._deflated) + end

    def gzip(self, end: bytes = b"") -> bytes:
        """Return the text, followed by ``end``, as gzip (RFC 1952); only the end is compressed."""
        compressor = zlib.compressobj(_END_LEVEL, zlib.DEFLATED, _RAW)
        deflated = compressor.compress(end) + compressor.flush()
        length = (self.length + len(end)) % 2**32
        trailer = struct.pack("<II", zlib.crc32(end, self._checksum), length)
        return b"".join((_GZIP_HEADER, self._deflated, deflated, trailer))


_KEPT = WeightedCache(MAX_KEPT)


class SchemaTexts:
    """The texts about one schema.

    All schemas of the process share one bound; the texts of a schema that is gone are asked for
    no longer, and make room for others.
    """

    def get(self, key: Hashable) -> CompressedText | None:
        """Return a text; None where it has to be made."""
        return _KEPT.get((self, key))

    def keep(self, key: Hashable, text: bytes) -> CompressedText:
        """Keep a text."""
        compressed = CompressedText(text)
        # A key may be as long as a document of a client.
        _KEPT.keep((self, key), compressed, compressed.weight + len(repr(key)))
        return compressed
