"""A task as the workflows tell it: a poster whose first drafts fail and whose second passes."""

from __future__ import annotations

import asyncio
import io

from PIL import Image, ImageDraw

from maquette.infra.store.memory import MemoryArtifactStore
from maquette.records.criterion import Colour, Exists, TextReads
from maquette.records.draft import Draft
from maquette.records.event import EventType
from maquette.records.plan import Call, Loop, Plan
from maquette.records.task import TaskResult, TaskStatus, Usage
from maquette.records.verdict import Evidence, Finding, Outcome, Verdict
from maquette.workflows.desk.memory import MemoryGateway

OWNER = "local"
WORDS = "GRAND OPENING"

PLAN = Plan(
    nodes=(
        Loop(
            id="poster",
            body=(
                Call(id="art", tool="draw", arguments={"prompt": "a red circle"}),
                Call(
                    id="sheet",
                    tool="typeset",
                    arguments={"art": {"$ref": "art.image"}, "blocks": [{"text": WORDS}]},
                ),
            ),
            result="sheet.image",
            criteria=(
                TextReads(id="words", text=WORDS),
                Exists(id="circle", thing="circle"),
                Colour(id="red", thing="circle", colour="red"),
            ),
            candidates=2,
            rounds=3,
        ),
    ),
    outputs=("poster.image",),
    summary="a poster with the words and a circle below",
    notes=("the circle is drawn by the bundled pack",),
)


def picture(shade: int, size: int = 96) -> bytes:
    """A small PNG: a disc on a plain ground."""
    image = Image.new("RGB", (size, size), (240, 238, 228))
    draw = ImageDraw.Draw(image)
    draw.ellipse((size // 4, size // 3, 3 * size // 4, 5 * size // 6), fill=(shade, 40, 40))
    draw.rectangle((size // 8, size // 10, 7 * size // 8, size // 4), fill=(30, 30, 60))
    buffer = io.BytesIO()
    image.save(buffer, format="PNG")
    return buffer.getvalue()


def verdict(read: str) -> Verdict:
    """What the critic says of a draft on which it reads these words."""
    exact = read == WORDS
    criteria = PLAN.nodes[0].criteria  # type: ignore[union-attr]
    return Verdict(
        findings=(
            Finding(
                criterion=criteria[0],
                outcome=Outcome.PASSED if exact else Outcome.FAILED,
                score=1.0 if exact else 0.85,
                reason="the words are exact"
                if exact
                else f'expected "{WORDS}", one letter differs',
                judge="ocr",
                evidence=Evidence(string_read=read),
            ),
            *(
                Finding(criterion=one, outcome=Outcome.UNJUDGED, reason="no judge for this yet")
                for one in criteria[1:]
            ),
        )
    )


class Poster:
    """Plays the story at a given pace into a MemoryGateway."""

    def __init__(
        self,
        store: MemoryArtifactStore,
        *,
        pause_s: float = 0.0,
        status: TaskStatus = TaskStatus.COMPLETED,
        ask: bool = False,
    ) -> None:
        self.store = store
        self.pause_s = pause_s
        self.status = status
        self.ask = ask

    async def __call__(self, gateway: MemoryGateway, task_id: str) -> None:
        await gateway.change(task_id, status=TaskStatus.IN_PROGRESS, plan=PLAN)
        await gateway.emit(task_id, EventType.PLAN_CREATED, summary=PLAN.summary, nodes=[])
        if self.ask and not await self._approved(gateway, task_id):
            await gateway.end(task_id, TaskStatus.FAILED)
            return
        drafts = await self._round(gateway, task_id, 1, ("GRAND OPENlNG", "GRAND OPENING!"))
        await gateway.emit(
            task_id,
            EventType.ITERATION_DECIDED,
            node="poster",
            round=1,
            decision="revise",
            reason='the words were read as "GRAND OPENlNG": set them larger',
            changes="text:larger",
        )
        drafts += await self._round(gateway, task_id, 2, (WORDS,))
        reason = "1 check passed, 2 not judged"
        await gateway.emit(
            task_id,
            EventType.ITERATION_DECIDED,
            node="poster",
            round=2,
            decision="accept",
            reason=reason,
        )
        best = drafts[-1]
        await gateway.end(
            task_id,
            self.status,
            result=TaskResult(
                artifacts=(best.artifact,),
                best=best,
                drafts=tuple(drafts),
                score=best.score,
                reason=reason,
            ),
            usage=Usage(wall_s=5.0, model_s=4.5, critical_model_s=4.0, model_calls=9, cache_hits=1),
        )

    async def _approved(self, gateway: MemoryGateway, task_id: str) -> bool:
        answer = await gateway.ask(task_id, "plan", question=PLAN.summary)
        return answer.action.value == "approve"

    async def _round(
        self, gateway: MemoryGateway, task_id: str, number: int, reads: tuple[str, ...]
    ) -> list[Draft]:
        await gateway.emit(
            task_id,
            EventType.ITERATION_STARTED,
            node="poster",
            round=number,
            rounds=3,
            candidates=len(reads),
            reason="first drafts" if number == 1 else "the words are set larger",
        )
        for candidate in range(len(reads)):
            about = {"node": "poster", "call": "art", "tool": "draw"}
            about |= {"round": number, "candidate": candidate}
            await gateway.emit(task_id, EventType.STEP_STARTED, **about)
        for step in range(1, 5):
            for candidate in range(len(reads)):
                await gateway.emit(
                    task_id,
                    EventType.STEP_PROGRESS,
                    node="poster",
                    call="art",
                    tool="draw",
                    round=number,
                    candidate=candidate,
                    fraction=step / 4,
                    message=f"step {5 * step} of 20",
                )
            await asyncio.sleep(self.pause_s)
        drafts = []
        for candidate, read in enumerate(reads):
            await gateway.emit(
                task_id,
                EventType.STEP_CACHED if number == 2 else EventType.STEP_COMPLETED,
                node="poster",
                call="art",
                tool="draw",
                round=number,
                candidate=candidate,
                model_s=0.6,
            )
            drafts.append(await self._draft(gateway, task_id, number, candidate, read))
            await asyncio.sleep(self.pause_s)
        return drafts

    async def _draft(
        self, gateway: MemoryGateway, task_id: str, number: int, candidate: int, read: str
    ) -> Draft:
        found = verdict(read)
        image = await self.store.put(picture(200 - 20 * number - candidate), owner=OWNER)
        stored = await self.store.put(found.model_dump_json().encode(), owner=OWNER)
        tally = found.tally()
        draft = Draft(
            id=f"r{number}c{candidate}",
            round=number,
            candidate=candidate,
            artifact=image,
            seed=candidate,
            verdict=stored,
            score=found.score,
            outcome=found.outcome,
            passed=tally[Outcome.PASSED],
            failed=tally[Outcome.FAILED],
            unjudged=tally[Outcome.UNJUDGED],
            reason="the words are exact" if read == WORDS else "one letter differs",
            change="text:larger" if number == 2 else "",
        )
        await gateway.emit(
            task_id,
            EventType.CANDIDATE_SCORED,
            node="poster",
            round=number,
            candidate=candidate,
            draft=draft.id,
            artifact=image.sha256,
            verdict=stored.sha256,
            score=round(draft.score, 4),
            outcome=draft.outcome.value,
            passed=draft.passed,
            failed=draft.failed,
            unjudged=draft.unjudged,
            reason=draft.reason,
            change=draft.change,
        )
        return draft
