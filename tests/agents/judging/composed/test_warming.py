"""Reading ahead: what comes after it need not wait, the loop beside it turns, nothing breaks."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest

from maquette.agents.judging.composed import warming
from maquette.agents.judging.composed.sources import ArtSources


@pytest.mark.slow
def test_the_loop_turns_meanwhile_and_the_first_word_is_known_at_once() -> None:
    """No turn of an event loop waits a second, and an unknown word is then answered in 0.5 s."""

    async def beside() -> float:
        done: list[float] = []
        threading.Thread(target=lambda: done.append(warming.warm())).start()
        longest = 0.0
        while not done:
            began = time.perf_counter()
            await asyncio.sleep(0.01)
            longest = max(longest, time.perf_counter() - began)
        return longest

    assert asyncio.run(beside()) < 1.0
    began = time.perf_counter()
    assert not ArtSources().known("blorf")
    assert time.perf_counter() - began < 0.5


def test_what_cannot_be_read_is_told_and_no_more(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A pack that breaks leaves the worker at work."""

    def broken(self: ArtSources, phrase: str) -> bool:
        raise OSError("the disk is gone")

    monkeypatch.setattr(ArtSources, "known", broken)
    warming.warm()
    assert "the disk is gone" in caplog.text
