"""The text rendering role: real fonts set over a picture, never letters from an image model."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version

from maquette.infra.media.admit import decode_stored, encode_png
from maquette.model_servers.client.contract import Method, RoleName
from maquette.model_servers.loading.backends import Backend, Backends
from maquette.model_servers.loading.loaded_role import Loaded, LoadedRole
from maquette.model_servers.loading.options import NoOptions
from maquette.model_servers.schemas.text_rendering import (
    FontsReply,
    FontsRequest,
    OutlineReply,
    OutlineRequest,
    TypesetReply,
    TypesetRequest,
)
from maquette.model_servers.text_rendering.block import SetBlock, set_block
from maquette.model_servers.text_rendering.catalogue import FONTS, font_path
from maquette.model_servers.text_rendering.drawing import (
    fragment_of,
    place_art,
    rasterise,
    svg_of,
)
from maquette.model_servers.text_rendering.scripts import all_files
from maquette.records.artifact import Lineage
from maquette.records.errors import InvalidInput

CODE_VERSION = "2"
"""Raised with every change to this folder that can change a pixel or a box."""

MOST_SVG_BYTES = 900_000
"""Outlines above this would not fit a message between roles."""

BACKENDS: Backends[None] = Backends("text_rendering", {"fonts": Backend("")})
"""One, without a model: there is nothing to choose."""


class TextRenderingRole(LoadedRole[Loaded, NoOptions]):
    """Typesets strings with the bundled fonts. The same request gives the same bytes."""

    role = RoleName.TEXT_RENDERING
    options = NoOptions
    backends = BACKENDS

    def load(self) -> Loaded:
        """Find and hash every font. Raises: MissingExtra: a font package is not installed."""
        return Loaded(digest=_digest_of_fonts())

    def methods(self) -> Mapping[str, Method]:
        """The verbs, by their names on the wire."""
        return {
            "typeset": Method(TypesetRequest, TypesetReply, self.typeset),
            "outline": Method(OutlineRequest, OutlineReply, self.outline),
            "fonts": Method(FontsRequest, FontsReply, self.fonts),
        }

    async def fonts(self, request: FontsRequest) -> FontsReply:
        """Name the fonts a block may ask for."""
        self.digest()  # Refuses unless it runs.
        return FontsReply(fonts={name: entry.description for name, entry in FONTS.items()})

    async def typeset(self, request: TypesetRequest) -> TypesetReply:
        """Set the blocks over the art or the background and store the picture.

        Raises: InvalidInput: unknown font, a character no font has, text that does not fit.
            MediaRejected: the art is not a picture. NotFound: it is not stored.
        """
        digest, art = self.digest(), None
        if request.art is not None:
            art = await self._store.get(request.art.sha256, owner=request.owner)
        data, blocks, forward_s = await self._thread.run(_render, request, art)
        lineage = Lineage(
            tool="text_rendering.typeset",
            tool_version=CODE_VERSION,
            task_id=request.origin.task_id,
            node=request.origin.node,
            model_digest=digest,
            parameters=request.model_dump(mode="json", exclude={"owner", "origin"}),
            parents=(request.art.sha256,) if request.art else (),
        )
        image = await self._store.put(data, owner=request.owner, lineage=lineage)
        placed = tuple(block.placed(request.width_px, request.height_px) for block in blocks)
        return TypesetReply(image=image, blocks=placed, digest=digest, forward_s=forward_s)

    async def outline(self, request: OutlineRequest) -> OutlineReply:
        """Set the blocks and give their letters as SVG elements, for a drawing to hold them.

        Raises: InvalidInput: unknown font, a character no font has, text that does not fit, or
            outlines above ``MOST_SVG_BYTES``.
        """
        digest = self.digest()
        svg, blocks, forward_s = await self._thread.run(_outline, request)
        placed = tuple(block.placed(request.width_px, request.height_px) for block in blocks)
        return OutlineReply(svg=svg, blocks=placed, digest=digest, forward_s=forward_s)


def _outline(request: OutlineRequest) -> tuple[str, list[SetBlock], float]:
    begun = time.monotonic()
    blocks = [set_block(block, request.width_px, request.height_px) for block in request.blocks]
    svg = fragment_of(blocks)
    if len(svg) > MOST_SVG_BYTES:
        raise InvalidInput(
            f"the letters' outlines take {len(svg):,} bytes; expected at most {MOST_SVG_BYTES:,}",
            hint="ask with fewer words, or in several requests",
        )
    return svg, blocks, time.monotonic() - begun


def _render(request: TypesetRequest, art: bytes | None) -> tuple[bytes, list[SetBlock], float]:
    from PIL import Image

    begun = time.monotonic()
    size = request.width_px, request.height_px
    blocks = [set_block(block, *size) for block in request.blocks]
    sheet = Image.new("RGBA", size, request.background)
    if art is not None:
        picture = decode_stored(art)
        place_art(sheet, picture, request.art_box)
    if blocks:
        sheet.alpha_composite(rasterise(svg_of(blocks, *size)))
    data = encode_png(sheet.convert("RGB"))
    return data, blocks, time.monotonic() - begun


def _digest_of_fonts() -> str:
    digest = hashlib.sha256(f"text_rendering {CODE_VERSION}".encode())
    for library in ("uharfbuzz", "resvg_py", "pillow", "fonttools", "emoji", "python-bidi"):
        digest.update(f"\0{library} {_version(library)}".encode())
    for name in sorted(FONTS):
        content = hashlib.sha256(font_path(name).read_bytes()).hexdigest()
        digest.update(f"\0{name} {content}".encode())
    for path in all_files():
        digest.update(f"\0{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}".encode())
    return digest.hexdigest()


def _version(library: str) -> str:
    """Of an installed library; one that only some scripts need may be absent."""
    try:
        return version(library)
    except PackageNotFoundError:
        return "absent"
