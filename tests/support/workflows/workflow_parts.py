"""Real parts in small for the workflow tests: tools that make PNGs, a planner, a judge.

Importable from tests and from a worker process that a test kills.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import os
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image as Pictures

from maquette.agents.judging.contract import Cleanness, Judgement
from maquette.agents.planning.fake import ScriptedPlanner
from maquette.infra.store.contract import ArtifactStore
from maquette.infra.store.memory import MemoryArtifactStore
from maquette.model_servers.client.contract import RoleName
from maquette.model_servers.client.fake import ScriptedModelClient
from maquette.records.artifact import ArtifactRef, Lineage
from maquette.records.base import Record
from maquette.records.criterion import Criterion, TextReads
from maquette.records.draft import Revision
from maquette.records.errors import ModelUnavailable, ToolFailed
from maquette.records.plan import Call, Loop, Plan
from maquette.records.task import TaskRequest
from maquette.records.verdict import Evidence, Finding, Outcome, Verdict
from maquette.tools.call import run_tool
from maquette.tools.contract import Image, ToolContext
from maquette.tools.registry import Registry
from maquette.tools.spec import tool
from maquette.workflows.steps.workshop import Workshop


class Ledger:
    """Counts work in a file, so that counts outlive a killed process. One line a unit."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self.lines: list[str] = []

    def note(self, line: str) -> None:
        if self.path is None:
            self.lines.append(line)
            return
        handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        try:
            os.write(handle, f"{line}\n".encode())
        finally:
            os.close(handle)

    def read(self) -> list[str]:
        if self.path is None:
            return list(self.lines)
        return self.path.read_text().splitlines() if self.path.exists() else []

    def count(self, start: str) -> int:
        return sum(line.startswith(start) for line in self.read())


def png(colour: tuple[int, int, int], side_px: int = 8, noise: int | None = None) -> bytes:
    """A tiny picture; with ``noise`` one that does not compress."""
    if noise is None:
        picture = Pictures.new("RGB", (side_px, side_px), colour)
    else:
        data = random.Random(noise).randbytes(side_px * side_px * 3)
        picture = Pictures.frombytes("RGB", (side_px, side_px), data)
    out = io.BytesIO()
    picture.save(out, "PNG", compress_level=0)
    return out.getvalue()


def colour_of(seed: int, prompt: str) -> tuple[int, int, int]:
    digest = hashlib.sha256(f"{seed}/{prompt}".encode()).digest()
    return digest[0], digest[1], digest[2]


class Picture(Record):
    image: Image


class Words(Record):
    text: str


def make_tools(ledger: Ledger, *, pace_s: float = 0.0, steps: int = 4) -> Registry:
    """``paint`` (seeded, slow, resumable), ``frame`` (not seeded), ``say`` (light), ``break``."""

    @tool("paint", version="1", cost_s=0.1, seeded=True)
    async def paint(
        ctx: ToolContext, *, prompt: str, side_px: int = 8, noisy: bool = False
    ) -> Picture:
        """Paint a picture."""
        done = int((ctx.resume or {}).get("step", 0))
        ledger.note(f"paint.start {ctx.seed} {prompt} from {done}")
        try:
            for step in range(done, steps):
                await asyncio.sleep(pace_s / steps)
                ledger.note(f"paint.step {ctx.seed} {step}")
                ctx.spent(pace_s / steps)
                await ctx.reporter.progress((step + 1) / steps, "painting")
                await ctx.reporter.checkpoint({"step": step + 1})
        except asyncio.CancelledError:
            ledger.note(f"paint.cancelled {ctx.seed}")
            raise
        data = png(colour_of(ctx.seed, prompt), side_px, ctx.seed if noisy else None)
        lineage = Lineage(tool="paint", tool_version="1", seed=ctx.seed, task_id=ctx.task_id)
        ref = await ctx.store.put(data, owner=ctx.owner, lineage=lineage)
        ledger.note(f"paint.done {ctx.seed}")
        return Picture(image=ref)

    @tool("frame", version="1", cost_s=0.01)
    async def frame(ctx: ToolContext, *, art: Image, width_px: int = 1) -> Picture:
        """Put a frame round a picture."""
        ledger.note(f"frame {art.sha256[:8]} {width_px}")
        with Pictures.open(io.BytesIO(await ctx.store.get(art.sha256, owner=ctx.owner))) as art_:
            framed = Pictures.new("RGB", (art_.width + 2 * width_px, art_.height + 2 * width_px))
            framed.paste(art_, (width_px, width_px))
        out = io.BytesIO()
        framed.save(out, "PNG", compress_level=0)
        return Picture(image=await ctx.store.put(out.getvalue(), owner=ctx.owner))

    @tool("say", version="1", cost_s=0.0, light=True)
    async def say(ctx: ToolContext, *, text: str, times: int = 1) -> Words:
        """Say something."""
        ledger.note(f"say {text[:20]}")
        return Words(text=text * times)

    @tool("note", version="1", cost_s=0.0)
    async def note(ctx: ToolContext, *, text: str) -> Words:
        """Write something down; quick, but its result is stored and shared."""
        ledger.note(f"note {text[:20]}")
        return Words(text=f"{text}.")

    @tool("flaky", version="1", cost_s=0.0)
    async def flaky(ctx: ToolContext, *, failures: int, text: str = "") -> Words:
        """Fail a few times, then work."""
        ledger.note("flaky")
        if ledger.count("flaky") <= failures:
            raise ModelUnavailable("the model is not there yet")
        return Words(text="at last")

    @tool("broken", version="1", cost_s=0.0)
    async def broken(ctx: ToolContext, *, how: str = "known") -> Picture:
        """Fail for good."""
        ledger.note(f"broken {how}")
        if how == "known":
            raise ToolFailed("the paint has run out", hint="Buy paint.")
        raise RuntimeError("secret /internal/path")

    return Registry([paint, frame, say, note, flaky, broken], origin="tests")


@dataclass
class ScriptedCritic:
    """Judges by a function of (nth picture, picture) -> (score, passed); proposes frame widths.

    ``score`` None leaves the criterion unjudged.
    """

    script: Callable[[int, ArtifactRef], tuple[float | None, bool]]
    ledger: Ledger
    repairs: tuple[Revision, ...] = ()
    forward_s: float = 0.01
    takes_s: float = 0.0
    version: str = "1"
    composed_version: str = "1"
    roles: tuple[RoleName, ...] = ()
    _order: dict[str, int] = field(default_factory=dict)

    async def clean(
        self, image: ArtifactRef, *, owner: str, art: Any = None, scene: Any = None
    ) -> Cleanness:
        return Cleanness(0.5)

    async def judge(
        self,
        criteria: Sequence[Criterion],
        image: ArtifactRef,
        *,
        owner: str,
        placed: Any,
        art: Any = None,
        scene: Any = None,
    ) -> Judgement:
        self.ledger.note(f"judge {image.sha256[:8]}")
        await asyncio.sleep(self.takes_s)
        nth = self._order.setdefault(image.sha256, len(self._order))
        score, passed = self.script(nth, image)
        findings = tuple(
            Finding(
                criterion=one,
                outcome=Outcome.UNJUDGED
                if score is None
                else Outcome.PASSED
                if passed
                else Outcome.FAILED,
                score=score,
                reason=f"scripted {score}",
                judge=None if score is None else "script",
                evidence=Evidence(),
            )
            for one in criteria
        )
        return Judgement(Verdict(findings=findings), self.forward_s, 1)

    def propose(
        self, verdict: Verdict, body: tuple[Call, ...], tried: frozenset[str]
    ) -> tuple[Revision, ...]:
        if not verdict.failed():
            return ()
        return tuple(one for one in self.repairs if one.id not in tried)


WIDER = Revision(
    id="frame:wider", call="sheet", changes={"width_px": 3}, reason="the frame is too thin"
)
WIDEST = Revision(id="frame:widest", call="sheet", changes={"width_px": 5}, reason="still too thin")


def poster(
    *, rounds: int = 3, candidates: int = 2, side_px: int = 8, noisy: bool = False
) -> Callable[[TaskRequest], Plan]:
    """A plan with one loop: paint, then frame."""

    def plan(request: TaskRequest) -> Plan:
        art = {"prompt": request.text[:200], "side_px": side_px, "noisy": noisy}
        return Plan(
            nodes=(
                Loop(
                    id="poster",
                    body=(
                        Call(id="art", tool="paint", arguments=art),
                        Call(id="sheet", tool="frame", arguments={"art": {"$ref": "art.image"}}),
                    ),
                    result="sheet.image",
                    criteria=(TextReads(id="words", text="HELLO"),),
                    candidates=candidates,
                    rounds=rounds,
                ),
            ),
            outputs=("poster.image",),
            summary="a framed poster",
            planner="scripted",
        )

    return plan


def make_engine(
    *,
    store: ArtifactStore | None = None,
    ledger: Ledger | None = None,
    plan: Callable[[TaskRequest], Plan] | None = None,
    critic: Any = None,
    pace_s: float = 0.0,
    steps: int = 4,
) -> Workshop:
    """A workshop of small real parts; by default every picture passes."""
    ledger = ledger or Ledger()
    critic = critic or ScriptedCritic(lambda nth, image: (1.0, True), ledger, (WIDER, WIDEST))
    return Workshop(
        store=store or MemoryArtifactStore(),
        models=ScriptedModelClient({}),
        tools=make_tools(ledger, pace_s=pace_s, steps=steps),
        planner=ScriptedPlanner(plan or poster()),
        critic=critic,
        propose=critic.propose,
        run_tool=run_tool,
    )
