"""The segmentation role: which pixels a phrase, a box or a point means.

``segment_phrase`` asks a CLIPSeg model, which knows what it was trained on. ``segment_box``
needs no model and works on any picture.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from maquette.model_servers.client.contract import Method, RoleName
from maquette.model_servers.guard.guard import DomainGuard, open_guard
from maquette.model_servers.loading.devices import choose_device, choose_dtype, place_named
from maquette.model_servers.loading.loaded_role import Loaded, LoadedRole
from maquette.model_servers.loading.model_files import BUNDLED, check_files, find_model
from maquette.model_servers.loading.options import PlaceOptions
from maquette.model_servers.loading.pictures import open_picture
from maquette.model_servers.schemas.describe import DescribeRequest
from maquette.model_servers.schemas.guard import GuardVerdict
from maquette.model_servers.schemas.segmentation import (
    FoundMask,
    SegmentationDescription,
    SegmentBoxRequest,
    SegmentPhraseRequest,
    SegmentReply,
)
from maquette.model_servers.segmentation.backends.contract import SegmentationBackend
from maquette.model_servers.segmentation.backends.missing import missing_segmenter
from maquette.model_servers.segmentation.backends.table import BACKENDS
from maquette.model_servers.segmentation.told import told_mask
from maquette.records.artifact import ArtifactRef, Lineage
from maquette.records.errors import InvalidInput

if TYPE_CHECKING:
    import numpy as np

CODE_VERSION = "1"
"""Raised with every change to this folder that can change a mask."""
ANY_PICTURE = GuardVerdict(reason="boxes and points are cut out without a model, in any picture")


@dataclass(frozen=True, kw_only=True)
class _Loaded(Loaded):
    segmenter: SegmentationBackend[Any] | None
    guard: DomainGuard
    model_digest: str | None


@dataclass(frozen=True)
class _Cut:
    """One mask before it is stored."""

    prompt: str
    mask: np.ndarray
    score: float
    unknown_words: tuple[str, ...] = ()


class SegmentationRole(LoadedRole[_Loaded, PlaceOptions]):
    """Serves masks. Offline and deterministic on a CPU."""

    role = RoleName.SEGMENTATION
    options = PlaceOptions
    backends = BACKENDS

    def load(self) -> _Loaded:
        """Boxes and points are served without a model too."""
        import torch

        # Counts for this role's own thread only: torch keeps the number per thread.
        torch.set_num_threads(max(self._threads, 1))
        bundled = self._config.model == BUNDLED
        path = find_model(self.role, self._config.model, kind="CLIPSeg")
        model_digest = check_files(path, bundled=bundled) if path else None
        chosen = BACKENDS.choose(self._config.backend, path)
        mark = chosen.mark if chosen else ""
        guard = open_guard(bundled_model=bundled and not mark)
        device = choose_device(self.role, self._options.device)
        dtype = choose_dtype(self.role, self._options.dtype, device)
        named = hashlib.sha256(f"segmentation {CODE_VERSION}".encode())
        for library in ("opencv-python-headless", "torch", "transformers", "pillow"):
            named.update(f"\0{library} {version(library)}".encode())
        named.update(f"\0{model_digest or ''}\0{guard.digest}".encode())
        named.update(f"{mark}{place_named(device, dtype)}".encode())
        place = {"device": str(device), "dtype": str(dtype).removeprefix("torch.")}
        return _Loaded(
            segmenter=chosen.make(path, **place) if chosen else None,
            guard=guard,
            model_digest=model_digest,
            digest=named.hexdigest(),
        )

    def methods(self) -> Mapping[str, Method]:
        """The verbs, by their names on the wire."""
        return {
            "segment_phrase": Method(SegmentPhraseRequest, SegmentReply, self.segment_phrase),
            "segment_box": Method(SegmentBoxRequest, SegmentReply, self.segment_box),
            "describe": Method(DescribeRequest, SegmentationDescription, self.describe),
        }

    async def describe(self, request: DescribeRequest) -> SegmentationDescription:
        """What can be asked here."""
        loaded = self.loaded
        return SegmentationDescription(
            digest=loaded.digest,
            model_digest=loaded.model_digest,
            guarded=bool(loaded.guard.digest),
        )

    async def segment_phrase(self, request: SegmentPhraseRequest) -> SegmentReply:
        """Find each phrase in a stored picture; what is not there gets an empty mask.

        Raises: ConfigError: there is no model. NotFound: no such artifact. MediaRejected: it is
            not a picture.
        """
        loaded = self.loaded
        if loaded.segmenter is None:
            raise missing_segmenter()
        data = await self._store.get(request.image.sha256, owner=request.owner)
        cuts, verdict, forward_s = await self._thread.run(
            _find, loaded.segmenter, loaded.guard, data, request.phrases
        )
        return await self._reply("segment_phrase", request, cuts, verdict, loaded.digest, forward_s)

    async def segment_box(self, request: SegmentBoxRequest) -> SegmentReply:
        """Cut out what each box and each point of a stored picture means; boxes come first.

        Raises: InvalidInput: there is neither, or a box is too thin. NotFound: no such artifact.
            MediaRejected: it is not a picture.
        """
        digest = self.digest()
        if not request.boxes and not request.points:
            raise InvalidInput(
                "there is neither a box nor a point; expected at least one",
                hint="give boxes as x0, y0, x1, y1 or points as x, y, in fractions of the picture",
            )
        data = await self._store.get(request.image.sha256, owner=request.owner)
        cuts, forward_s = await self._thread.run(_cut, data, request)
        return await self._reply("segment_box", request, cuts, ANY_PICTURE, digest, forward_s)

    async def _reply(
        self,
        verb: str,
        request: SegmentPhraseRequest | SegmentBoxRequest,
        cuts: list[_Cut],
        verdict: GuardVerdict,
        digest: str,
        forward_s: float,
    ) -> SegmentReply:
        masks = []
        for cut in cuts:
            lineage = Lineage(
                tool=f"segmentation.{verb}",
                tool_version=CODE_VERSION,
                task_id=request.origin.task_id,
                node=request.origin.node,
                model_digest=digest,
                parameters={"prompt": cut.prompt},
                parents=(request.image.sha256,),
            )
            data, told = await self._thread.run(told_mask, cut.mask, cut.prompt)
            stored: ArtifactRef = await self._store.put(data, owner=request.owner, lineage=lineage)
            masks.append(
                FoundMask(
                    mask=stored,
                    prompt=cut.prompt,
                    score=min(1.0, cut.score),
                    unknown_words=cut.unknown_words,
                    **told,
                )
            )
        return SegmentReply(masks=tuple(masks), verdict=verdict, digest=digest, forward_s=forward_s)


def _find(
    segmenter: SegmentationBackend[Any], guard: DomainGuard, data: bytes, phrases: tuple[str, ...]
) -> tuple[list[_Cut], GuardVerdict, float]:
    picture = open_picture(data)
    begun = time.monotonic()
    verdict = guard.judge(picture)
    seen = segmenter.look(picture)
    cuts = []
    for phrase in phrases:
        found = segmenter.find(seen, phrase, picture.size)
        cuts.append(_Cut(phrase, found.mask, found.score, segmenter.unknown_words(phrase)))
    return cuts, verdict, time.monotonic() - begun


def _cut(data: bytes, request: SegmentBoxRequest) -> tuple[list[_Cut], float]:
    import numpy as np

    from maquette.model_servers.segmentation.regions import (
        mask_from_box,
        mask_from_point,
        separation,
    )

    pixels = np.asarray(open_picture(data))
    begun = time.monotonic()
    wanted: list[tuple[str, Callable[[], np.ndarray]]] = []
    for box in request.boxes:
        name = f"box {box.x0:g} {box.y0:g} {box.x1:g} {box.y1:g}"
        wanted.append((name, partial(mask_from_box, pixels, box)))
    for point in request.points:
        name = f"point {point.x:g} {point.y:g}"
        wanted.append((name, partial(mask_from_point, pixels, point.x, point.y)))
    cuts = []
    for name, make in wanted:
        mask = make()
        cuts.append(_Cut(name, mask, separation(pixels, mask)))
    return cuts, time.monotonic() - begun
