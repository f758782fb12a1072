"""From a row as it was sent to what the adapter draws: pictures fetched, defaults filled in."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING

from maquette.infra.media.admit import decode_stored
from maquette.model_servers.generation.adapters.contract import ModelFacts, RowPictures, RowSpec
from maquette.model_servers.schemas.guard import UNJUDGED, GuardVerdict, joined
from maquette.model_servers.schemas.options.few_step import FEW_STEP
from maquette.model_servers.schemas.options.table import needed, row_options
from maquette.records.errors import CapabilityMissing, InvalidInput

if TYPE_CHECKING:
    from PIL.Image import Image

    from maquette.infra.store.contract import ArtifactStore
    from maquette.model_servers.generation.options import GenerationOptions
    from maquette.model_servers.guard.guard import DomainGuard
    from maquette.model_servers.loading.worker_thread import WorkerThread
    from maquette.model_servers.schemas.generation import Row
    from maquette.records.artifact import ArtifactRef


class RowReader:
    """Reads rows for one model.

    Args:
        facts: what the model is; a row that asks for more is refused.
        name: of the model, for messages.
        options: the defaults of the settings, which go before the model's own.
        guard: judges the pictures that a row shows, in ``thread``.
    """

    def __init__(
        self,
        store: ArtifactStore,
        facts: ModelFacts,
        name: str,
        *,
        options: GenerationOptions,
        guard: DomainGuard,
        thread: WorkerThread,
    ) -> None:
        self._store = store
        self._facts = facts
        self._name = name
        self._options = options
        self.guard = guard
        self._thread = thread

    @property
    def default_steps(self) -> int:
        """Denoising steps of a row that names none."""
        return self._options.steps or self._facts.default_steps

    @property
    def default_guidance(self) -> float:
        """Guidance of a row that names none."""
        chosen = self._options.guidance
        return self._facts.default_guidance if chosen is None else chosen

    async def read(self, row: Row, owner: str) -> RowSpec:
        """The row with the model's defaults.

        Raises: InvalidInput: a mask without a source, or a size the model cannot draw.
            CapabilityMissing: it cannot do what an option asks for. NotFound, MediaRejected: a
            picture.
        """
        spec = self._spec(row, await self._pictures(row, owner))
        self._refuse_missing(row)
        self._refuse_size(row.row_id, spec)
        return spec

    def _spec(self, row: Row, pictures: RowPictures) -> RowSpec:
        facts = self._facts
        options: Mapping[str, object] = {
            name: option.value(row) for name, option in row_options().items()
        }
        steps = facts.few_steps if FEW_STEP.value(row) else self.default_steps
        return RowSpec(
            prompt=row.prompt,
            negative_prompt=row.negative_prompt,
            layout=row.layout,
            seed=row.seed,
            steps=row.steps or steps,
            guidance=self.default_guidance if row.guidance is None else row.guidance,
            width_px=row.width_px or facts.width_px,
            height_px=row.height_px or facts.height_px,
            pictures=pictures,
            options=options,
        )

    def _refuse_missing(self, row: Row) -> None:
        can = self._facts.capabilities
        missing = [name for name in needed(row) if name not in can]
        if missing:
            raise CapabilityMissing(
                f"row {row.row_id!r} needs {', '.join(missing)}, which the model {self._name} "
                f"lacks; it can: {', '.join(sorted(can)) or 'draw from words'}",
                hint="leave that out, or serve a model that can",
            )

    def _refuse_size(self, row_id: str, spec: RowSpec) -> None:
        facts = self._facts
        multiple = facts.size_multiple_px
        if multiple:
            fits = spec.width_px % multiple == 0 and spec.height_px % multiple == 0
            wanted = f"multiples of {multiple}"
        else:
            fits = (spec.width_px, spec.height_px) == (facts.width_px, facts.height_px)
            wanted = f"{facts.width_px} x {facts.height_px}"
        if not fits:
            raise InvalidInput(
                f"row {row_id!r} asks for {spec.width_px} x {spec.height_px} pixels; "
                f"the model draws {wanted}",
                hint="leave the size out, and scale the picture afterwards",
            )

    async def _pictures(self, row: Row, owner: str) -> RowPictures:
        """Fetch and decode what a row shows. Raises: InvalidInput, NotFound, MediaRejected."""
        if row.mask is not None and row.source is None:
            raise InvalidInput(
                f"row {row.row_id!r} has a mask without a source picture",
                hint="send the picture to change as source",
            )
        refs = (row.source, row.mask, *row.concepts)
        source, mask, *concepts = [await self._picture(ref, owner) for ref in refs]
        names = dict.fromkeys(ref.sha256 for ref in refs if ref is not None)
        shown = tuple(picture for picture in concepts if picture is not None)
        seen = [picture for picture in (source, *shown) if picture is not None]
        verdict = await self._thread.run(self._judged, seen) if seen else UNJUDGED
        return RowPictures(source, mask, shown, tuple(names), verdict)

    def _judged(self, pictures: list[Image]) -> GuardVerdict:
        """What the domain guard says of all that a row shows."""
        return joined(self.guard.judge(picture) for picture in pictures)

    async def _picture(self, ref: ArtifactRef | None, owner: str) -> Image | None:
        if ref is None:
            return None
        data = await self._store.get(ref.sha256, owner=owner)
        return await asyncio.to_thread(decode_stored, data)
