"""The step cache: what was done is looked up, equal work in flight is done once."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette.infra.store.contract import DocumentKind
from maquette.infra.store.memory import MemoryArtifactStore
from maquette.records.artifact import ArtifactRef
from maquette.records.errors import ModelUnavailable
from maquette.workflows.steps.step_cache import StepCache, StepResult, by_content, step_key

OWNER = "local"
PARTS = {
    "owner": OWNER,
    "tool": "draw",
    "tool_version": "1",
    "digests": {"generation": "abc"},
    "arguments": {"prompt": "a cat", "art": {"sha256": "0" * 64, "media_type": "image/png"}},
    "seed": 3,
}


class Work:
    """Counts executions; can be held until told."""

    def __init__(self, *, held: bool = False, error: Exception | None = None) -> None:
        self.runs = 0
        self.cancelled = 0
        self.go = asyncio.Event()
        self.error = error
        if not held:
            self.go.set()

    async def __call__(self) -> StepResult:
        self.runs += 1
        try:
            await self.go.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        if self.error is not None:
            raise self.error
        return StepResult(tool="draw", tool_version="1", output={"n": self.runs}, model_s=2.0)


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("owner", "someone"),
        ("tool", "paint"),
        ("tool_version", "2"),
        ("digests", {"generation": "abd"}),
        ("arguments", {"prompt": "a dog"}),
        ("seed", 4),
        ("seed", None),
    ],
)
def test_every_part_of_the_key_counts(part: str, value: object) -> None:
    """A change of any part gives another key."""
    assert step_key(**PARTS) != step_key(**{**PARTS, part: value})


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@pytest.mark.slow
@given(st.dictionaries(st.text(), json_values))
def test_the_order_of_arguments_does_not_count(arguments: dict) -> None:
    """Equal arguments in another order give the same key."""
    turned = dict(reversed(list(arguments.items())))
    first = step_key(**{**PARTS, "arguments": arguments})
    assert first == step_key(**{**PARTS, "arguments": turned})


def test_artifacts_count_by_their_content_only() -> None:
    """Two references to the same bytes are equal, whatever else they say."""
    one = {"sha256": "a" * 64, "media_type": "image/png", "size_bytes": 1}
    other = {"sha256": "a" * 64, "media_type": "image/png", "size_bytes": 1, "width_px": 3}
    assert by_content([one]) == by_content([other]) == [{"$artifact": "a" * 64}]


async def test_a_finished_step_is_looked_up_even_by_another_worker() -> None:
    """The result is in the store before the step counts as done: a new cache finds it."""
    store, work = MemoryArtifactStore(), Work()
    first = await StepCache(store).run("k" * 64, work, owner=OWNER)
    second = await StepCache(store).run("k" * 64, work, owner=OWNER)
    assert (first.cached, second.cached) == (False, True)
    assert first.result == second.result
    assert work.runs == 1


async def test_owners_never_share() -> None:
    """The same key of another owner is executed again."""
    cache, work = StepCache(MemoryArtifactStore()), Work()
    await cache.run("k" * 64, work, owner=OWNER)
    looked = await cache.run("k" * 64, work, owner="someone")
    assert not looked.cached and work.runs == 2


async def test_equal_steps_in_flight_share_one_execution() -> None:
    """A hundred equal steps at once are one execution; one of them paid for it."""
    cache, work = StepCache(MemoryArtifactStore()), Work(held=True)
    tasks = [asyncio.create_task(cache.run("k" * 64, work, owner=OWNER)) for _ in range(100)]
    await asyncio.sleep(0.02)
    work.go.set()
    looked = await asyncio.gather(*tasks)
    assert work.runs == 1
    assert sum(not one.cached for one in looked) == 1


async def test_a_cancelled_waiter_leaves_the_others_their_execution() -> None:
    """The one that began the execution is cancelled; the one that joined gets the result."""
    cache, work = StepCache(MemoryArtifactStore()), Work(held=True)
    first = asyncio.create_task(cache.run("k" * 64, work, owner=OWNER))
    second = asyncio.create_task(cache.run("k" * 64, work, owner=OWNER))
    await asyncio.sleep(0.02)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    work.go.set()
    assert (await second).result.output == {"n": 1}
    assert (work.runs, work.cancelled) == (1, 0)


async def test_the_last_cancelled_waiter_stops_the_execution() -> None:
    """When nobody waits any more the execution is cancelled, and the next one begins anew."""
    cache, work = StepCache(MemoryArtifactStore()), Work(held=True)
    waiting = asyncio.create_task(cache.run("k" * 64, work, owner=OWNER))
    await asyncio.sleep(0.02)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert work.cancelled == 1
    work.go.set()
    assert (await cache.run("k" * 64, work, owner=OWNER)).result.output == {"n": 2}


async def test_an_error_is_told_to_all_and_not_kept() -> None:
    """A failed execution fails all its waiters; the next call tries again."""
    cache = StepCache(MemoryArtifactStore())
    broken = Work(held=True, error=ModelUnavailable("away"))
    tasks = [asyncio.create_task(cache.run("k" * 64, broken, owner=OWNER)) for _ in range(3)]
    await asyncio.sleep(0.02)
    broken.go.set()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert all(isinstance(result, ModelUnavailable) for result in results)
    assert not (await cache.run("k" * 64, Work(), owner=OWNER)).cached


async def test_a_result_whose_picture_is_gone_is_not_used() -> None:
    """A stored result that points to a missing artifact, or cannot be read, is executed again."""
    store, work = MemoryArtifactStore(), Work()
    cache = StepCache(store)
    ref = ArtifactRef(sha256="b" * 64, media_type="image/png", size_bytes=1)
    dangling = StepResult(
        tool="draw", tool_version="1", output={"image": ref.model_dump(mode="json")}
    )
    for data in (dangling.model_dump_json().encode(), b"{broken"):
        await store.put_document(DocumentKind.STEP, "k" * 64, data, owner=OWNER)
        assert not (await cache.run("k" * 64, work, owner=OWNER)).cached
    assert work.runs == 2


async def test_a_result_whose_picture_is_damaged_is_made_again_and_mended() -> None:
    """The step runs again, and equal bytes take the place of the damaged ones."""
    store, runs = MemoryArtifactStore(), 0

    async def draw() -> StepResult:
        nonlocal runs
        runs += 1
        ref = await store.put(b"a picture", owner=OWNER)
        return StepResult(tool="draw", tool_version="1", output={"image": ref.model_dump()})

    cache = StepCache(store)
    first = await cache.run("k", draw, owner=OWNER)
    sha256 = first.result.output["image"]["sha256"]
    (name,) = [name for name in store.objects if name.endswith(sha256)]
    store.objects[name] = b"another"
    again = await cache.run("k", draw, owner=OWNER)
    assert (again.cached, runs) == (False, 2)
    assert await store.get(sha256, owner=OWNER) == b"a picture"
    assert (await cache.run("k", draw, owner=OWNER)).cached
