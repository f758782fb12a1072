"""The promises of every repair. A new one inherits the class and supplies the fixtures."""

from __future__ import annotations

import copy
from collections.abc import Sequence

import pytest

from maquette.agents.judging.contract import Repair
from maquette.agents.judging.critic import propose
from maquette.agents.validation.arguments import check_arguments
from maquette.records.draft import Revision
from maquette.records.plan import Call
from maquette.records.verdict import Finding, Outcome, Verdict
from maquette.tools.registry import Registry, load_registry

ELSE = Call(id="elsewhere", tool="enlarge", arguments={"image": {"$ref": "inputs.0"}, "factor": 2})
"""A call that no repair here is for."""


class RepairContract:
    """Inherit, and give a repair, a finding that it can mend, and the calls that it changes."""

    @pytest.fixture
    def repair(self) -> Repair:
        raise NotImplementedError

    @pytest.fixture
    def finding(self) -> Finding:
        raise NotImplementedError

    @pytest.fixture
    def calls(self) -> Sequence[Call]:
        """One call of its tool, or more."""
        raise NotImplementedError

    @pytest.fixture
    def tools(self) -> Registry:
        """Where its tool is found."""
        return load_registry(entries=())

    @pytest.fixture
    def proposed(
        self, repair: Repair, finding: Finding, calls: Sequence[Call]
    ) -> tuple[Revision, ...]:
        return tuple(repair.propose(finding, calls, frozenset()))

    def test_it_is_for_what_failed(
        self, repair: Repair, finding: Finding, calls: Sequence[Call]
    ) -> None:
        """The finding failed, is of one of its kinds, and the calls are of its tool."""
        assert finding.outcome is Outcome.FAILED and finding.criterion.kind in repair.kinds
        assert {call.tool for call in calls} == {repair.tool}

    def test_each_revision_changes_one_call(
        self, proposed: tuple[Revision, ...], calls: Sequence[Call]
    ) -> None:
        """One or more are proposed; each changes something of a call that is there."""
        arguments = {call.id: call.arguments for call in calls}
        assert proposed
        for revision in proposed:
            before = arguments[revision.call]
            assert revision.changes
            assert {name: before.get(name) for name in revision.changes} != revision.changes

    def test_a_revised_call_still_fits_its_tool(
        self, proposed: tuple[Revision, ...], calls: Sequence[Call], tools: Registry
    ) -> None:
        """The tool takes the changed arguments: the validator finds no fault with them."""
        by_id = {call.id: call for call in calls}
        for revision in proposed:
            call = by_id[revision.call]
            changed = {**call.arguments, **revision.changes}
            revised = call.model_copy(update={"arguments": changed})
            assert list(check_arguments(revised, tools.get(call.tool))) == []

    def test_ids_are_unique_and_name_the_criterion(
        self, proposed: tuple[Revision, ...], finding: Finding
    ) -> None:
        """So that each is tried once for each criterion."""
        ids = [revision.id for revision in proposed]
        assert len(set(ids)) == len(ids)
        assert all(one.startswith(f"{finding.criterion.id}:") for one in ids)

    def test_what_was_tried_is_left_out(
        self,
        repair: Repair,
        finding: Finding,
        calls: Sequence[Call],
        proposed: tuple[Revision, ...],
    ) -> None:
        """Any of them, and the others stay in their order; with all tried nothing is left."""
        for revision in proposed:
            rest = tuple(repair.propose(finding, calls, frozenset({revision.id})))
            assert rest == tuple(one for one in proposed if one != revision)
        every = frozenset(revision.id for revision in proposed)
        assert not list(repair.propose(finding, calls, every))

    def test_it_is_pure(
        self,
        repair: Repair,
        finding: Finding,
        calls: Sequence[Call],
        proposed: tuple[Revision, ...],
    ) -> None:
        """The same arguments give the same revisions, and stay as they were."""
        before = copy.deepcopy(list(calls))
        assert tuple(repair.propose(finding, calls, frozenset())) == proposed
        assert list(calls) == before

    def test_the_critic_finds_it_by_kind_and_tool(
        self,
        repair: Repair,
        finding: Finding,
        calls: Sequence[Call],
        proposed: tuple[Revision, ...],
    ) -> None:
        """From a table alone: for its tool's calls among others, and for no body without them."""
        verdict, table = Verdict(findings=(finding,)), {repair.name: repair}
        assert propose(verdict, (ELSE, *calls), frozenset(), table) == proposed
        assert propose(verdict, (ELSE,), frozenset(), table) == ()
