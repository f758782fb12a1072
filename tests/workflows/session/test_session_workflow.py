"""A conversation over the real engine, planner and tools: what is said holds from turn to turn."""

from __future__ import annotations

import pytest
from talks import GREEN_STAR, document_of, picture_of, sessions_of, talking_engine, turn
from workflow_server import OWNER

from maquette.tools.art.scene import PlacedThing, Scene


def only(scene: Scene) -> PlacedThing:
    (thing,) = scene.things
    return thing


async def test_four_turns_change_only_what_they_name(run_with) -> None:
    """ "this is Bo", "put Bo on the left", "make it bigger", "same, but at night": each turn keeps
    all that it does not name."""
    async with run_with(talking_engine()) as running:
        sessions, store = sessions_of(running), running.engine.store
        star = await picture_of(store, GREEN_STAR)
        name = (await sessions.open(owner=OWNER)).id
        await turn(sessions, name, "this is Bo", star)
        scenes = [await document_of(store, star)]
        for words in ("put Bo on the left", "make it bigger", "same, but at night"):
            done = await turn(sessions, name, words)
            print(done)
            scenes.append(await document_of(store, done.artifact))
    print(scenes)
