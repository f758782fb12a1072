"""The model card of the planner's language model."""

from __future__ import annotations

from collections.abc import Mapping

_TEXT = """\
# The planner's language model

Answers a request for a picture with its plan, in the JSON of `agents/planning/llm/wire.py`: a
Llama decoder of {parameters:.1f} million parameters for the role `language`, which vLLM serves.

- Source: random weights, trained here (`training/language`). Licence: that of this project.
- Training: requests written and annotated by hand for this project (English, German, Spanish,
  Chinese; `training/reading/requests`) and variations with other words in their spans, each with
  the plan that the embedded planner makes from the labels by hand. An answer that does not read
  back as that plan is not taught: {taught} pairs. No outside data.
- Input: the person's message alone (`llm/prompt.py`); its chat template leaves out the system
  message. Plans of tools that were added later, and requests with settings of their own, it was
  not taught.
- Use: to run the language model path where no larger model is served. Its plans are checked as any
  model's, and what is wrong goes to the embedded planner. Reasons and notes it leaves empty.

## Measured on requests kept from training, greedy, with no grammar to hold the answers

{rows}

JSON of the schema: with every key in its place. Passes the checks: a plan that may run, or a
refusal. The same plan: it does and checks what the plan from labels by hand does, or both refuse.
"""
_NOT_MEASURED = "Not measured.\n"


def model_card(
    parameters: int, taught: int, score: Mapping[str, Mapping[str, float]] | None
) -> str:
    """The card.

    Args:
        parameters: of the network.
        taught: pairs that it was trained on.
        score: by group, as ``score.shares`` gives it; None: it was not measured.
    """
    rows = _rows(score) if score else _NOT_MEASURED
    return _TEXT.format(parameters=parameters / 1e6, taught=taught, rows=rows)


def _rows(score: Mapping[str, Mapping[str, float]]) -> str:
    rows = ["| requests | number | JSON of the schema | passes the checks | the same plan |"]
    rows.append("|---|---|---|---|---|")
    for group, one in score.items():
        told = " | ".join(f"{100 * one[name]:.1f} %" for name in ("schema", "checks", "right"))
        rows.append(f"| {group} | {one['requests']:.0f} | {told} |")
    return "\n".join(rows)
