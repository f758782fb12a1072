"""Read: the words that an attached picture shows."""

from __future__ import annotations

from maquette.agents.intents.contract import Asked, Sign
from maquette.agents.plans.parts import attached
from maquette.agents.reading.labelled.labelled import Labelled
from maquette.records.plan import Call, Plan
from maquette.words.stopwords import TEXT_WORDS


class Read:
    """Read the words of every attached picture."""

    name = "read"
    offer = "read the words in an attached picture"
    signs: tuple[Sign, ...] = ()

    async def plan(self, asked: Asked) -> Plan:
        """One call a picture. Raises: InvalidInput: nothing is attached."""
        asked.need_picture("read")
        count = asked.reading.attached
        calls = tuple(
            Call(
                id="words" if count == 1 else f"words{k}",
                tool="read_text",
                arguments={"image": attached(k)},
            )
            for k in range(count)
        )
        return Plan(
            nodes=calls,
            outputs=tuple(f"{call.id}.text" for call in calls),
            summary="read the words in the attached picture" + ("s" if count > 1 else ""),
            notes=_notes(asked.reading.labelled),
        )


def _notes(item: Labelled) -> tuple[str, ...]:
    """That more is read than what stands on one thing or in one place."""
    named = [item.plain(piece.text) for _, piece in item.of("target", "place", "query")]
    told = ", ".join(words for words in named if words.lower() not in TEXT_WORDS)
    return (f"all words of the picture are read, not only: {told}",) if told else ()
