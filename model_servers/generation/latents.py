"""Rows between processes: a row's latent and memory as safetensors bytes, and back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from maquette.model_servers.generation.adapters.contract import ActiveRow
from maquette.records.errors import InvalidInput

if TYPE_CHECKING:
    from maquette.model_servers.generation.adapters.contract import RowAdapter, RowSpec

FORMAT = 1
_META = "maquette"
_SCHEDULE = "schedule."


def save_row(row: ActiveRow, digest: str) -> bytes:
    """The row at its step, as safetensors with JSON metadata. No pickle is involved."""
    from safetensors.torch import save

    remembered, plain = row.schedule.state()
    tensors = {"latent": row.latent, "generator": row.generator.get_state()}
    if row.clean is not None:
        tensors["clean"] = row.clean
    tensors.update({_SCHEDULE + name: value for name, value in remembered.items()})
    meta = {
        "format": FORMAT,
        "digest": digest,
        "step": row.step,
        "steps": row.schedule.steps,
        "schedule": plain,
        "signals": row.signals,
    }
    return save(
        {name: value.detach().cpu().contiguous().clone() for name, value in tensors.items()},
        metadata={_META: json.dumps(meta, sort_keys=True)},
    )


def load_row(
    adapter: RowAdapter, spec: RowSpec, data: bytes, *, step: int, digest: str
) -> ActiveRow:
    """A row that goes on from saved bytes at ``step``, with the words of ``spec``.

    Raises: InvalidInput: the bytes are no saved row, or belong to another model, step, number
        of steps or size.
    """
    tensors, meta = _parse(data)
    schedule = adapter.schedule(spec)
    _expect("model", meta["digest"], digest)
    _expect("step", meta["step"], step)
    _expect("number of steps", meta["steps"], schedule.steps)
    if step >= schedule.steps:
        raise InvalidInput(
            f"a row of {schedule.steps} steps cannot go on from step {step}",
            hint="its picture is finished; start the row again without a latent",
        )
    generator = torch.Generator("cpu").manual_seed(spec.seed)
    with torch.no_grad():
        shape = adapter.noise(spec, generator)
        _expect("shape", tuple(tensors["latent"].shape), tuple(shape.shape))
        generator.set_state(tensors["generator"])
        schedule.restore(
            {
                name.removeprefix(_SCHEDULE): value.to(shape.device)
                for name, value in tensors.items()
                if name.startswith(_SCHEDULE)
            },
            meta["schedule"],
        )
        clean = tensors.get("clean")
        return ActiveRow(
            spec=spec,
            conditioning=adapter.encode(spec),
            schedule=schedule,
            generator=generator,
            latent=tensors["latent"].to(shape.device, shape.dtype),
            step=step,
            clean=None if clean is None else clean.to(shape.device),
            signals=dict(meta["signals"]),
        )


def _parse(data: bytes) -> tuple[dict[str, Tensor], dict[str, Any]]:
    from safetensors import SafetensorError
    from safetensors.torch import load

    try:
        tensors = load(data)
        header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
        meta = json.loads(header["__metadata__"][_META])
        if meta["format"] != FORMAT or not {"latent", "generator"} <= tensors.keys():
            raise ValueError(f"format {meta['format']!r}")
    except (SafetensorError, ValueError, KeyError, TypeError) as cause:
        raise InvalidInput(
            "the latent to go on from is not a saved row of this version",
            hint="start the row again without a latent",
        ) from cause
    return tensors, meta


def _expect(what: str, found: object, wanted: object) -> None:
    if found != wanted:
        shown = (f"{str(value)[:16]}" for value in (found, wanted))
        raise InvalidInput(
            "the latent to go on from has {} {}; expected {}".format(what, *shown),
            hint="start the row again without a latent",
        )
