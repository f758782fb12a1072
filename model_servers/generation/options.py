"""Options of the generation role in the settings, and the version of its code. Light."""

from __future__ import annotations

from pydantic import Field

from maquette.records.base import Record

CODE_VERSION = "1"
"""Part of the digest: raised when this code would draw other bytes from the same weights."""


class GenerationOptions(Record):
    """What ``models.generation.options`` may hold, beside placement."""

    device: str = Field(default="auto", description="auto, cpu, cuda or cuda:N")
    dtype: str = Field(default="auto", description="auto, float32, bfloat16 or float16")
    rows_per_forward: int | None = Field(
        default=None,
        ge=1,
        le=64,
        description="rows in one batched forward; default 1 on a CPU, where it keeps a row's "
        "bytes independent of what else runs, and 8 on a GPU",
    )
    steps: int | None = Field(default=None, ge=1, le=200, description="default steps of a row")
    guidance: float | None = Field(default=None, ge=0, le=30, description="default guidance")
    most_rows: int = Field(default=128, ge=1, description="rows running at once, in all sessions")
    idle_s: float = Field(default=30.0, gt=0, description="a session unused so long is forgotten")
    download: bool = Field(default=False, description="whether a hub id may be fetched")
