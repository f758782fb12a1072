"""A reading is compared with the plan by hand piece by piece."""

from __future__ import annotations

from maquette.agents.plans.composed.casting import Cast
from maquette.agents.reading.scene import read_scene
from maquette.tools.art.brief import Panel, WantedBackground, WantedRelation, WantedThing
from maquette.training.evaluation.art.from_words import differences, paired
from maquette.words.lexicon import Lexicon


class _Cast(Cast):
    """A cast whose panel is given."""

    def __init__(self, panel: Panel) -> None:
        super().__init__(read_scene("a cat", Lexicon()), (), panel.background)
        object.__setattr__(self, "given", panel)

    def panel(self, caption: str | None = None) -> Panel:
        return self.given  # type: ignore[attr-defined, no-any-return]


CAT = WantedThing(phrase="cat", thing="noto:1f408", colour="grey")
DOG = WantedThing(phrase="dog", thing="noto:1f415", count=2)
ABOVE = WantedRelation(subject=0, relation="above", object=1)
PLAN = Panel(things=(CAT, DOG), relations=(ABOVE,), background=WantedBackground(kind="sea"))


def kinds(panel: Panel) -> list[str]:
    return [kind for kind, _ in differences(PLAN, _Cast(panel), lambda thing, phrase: False)]


def test_the_same_told_otherwise_is_the_same() -> None:
    """Other order, "below" for "above", "gray" for "grey"."""
    below = WantedRelation(subject=0, relation="below", object=1)
    gray = CAT.model_copy(update={"colour": "gray"})
    panel = Panel(things=(DOG, gray), relations=(below,), background=PLAN.background)
    assert kinds(PLAN) == kinds(panel) == []


def test_each_piece_is_told_apart() -> None:
    one = DOG.model_copy(update={"count": 1})
    assert kinds(PLAN.model_copy(update={"things": (CAT, one)})) == ["count"]
    assert kinds(PLAN.model_copy(update={"relations": ()})) == ["relation missing"]
    assert kinds(PLAN.model_copy(update={"background": WantedBackground()})) == ["background"]
    more = (CAT, DOG, CAT.model_copy(update={"phrase": "sun", "thing": "noto:2600"}))
    assert kinds(PLAN.model_copy(update={"things": more})) == ["thing too much"]
    other = (CAT.model_copy(update={"thing": "noto:1f431"}), DOG)
    assert kinds(PLAN.model_copy(update={"things": other})) == ["other picture"]
    assert kinds(PLAN.model_copy(update={"things": (DOG,), "relations": ()})) == [
        "thing missing", "relation missing",
    ]  # fmt: skip


def test_of_two_of_a_kind_the_one_of_the_colour_is_meant() -> None:
    red, blue = (CAT.model_copy(update={"colour": word}) for word in ("red", "blue"))
    assert paired((red, blue), (blue, red), lambda thing, phrase: False) == {0: 1, 1: 0}
