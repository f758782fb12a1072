"""What is known of a task while it runs: the workflow writes it, the snapshot reads it. Pure."""

from __future__ import annotations

from typing import Any

from maquette.records.plan import Loop, Plan
from maquette.records.planning.carried_plan import words_in
from maquette.records.planning.question import Question
from maquette.records.task import Problem, Progress, Task, TaskResult, TaskStatus, Usage
from maquette.workflows.loops.state import LoopState
from maquette.workflows.loops.strategy import Strategy
from maquette.workflows.run import decisions, verification
from maquette.workflows.wire.messages import (
    MAX_ASKED,
    Belief,
    PlanReply,
    Spent,
    TaskInput,
    kept_warnings,
    metadata_of,
)

DEFAULT_TIMEOUT_S = 120.0
"""For a node whose tools tell no timeout."""


class TaskBoard:
    """The state of one task. Times are Unix seconds; the clock is the caller's."""

    def __init__(self, task_id: str, task: TaskInput, *, started_at: float) -> None:
        self.task_id = task_id
        self.task = task
        self.started_at = started_at
        self.status = TaskStatus.QUEUED
        self.message = "waiting to start"
        self.plan: Plan | None = None
        self.light: frozenset[str] = frozenset()
        self.quick: frozenset[str] = frozenset()
        self.timeouts_s: dict[str, float] = {}
        self.values: dict[str, Any] = decisions.input_values(task.request.inputs)
        self.loops: dict[str, LoopState] = {}
        self.beliefs: dict[str, Belief] = {}
        self.sampled: frozenset[str] | None = frozenset()
        self.done: set[str] = set()
        self.spent: dict[str, Spent] = {}
        self.problem: Problem | None = None
        self.cut_short: str | None = None
        self.waiting_for: str | None = None
        self.question: Question | None = None
        self.notes: tuple[str, ...] = ()
        """Of what was asked before there was a plan."""
        self.waited_s = 0.0
        self.stopping = False
        self.ended_at: float | None = None
        self.reason = ""

    def take_plan(self, reply: PlanReply) -> Plan:
        """Take up the plan of a reply, with the person's own numbers of rounds and candidates, and
        a note of each question that came before it.

        Raises: ValueError: the reply asks, and has none.
        """
        plan = reply.plan
        if plan is None:
            raise ValueError("the reply asks a question; expected a plan")
        if self.notes:
            plan = plan.model_copy(update={"notes": (*self.notes, *plan.notes)})
        self.plan = plan = decisions.with_options(plan, self.task.request.options)
        self.light, self.quick = frozenset(reply.light), frozenset(reply.quick)
        self.timeouts_s = dict(reply.timeouts_s)
        self.sampled = None if reply.sampled is None else frozenset(reply.sampled)
        return plan

    @property
    def evidence(self) -> verification.Evidence:
        """What is known by now for and against what was made."""
        return verification.Evidence(self.loops, self.beliefs, self.sampled)

    def loop_state(self, loop: Loop, strategy: Strategy) -> LoopState:
        """The state of a loop, begun by its strategy when first asked for."""
        if loop.id not in self.loops:
            self.loops[loop.id] = strategy.begin(loop, self.task.request.options.seed)
        return self.loops[loop.id]

    def asked_of(self, loop: Loop) -> str:
        """The person's own words, where a second look is to hold against them what a loop makes;
        empty: nobody looks again."""
        if self.plan is None or self.task.request_ref is not None:
            return ""
        words = words_in(self.task.request.text)
        made = not self.task.request.inputs and decisions.made_of_words(self.plan, loop)
        return words if made and len(words) <= MAX_ASKED else ""

    def believe(self, node: str, belief: Belief | None) -> None:
        """Take up how sure a model is of what a node made; None: nobody said anything."""
        if belief is None:
            self.beliefs.pop(node, None)
        else:
            self.beliefs[node] = belief

    def add_spent(self, node: str, spent: Spent) -> None:
        self.spent[node] = self.spent.get(node, Spent()).plus(spent)

    def time_left_s(self, now: float) -> float:
        """Seconds of the budget that are left; waiting for a person does not use it up."""
        used = now - self.started_at - self.waited_s
        return self.task.request.options.budget_s - used

    def end(self, status: TaskStatus, reason: str, *, now: float) -> None:
        self.status, self.reason, self.ended_at = status, reason, now
        self.message, self.waiting_for, self.question = reason[:200], None, None

    def usage(self, now: float) -> Usage:
        """What was spent. Wall time leaves out the time spent waiting for a person."""
        total = Spent()
        for spent in self.spent.values():
            total = total.plus(spent)
        critical = {node: spent.critical_model_s for node, spent in self.spent.items()}
        until = self.ended_at if self.ended_at is not None else now
        return Usage(
            wall_s=max(0.0, until - self.started_at - self.waited_s),
            model_s=total.model_s,
            critical_model_s=decisions.critical_path_s(self.plan, critical) if self.plan else 0.0,
            model_calls=total.model_calls,
            cache_hits=total.cache_hits,
        )

    def result(self) -> TaskResult | None:
        """What can be delivered now: None before a plan or anything was made."""
        if self.plan is None:
            return None
        result = decisions.deliver(self.plan, self.values, self.loops, self.reason)
        empty = not result.artifacts and result.text is None and result.best is None
        if empty:
            return None
        told = {
            "warnings": self.warnings(),
            "answers": verification.answers(self.plan, self.values, self.beliefs),
            "not_judged": verification.not_judged(self.loops),
        }
        return result.model_copy(update=told)

    def warnings(self) -> tuple[str, ...]:
        """What the steps so far warned of, each sentence once."""
        return kept_warnings(one for spent in self.spent.values() for one in spent.warnings)

    def snapshot(self, now: float) -> Task:
        """The task as it stands."""
        fraction = 0.0
        if self.status.delivered:
            fraction = 1.0
        elif self.plan is not None:
            fraction = decisions.fraction_done(self.plan, self.done, self.loops)
        return Task(
            id=self.task_id,
            owner=self.task.owner,
            status=self.status,
            request=self.task.request,
            created_at=self.task.created_at,
            completed_at=self.ended_at,
            progress=Progress(fraction=fraction, message=self.message),
            plan=self.plan,
            result=self.result(),
            problem=self.problem,
            usage=self.usage(now),
            waiting_for=self.waiting_for,
            question=self.question,
            metadata=metadata_of(self.task),
        )
