"""A command: ``maquette mirror FILE``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from PIL import Image, ImageOps

app = typer.Typer(help="Mirror a picture file.")


@app.command()
def mirror(
    file: Annotated[Path, typer.Argument(help="the picture", exists=True)],
    to: Annotated[Path, typer.Option(help="where the mirrored one goes")],
) -> None:
    """Mirror a picture file."""
    with Image.open(file) as picture:
        ImageOps.mirror(picture).save(to)
    typer.echo(to)
