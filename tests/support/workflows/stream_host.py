"""A workflow that only hosts a stream. A file of its own: the sandbox imports it anew."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from temporalio.contrib.workflow_streams import WorkflowStream


@workflow.defn(name="StreamHost")
class StreamHost:
    """A workflow that only hosts a stream, until it is told to end."""

    @workflow.init
    def __init__(self) -> None:
        self._stream = WorkflowStream()
        self._over = False

    @workflow.run
    async def run(self) -> None:
        await workflow.wait_condition(lambda: self._over)
        self._stream.detach_pollers()
        await workflow.wait_condition(workflow.all_handlers_finished)

    @workflow.signal
    def end(self) -> None:
        self._over = True
