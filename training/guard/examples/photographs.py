"""Photographs for the test, never for training: those inside the wheels of scikit-image and
scikit-learn, and any folder of pictures, such as Debian's wallpaper packages unpacked:

    apt-get download mate-backgrounds gnome-backgrounds ukui-wallpapers \\
        lomiri-wallpapers-16.04 lomiri-wallpapers-20.04 plasma-workspace-wallpapers \\
        stellarium-data
    for package in *.deb; do dpkg-deb -x "$package" unpacked; done
    mkdir photographs
    mv unpacked/usr/share/backgrounds unpacked/usr/share/wallpapers photographs
    mv unpacked/usr/share/stellarium/nebulae/default/m[0-9]*.png photographs
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from itertools import chain
from pathlib import Path

import numpy as np
from PIL import Image
from platformdirs import site_data_dir

from maquette.records.errors import MissingExtra

IN_SKIMAGE = [
    "astronaut.png",
    "brick.png",
    "camera.png",
    "cell.png",
    "chelsea.png",
    "clock_motion.png",
    "coffee.png",
    "coins.png",
    "grass.png",
    "gravel.png",
    "hubble_deep_field.jpg",
    "ihc.png",
    "moon.png",
    "motorcycle_left.png",
    "page.png",
    "retina.jpg",
    "rocket.jpg",
    "text.png",
]
"""Photographs among the files of its wheel; nothing is downloaded."""
IN_SKLEARN = ["china.jpg", "flower.jpg"]
"""Photographs among the files of scikit-learn's wheel."""
DRAWN = [
    "Altai",
    "Autumn",
    "Canopee",
    "Cascade",
    "Cluster",
    "Elarun",
    "Flow",
    "FlyingKonqui",
    "Honeywave",
    "IceCold",
    "Kay",
    "Kokkini",
    "MilkyWay",
    "Opal",
    "PastelHills",
    "Patak",
    "SafeLanding",
    "Shell",
    "Volna",
    "Fossa_by_Jasper_Roks",
    "Infinite-Sea_by_Aury88",
    "analogpattern_by_Peter_Nerlich",
    "calla",
    "fluent-color",
    "free_by_Peter_Nerlich",
    "adwaita-d",
    "adwaita-l",
    "grid-d",
    "grid-l",
    "licorice-d",
    "licorice-l",
    "pixels-d",
    "pixels-l",
    "truchet-d",
    "truchet-l",
    "wood-d",
    "goldfish",
    "Elephants",
    "Gulp",
    "Float-into-MATE",
    "Ubuntu-Mate-Cold-no-logo",
    "Ubuntu-Mate-Dark-no-logo",
    "rhythm",
    "string",
    "umang_by_Abhishek_Mudgal",
]
"""Wallpapers of these packages that are drawings or composed, by the name of the file or of its
folder; seen by looking at each."""
WALLPAPERS = (
    "mate-backgrounds",
    "gnome-backgrounds",
    "ukui-wallpapers",
    "lomiri-wallpapers-16.04",
    "lomiri-wallpapers-20.04",
    "plasma-workspace-wallpapers",
    "stellarium-data",
)
"""Debian's packages with photographs among their wallpapers."""
_INSTALLED = ("backgrounds", "wallpapers", "stellarium/nebulae/default")
"""Where they put them, below the folders of the system's shared data."""
_ENDINGS = frozenset({".jpg", ".jpeg", ".png", ".webp"})
_ALIKE = 6
"""Bits of 64 in which two pictures' fingerprints may differ and still be the same photograph."""


def wheel_photographs() -> Iterator[tuple[str, Image.Image]]:
    """Name and picture of each. Raises: MissingExtra: scikit-image is not installed."""
    for package, inside, names in (
        ("skimage", "data", IN_SKIMAGE),
        ("sklearn", "datasets/images", IN_SKLEARN),
    ):
        spec = find_spec(package)
        if spec is None or not spec.submodule_search_locations:
            raise MissingExtra(
                f"the guard's test needs the photographs in {package}, which is not installed",
                hint="pip install 'maquette[bench]'",
            )
        folder = Path(spec.submodule_search_locations[0]) / inside
        for name in names:
            if (folder / name).is_file():
                yield f"{package}/{name}", Image.open(folder / name).convert("RGB")


def installed_folders() -> list[Path]:
    """The folders of wallpapers that are installed on this machine."""
    shared = site_data_dir(multipath=True).split(os.pathsep)
    folders = [Path(base) / inside for base in shared for inside in _INSTALLED]
    return [folder for folder in folders if folder.is_dir()]


def distinct_photographs(folders: Sequence[Path]) -> Iterator[tuple[str, Image.Image]]:
    """Those of the wheels that are installed and of some folders, each photograph once."""
    seen: list[int] = []
    sources = [wheel_photographs(), *(folder_photographs(folder) for folder in folders)]
    for name, image in chain.from_iterable(sources):
        mark = _fingerprint(image)
        if all((mark ^ other).bit_count() > _ALIKE for other in seen):
            seen.append(mark)
            yield name, image


def folder_photographs(folder: Path) -> Iterator[tuple[str, Image.Image]]:
    """Every distinct photograph below a folder, by name; drawings are left out.

    A picture counts as a drawing when more than a third of its pixels equal both neighbours,
    or it has fewer than 2,000 colours, at 512 pixels wide: what the guard sees is not asked.
    """
    seen: list[int] = []
    for file in sorted(folder.rglob("*")):
        if file.suffix.lower() not in _ENDINGS or file.is_symlink() or not file.is_file():
            continue
        if {file.stem, *file.relative_to(folder).parts} & set(DRAWN):
            continue
        try:
            opened = Image.open(file)
            opened.draft("RGB", (1024, 1024))
            image = opened.convert("RGB")
        except OSError:
            continue
        image.thumbnail((512, 512))
        mark = _fingerprint(image)
        if any((mark ^ other).bit_count() <= _ALIKE for other in seen) or _drawn(image):
            continue
        seen.append(mark)
        yield str(file.relative_to(folder)), image


def _fingerprint(image: Image.Image) -> int:
    """Difference hash: 64 bits that stay when size or compression change."""
    small = np.asarray(image.convert("L").resize((9, 8)), np.int16)
    bits = (small[:, 1:] > small[:, :-1]).ravel()
    return int("".join("1" if bit else "0" for bit in bits), 2)


def _drawn(image: Image.Image) -> bool:
    pixels = np.asarray(image, np.int16)
    same = (pixels[:-1, :-1] == pixels[1:, :-1]) & (pixels[:-1, :-1] == pixels[:-1, 1:])
    colours = len(np.unique(pixels.reshape(-1, 3), axis=0))
    return bool(same.all(axis=2).mean() > 1 / 3) or colours < 2_000
