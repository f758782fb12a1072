"""Scenes and sheets planned by hand: what the judge sees in them, and what a person saw.

A person looks at the numbered sheets and writes ``by_eye.json``: for each picture whether every
criterion holds (``right``), whether it is clean, and whether it would be handed out as it is
(``print``), with a note on what is wrong. Each entry names its picture by hash, so that a picture
that has changed since is told apart.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from PIL import Image

from maquette.agents.judging.composed.sources import ArtSources
from maquette.agents.judging.contract import Sight
from maquette.agents.judging.judges.placed import PlacedJudge
from maquette.infra.store.memory import MemoryArtifactStore
from maquette.model_servers.client.fake import ScriptedModelClient
from maquette.records.criterion import (
    Colour,
    Count,
    Criterion,
    Exists,
    Relation,
    RelationName,
    describe,
)
from maquette.records.verdict import Finding, Outcome
from maquette.training.evaluation.art.plans import Painting, Plan, attempt, plans
from maquette.training.evaluation.intervals import Share
from maquette.training.evaluation.kept import RESULTS
from maquette.training.evaluation.sheet import contact_sheet

BY_EYE = RESULTS / "art" / "by_eye.json"
BARS = {"right": 0.95, "clean": 0.98, "print": 0.80}
"""Least shares by eye: of scenes right, of scenes clean, of sheets that would be printed."""
KINDS = {"right": "scenes", "clean": "scenes", "print": "sheets"}
OWNER = "local"
A_SHEET, COLUMNS, SIDE_PX = 6, 3, 480


@dataclass(frozen=True)
class Looked:
    """A plan, its picture or why there is none, and what the judge says of a scene."""

    plan: Plan
    picture: Painting | str
    findings: tuple[Finding, ...] = ()

    @property
    def failed(self) -> tuple[Finding, ...]:
        """What the judge found wrong."""
        return tuple(one for one in self.findings if one.outcome is Outcome.FAILED)

    @property
    def unjudged(self) -> tuple[Finding, ...]:
        """What it could not tell."""
        return tuple(one for one in self.findings if one.outcome is Outcome.UNJUDGED)

    @property
    def digest(self) -> str:
        """Of the pixels, so that a judgement by eye is known to be of this picture."""
        if isinstance(self.picture, str):
            return ""
        return hashlib.sha256(self.picture.pixels.tobytes()).hexdigest()[:16]


def look(which: Sequence[str] = ("scenes", "sheets")) -> list[Looked]:
    """Every plan painted; the scenes judged, too."""
    return asyncio.run(_all(which))


async def _all(which: Sequence[str]) -> list[Looked]:
    judge = PlacedJudge(ArtSources())
    looked = []
    for name in which:
        for plan in plans(name):
            picture = attempt(plan)
            findings: tuple[Finding, ...] = ()
            if name == "scenes" and not isinstance(picture, str):
                findings = await _judged(judge, picture, criteria_of(plan))
            looked.append(Looked(plan, picture, findings))
    return looked


def criteria_of(plan: Plan) -> tuple[Criterion, ...]:
    """The criteria of a plan that have a kind the judge knows; sizes, places, backgrounds,
    patterns and what is only beside something have none."""
    made = (_criterion(f"c{k}", one) for k, one in enumerate(plan.criteria))
    return tuple(one for one in made if one is not None)


def _criterion(id: str, told: Mapping[str, Any]) -> Criterion | None:
    match told["kind"]:
        case "exists":
            return Exists(id=id, thing=told["thing"])
        case "count" if not told.get("at_least"):
            return Count(id=id, thing=told["thing"], count=told["count"])
        case "colour":
            return Colour(id=id, thing=told["thing"], colour=told["colour"])
        case "relation" if told["relation"] in get_args(RelationName):
            return Relation(
                id=id, subject=told["subject"], relation=told["relation"], object=told["object"]
            )
    return None


async def _judged(
    judge: PlacedJudge, picture: Painting, criteria: Sequence[Criterion]
) -> tuple[Finding, ...]:
    store, buffer = MemoryArtifactStore(), io.BytesIO()
    Image.fromarray(picture.pixels).save(buffer, format="PNG", compress_level=1)
    sight = Sight(
        image=await store.put(buffer.getvalue(), owner=OWNER),
        owner=OWNER,
        models=ScriptedModelClient({}),
        placed=list(picture.blocks),
        store=store,
        scene=await store.put(picture.scene.model_dump_json().encode(), owner=OWNER),
    )
    return tuple(await judge.judge(criteria, sight))


def write(looked: Sequence[Looked], out: Path) -> None:
    """Single pictures, and numbered sheets of six; a plan without a picture is told, not shown."""
    out.mkdir(parents=True, exist_ok=True)
    shown = [(one.plan, one.picture) for one in looked if not isinstance(one.picture, str)]
    for plan, picture in shown:
        Image.fromarray(picture.pixels).save(out / f"{plan.id}.png")
    for number, start in enumerate(range(0, len(shown), A_SHEET), start=1):
        part = shown[start : start + A_SHEET]
        pictures = [picture.pixels for _, picture in part]
        captions = [f"{plan.id}: {plan.words}" for plan, _ in part]
        path = out / f"contact_{number:02}.png"
        contact_sheet(pictures, captions, COLUMNS, path, side_px=SIDE_PX)


def record(looked: Sequence[Looked], by_eye: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Shares of the judge and of the eye, and what is wrong, as plain values."""
    judged = [one for one in looked if one.findings]
    outcomes = Counter(found.outcome for one in judged for found in one.findings)
    return {
        "judge": {
            "scenes without a failed criterion": _share([not one.failed for one in judged]),
            "scenes with every criterion passed": _share(
                [not one.failed and not one.unjudged for one in judged]
            ),
            "criteria": {str(outcome): n for outcome, n in sorted(outcomes.items())},
            "failed": _told(looked, "failed"),
            "unjudged": _told(looked, "unjudged"),
        },
        "by_eye": {quality: _by_eye(looked, by_eye, quality) for quality in BARS},
        "no_picture": {one.plan.id: one.picture for one in looked if isinstance(one.picture, str)},
        "left_out": {
            one.plan.id: list(one.picture.notes)
            for one in looked
            if not isinstance(one.picture, str) and one.picture.notes
        },
        "changed_since": [
            one.plan.id
            for one in looked
            if one.plan.id in by_eye and by_eye[one.plan.id].get("sha256") != one.digest
        ],
    }


def _told(looked: Sequence[Looked], which: str) -> dict[str, list[str]]:
    return {
        one.plan.id: [f"{describe(f.criterion)}: {f.reason}" for f in getattr(one, which)]
        for one in looked
        if getattr(one, which)
    }


def _by_eye(
    looked: Sequence[Looked], by_eye: Mapping[str, Mapping[str, Any]], quality: str
) -> dict[str, Any]:
    """A share of the requests that were looked at: of one with several pictures all must be good.
    A plan without a picture is not good."""
    ids = {plan.id for plan in plans(KINDS[quality])}
    own = [one for one in looked if one.plan.id in ids]
    good: dict[str, bool] = {}
    wrong: dict[str, str] = {}
    for one in own:
        if one.plan.id not in by_eye and not isinstance(one.picture, str):
            continue
        eye = by_eye.get(one.plan.id, {})
        holds = not isinstance(one.picture, str) and bool(eye[quality])
        request = one.plan.id.partition(".")[0]
        good[request] = good.get(request, True) and holds
        if not holds:
            wrong[one.plan.id] = eye.get("note", "")
    return {
        "share": _share(list(good.values())),
        "bar": BARS[quality],
        "holds": bool(good) and sum(good.values()) / len(good) >= BARS[quality],
        "not_looked_at": len({one.plan.id.partition(".")[0] for one in own}) - len(good),
        "wrong": wrong,
    }


def table(told: Mapping[str, Any]) -> str:
    """The record for people."""
    judge = told["judge"]
    lines = [f"judge: {name:36} {value}" for name, value in judge.items() if "scenes" in name]
    lines.append(f"judge: criteria {judge['criteria']}")
    for which in ("failed", "unjudged"):
        lines += [f"  {which} {id}: {'; '.join(each)}" for id, each in judge[which].items()]
    for quality, one in told["by_eye"].items():
        word = "holds" if one["holds"] else "does not hold"
        lines.append(f"by eye: {KINDS[quality]} {quality}: {one['share']}, {one['bar']} {word}")
        lines += [f"  not {quality} {id}: {note}" for id, note in one["wrong"].items()]
    for name in ("no_picture", "left_out"):
        lines += [f"{name.replace('_', ' ')}: {id}: {why}" for id, why in told[name].items()]
    if told["changed_since"]:
        lines.append(f"another picture than was looked at: {', '.join(told['changed_since'])}")
    return "\n".join(lines)


def passes(told: Mapping[str, Any]) -> bool:
    """Whether the bars by eye are met, by judgements of these very pictures."""
    return all(one["holds"] and not one["not_looked_at"] for one in told["by_eye"].values())


def read_by_eye(path: Path = BY_EYE) -> dict[str, dict[str, Any]]:
    """The judgements by eye; none where the file is not there."""
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def _share(right: Sequence[bool]) -> str:
    return str(Share(sum(right), len(right))) if right else "none measured"
