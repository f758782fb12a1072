"""Where a model runs and how exactly it computes, by the names in the settings. Light."""

from __future__ import annotations

from typing import TYPE_CHECKING

from maquette.records.errors import ConfigError

if TYPE_CHECKING:
    import torch

DTYPES = ("float32", "bfloat16", "float16")


def choose_device(role: str, name: str) -> torch.device:
    """The device of that name; ``auto`` is the GPU when there is one.

    Args:
        role: whose option it is, for the message.
    Raises: ConfigError: torch cannot use it here.
    """
    import torch

    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        device = torch.device(name)
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError) as cause:
        raise ConfigError(
            f"models.{role}.options.device is {name!r}, which cannot be used here",
            hint="use auto or cpu",
        ) from cause
    return device


def choose_dtype(role: str, name: str, device: torch.device) -> torch.dtype:
    """The dtype of that name; ``auto`` is float32 on a CPU, else bfloat16.

    Raises: ConfigError: no such dtype.
    """
    import torch

    if name == "auto":
        return torch.float32 if device.type == "cpu" else torch.bfloat16
    if name not in DTYPES:
        raise ConfigError(
            f"models.{role}.options.dtype is {name!r}; expected one of "
            f"{', '.join(['auto', *DTYPES])}",
            hint="use auto",
        )
    dtype: torch.dtype = getattr(torch, name)
    return dtype


def place_named(device: torch.device, dtype: torch.dtype) -> str:
    """What a digest says of a place: nothing of float32 on a CPU, which is the reference."""
    name = f"{device.type} {str(dtype).removeprefix('torch.')}"
    return "" if name == "cpu float32" else f"\0{name}"
