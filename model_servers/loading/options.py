"""Options of a role in the settings: those that place it, and those that tune its model."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import Field, ValidationError

from maquette.records.base import Record
from maquette.records.errors import ConfigError

RecordT = TypeVar("RecordT", bound=Record)


class PlacementOptions(Record):
    """How many replicas a role has and what each may use; read by the ``per_role`` placement."""

    replicas: int = Field(default=1, ge=1, le=1000, description="fixed number of replicas")
    autoscaling: dict[str, Any] | None = Field(
        default=None, description="Ray Serve's autoscaling_config; replaces ``replicas``"
    )
    num_cpus: float = Field(default=0.0, ge=0, description="CPUs reserved for a replica")
    num_gpus: float = Field(default=0.0, ge=0, description="share of GPUs for a replica")
    max_ongoing_requests: int = Field(
        default=256, ge=1, description="requests a replica holds at once; the role queues them"
    )

    @property
    def many(self) -> bool:
        return self.replicas > 1 or self.autoscaling is not None


class NoOptions(Record):
    """Of a role that has none beside placement."""


class PlaceOptions(Record):
    """Where and how exactly a model computes that is small enough for a CPU."""

    device: str = Field(
        default="cpu",
        description="cpu, auto, cuda or cuda:N; results of a CPU are equal on every machine",
    )
    dtype: str = Field(default="float32", description="float32, auto, bfloat16 or float16")


def placement_options(role: str, options: dict[str, Any]) -> PlacementOptions:
    """The placement part of a role's options. Raises: ConfigError."""
    known = PlacementOptions.model_fields
    return parse_options(role, PlacementOptions, {k: v for k, v in options.items() if k in known})


def model_options(role: str, kind: type[RecordT], options: dict[str, Any]) -> RecordT:
    """The rest of a role's options, as the record its model takes. Raises: ConfigError."""
    placement = PlacementOptions.model_fields
    return parse_options(role, kind, {k: v for k, v in options.items() if k not in placement})


def parse_options(role: str, kind: type[RecordT], options: dict[str, Any]) -> RecordT:
    """Options as a record. Raises: ConfigError naming the wrong key and the known ones."""
    try:
        return kind.model_validate(options)
    except ValidationError as cause:
        first = cause.errors(include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        known = sorted({*kind.model_fields, *PlacementOptions.model_fields})
        raise ConfigError(
            f"models.{role}.options.{key} in the settings: {first['msg']}, "
            f"got {first['input']!r:.80}",
            hint=f"known options: {', '.join(known)}",
        ) from cause
