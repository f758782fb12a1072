"""A scripted generation server that takes its time."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from maquette.model_servers.client.fake import ScriptedModelClient
from maquette.model_servers.schemas.generation import (
    CancelRequest,
    Done,
    Row,
    RowState,
    RowStatus,
    StartReply,
    StartRequest,
    StepReply,
    StepRequest,
)
from maquette.records.artifact import ArtifactRef
from maquette.records.errors import NotFound

STEPS = 20
STEP_S = 0.1


def latent(step: int) -> ArtifactRef:
    return ArtifactRef(sha256=f"{step:064x}", media_type="application/octet-stream", size_bytes=8)


IMAGE = ArtifactRef(
    sha256="f" * 64, media_type="image/png", size_bytes=99, width_px=256, height_px=256
)


@dataclass
class Server:
    """A generation server of 20 steps a picture, 0.1 s each, that counts what it runs."""

    restart_at: int | None = None
    """Forget every session once, before the call that would pass this step."""
    fail_at: int | None = None
    wait_s: float = 0.0
    step_s: float = STEP_S
    lost_latents: bool = False
    steps_run: int = 0
    cancelled: list[str] = field(default_factory=list)
    sessions: dict[str, tuple[Row, int]] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)

    def start(self, request: StartRequest) -> StartReply:
        (row,) = request.rows
        if row.latent is not None and self.lost_latents:
            raise NotFound("no such latent")
        self.rows.append(row)
        name = f"s{len(self.rows)}"
        self.sessions[name] = (row, row.step)
        return StartReply(session=name, rows=(self._state(row, row.step, 0.0),))

    async def step(self, request: StepRequest) -> StepReply:
        await asyncio.sleep(self.wait_s)
        if request.session not in self.sessions:
            raise NotFound(f"no session {request.session!r}")
        row, step = self.sessions[request.session]
        target = min(STEPS, step + request.steps)
        if self.restart_at is not None and target >= self.restart_at:
            self.restart_at = None
            self.sessions.clear()
            raise NotFound(f"no session {request.session!r}")
        if self.fail_at is not None and target >= self.fail_at:
            failed = RowState(
                row_id=row.row_id, status=RowStatus.FAILED, step=step, steps=STEPS, error="NaN"
            )
            return StepReply(rows=(failed,))
        self.steps_run += target - step
        self.sessions[request.session] = (row, target)
        state = self._state(row, target, self.step_s * (target - row.step))
        if request.save_latent:
            state = state.model_copy(update={"latent": latent(target)})
        if request.preview:
            state = state.model_copy(update={"preview": IMAGE})
        return StepReply(rows=(state,))

    def cancel(self, request: CancelRequest) -> Done:
        self.cancelled.append(request.session)
        return Done()

    @staticmethod
    def _state(row: Row, step: int, forward_s: float) -> RowState:
        done = step >= STEPS
        return RowState(
            row_id=row.row_id,
            status=RowStatus.DONE if done else RowStatus.RUNNING,
            step=step,
            steps=STEPS,
            image=IMAGE if done else None,
            forward_s=forward_s,
        )

    def client(self) -> ScriptedModelClient:
        return ScriptedModelClient(
            {
                ("generation", "start"): self.start,
                ("generation", "step"): self.step,
                ("generation", "cancel"): self.cancel,
            }
        )
