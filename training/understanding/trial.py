"""Try the judge of things against planted truth: how often it speaks, and how often it is right.

Of each held-out scene every kind of criterion is asked once as it holds and once as it does not.
The answers come through the judge itself and the role behind it, guard included; then each
threshold is weighed (``critic.sure`` in the settings). Run as
``python -m maquette.training.understanding.trial``.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from PIL import Image

from maquette.agents.judging.contract import Sight
from maquette.agents.judging.judges.things import ThingsJudge, question
from maquette.infra.media.admit import encode_png
from maquette.infra.settings.schema import ModelConfig
from maquette.infra.store.memory import MemoryArtifactStore
from maquette.model_servers.client.contract import ModelClient, ResponseT, RoleName
from maquette.model_servers.client.work import Work
from maquette.model_servers.schemas.understanding import LabelScoresReply
from maquette.model_servers.serving.direct import DirectClient
from maquette.model_servers.serving.host import RoleHost
from maquette.model_servers.understanding.role import UnderstandingRole
from maquette.records.base import Record
from maquette.records.criterion import Colour, Count, Criterion, Exists, Relation
from maquette.training.evaluation.intervals import Share
from maquette.training.world.colours import COLOURS
from maquette.training.world.drawing.render import render
from maquette.training.world.sample import sample_scene
from maquette.training.world.scene import OPPOSITE, SIDES, Scene, relations
from maquette.training.world.things import THINGS

FIRST_SEED = 970_000
THRESHOLDS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
WANTED = 0.95
"""Share of right answers, among those that are believed, that a judge must reach."""
MOST_COUNTED = 6
SIDE_PX = 768
"""Pictures are handed over as large as plans make them."""


@dataclass(frozen=True)
class Planted:
    """A criterion, and whether it holds of the scene."""

    criterion: Criterion
    holds: bool


@dataclass(frozen=True)
class Trial:
    """What came of one planted criterion."""

    kind: str
    holds: bool
    passes: bool
    """Whether the likeliest answer is the one hoped for."""
    share: float
    """Probability of that answer."""
    in_world: bool | None

    @property
    def right(self) -> bool:
        return self.passes == self.holds


def planted(scene: Scene, rng: np.random.Generator) -> list[Planted]:
    """Of each kind one criterion that holds and one that does not, where the scene allows it."""

    def one(options: Sequence[Any]) -> Any:
        return options[int(rng.integers(len(options)))]

    kinds = sorted({placed.thing for placed in scene.things})
    pairs = {placed.pair for placed in scene.things}
    absent = one([name for name in THINGS if name not in kinds])
    colour, thing = one(sorted(pairs))
    other = one([name for name in COLOURS if (name, thing) not in pairs])
    counted = one(kinds)
    count = sum(placed.thing == counted for placed in scene.things)
    wrong = one([n for n in (count - 1, count + 1) if 0 <= n <= MOST_COUNTED])
    found = [
        Planted(Exists(id="a", thing=one(kinds)), True),
        Planted(Exists(id="b", thing=absent), False),
        Planted(Colour(id="c", thing=thing, colour=colour), True),
        Planted(Colour(id="d", thing=thing, colour=other), False),
        Planted(Count(id="e", thing=counted, count=count), True),
        Planted(Count(id="f", thing=counted, count=wrong), False),
    ]
    names = [placed.thing for placed in scene.things]
    told = [
        fact
        for fact in relations(scene)
        if fact.name in SIDES
        and names.count(names[fact.subject]) == names.count(names[fact.other]) == 1
    ]
    if told:
        fact = one(told)
        between = {"subject": names[fact.subject], "object": names[fact.other]}
        for name, side, holds in (("g", fact.name, True), ("h", OPPOSITE[fact.name], False)):
            asked = Relation.model_validate({"id": name, "relation": side, **between})
            found.append(Planted(asked, holds))
    return found


class _Listening:
    """Hands on every call and keeps the label scores that come back."""

    label = "listening"

    def __init__(self, models: ModelClient) -> None:
        self._models = models
        self.heard: list[LabelScoresReply] = []

    async def call(
        self, role: RoleName, method: str, request: Record, response: type[ResponseT]
    ) -> ResponseT:
        reply = await self._models.call(role, method, request, response)
        if isinstance(reply, LabelScoresReply):
            self.heard.append(reply)
        return reply

    async def digest(self, role: RoleName) -> str:
        return await self._models.digest(role)

    async def work(self) -> Work:
        return await self._models.work()

    async def close(self) -> None:
        await self._models.close()


async def tried(model: str, scenes: int, threads: int = 1) -> list[Trial]:
    """Ask about held-out scenes. Raises: ConfigError: there is no such model."""
    store = MemoryArtifactStore()
    config = ModelConfig(model=model)
    role = RoleHost({RoleName.UNDERSTANDING: lambda: UnderstandingRole(config, store, threads)})
    client = _Listening(DirectClient(role))
    judge = ThingsJudge(sure=0.0)
    trials: list[Trial] = []
    try:
        for k in range(scenes):
            rng = np.random.default_rng((FIRST_SEED, k))
            scene = sample_scene(rng)
            picture = Image.fromarray(render(scene)).resize((SIDE_PX, SIDE_PX))
            ref = await store.put(encode_png(picture), owner="trial")
            sight = Sight(image=ref, owner="trial", models=client)
            asked = planted(scene, rng)
            client.heard.clear()
            await judge.judge([one.criterion for one in asked], sight)
            trials += [_trial(*pair) for pair in zip(asked, client.heard, strict=True)]
    finally:
        await client.close()
    return trials


def _trial(one: Planted, reply: LabelScoresReply) -> Trial:
    asked = question(one.criterion)
    if asked is None:
        raise ValueError(f"nothing asks for {one.criterion!r}")
    likeliest = max(reply.scores, key=lambda score: score.probability)
    return Trial(
        kind=one.criterion.kind,
        holds=one.holds,
        passes=likeliest.label == asked[2],
        share=likeliest.probability,
        in_world=reply.verdict.in_world,
    )


def table(trials: Sequence[Trial]) -> list[dict[str, Any]]:
    """For each threshold and kind: the share judged, the share right of it, false passes.

    What the guard takes for another world is never judged.
    """
    rows = []
    for kind in ("all", *sorted({trial.kind for trial in trials})):
        own = [trial for trial in trials if kind in ("all", trial.kind)]
        for sure in THRESHOLDS:
            spoken = [t for t in own if t.share >= sure and t.in_world is not False]
            right = Share(sum(t.right for t in spoken), len(spoken)) if spoken else None
            false = [t for t in own if not t.holds]
            passed = sum(t.passes and t in spoken for t in false)
            rows.append(
                {
                    "kind": kind,
                    "sure": sure,
                    "judged": round(len(spoken) / len(own), 4),
                    "right": round(right.value, 4) if right else None,
                    "low": round(right.interval[0], 4) if right else None,
                    "high": round(right.interval[1], 4) if right else None,
                    "false_passes": round(passed / max(1, len(false)), 4),
                    "n": len(own),
                }
            )
    return rows


def advised(rows: Sequence[dict[str, Any]], wanted: float = WANTED) -> float | None:
    """The lowest threshold at which enough of what is judged is right; None: there is none."""
    good = [r["sure"] for r in rows if r["kind"] == "all" and (r["right"] or 0) >= wanted]
    return min(good, default=None)


def main(
    model: Annotated[str, typer.Option(help="bundled, or the directory of a model")] = "bundled",
    scenes: Annotated[int, typer.Option(help="held-out scenes")] = 100,
    threads: Annotated[int, typer.Option(help="torch threads")] = 1,
    out: Annotated[Path | None, typer.Option(help="file for the rows, as JSON")] = None,
) -> None:
    """Try the judge and say which threshold to set."""
    rows = table(asyncio.run(tried(model, scenes, threads)))
    told = {"model": model, "advised": advised(rows), "rows": rows}
    if out is not None:
        out.write_text(json.dumps(told, indent=1) + "\n")
    typer.echo(f"{'kind':<10}{'sure':>6}{'judged':>9}{'right':>9}{'false passes':>14}{'n':>7}")
    for row in rows:
        right = "-" if row["right"] is None else f"{row['right']:.1%}"
        typer.echo(
            f"{row['kind']:<10}{row['sure']:>6}{row['judged']:>9.1%}{right:>9}"
            f"{row['false_passes']:>14.1%}{row['n']:>7}"
        )
    typer.echo(f"lowest critic.sure with {WANTED:.0%} right: {told['advised'] or 'none'}")


if __name__ == "__main__":
    typer.run(main)
