"""The helper process of ``decoding``: bytes in, a clean PNG out, under hard limits.

Run as ``python -I -m maquette.api.desk.decoding_helper MAX_PIXELS MAX_BYTES``. Exits 0 with a PNG
on stdout, or 1 with one JSON object (message, hint) on stderr. Out of processor time it ends
by SIGXCPU.
"""

from __future__ import annotations

import json
import resource
import sys
from typing import NamedTuple

from maquette.infra.media.admit import admit_image
from maquette.records.errors import MediaRejected

BASE_BYTES = 360_000_000
BYTES_PER_PIXEL = 40
"""Of memory: several copies of a picture, as wide as the widest decoder makes them."""
CPU_S = 40
"""Three times what the costliest picture of USUAL_PIXELS takes on a crowded machine."""
USUAL_PIXELS = 16_000_000
"""Pictures up to this are decoded under the same limits, whatever their size."""


class Limits(NamedTuple):
    max_pixels: int
    max_upload_bytes: int


def limit(max_pixels: int, *, cpu_s: int | None = None) -> None:
    """Bind this process: memory, processor time, no files, no core, no processes.

    Memory and time grow with the largest picture that is taken, from ``USUAL_PIXELS`` on.
    """
    pixels = max(max_pixels, USUAL_PIXELS)
    memory_bytes = BASE_BYTES + BYTES_PER_PIXEL * pixels
    cpu_s = cpu_s or CPU_S * pixels // USUAL_PIXELS
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 5))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))


def main() -> int:
    max_pixels, max_bytes = int(sys.argv[1]), int(sys.argv[2])

    data = sys.stdin.buffer.read(max_bytes + 1)
    limit(max_pixels)
    try:
        png = admit_image(data, Limits(max_pixels=max_pixels, max_upload_bytes=max_bytes))
    except MediaRejected as error:
        said = {"message": error.message, "hint": error.hint}
    except MemoryError:
        said = {
            "message": "reading this picture takes more memory than a picture of its size should",
            "hint": "",
        }
    else:
        sys.stdout.buffer.write(png)
        sys.stdout.buffer.flush()
        return 0
    sys.stderr.write(json.dumps(said) + "\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
