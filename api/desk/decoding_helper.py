"""The helper process of ``admission``: bytes in, a clean PNG out, under hard limits.

Run as ``python -I -m maquette.api.desk.decoding_helper MAX_PIXELS MAX_BYTES``. Exits 0 with a PNG
on stdout, or 1 with one JSON object (message, hint) on stderr. Out of processor time it ends
by SIGXCPU.
"""

from __future__ import annotations

import json
import resource
import sys
from typing import NamedTuple

MEMORY_BYTES = 1_000_000_000
CPU_S = 40
"""Three times what the costliest picture within the limits takes on a crowded machine."""


class Limits(NamedTuple):
    max_pixels: int
    max_upload_bytes: int


def limit(*, cpu_s: int = CPU_S) -> None:
    """Bind this process: memory, processor time, no files, no core, no processes."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 5))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))


def main() -> int:
    max_pixels, max_bytes = int(sys.argv[1]), int(sys.argv[2])

    from maquette.infra.media.admit import admit_image
    from maquette.records.errors import MediaRejected

    data = sys.stdin.buffer.read(max_bytes + 1)
    limit()
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
