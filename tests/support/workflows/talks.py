"""What the tests of sessions work with: the real planner and tools over things of art packs, and
pictures composed of them. No model is behind it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from words_read import reader
from workflow_parts import Ledger, ScriptedCritic
from workflow_server import OWNER, Running

from maquette.agents.planning.embedded import EmbeddedPlanner
from maquette.agents.plans.composed.gallery import Gallery
from maquette.infra.store.contract import ArtifactStore
from maquette.infra.store.memory import MemoryArtifactStore
from maquette.model_servers.client.fake import ScriptedModelClient
from maquette.model_servers.schemas.embedding import EmbedTextReply, EmbedTextRequest
from maquette.model_servers.schemas.reading import ReadReply, ReadRequest
from maquette.records.artifact import ArtifactRef
from maquette.records.geometry import Box
from maquette.records.session import SessionView, Turn
from maquette.tools.art.output import rendered
from maquette.tools.art.provenance import scene_of
from maquette.tools.art.scene import Background, Frame, PlacedThing, Scene
from maquette.tools.call import run_tool
from maquette.tools.contract import ToolContext
from maquette.tools.registry import load_registry
from maquette.workflows.session.desk import TemporalSessions
from maquette.workflows.steps.workshop import Workshop

STAR = "noto:2b50"
CAT = "noto:1f408"


Read = Callable[[ReadRequest], ReadReply]


def _bundled(asked: ReadRequest) -> ReadReply:
    return reader().read(asked.text, asked.attached)


def models(read: Read = _bundled) -> ScriptedModelClient:
    """An embedder to which all sentences are alike: things are found by their names alone.

    Args:
        read: reads requests; the bundled reader, unless a test labels them itself.
    """

    def embed(request: EmbedTextRequest) -> EmbedTextReply:
        vector = (1.0, *(0.0 for _ in range(383)))
        return EmbedTextReply(vectors=(vector,) * len(request.texts), digest="flat", forward_s=0)

    def no_words(request: object) -> None:
        raise AssertionError("no words are set in these tests")

    scripts = {
        ("embedding", "embed_text"): embed,
        ("embedding", "read_request"): read,
        ("text_rendering", "outline"): no_words,
    }
    return ScriptedModelClient(scripts)  # type: ignore[arg-type]


def talking_engine(store: ArtifactStore | None = None, *, read: Read = _bundled) -> Workshop:
    """A workshop that plans and composes for real; every picture passes its checks."""
    known, registry = models(read), load_registry(entries=())
    critic = ScriptedCritic(lambda nth, image: (1.0, True), Ledger())
    gallery = Gallery(known)
    gallery.names(STAR, "dragon")  # read before a worker's loop would wait for it
    return Workshop(
        store=store or MemoryArtifactStore(),
        models=known,
        tools=registry,
        planner=EmbeddedPlanner(known, registry, gallery=gallery),
        critic=critic,
        propose=critic.propose,
        run_tool=run_tool,
    )


def placed(
    phrase: str, thing: str, box: tuple[float, float, float, float], colour: str | None = None
) -> PlacedThing:
    x0, y0, x1, y1 = box
    return PlacedThing(
        id=phrase, thing=thing, phrase=phrase, box=Box(x0=x0, y0=y0, x1=x1, y1=y1), colour=colour
    )


GREEN_STAR = placed("star", STAR, (0.4, 0.5, 0.6, 0.7), "green")


async def picture_of(store: ArtifactStore, *things: PlacedThing) -> ArtifactRef:
    """A stored picture, composed of these things on white, with its document."""
    ctx = ToolContext(
        owner=OWNER,
        seed=0,
        store=store,
        models=models(),
        reporter=None,  # type: ignore[arg-type]
    )
    white = Frame(background=Background(kind="plain", colour="#ffffff"))
    scene = Scene(width_px=256, height_px=256, frames=(white,), things=things)
    return (await rendered(ctx, scene)).image


async def document_of(store: ArtifactStore, picture: ArtifactRef) -> Scene:
    scene = await scene_of(store, picture.sha256, owner=OWNER)
    assert scene is not None
    return scene


def sessions_of(running: Running, **more: int) -> TemporalSessions:
    """The desk of sessions over a running worker."""
    return TemporalSessions(running.gateway, **more)


async def settled(sessions: TemporalSessions, session_id: str) -> SessionView:
    """The session once no turn is under way."""
    async with asyncio.timeout(60):
        while True:
            view = await sessions.get(session_id, owner=OWNER)
            if not view.busy:
                return view
            await asyncio.sleep(0.05)


async def turn(
    sessions: TemporalSessions, session_id: str, text: str, *inputs: ArtifactRef, id: str = ""
) -> Turn:
    """Say something and wait for what comes of it."""
    said = await sessions.say(
        session_id, text, owner=OWNER, turn_id=id or f"turn-{text}"[:80], inputs=inputs
    )
    view = await settled(sessions, session_id)
    return next(one for one in view.state.turns if one.id == said.id)
