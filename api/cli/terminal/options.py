"""Options shared by the commands."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Json = Annotated[
    bool, typer.Option("--json", help="Print the answer as JSON on stdout, without colours.")
]
DataDir = Annotated[
    Path | None,
    typer.Option("--data-dir", help="Where the stack keeps its state.", show_default=False),
]
TaskId = Annotated[
    str, typer.Argument(help="The task's id, the end of it, or 'last'.", metavar="ID")
]
Force = Annotated[bool, typer.Option(help="Replace a file of the same name.")]
Preview = Annotated[
    bool, typer.Option("--preview/--no-preview", help="Show the picture in the terminal.")
]
Yes = Annotated[
    bool,
    typer.Option(
        "--yes", "-y", help="Take the best guess where a question would be asked, and say so."
    ),
]
