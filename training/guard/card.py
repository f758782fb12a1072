"""The model card of the domain guard, from measured numbers."""

from __future__ import annotations

from maquette.training.embedding.card import gaps, table
from maquette.training.evaluation.rows import Row

WHAT = {
    "guard_photo": "photographs and synthetic outsiders flagged",
    "guard_photo.photographs": "of these, photographs",
    "guard_photo.outsiders": "of these, outsiders of kinds it never learned from",
    "guard_world": "held-out scenes of the world not flagged",
    "guard_world.pixels_shuffled": "ablation: the same scenes with pixels shuffled, not flagged",
}


def model_card(rows: list[Row]) -> str:
    """Write ``MODEL_CARD.md``."""
    scores = table(rows, WHAT) + "\n" + gaps(rows) if rows else "Not measured yet.\n"
    return f"""# The domain guard

Says whether a picture is one the bundled models know: a small CLIP vision tower with 18
numbers on colour and flatness (5 million parameters, 256 px), and the Mahalanobis distance of
its features from those of the world's pictures. A picture is outside when either passes its
limit. Words are judged by the world's vocabulary; words in quotation marks are free.

Learned from renders of the world and from procedural outsiders; never from a photograph. Both
are blurred, scaled, compressed and given faint noise alike, so that a generator's soft
pictures are not taken for outsiders.

## Measured

Scenes of seeds far from training's, a quarter each as rendered, of unseen colour-thing pairs,
treated as above, and enlarged to 768 px. Outsiders of kinds that training has none of.
Photographs: scikit-image's own and Debian's wallpaper packages, each once.

{scores}
## Limits

A flat drawing of a thing the world has not, in the world's own colours, is the hardest to
tell. Photographs so dark or so flat that little is left may pass.

## Repeat it

```
python -m maquette.training.guard train --work runs/guard --tower runs/vision --minutes 30
python -m maquette.training.guard export --work runs/guard --photographs wallpapers
python -m maquette.training.guard score --photographs wallpapers
```

`training/guard/examples/photographs.py` says how the wallpapers are had.
"""
