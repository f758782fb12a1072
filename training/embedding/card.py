"""The model card of the bundled dual encoder, from measured numbers."""

from __future__ import annotations

from pathlib import Path

from maquette.training.evaluation.rows import Row
from maquette.training.recipes.journal import Journal

WHAT = {
    "retrieval_r1": "recall@1 of 100, the weaker direction",
    "retrieval_r1.train_wording": "in wordings of the training",
    "retrieval_r1.test_wording": "in wordings never used in training",
    "retrieval_r1.image_to_text": "recall@1 of 100, picture to caption",
    "retrieval_r1.text_to_image": "recall@1 of 100, caption to picture",
    "retrieval_r1.captions_of_other_pictures": "ablation: the next picture's caption (chance 0.01)",
    "retrieval_r1.one_fact_off": "true caption before one false in one fact (chance 0.50)",
}


def table(rows: list[Row], what: dict[str, str]) -> str:
    """Rows as Markdown, with 95 % intervals."""
    lines = ["| measure | value | 95 % interval | n | bar |", "|---|---|---|---|---|"]
    for found in rows:
        bar = "" if found.bar is None else f"{found.bar:.2f}"
        interval = f"{found.low:.3f} to {found.high:.3f}"
        lines.append(
            f"| {what.get(found.name, found.name)} | {found.value:.3f} | {interval} "
            f"| {found.n} | {bar} |"
        )
    return "\n".join(lines)


def gaps(rows: list[Row]) -> str:
    """A sentence for every bar that is missed."""
    missed = [found for found in rows if found.holds is False]
    return "".join(
        f"\n`{found.name}` is {found.value:.3f}, below its bar of {found.bar}. Training goes on "
        "from its checkpoint with more minutes.\n"
        for found in missed
    )


def model_card(rows: list[Row], work: Path) -> str:
    """Write ``MODEL_CARD.md``."""
    steps = max((one.get("step", 0) for one in Journal(work / "embedding.jsonl").read()), default=0)
    scores = table(rows, WHAT) + "\n" + gaps(rows) if rows else "Not measured yet.\n"
    return f"""# The bundled dual encoder

Pictures and captions of the bundled world as vectors of one space (CLIP class, 256 px, patch
16, space of 192). Begun from the captioner's tower and trained on renders of our own procedural
world, {steps:,} steps of 48 pictures, each with one caption that is false in one fact. No outside
data or weights were used. For sentences in general there is MiniLM.

## Measured on held-out scenes

Scenes of seeds far from training's; the stored float16 weights, one picture at a time, through
the class that serves them. Pictures are renders, not drawn by a generator.

{scores}
## Limits

It knows the words and things of the world only; the domain guard says when a picture or a word
is outside. Printed words are not told apart.

## Repeat it

```
python -m maquette.training.embedding train --work runs/embedding --minutes 22 \\
    --tower model_servers/bundled/understanding
python -m maquette.training.embedding export --work runs/embedding
python -m maquette.training.embedding score
```
"""
