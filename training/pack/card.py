"""Write the model card of the bundled generator from measured scores."""

from __future__ import annotations

from dataclasses import dataclass

from maquette.training.world.colours import BACKGROUNDS, COLOURS
from maquette.training.world.split import HELD_OUT
from maquette.training.world.things import THINGS


@dataclass(frozen=True)
class Facts:
    """What is known about a trained generator besides its scores."""

    parameters: dict[str, int]
    """Part to its number of parameters."""
    autoencoder_steps: int
    decoder_steps: int
    flow_steps: int
    remarks: str
    """What a person saw on the contact sheet, in plain words."""


def model_card(facts: Facts, scores: str, trials: int, steps: int, guidance: float) -> str:
    """Write ``MODEL_CARD.md``.

    Args:
        facts: how it was trained and how it looks.
        scores: Markdown table of ``evaluation.report.markdown``.
        trials: scenes in each group of the table.
        steps, guidance: how its pictures were drawn.
    """
    sizes = "\n".join(f"- {name}: {count:,} parameters" for name, count in facts.parameters.items())
    held = ", ".join(sorted(f"{colour} {thing}" for colour, thing in HELD_OUT))
    return f"""# The bundled generator

A small text- and layout-conditioned rectified-flow generator of flat picture-book scenes,
256 by 256 pixels. It was trained from random weights on renders of our own procedural world
(`training/world`), on two CPU cores that were shared with other work. No outside data or
weights were used.

## What it can draw

One to three things: {", ".join(THINGS)}; in {", ".join(COLOURS)}; left of, right of, above
or below one another; on a plain or blended background of {", ".join(BACKGROUNDS)}. Boxes
with short phrases ("red circle") say what goes where; without boxes the caption alone is
used. Words outside `vocabulary.json` are unknown to it: check requests against that file
and say so instead of drawing something else.

## Parts

{sizes}

Stored in float16, loaded in float32. Latents are 16 by 16 cells of 16 channels. Training
steps: autoencoder {facts.autoencoder_steps:,}, decoder alone {facts.decoder_steps:,},
transformer with text encoder {facts.flow_steps:,}.

## Measured on held-out scenes

{trials} scenes a group, drawn with {steps} Euler steps and guidance {guidance}; the stored
float16 weights were measured. Unseen pairs are colour-thing pairs that no training picture
holds: {held}. The judge is a separate classifier trained on exact renders only. Shares are
given with their Wilson 95 % interval.

{scores}
The judge looks at one box at a time, or, for captions alone, at whatever differs from the
background. It does not measure beauty.

## How it looks

{facts.remarks}

## Repeat it

```
python -m maquette.training.generator autoencoder --work runs/generator --minutes 40
python -m maquette.training.generator flow --work runs/generator --minutes 60
python -m maquette.training.generator autoencoder --decoder-only --work runs/generator
python -m maquette.training.generator export --work runs/generator
python -m maquette.training.evaluate recogniser --work runs/generator
python -m maquette.training.evaluate pack --work runs/generator
```

Seeds are fixed; results differ with the number of steps that fit into the minutes, and in
the last bits between machines. Licence: as the repository.
"""
