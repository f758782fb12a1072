"""Run a loop inside the workflow: round after round until its decisions say stop."""

from __future__ import annotations

from collections.abc import Callable

from temporalio import workflow

from maquette.records.errors import NotFound
from maquette.records.event import EventType
from maquette.records.plan import Loop
from maquette.records.task import Problem
from maquette.workflows.loops.state import LoopState, RoundPlan, Stop
from maquette.workflows.loops.strategy import Strategy
from maquette.workflows.loops.table import find_strategy
from maquette.workflows.run import decisions, telling
from maquette.workflows.run.execution import NodeFailed, go_on, quiet, run_heavy
from maquette.workflows.run.task_board import DEFAULT_TIMEOUT_S, TaskBoard
from maquette.workflows.wire.messages import RoundInput, RoundReply
from maquette.workflows.wire.names import RUN_ROUND

LEAST_ROUND_S = 1.0
"""With less time left no round is begun."""
SPARE_S = 30.0
"""A round ends by itself when its time is up; only this much later the engine ends it."""

NO_DRAFT = Problem(
    code="no_draft",
    title="No draft was finished",
    detail="The time was used up before the first draft was finished.",
    hint="Raise the budget, or ask for fewer candidates.",
)


class LoopRunner:
    """Runs one loop. Its state is written on the board after each round, so that the best so
    far can be delivered at any moment."""

    def __init__(self, board: TaskBoard, loop: Loop, say: Callable[..., None]) -> None:
        self._board = board
        self._loop = loop
        self._say = say

    async def run(self) -> None:
        """Raises: NodeFailed: not one draft was finished, or no such strategy is known."""
        strategy = self._strategy()
        state = self._board.loop_state(self._loop, strategy)
        following = strategy.next_round(state)
        while isinstance(following, RoundPlan):
            go_on(self._board)
            left_s = self._board.time_left_s(workflow.time())
            if left_s < LEAST_ROUND_S:
                self._decide(state, self._out_of_time())
                break
            state, following = await self._round(strategy, state, following, left_s)
            self._decide(state, following)
        if state.best is None:
            raise NodeFailed(NO_DRAFT)
        port = f"{self._loop.id}.{decisions.LOOP_PORT}"
        self._board.values[port] = state.best.artifact.model_dump(mode="json")

    def _strategy(self) -> Strategy:
        try:
            return find_strategy(self._loop.strategy)
        except NotFound as error:
            raise NodeFailed(error.problem()) from error

    async def _round(
        self, strategy: Strategy, state: LoopState, plan: RoundPlan, left_s: float
    ) -> tuple[LoopState, RoundPlan | Stop]:
        """Run one round; the state after it and what follows."""
        self._board.message = f"{self._loop.id}: round {plan.number} of {self._loop.rounds}"
        self._say(EventType.ITERATION_STARTED, **telling.round_told(self._loop, plan))
        try:
            reply = await self._execute(state, plan, left_s)
        except NodeFailed as failure:
            if state.best is None:
                raise
            self._board.problem = failure.problem
            self._board.cut_short = f"a later round failed ({failure.problem.detail})"[:400]
            return state, Stop(False, self._board.cut_short)
        state = strategy.absorb(state, plan, reply)
        self._board.loops[self._loop.id] = state
        if state.best in reply.drafts:
            self._board.believe(self._loop.id, reply.belief)
        self._board.add_spent(self._loop.id, reply.spent)
        for draft in reply.drafts:
            self._say(EventType.CANDIDATE_SCORED, **telling.draft_told(self._loop, draft))
        following = strategy.next_round(state)
        if isinstance(following, RoundPlan) and not reply.complete:
            left_s = self._board.time_left_s(workflow.time())
            if left_s < LEAST_ROUND_S:
                return state, self._out_of_time()
        return state, following

    async def _execute(self, state: LoopState, plan: RoundPlan, left_s: float) -> RoundReply:
        tried = state.tried | ({plan.revision.id} if plan.revision else frozenset())
        limit_s = self._board.timeouts_s.get(self._loop.id, DEFAULT_TIMEOUT_S)
        return await run_heavy(
            RUN_ROUND,
            RoundInput(
                task_id=self._board.task_id,
                owner=self._board.task.owner,
                loop=self._asked(plan),
                round=plan.number,
                candidates=plan.candidates,
                tried=tuple(sorted(tried)),
                values=decisions.values_for([self._loop], self._board.values),
                time_left_s=left_s,
                quiet=quiet(),
                asked=self._board.asked_of(self._loop),
            ),
            RoundReply,
            board=self._board,
            limit_s=min(limit_s * len(plan.candidates), left_s + SPARE_S),
        )

    def _asked(self, plan: RoundPlan) -> Loop:
        """The loop as the round runs it: the way of the round's source with the revised body; in
        the first round with the other sources, too."""
        loop = self._loop if plan.number == 1 else self._loop.way(plan.source)
        return loop.model_copy(update={"body": plan.body})

    def _decide(self, state: LoopState, following: RoundPlan | Stop) -> None:
        self._say(EventType.ITERATION_DECIDED, **telling.decision_told(state, following))

    def _out_of_time(self) -> Stop:
        budget_s = self._board.task.request.options.budget_s
        self._board.cut_short = f"the budget of {budget_s:g} s is used up"
        return Stop(False, self._board.cut_short)
