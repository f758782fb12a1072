"""How often the judge of composed pictures finds planted faults, and cries without one."""

from __future__ import annotations

import asyncio
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from maquette.agents.judging.composed.sources import ArtSources
from maquette.agents.judging.contract import Sight
from maquette.agents.judging.judges.placed import PlacedJudge
from maquette.infra.store.memory import MemoryArtifactStore
from maquette.model_servers.client.fake import ScriptedModelClient
from maquette.model_servers.schemas.text_rendering import PlacedBlock, PlacedLine
from maquette.records.criterion import Criterion, Relation
from maquette.records.geometry import Box
from maquette.records.verdict import Finding, Outcome
from maquette.tools.art.scene import Scene
from maquette.training.evaluation.art.asking import ask
from maquette.training.evaluation.art.faults import FAULTS, PLACES, Trial, trial
from maquette.training.evaluation.intervals import Share

FOUND, ALARMS = 0.98, 0.02
"""The bars: least share of faults for which something of the thing fails, and largest share of
faultless pictures of which something fails. What is left unjudged is told beside both."""
SHARES = ("found", "found_or_unjudged", "alarms", "alarms_or_unjudged")
OWNER = "local"
_TRIES = 40


@dataclass(frozen=True)
class Judged:
    """A trial and what the judge said."""

    trial: Trial
    findings: tuple[Finding, ...]

    @property
    def doubted(self) -> tuple[Finding, ...]:
        """What did not pass; of a fault, only what is about its thing."""
        return tuple(
            one
            for one in self.findings
            if one.outcome is not Outcome.PASSED and _about(one.criterion, self.trial.thing)
        )

    @property
    def failed(self) -> bool:
        """Whether something of that failed, and was not only left unjudged."""
        return any(one.outcome is Outcome.FAILED for one in self.doubted)


def trials(count: int, seed: int) -> Iterator[Trial]:
    """So many pictures with faults, every kind in pixels and documents by turns, each followed by
    a faultless one."""
    kinds = [(fault, where) for fault in FAULTS for where in PLACES]
    for k in range(count):
        rng = np.random.default_rng([seed, k])
        fault, where = kinds[k % len(kinds)]
        for _ in range(_TRIES):
            planted = trial(ask(rng), fault, where, rng)
            if planted is not None:
                yield planted
                break
        faultless = trial(ask(rng), None, None, rng)
        if faultless is not None:
            yield faultless


async def judge_all(chosen: Iterator[Trial]) -> list[Judged]:
    """What the judge says of each, in order."""
    sources, judge = ArtSources(), PlacedJudge()
    return [await _judge(one, sources, judge) for one in chosen]


async def _judge(one: Trial, sources: ArtSources, judge: PlacedJudge) -> Judged:
    store = MemoryArtifactStore()
    pixels, placed = lettered(sources.whole(one.painted, *_size(one.painted)), one.painted)
    sight = Sight(
        image=await store.put(_png(pixels), owner=OWNER),
        owner=OWNER,
        models=ScriptedModelClient({}),
        placed=placed,
        store=store,
        scene=await store.put(one.document.model_dump_json().encode(), owner=OWNER),
    )
    return Judged(one, tuple(await judge.judge(one.asked.criteria, sight)))


def measure(count: int, seed: int) -> list[Judged]:
    """``count`` faults and as many faultless pictures, judged."""
    return asyncio.run(judge_all(trials(count, seed)))


def record(judged: Sequence[Judged]) -> dict[str, Any]:
    """Shares found and failed, by kind and place, and alarms, as plain values."""
    faults = [one for one in judged if one.trial.fault]
    clean = [one for one in judged if not one.trial.fault]
    by: dict[str, Any] = {}
    for fault in FAULTS:
        for where in PLACES:
            own = [o for o in faults if (o.trial.fault, o.trial.where) == (fault, where)]
            by[f"{fault}, {where}"] = {
                "found": sum(one.failed for one in own),
                "found_or_unjudged": sum(bool(one.doubted) for one in own),
                "n": len(own),
            }
    return {
        "found": _share(sum(one.failed for one in faults), len(faults)),
        "found_or_unjudged": _share(sum(bool(one.doubted) for one in faults), len(faults)),
        "alarms": _share(sum(one.failed for one in clean), len(clean)),
        "alarms_or_unjudged": _share(sum(bool(one.doubted) for one in clean), len(clean)),
        "by": by,
        "unjudged_or_alarmed_by": dict(
            Counter(one.criterion.kind for each in clean for one in each.doubted).most_common()
        ),
    }


def table(told: dict[str, Any]) -> str:
    """The record for people."""
    lines = [f"{name:24} {told[name]}" for name in SHARES]
    lines += [f"  {name:24} found {one['found']} of {one['n']}" for name, one in told["by"].items()]
    return "\n".join(
        [*lines, f"not passed without a fault, by kind: {told['unjudged_or_alarmed_by']}"]
    )


def passes(judged: Sequence[Judged]) -> bool:
    """Whether both bars are met."""
    faults = [one for one in judged if one.trial.fault]
    clean = [one for one in judged if not one.trial.fault]
    found = sum(one.failed for one in faults) / max(1, len(faults))
    alarms = sum(one.failed for one in clean) / max(1, len(clean))
    return found >= FOUND and alarms <= ALARMS


def lettered(
    pixels: NDArray[np.uint8], scene: Scene
) -> tuple[NDArray[np.uint8], list[PlacedBlock]]:
    """The picture with its words on their plates, and where they stand."""
    picture = Image.fromarray(pixels)
    draw, blocks = ImageDraw.Draw(picture), list[PlacedBlock]()
    width, height = picture.size
    for block in scene.words:
        font, size = _fitting(block.text, block.box.width * width, 0.6 * block.box.height * height)
        x, y = block.box.centre
        at = (x * width, y * height)
        x0, y0, x1, y1 = draw.textbbox(at, block.text, font=font, anchor="mm")
        plate = (x0 - 0.5 * size, y0 - 0.4 * size, x1 + 0.5 * size, y1 + 0.4 * size)
        if block.panel:
            draw.rectangle(plate, fill=block.panel)
        draw.text(at, block.text, fill=block.colour, font=font, anchor="mm")
        box = Box(x0=x0 / width, y0=y0 / height, x1=x1 / width, y1=y1 / height)
        line = PlacedLine(text=block.text, box=box)
        blocks.append(PlacedBlock(size_px=size, lines=(line,), box=box))
    return np.asarray(picture), blocks


def _fitting(text: str, width: float, height: float) -> tuple[ImageFont.FreeTypeFont, int]:
    """Letters that high at most, and no wider than there is room."""
    size = max(8, round(height))
    wide = ImageFont.load_default(size).getlength(text)
    size = max(8, int(size * min(1.0, width / max(wide, 1.0))))
    return ImageFont.load_default(size), size  # type: ignore[return-value]


def _about(criterion: Criterion, thing: str) -> bool:
    """Whether a criterion is about a thing; with no thing named, all are."""
    if isinstance(criterion, Relation):
        return not thing or thing in (criterion.subject, criterion.object)
    return not thing or getattr(criterion, "thing", None) == thing


def _share(right: int, of: int) -> str:
    return str(Share(right, of)) if of else "none measured"


def _size(scene: Scene) -> tuple[int, int]:
    return scene.width_px, scene.height_px


def _png(pixels: NDArray[np.uint8]) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, format="PNG", compress_level=1)
    return buffer.getvalue()
