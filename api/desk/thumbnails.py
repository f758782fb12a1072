"""Small versions of pictures for galleries, kept in a bounded memory cache."""

from __future__ import annotations

import asyncio
from collections import OrderedDict

from PIL import Image

from maquette.infra.media.admit import decode_stored, encode_png
from maquette.records.errors import InvalidInput, MediaRejected

MIN_WIDTH_PX, MAX_WIDTH_PX = 16, 1024
CACHE_BYTES = 16_000_000


class Thumbnails:
    """Makes and remembers thumbnails: PNG, anti-aliased, never larger than the picture."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str, int], bytes] = OrderedDict()
        self._size = 0

    def known(self, owner: str, sha256: str, width_px: int) -> bytes | None:
        data = self._kept.get((owner, sha256, width_px))
        if data is not None:
            self._kept.move_to_end((owner, sha256, width_px))
        return data

    async def make(self, owner: str, sha256: str, data: bytes, width_px: int) -> bytes:
        """The thumbnail of a picture. Raises: InvalidInput: it is not a picture."""
        try:
            small = await asyncio.to_thread(self._shrink, data, width_px)
        except MediaRejected as error:
            raise InvalidInput(
                "this artifact is not a picture, so it has no thumbnail",
                hint="ask for the content without w=",
            ) from error
        key = (owner, sha256, width_px)
        self._size += len(small) - len(self._kept.pop(key, b""))
        self._kept[key] = small
        while self._size > CACHE_BYTES:
            _, dropped = self._kept.popitem(last=False)
            self._size -= len(dropped)
        return small

    @staticmethod
    def _shrink(data: bytes, width_px: int) -> bytes:
        image = decode_stored(data)
        if image.width > width_px:
            height_px = max(1, round(image.height * width_px / image.width))
            image = image.resize((width_px, height_px), Image.Resampling.LANCZOS)
        return encode_png(image)
