"""The planner that asks a language model, through any OpenAI-compatible endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from maquette.agents.planning.budget import with_strategy
from maquette.agents.planning.llm_prompt import repair_message, system_message, user_message
from maquette.agents.planning.llm_wire import from_wire, plan_schema
from maquette.agents.planning.seam import Planner, Scenes
from maquette.agents.validation.parsing import parse_json, too_deep
from maquette.agents.validation.validator import PlanLimits, Rule, check_plan, parse_plan
from maquette.records.errors import (
    ConfigError,
    FixInput,
    ModelUnavailable,
    PlanRejected,
)
from maquette.records.loop import STRATEGIES
from maquette.records.plan import Plan
from maquette.records.task import TaskRequest
from maquette.tools.registry import Registry

if TYPE_CHECKING:
    from openai import AsyncOpenAI
    from openai.types.chat import ChatCompletionMessageParam

    from maquette.infra.settings.schema import PlannerSettings

MAX_ANSWER_TOKENS = 8_000
MAX_REFUSAL_CHARACTERS = 600
REPAIRS = 1


class LanguagePlanner:
    """Asks for a plan in a strict JSON schema, checks it, and lets it be mended once.

    When the model is away or its plan stays wrong, the fallback plans, and a note says so.
    """

    label = "language model"

    def __init__(
        self,
        client: AsyncOpenAI,
        model: str,
        registry: Registry,
        *,
        fallback: Planner | None = None,
        strategies: frozenset[str] = STRATEGIES,
    ) -> None:
        self._client = client
        self._model = model
        self._registry = registry
        self._fallback = fallback
        self._strategies = strategies

    @classmethod
    def of(
        cls,
        settings: PlannerSettings,
        registry: Registry,
        *,
        fallback: Planner | None = None,
        strategies: frozenset[str] = STRATEGIES,
    ) -> LanguagePlanner:
        """The planner that the settings describe. Raises: ConfigError: no model is named."""
        from openai import AsyncOpenAI

        if not settings.model:
            raise ConfigError(
                "planner.base_url is set but planner.model is not",
                hint="Name the model that the endpoint serves.",
            )
        key = settings.api_key.get_secret_value() if settings.api_key else "none"
        client = AsyncOpenAI(
            base_url=settings.base_url, api_key=key, timeout=settings.timeout_s, max_retries=1
        )
        return cls(client, settings.model, registry, fallback=fallback, strategies=strategies)

    async def plan(self, request: TaskRequest, *, scenes: Scenes = ()) -> Plan:
        """See ``Planner.plan``."""
        try:
            return await self._asked(request)
        except (PlanRejected, ModelUnavailable) as error:
            if self._fallback is None:
                raise
            plan = await self._fallback.plan(request, scenes=scenes)
            why = (
                "did not answer"
                if isinstance(error, ModelUnavailable)
                else f"gave no valid plan ({error.message[:200]})"
            )
            note = f"the language model {why}; the embedded planner made this plan"
            return plan.model_copy(update={"notes": (*plan.notes, note)})

    async def _asked(self, request: TaskRequest) -> Plan:
        messages: list[ChatCompletionMessageParam] = [
            {"role": "system", "content": system_message(self._registry)},
            {"role": "user", "content": user_message(request)},
        ]
        refusal: PlanRejected | None = None
        for _ in range(1 + REPAIRS):
            answer = await self._complete(messages)
            try:
                return self._read(answer, request)
            except PlanRejected as error:
                refusal = error
                messages.append({"role": "assistant", "content": answer})
                messages.append({"role": "user", "content": repair_message(error.reasons)})
        if refusal is None:
            raise PlanRejected([(Rule.EMPTY_PLAN, "no plan was asked for")])
        raise refusal

    async def _complete(self, messages: list[ChatCompletionMessageParam]) -> str:
        """One answer in the schema. Raises: ModelUnavailable: the endpoint does not answer well."""
        from openai import OpenAIError

        try:
            completion = await self._client.chat.completions.create(
                model=self._model,
                messages=messages,
                temperature=0,
                max_tokens=MAX_ANSWER_TOKENS,
                response_format={
                    "type": "json_schema",
                    "json_schema": {
                        "name": "plan",
                        "strict": True,
                        "schema": plan_schema(self._registry, self._strategies),
                    },
                },
            )
        except OpenAIError as error:
            raise ModelUnavailable(
                f"the planner's language model does not answer ({type(error).__name__})",
                hint="Check planner.base_url, planner.model and planner.api_key.",
            ) from error
        choice = completion.choices[0].message if completion.choices else None
        return (choice.content if choice else None) or ""

    def _read(self, answer: str, request: TaskRequest) -> Plan:
        """Parse strictly and validate.

        Raises: PlanRejected: with every rule that is broken. FixInput: the model refuses.
        """
        value: Any = parse_json(answer)
        if not isinstance(value, dict):
            raise PlanRejected([(Rule.MALFORMED, "the answer is not a JSON object")])
        if too_deep(value):
            raise PlanRejected([(Rule.MALFORMED, "the answer is nested too deeply")])
        refusal = value.get("refusal")
        if isinstance(refusal, str) and refusal.strip() and not value.get("nodes"):
            raise FixInput(refusal.strip()[:MAX_REFUSAL_CHARACTERS])
        plan = parse_plan(from_wire(value))
        plan = with_strategy(plan, request.options)
        plan = plan.model_copy(update={"planner": self._model})
        limits = PlanLimits(budget_s=request.options.budget_s, strategies=self._strategies)
        return check_plan(plan, self._registry, inputs=len(request.inputs), limits=limits)

    async def close(self) -> None:
        """Close the connections to the endpoint."""
        await self._client.close()
