"""Rate: how well attached pictures match words."""

from __future__ import annotations

from maquette.agents.intents.contract import Asked, Sign
from maquette.agents.plans.parts import attached
from maquette.agents.reading.labelled.labelled import Labelled, unmasked
from maquette.records.errors import FixInput
from maquette.records.plan import Call, Plan


class Rate:
    """Tell how well every attached picture matches the words that it is to be judged by."""

    name = "rate"
    offer = "tell how well one matches some words"
    signs: tuple[Sign, ...] = ()

    async def plan(self, asked: Asked) -> Plan:
        """One call a picture. Raises: InvalidInput: nothing is attached. FixInput: the words that
        it is to match are not said."""
        asked.need_picture("rate")
        words = wanted_words(asked.reading.labelled)
        if not words:
            raise FixInput(
                "understood: rate the picture; but not by what",
                hint='Say what it should show, e.g. "how well does it match: a red boat".',
            )
        count = asked.reading.attached
        calls = tuple(
            Call(
                id="match" if count == 1 else f"match{k}",
                tool="match",
                arguments={"image": attached(k), "words": words},
            )
            for k in range(count)
        )
        return Plan(
            nodes=calls,
            outputs=tuple(f"{call.id}.text" for call in calls),
            summary=f"how well it matches {words!r}"[:400],
        )


def wanted_words(item: Labelled) -> str:
    """What a picture is to be judged by: the quoted words, else those of the question."""
    quoted = [unmasked(piece.text, item.strings).strip('"') for _, piece in item.of("words")]
    if quoted:
        return " ".join(quoted)
    held = [piece for _, piece in item.of("query", "thing", "target", "attr", "colour", "style")]
    if not held:
        return ""
    return unmasked(item.text[held[0].start : held[-1].end], item.strings)[:1_000]
