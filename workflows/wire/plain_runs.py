"""Runs begun before there was a payload key may be read unsealed; nobody may take their name."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from temporalio import workflow
from temporalio.exceptions import ApplicationError
from temporalio.worker import (
    ExecuteWorkflowInput,
    Interceptor,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
)

from maquette.records.errors import ConfigError
from maquette.workflows.wire.sealing import FOREIGN_PAYLOAD


def read_plain_runs(path: Path | None) -> dict[str, str]:
    """Workflow id to run id, from the file that the settings name. Raises: ConfigError."""
    if path is None:
        return {}
    try:
        return {str(name): str(run) for name, run in json.loads(path.read_text()).items()}
    except (OSError, ValueError, AttributeError) as error:
        raise ConfigError(
            "temporal.plain_runs names no readable JSON table of workflow ids and run ids",
            hint="mend the file, or leave the setting out",
        ) from error


class PlainRunGuard(Interceptor):
    """Fails a second run under the id of one that may be read unsealed: a payload names the
    workflow, not the run, so a forger could end the old run and start another in its place."""

    def __init__(self, plain_runs: Mapping[str, str]) -> None:
        self._plain_runs = plain_runs

    def workflow_interceptor_class(
        self, input: WorkflowInterceptorClassInput
    ) -> type[WorkflowInboundInterceptor]:
        plain_runs = self._plain_runs

        class Guard(WorkflowInboundInterceptor):
            async def execute_workflow(self, input: ExecuteWorkflowInput) -> Any:
                info = workflow.info()
                begun = info.original_execution_run_id
                if plain_runs.get(info.workflow_id, begun) != begun:
                    raise ApplicationError(
                        "another run of this id was begun before there was a payload key",
                        type=FOREIGN_PAYLOAD,
                        non_retryable=True,
                    )
                return await super().execute_workflow(input)

        return Guard
