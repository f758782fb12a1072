"""The promises of every judge. A new one inherits the class and supplies the fixtures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import get_args

import pytest

from maquette.agents.judging.contract import Judge, Sight
from maquette.model_servers.client.fake import ScriptedModelClient
from maquette.records.artifact import ArtifactRef
from maquette.records.criterion import Criterion
from maquette.records.errors import MaquetteError
from maquette.records.verdict import Outcome

PICTURE = ArtifactRef(sha256="a" * 64, media_type="image/png", size_bytes=9)
KINDS = {one.model_fields["kind"].default for one in get_args(get_args(Criterion)[0])}
"""Every kind of criterion there is."""


class JudgeContract:
    """Inherit, and give a judge, the models it asks, and criteria that it can judge by them."""

    @pytest.fixture
    def judge(self) -> Judge:
        raise NotImplementedError

    @pytest.fixture
    def models(self) -> ScriptedModelClient:
        raise NotImplementedError

    @pytest.fixture
    def criteria(self) -> Sequence[Criterion]:
        """Two or more of its kinds; by these models one passes and one fails."""
        raise NotImplementedError

    @pytest.fixture
    def sight(self, models: ScriptedModelClient) -> Sight:
        return Sight(image=PICTURE, owner="local", models=models)

    def test_it_says_what_it_answers_for(self, judge: Judge) -> None:
        """A name, a version and kinds of criteria that exist."""
        assert judge.name and judge.version
        assert judge.kinds and judge.kinds <= KINDS

    async def test_each_criterion_has_a_finding_in_order(
        self, judge: Judge, sight: Sight, criteria: Sequence[Criterion]
    ) -> None:
        """As many findings as criteria, each of its own, whatever their order."""
        for asked in (list(criteria), list(reversed(criteria)), list(criteria[:1])):
            found = await judge.judge(asked, sight)
            assert [finding.criterion for finding in found] == asked

    async def test_some_pass_and_some_fail(
        self, judge: Judge, sight: Sight, criteria: Sequence[Criterion]
    ) -> None:
        """It tells what holds from what does not, under its own name, the better one higher."""
        found = await judge.judge(criteria, sight)
        scores: dict[Outcome, list[float]] = {Outcome.PASSED: [], Outcome.FAILED: []}
        for finding in found:
            assert finding.judge == judge.name and finding.score is not None
            scores[finding.outcome].append(finding.score)
        assert min(scores[Outcome.PASSED]) > max(scores[Outcome.FAILED])

    async def test_the_same_picture_is_judged_the_same(
        self, judge: Judge, sight: Sight, criteria: Sequence[Criterion]
    ) -> None:
        """Verdicts are stored and found again: looking twice must not change them."""
        assert await judge.judge(criteria, sight) == await judge.judge(criteria, sight)

    async def test_only_roles_that_are_named_are_asked(
        self, judge: Judge, sight: Sight, models: ScriptedModelClient, criteria: Sequence[Criterion]
    ) -> None:
        """The digests of these roles key the stored verdict: another role's model would not."""
        await judge.judge(criteria, sight)
        assert {role for role, _ in models.calls} <= {str(role) for role in judge.roles}

    async def test_looking_is_metered(
        self, judge: Judge, sight: Sight, models: ScriptedModelClient, criteria: Sequence[Criterion]
    ) -> None:
        """Who asks a model for judgement counts the call; who asks none counts nothing."""
        await judge.judge(criteria, sight)
        assert sight.model_calls <= sum(models.calls.values())
        assert (sight.model_calls > 0) is (sight.forward_s > 0) is bool(judge.roles)

    async def test_without_its_models_nothing_is_judged(
        self, judge: Judge, sight: Sight, criteria: Sequence[Criterion]
    ) -> None:
        """A role that is not served makes findings unjudged, or an error; never a verdict."""
        if not judge.roles:
            pytest.skip("it asks no model")
        blind = replace(sight, models=ScriptedModelClient({}))
        try:
            found = await judge.judge(criteria, blind)
        except MaquetteError:
            return
        assert {finding.outcome for finding in found} == {Outcome.UNJUDGED}
