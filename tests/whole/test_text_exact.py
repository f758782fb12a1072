"""Text is exact: signs read by a second reader that the loop never uses."""

from __future__ import annotations

import asyncio
import io
import shutil
import subprocess
from pathlib import Path

import pytest
from PIL import Image, ImageOps

from maquette.api.client import MaquetteClient
from maquette.records.draft import Draft
from maquette.records.task import TaskOptions
from maquette.records.verdict import Outcome
from maquette.tools.art.scene import Scene

pytestmark = [pytest.mark.stack, pytest.mark.slow, pytest.mark.timeout(900)]

SIGNS = (Path(__file__).parent / "signs.txt").read_text().splitlines()
AT_ONCE = 2


READ_PX = 300
"""Width at which the words are read: tesseract is made for pages, and reads nothing at all, or
strokes for letters, where letters are hundreds of pixels high."""
ROUND_WORDS = 0.12
"""Put round the words, as a fraction of their width, in the colour behind them: the borders of
the sheet are no letters."""


async def words_alone(client: MaquetteClient, sha256: str) -> bytes:
    """The part of a composed sign that its document keeps for words, in the size of a page's."""
    made = await client.lineage(sha256)
    assert made is not None
    parents = [await client.artifact(parent) for parent in made.parents]
    (document,) = (one for one in parents if one.media_type == "application/json")
    (words,) = Scene.model_validate_json(await client.download(document.sha256)).words
    with Image.open(io.BytesIO(await client.download(sha256))) as sheet:
        box, size = words.box, sheet.size
        left, right = round(box.x0 * size[0]), round(box.x1 * size[0])
        top, bottom = round(box.y0 * size[1]), round(box.y1 * size[1])
        part = sheet.convert("RGB").crop((left, top, right, bottom))
    part = ImageOps.expand(part, round(ROUND_WORDS * part.width), part.getpixel((0, 0)))
    written = io.BytesIO()
    part.resize((READ_PX, round(part.height * READ_PX / part.width))).save(written, format="PNG")
    return written.getvalue()


def second_reading(picture: bytes) -> str:
    """What tesseract reads: one block of text, then any layout if that gives nothing."""
    for layout in ("6", "3", "11"):
        read = subprocess.run(
            ["tesseract", "stdin", "stdout", "-l", "eng", "--psm", layout],
            input=picture,
            capture_output=True,
            check=True,
        ).stdout.decode()
        if words := " ".join(read.split()):
            return words
    return ""


async def sign(client: MaquetteClient, text: str, seed: int) -> tuple[str, Draft, str]:
    """Make one sign; the string wanted, the best draft, and the second reading of it."""
    task = await client.submit(f'a sign that says "{text}"', options=TaskOptions(seed=seed))
    task = await client.wait(task.id, timeout_s=300)
    assert task.result is not None and task.result.best is not None, task.problem
    picture = await words_alone(client, task.result.best.artifact.sha256)
    return text, task.result.best, await asyncio.to_thread(second_reading, picture)


@pytest.mark.skipif(not shutil.which("tesseract"), reason="tesseract is not installed")
async def test_sixty_signs_read_exactly(client: MaquetteClient) -> None:
    """At least 95 % read exactly, and no picture that passed reads otherwise."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(index: int, text: str) -> tuple[str, Draft, str]:
        async with gate:
            return await sign(client, text, seed=index)

    made = await asyncio.gather(*(one(i, text) for i, text in enumerate(SIGNS)))
    wrong = {text: read for text, _, read in made if read != text}
    passed_but_wrong = {
        text: read for text, draft, read in made if draft.outcome is Outcome.PASSED and read != text
    }
    assert len(made) == 60
    assert len(wrong) <= 3, wrong
    assert passed_but_wrong == {}
