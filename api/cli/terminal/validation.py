"""Options of the command line, checked as the server would, before a stack is started."""

from __future__ import annotations

from typing import Any

from maquette.api.http.validation import check
from maquette.api.schemas import TaskSubmission
from maquette.records.task import TaskOptions


def check_options(
    text: str, given: dict[str, Any], *, plan: dict[str, Any] | None = None
) -> TaskOptions:
    """The options that were given. Raises: InvalidFields: names the value and what is expected."""
    options = {key: value for key, value in given.items() if value is not None}
    asked = {"text": text, "options": options} | ({} if plan is None else {"plan": plan})
    return check(TaskSubmission, asked).options
