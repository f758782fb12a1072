"""Run one step (a call of a tool) through the step cache, and say so in events."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from maquette.model_servers.client.contract import RoleName
from maquette.records.errors import MaquetteError
from maquette.records.event import EventType
from maquette.records.plan import Call, resolve
from maquette.tools.contract import ToolContext
from maquette.tools.spec import ToolSpec
from maquette.workflows.steps.heart import Heart
from maquette.workflows.steps.reporter import Publisher, StepEvents, StepReporter
from maquette.workflows.steps.step_cache import StepCache, StepResult, artifacts_in, step_key
from maquette.workflows.steps.workshop import Workshop
from maquette.workflows.wire.messages import Spent, kept_warnings


@dataclass(frozen=True)
class StepDone:
    """``values`` maps ``<call>.<port>`` to the output value."""

    values: dict[str, Any]
    spent: Spent
    cached: bool


class StepRunner:
    """Runs the steps of one activity attempt: one owner, one task, one heart."""

    def __init__(
        self,
        engine: Workshop,
        cache: StepCache,
        publisher: Publisher,
        heart: Heart | None,
        *,
        owner: str,
        task_id: str,
        node: str,
        quiet: bool = False,
    ) -> None:
        self.engine = engine
        self.owner = owner
        self.task_id = task_id
        self.node = node
        self._cache = cache
        self._publisher = publisher
        self._heart = heart
        self._quiet = quiet
        self._digests: dict[str, str] = {}

    async def digests(self, roles: Iterable[RoleName]) -> dict[str, str]:
        """The digest of each role, asked once an activity."""
        for role in roles:
            if str(role) not in self._digests:
                self._digests[str(role)] = await self.engine.models.digest(role)
        return {str(role): self._digests[str(role)] for role in roles}

    async def run(
        self,
        call: Call,
        values: dict[str, Any],
        *,
        seed: int,
        about: dict[str, Any] | None = None,
        announce: bool = True,
    ) -> StepDone:
        """Run a call with its references resolved from ``values``.

        Args:
            about: what identifies the step in events besides node, call and tool.
            announce: say started, completed and failed here (else the workflow does).
        """
        spec = self.engine.tools.get(call.tool)
        events = self.events(call, about)
        arguments = resolve(call.arguments, values)
        if announce:
            events.say(EventType.STEP_STARTED)
        try:
            result, cached = await self._result(spec, call, arguments, seed, events)
        except MaquetteError as error:
            if announce:
                events.say(EventType.STEP_FAILED, code=error.code, reason=error.message[:400])
            raise
        if announce:
            kind = EventType.STEP_CACHED if cached else EventType.STEP_COMPLETED
            events.say(kind, **summary(result))
        return StepDone(
            values={f"{call.id}.{port}": value for port, value in result.output.items()},
            spent=Spent(cache_hits=1, warnings=result.warnings)
            if cached
            else Spent(
                model_s=result.model_s,
                critical_model_s=result.model_s,
                model_calls=result.model_calls,
                warnings=result.warnings,
            ),
            cached=cached,
        )

    def events(self, call: Call, about: dict[str, Any] | None = None) -> StepEvents:
        """Where a step of a call speaks; ``about`` identifies it besides node, call and tool."""
        named = {"node": self.node, "call": call.id, "tool": call.tool}
        return StepEvents(self._publisher, self.task_id, {**named, **(about or {})})

    def context(self, call: Call, seed: int, events: StepEvents, *, key: str) -> ToolContext:
        """What a tool may use in a step, with the checkpoint that is kept under ``key``."""
        return ToolContext(
            owner=self.owner,
            seed=seed,
            store=self.engine.store,
            models=self.engine.models,
            reporter=StepReporter(events, self._heart, key, quiet=self._quiet),
            task_id=self.task_id,
            node=call.id if call.id == self.node else f"{self.node}.{call.id}",
            resume=self._heart.resume(key) if self._heart is not None and key else None,
        )

    def forget(self, key: str) -> None:
        """A finished step needs no checkpoint: its result is in the step cache."""
        if self._heart is not None:
            self._heart.forget(key)

    async def _result(
        self, spec: ToolSpec, call: Call, arguments: dict[str, Any], seed: int, events: StepEvents
    ) -> tuple[StepResult, bool]:
        # A light step is cheaper to repeat than to look up; a tool that is not
        # deterministic has nothing that another run may share.
        if spec.light or not spec.deterministic:
            return await self._execute(spec, call, arguments, seed, events, key=""), False
        key = step_key(
            owner=self.owner,
            tool=spec.name,
            tool_version=spec.version,
            digests=await self.digests(spec.roles),
            arguments=complete(spec, arguments),
            seed=seed if spec.seeded else None,
        )
        looked = await self._cache.run(
            key,
            lambda: self._execute(spec, call, arguments, seed, events, key=key),
            owner=self.owner,
        )
        self.forget(key)
        return looked.result, looked.cached

    async def _execute(
        self,
        spec: ToolSpec,
        call: Call,
        arguments: dict[str, Any],
        seed: int,
        events: StepEvents,
        *,
        key: str,
    ) -> StepResult:
        ctx = self.context(call, seed, events, key=key)
        output = await self.engine.run_tool(spec, arguments, ctx)
        return StepResult(
            tool=spec.name,
            tool_version=spec.version,
            output=output,
            model_s=ctx.model_s,
            model_calls=ctx.model_calls,
            warnings=kept_warnings(ctx.warnings),
            task_id=self.task_id,
        )


def summary(result: StepResult) -> dict[str, Any]:
    """What an event says of a finished step: first picture, model time and warnings."""
    first = next(iter(artifacts_in(result.output)), None)
    data: dict[str, Any] = {"model_s": round(result.model_s, 4)}
    if result.warnings:
        data["warnings"] = list(result.warnings)
    return data if first is None else {**data, "artifact": first.sha256}


def complete(spec: ToolSpec, arguments: dict[str, Any]) -> dict[str, Any]:
    """The arguments with the tool's defaults filled in; as they are if they do not fit
    (the runner then refuses them with the reason)."""
    try:
        checked = spec.arguments.model_validate_json(json.dumps(arguments))
        return checked.model_dump(mode="json")
    except (ValidationError, TypeError, ValueError):
        return arguments
