"""The language model planner against a real vLLM that serves a real, if small, Llama.

Runs with ``./maquette test --vllm tests/whole/test_vllm_planner.py``, which sets vLLM up beside
the other packages, or with the Python of an environment that has it (requirements/vllm.txt) in
MAQUETTE_VLLM_PYTHON.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from reciter import make_reciter

from maquette.agents.planning.language_model import LanguagePlanner
from maquette.agents.planning.llm.prompt import system_message, user_message
from maquette.agents.plans.composed.gallery import Gallery
from maquette.agents.validation.validator import check_plan
from maquette.infra.settings.schema import PlannerSettings
from maquette.records.errors import FixInput
from maquette.records.loop import STRATEGIES
from maquette.records.plan import Plan
from maquette.records.task import TaskRequest
from maquette.tools.registry import Registry, load_registry
from maquette.training.evaluation.requests.planner import embedded_planner, models_here
from maquette.training.language.export import FOLDER
from maquette.training.language.run import MAX_TOKENS
from maquette.training.reading.examples import read_all
from maquette.training.reading.truth import is_kept

VLLM = os.environ.get("MAQUETTE_VLLM_PYTHON", "")
pytestmark = [
    pytest.mark.skipif(not VLLM, reason="MAQUETTE_VLLM_PYTHON does not name a Python with vLLM"),
    pytest.mark.timeout(900),
]
START_S = 600
REQUEST = TaskRequest(text="a sign that says GRAND OPENING")
HELD_OUT = 10
"""Requests kept from training that the trained model plans."""


def _filled(schema: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    """Values in the schema's order of properties, null where none is given."""
    return {name: values.get(name) for name in schema["properties"]}


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry()


@pytest.fixture(scope="module")
def answer(registry: Registry) -> dict[str, Any]:
    """A right plan for the request, its keys in the order in which the grammar wants them."""
    from maquette.agents.planning.llm.wire import plan_schema

    schema = plan_schema(registry, STRATEGIES)
    call = schema["$defs"]["call"]
    choices = call.get("anyOf", [call])
    typeset = next(c for c in choices if c["properties"]["tool"]["const"] == "typeset")
    arguments = typeset["properties"]["arguments"]
    block_items = next(
        c for c in arguments["properties"]["blocks"]["anyOf"] if c.get("type") == "array"
    )["items"]
    box = {"x0": 0.1, "y0": 0.3, "x1": 0.9, "y1": 0.7}
    block = _filled(block_items, {"text": "GRAND OPENING", "box": box, "colour": "#ffffff"})
    sheet = {
        "kind": "call",
        "id": "sheet",
        "tool": "typeset",
        "arguments": _filled(
            arguments,
            {"width_px": 768, "height_px": 512, "blocks": [block], "background": "#7a1626"},
        ),
        "reason": "the words must be exact",
    }
    criterion = next(
        c
        for c in schema["$defs"]["criterion"]["anyOf"]
        if c["properties"]["kind"]["const"] == "text_reads"
    )
    words = _filled(criterion, {"id": "words", "kind": "text_reads", "text": "GRAND OPENING"})
    loop = {
        "kind": "loop",
        "id": "sign",
        "strategy": "revise",
        "body": [sheet],
        "result": "sheet.image",
        "criteria": [words],
        "candidates": 1,
        "rounds": 2,
        "reason": "a sign that reads right",
    }
    return {
        "refusal": None,
        "summary": "a sign",
        "notes": [],
        "nodes": [loop],
        "outputs": ["sign.image"],
        "ledger": [
            {"words": "GRAND OPENING", "part": "wording", "goes_to": "words", "meaning": ""}
        ],
    }


@pytest.fixture(scope="module")
def endpoint(
    registry: Registry, answer: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Serve the reciter with vLLM on loopback; the base URL of its API."""
    folder = tmp_path_factory.mktemp("reciter")
    messages = [
        {"role": "system", "content": system_message(registry)},
        {"role": "user", "content": user_message(REQUEST)},
    ]
    make_reciter(folder, messages, json.dumps(answer))
    yield from _served(folder, "reciter", 16_384, folder / "vllm.log")


def _served(model: Path, name: str, length: int, log: Path) -> Iterator[str]:
    """Serve a model directory with vLLM on loopback, for as long as it is asked for.

    Args:
        name: under which it is asked for.
        length: tokens of a prompt and its answer.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [VLLM, "-m", "vllm.entrypoints.openai.api_server", "--model", str(model)]
    command += ["--served-model-name", name, "--host", "127.0.0.1", "--port", str(port)]
    command += ["--dtype", "float32", "--max-model-len", str(length), "--enforce-eager"]
    environment = {**os.environ, "VLLM_CPU_KVCACHE_SPACE": "1", "HF_HUB_OFFLINE": "1"}
    with log.open("wb") as output:
        server = subprocess.Popen(
            command, stdout=output, stderr=output, env=environment, start_new_session=True
        )
    try:
        _wait(f"http://127.0.0.1:{port}/health", server, log)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        try:
            server.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def _wait(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        if server.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(1)
    raise AssertionError(f"vLLM did not start:\n{log.read_text(errors='replace')[-4000:]}")


async def test_vllm_accepts_the_plan_schema_and_its_answer_becomes_the_plan(
    endpoint: str, registry: Registry, answer: dict[str, Any]
) -> None:
    """A served model's answer, held to the schema by vLLM's grammar, is a valid plan."""
    settings = PlannerSettings(base_url=endpoint, model="reciter", timeout_s=300)
    planner = LanguagePlanner.of(settings, registry)
    try:
        plan = await planner.plan(REQUEST)
    finally:
        await planner.close()
    assert plan.planner == "reciter"
    assert plan.outputs == ("sign.image",)
    (loop,) = plan.nodes
    assert loop.body[0].tool == "typeset"
    assert loop.body[0].arguments["blocks"][0]["text"] == "GRAND OPENING"
    assert loop.criteria[0].text == "GRAND OPENING"


async def test_the_grammar_holds_a_model_that_was_never_taught_this_request(
    endpoint: str, registry: Registry
) -> None:
    """Asked something else, the model babbles; what comes back still is JSON of the schema."""
    import openai

    from maquette.agents.planning.llm.wire import plan_schema

    schema = plan_schema(registry, STRATEGIES)
    async with openai.AsyncOpenAI(base_url=endpoint, api_key="none", timeout=300) as client:
        completion = await client.chat.completions.create(
            model="reciter",
            messages=[{"role": "user", "content": "a boat under a moon"}],
            temperature=0,
            max_tokens=200,
            response_format={
                "type": "json_schema",
                "json_schema": {"name": "plan", "strict": True, "schema": schema},
            },
        )
    assert (completion.choices[0].message.content or "").lstrip().startswith("{")


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the model that was taught to plan; the base URL of its API."""
    if not (FOLDER / "config.json").exists():
        pytest.skip(f"{FOLDER.name} was not exported: python -m maquette.training.language export")
    log = tmp_path_factory.mktemp("planner") / "vllm.log"
    yield from _served(FOLDER, "maquette-planner", MAX_TOKENS, log)


async def test_a_model_that_was_taught_to_plan_plans_requests_it_never_saw(
    trained: str, registry: Registry
) -> None:
    """Each of ten held-out requests gets a plan that checks, the model's own or the embedded
    planner's, which then says so, or a refusal in words. At least one plan is the model's own."""
    settings = PlannerSettings(base_url=trained, model="maquette-planner", timeout_s=300)
    gallery = Gallery(models_here())
    planner = LanguagePlanner.of(
        settings,
        registry,
        gallery=gallery if gallery.there else None,
        fallback=embedded_planner(),
    )
    found = [await _plan(planner, text) for text in _held_out()]
    await planner.close()
    plans = [plan for plan in found if plan is not None]
    for plan in plans:
        check_plan(plan, registry, inputs=0)
        said = any("the embedded planner made this plan" in note for note in plan.notes)
        assert said == (plan.planner != "maquette-planner")
    assert any(plan.planner == "maquette-planner" for plan in plans)


def _held_out() -> list[str]:
    """English requests for one picture that are kept from training, from all over the files."""
    kept = [one for one in read_all() if is_kept(one) and one.language == "en"]
    alone = [one for one in kept if one.kinds == ("image",) and not one.attached]
    return [one.text for one in alone[:: len(alone) // HELD_OUT][:HELD_OUT]]


async def _plan(planner: LanguagePlanner, text: str) -> Plan | None:
    """The plan of a request; None: it was refused in words."""
    try:
        return await planner.plan(TaskRequest(text=text))
    except FixInput as error:
        assert error.message
        return None
