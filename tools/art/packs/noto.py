"""The default pack: Noto Color Emoji, as the package ``dynamic-font`` carries it.

Only its files are used: the package itself is never imported. The font's SHA-256 is pinned, so that
the same thing is the same picture everywhere.
"""

from __future__ import annotations

import hashlib
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from maquette.infra.vector.font import ColourFont
from maquette.records.errors import IntegrityError, MissingExtra
from maquette.tools.art.contract import Licence
from maquette.tools.art.packs.font import FontPack

PACKAGE = "dynamic-font"
FONT = "dynamic_font/assets/fonts/NotoColorEmoji-Regular.ttf"
SHA256 = "9cb722075cfcb586eb943f3d865391d866919653251eef737cb1993d4f1a625b"
LICENCE_FILE = "Noto-OFL.txt"
LICENCE_SAYS = "SIL OPEN FONT LICENSE Version 1.1"
LICENCE = Licence(
    "OFL-1.1", "Google Inc.", "Noto Color Emoji 2.051, github.com/googlefonts/noto-emoji"
)
_INSTALL = f"pip install '{PACKAGE}==1.2.4'"


def pack() -> FontPack:
    """The pack; its font is opened and checked at the first use of a thing or of the cards."""
    return FontPack(
        "noto",
        title="Noto Color Emoji",
        licence=LICENCE,
        style="flat colour with soft shading",
        sha256=SHA256,
        opened=open_noto,
    )


def open_noto() -> ColourFont:
    """The font, checked.

    Raises:
        MissingExtra: the package that carries it is not installed.
        IntegrityError: its file, or the licence beside it, is another one than was pinned.
    """
    found = _distribution()
    data = _read(Path(str(found.locate_file(FONT))))
    digest = hashlib.sha256(data).hexdigest()
    if digest != SHA256:
        raise IntegrityError(
            f"the font of {PACKAGE} has the SHA-256 {digest[:12]}…; expected {SHA256[:12]}…",
            hint=_INSTALL,
        )
    if LICENCE_SAYS not in licence_text():
        raise IntegrityError(
            f"{LICENCE_FILE} of {PACKAGE} does not say {LICENCE_SAYS!r}", hint=_INSTALL
        )
    return ColourFont(data, name="Noto Color Emoji")


def licence_text() -> str:
    """The licence as it lies in the package. Raises: MissingExtra: it is not there."""
    for file in _distribution().files or ():
        if file.name == LICENCE_FILE:
            return _read(Path(str(file.locate()))).decode("utf-8", "replace")
    raise MissingExtra(f"{PACKAGE} comes without {LICENCE_FILE}", hint=_INSTALL)


def _distribution() -> Distribution:
    try:
        return distribution(PACKAGE)
    except PackageNotFoundError as error:
        raise MissingExtra(
            f"the art pack noto is a font of the package {PACKAGE}, which is not installed",
            hint=_INSTALL,
        ) from error


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise MissingExtra(
            f"{path.name} of {PACKAGE} cannot be read ({error.strerror})", hint=_INSTALL
        ) from error
