"""A hundred strings that want to be obeyed, met while tasks run: the same calls are made as with
harmless ones. Planner, tools, judge and repairs are the real ones; only the models are scripted."""

from __future__ import annotations

import asyncio
import io
import json
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from poisons import HARMLESS, PLACES, POISONS
from read_replies import reading
from workflow_server import Running, RunWith

from maquette.agents.judging.critic import Critic, propose
from maquette.agents.judging.text import difference, likeness, normal
from maquette.agents.planning.embedded import EmbeddedPlanner
from maquette.api.desk.decoding_helper import Limits
from maquette.infra.media.admit import admit_image
from maquette.infra.store.memory import MemoryArtifactStore
from maquette.model_servers.client.fake import ScriptedModelClient
from maquette.model_servers.schemas.text_rendering import TypesetReply, TypesetRequest
from maquette.model_servers.schemas.understanding import (
    CaptionReply,
    CaptionRequest,
    OcrLine,
    OcrReply,
    OcrRequest,
    UnderstandingDescription,
)
from maquette.records.artifact import ArtifactRef
from maquette.records.base import Record
from maquette.records.errors import InvalidInput
from maquette.records.geometry import Box
from maquette.records.task import Task, TaskRequest, TaskStatus
from maquette.tools.call import run_tool
from maquette.tools.contract import ToolContext
from maquette.tools.registry import Registry, load_registry
from maquette.tools.spec import ToolSpec, tool
from maquette.workflows.steps.workshop import Workshop

pytestmark = pytest.mark.slow
SIGN, SEEN, READ = "a sign that says SALE", "describe this picture", "what does this sign say"
READER = {
    SIGN: ((("carrier", "sign"), ("words", "SALE")), "image_text"),
    SEEN: ((("do", "describe"), ("target", "picture")), "caption"),
    READ: ((("target", "sign"),), "ocr"),
}
ASKED = {"picture_text": SIGN, "captions": SEEN, "names": READ, "errors": SIGN, "cards": SIGN}
"""For each place a request in whose task a string would arrive there."""
UNLIKE = "fresh bread and warm rolls every single morning"
ALIKE = {"there are letters too many": "SANDALS ARE HERE", "letters differ": "FLAT STALLS"}
"""Harmless words that are misread for the sign's as others are, by how they differ."""
LONGEST = 2 * len("SALE") + 20
"""Words longer than this are not taken for the sign's."""
ENDS = {
    "picture_text": TaskStatus.INCOMPLETE,
    "captions": TaskStatus.COMPLETED,
    "names": TaskStatus.UNVERIFIED,
    "errors": TaskStatus.INCOMPLETE,
    "cards": TaskStatus.INCOMPLETE,
}
MIDDLE = Box(x0=0.3, y0=0.4, x1=0.7, y1=0.6)
Calls = list[tuple[str, str]]
"""Tool and arguments of each call, in the order in which they were made."""


class Nothing(Record):
    """What nobody asks for."""

    text: str


@dataclass
class House:
    """A workshop of real parts, in which one place says to each owner what it likes."""

    place: str
    says: dict[str, str] = field(default_factory=dict)
    """Owner -> what that place says; all others are harmless."""
    calls: dict[str, Calls] = field(default_factory=lambda: defaultdict(list))
    store: MemoryArtifactStore = field(default_factory=MemoryArtifactStore)

    def said(self, place: str, owner: str) -> str:
        """What a place says to an owner."""
        return self.says[owner] if place == self.place else HARMLESS[place]

    def workshop(self) -> Workshop:
        """As the worker is built, but for its models and art."""
        models = self._models()
        cards = self.says.values() if self.place == "cards" else ()
        helpers = [_helper(f"helper_{k}", card) for k, card in enumerate(cards)]
        tools = Registry([*load_registry(entries=()), *helpers])
        return Workshop(
            store=self.store,
            models=models,
            tools=tools,
            planner=EmbeddedPlanner(models, tools),
            critic=Critic(self.store, models),
            propose=propose,
            run_tool=self._run,
        )

    async def _run(
        self, spec: ToolSpec, arguments: dict[str, Any], ctx: ToolContext
    ) -> dict[str, Any]:
        told = json.dumps(arguments, sort_keys=True, default=str)
        self.calls[ctx.owner].append((spec.name, told))
        return await run_tool(spec, arguments, ctx)

    def _models(self) -> ScriptedModelClient:
        def capabilities(_: Any) -> UnderstandingDescription:
            verbs = ("ocr", "describe")
            return UnderstandingDescription(model="m", digest="d", capabilities=verbs)

        def caption(asked: CaptionRequest) -> CaptionReply:
            told = self.said("captions", asked.owner)
            return CaptionReply(text=told, probability=0.9, digest="d", forward_s=0)

        def ocr(asked: OcrRequest) -> OcrReply:
            told = self.said("picture_text", asked.owner)
            line = OcrLine(text=told, score=0.99, box=MIDDLE)
            return OcrReply(lines=(line,), digest="d", forward_s=0)

        scripts = {
            ("embedding", "read_request"): reading(READER),
            ("understanding", "capabilities"): capabilities,
            ("understanding", "describe"): caption,
            ("understanding", "ocr"): ocr,
            ("text_rendering", "typeset"): self._typeset,
        }
        return ScriptedModelClient(scripts, digests={role: "d" for role, _ in scripts})

    async def _typeset(self, asked: TypesetRequest) -> TypesetReply:
        """A sheet; where errors are met, a second one cannot be set."""
        nth = len(self.calls[asked.owner])
        if self.place == "errors" and nth > 1:
            raise InvalidInput(self.said("errors", asked.owner))
        picture = _png(Image.new("RGB", (64, 64), (nth, 0, 0)))
        image = await self.store.put(picture, owner=asked.owner)
        return TypesetReply(image=image, blocks=(), digest="d", forward_s=0)

    async def attached(self, owner: str) -> ArtifactRef:
        """A picture as it is taken in, whose file carries the name in its metadata."""
        name = self.said("names", owner)
        info, exif = PngInfo(), Image.Exif()
        info.add_itxt("Title", name)
        exif[0x010E] = name.encode().decode("latin-1")
        sent = _png(Image.new("RGB", (80, 60), "orange"), pnginfo=info, exif=exif)
        limits = Limits(max_pixels=1_000_000, max_upload_bytes=1_000_000)
        return await self.store.put(admit_image(sent, limits), owner=owner)


def _helper(name: str, card: str) -> ToolSpec:
    async def helper(ctx: ToolContext, *, text: str = "") -> Nothing:
        raise AssertionError("nothing asks for it")

    helper.__doc__ = card
    return tool(name, version="1", cost_s=0.1)(helper)


def _png(picture: Image.Image, **more: Any) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", **more)
    return buffer.getvalue()


async def _ended(running: Running, house: House, owner: str) -> Task:
    """The task of an owner's request, when it has ended."""
    text = ASKED[house.place]
    given = () if text == SIGN else (await house.attached(owner),)
    task = await running.gateway.submit(TaskRequest(text=text, inputs=given), owner=owner)
    async with asyncio.timeout(200):
        async for _ in running.gateway.events(task.id, owner=owner):
            pass
    return await running.gateway.get(task.id, owner=owner)


def _harmless(place: str, words: str) -> str:
    """What would be there otherwise. Which of the known changes of a sign is tried first depends on
    how its words were misread, so that these are misread in the same way."""
    if place != "picture_text":
        return HARMLESS[place]
    read = normal(words)
    if len(read) > LONGEST or likeness("SALE", read) == 0:
        return UNLIKE
    return ALIKE[difference("SALE", read)]


@pytest.mark.parametrize("place", PLACES)
async def test_the_same_calls_are_made(run_with: RunWith, place: str) -> None:
    """As with a harmless string there, and with the same end; a sign that reads otherwise is set
    again in ways that are known, and shows the person's words alone."""
    every = dict.fromkeys((*POISONS[place], *(_harmless(place, one) for one in POISONS[place])))
    owners = {words: f"owner-{k}" for k, words in enumerate(every)}
    house = House(place, {owner: words for words, owner in owners.items()})
    async with run_with(house.workshop()) as running:
        ended = await asyncio.gather(*(_ended(running, house, one) for one in owners.values()))
    tasks = dict(zip(owners, ended, strict=True))
    for words in POISONS[place]:
        other = _harmless(place, words)
        calls, expected = house.calls[owners[words]], house.calls[owners[other]]
        assert calls == expected and calls, words
        assert tasks[words].status is tasks[other].status is ENDS[place], words
        if ASKED[place] == SIGN:
            assert {text for _, told in calls for text in _texts(told)} == {"SALE"}
        if place == "captions":
            assert tasks[words].result.text == words


def _texts(told: str) -> list[str]:
    return [block["text"] for block in json.loads(told)["blocks"]]
