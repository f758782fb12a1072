"""What the command lines of the recipes share: options and the device."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    import torch

Work = Annotated[Path, typer.Option(help="folder for checkpoints, logs and caches")]
Shards = Annotated[
    Path | None,
    typer.Option(help="folder of rendered scenes that recipes share; without it below --work"),
]
Minutes = Annotated[float | None, typer.Option(help="wall time over all resumed runs")]
Steps = Annotated[int | None, typer.Option(help="largest number of steps over all runs")]
Scenes = Annotated[int, typer.Option(help="rendered training scenes")]
Compiled = Annotated[bool, typer.Option(help="compile layers; needs a C++ compiler")]
Tower = Annotated[
    Path | None,
    typer.Option(
        help="folder of a tower's training, or a pack with one, to begin from; none: at random"
    ),
]
To = Annotated[Path, typer.Option(help="folder of the pack")]
Pack = Annotated[Path, typer.Option(help="a pack, or any directory of such a model")]
Measured = Annotated[bool, typer.Option(help="score it, and say so in its card")]


def recipe_app(doc: str | None) -> typer.Typer:
    """An app whose help is the docstring of its module."""
    return typer.Typer(no_args_is_help=True, add_completion=False, help=doc)


def pick_device() -> torch.device:
    """Choose a GPU if there is one."""
    import torch

    return torch.device("cuda" if torch.cuda.is_available() else "cpu")
