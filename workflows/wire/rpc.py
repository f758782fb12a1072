"""Temporal's RPC errors as errors of ours, without internals in the text."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from temporalio.client import WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from maquette.records.errors import EngineUnavailable, IntegrityError, NotFound, Overloaded
from maquette.workflows.wire.sealing import is_foreign

ENGINE_HINT = "See `maquette doctor`; running tasks go on by themselves once it is back."
_BUSY = frozenset({RPCStatusCode.RESOURCE_EXHAUSTED})


@contextmanager
def rpc_errors(what: str) -> Iterator[None]:
    """Raise NotFound, Overloaded or EngineUnavailable in place of an RPC error about ``what``,
    and IntegrityError in place of a payload that was refused."""
    try:
        yield
    except RPCError as error:
        if error.status == RPCStatusCode.NOT_FOUND:
            raise NotFound(f"there is no {what}") from error
        if error.status in _BUSY:
            raise Overloaded(
                "the workflow engine takes no more calls right now", hint="Wait a little."
            ) from error
        raise engine_unavailable() from error
    except ApplicationError as error:
        if not is_foreign(error):
            raise
        raise IntegrityError(
            f"the history of the {what} holds something that this stack did not write",
            hint="Somebody else reaches the workflow engine; see docs/security.md.",
        ) from error
    except WorkflowUpdateRPCTimeoutOrCancelledError as error:
        raise engine_unavailable() from error
    except RuntimeError as error:
        if "connect" not in str(error).lower():
            raise
        raise engine_unavailable() from error


def engine_unavailable() -> EngineUnavailable:
    return EngineUnavailable("the workflow engine does not answer", hint=ENGINE_HINT)
