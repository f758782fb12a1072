"""The model card of the bundled segmenter, from measured numbers."""

from __future__ import annotations

from pathlib import Path

from maquette.training.embedding.card import gaps, table
from maquette.training.evaluation.rows import Row
from maquette.training.recipes.journal import Journal

WHAT = {
    "phrase_iou": "mean IoU of phrases that mean something",
    "phrase_iou.seen": "of phrases as in training, about other scenes",
    "phrase_iou.unseen_pairs": "of colour-thing pairs never shown in training",
    "phrase_iou.test_wording": "of wordings never used in training",
    "phrase_iou.small": "of single small things",
    "phrase_iou.medium": "of single medium things",
    "phrase_iou.large": "of single large things",
    "phrase_iou.absent": "not in the mean: absent things left with an empty mask (share)",
    "phrase_iou.next_trials_phrases": "ablation: asked the next scene's phrases",
}


def model_card(rows: list[Row], work: Path) -> str:
    """Write ``MODEL_CARD.md``."""
    steps = max(
        (one.get("step", 0) for one in Journal(work / "segmentation.jsonl").read()), default=0
    )
    scores = table(rows, WHAT) + "\n" + gaps(rows) if rows else "Not measured yet.\n"
    return f"""# The bundled segmenter

A phrase to a mask in pictures of the bundled world (`CLIPSegForImageSegmentation`, 256 px, patch
16, width 256, 6 layers; decoder of width 96). Trained from the tower of
`training/vision` on renders of our own procedural world, {steps:,} steps of 16 pictures with 5
phrases each. No outside data or weights were used. A mask that it is less sure of than of nearly
all things that are there is emptied (`least_mask_score`). Boxes and points are cut out by GrabCut,
which needs no model.

## Measured on held-out scenes

Scenes of seeds far from training's; the stored float16 weights, through the class that serves
them; intervals by drawing scenes again. Truth is the renderer's. Rows are means over phrases of
things, groups, printed words and backgrounds that are there; what is absent has its own row.

{scores}
## Limits

It knows the words and things of the world only; replies name words it does not know, and the
domain guard says when a picture is outside. A printed word is its box, not its letters; which of
several words is meant it can hardly tell.

## Repeat it

```
python -m maquette.training.segmentation train --work runs/segmentation \\
    --tower runs/vision --minutes 64
python -m maquette.training.segmentation export --work runs/segmentation
python -m maquette.training.segmentation score
```
"""
