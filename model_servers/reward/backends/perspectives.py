"""Scores pictures against captions: decoding, batching and calibration round the model."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from maquette.model_servers.loading.pixels import PixelPlan
from maquette.model_servers.reward.backends.contract import RowScore
from maquette.model_servers.reward.directory import RewardDirectory, open_directory
from maquette.model_servers.reward.heads import HeadKind
from maquette.model_servers.reward.load import load_reward, load_words
from maquette.model_servers.reward.preference import preference
from maquette.model_servers.reward.rows import TokenRows, padded
from maquette.records.errors import CapabilityMissing

if TYPE_CHECKING:
    from PIL.Image import Image

ROWS_PER_FORWARD = 8
"""Rows in one forward; more only cost memory on a CPU."""


class Scorer:
    """A loaded reward model. Not thread-safe: one caller at a time.

    Scores do not depend on the other rows of a call, but for float rounding.
    """

    def __init__(
        self,
        model: str,
        *,
        backbone: str | None = None,
        device: str = "cpu",
        dtype: torch.dtype = torch.float32,
    ) -> None:
        """Raises: ConfigError, PackCorrupt: as ``open_directory`` and ``load_reward``."""
        self.directory: RewardDirectory = open_directory(model, backbone=backbone)
        home = self.directory.backbone
        self._model = load_reward(self.directory, dtype=dtype).to(device)
        self._folders = {folder.name: folder for folder in self.directory.perspectives}
        self._words = {
            reply: load_words(home, self._model, self.directory.index, reply=reply)
            for reply in {folder.config.likelihood for folder in self.directory.perspectives}
        }
        self._pixels = PixelPlan(home, int(self._model.config.vision_config.image_size))
        self._device, self._dtype = device, dtype

    @property
    def files(self) -> str:
        """Digest of the directory and its backbone."""
        return self.directory.digest

    @property
    def perspectives(self) -> dict[str, str]:
        """Each perspective with what it was taught, in words."""
        return {name: folder.config.about for name, folder in self._folders.items()}

    def check(self, names: Sequence[str]) -> None:
        """Raises: CapabilityMissing: a perspective is not in the model; lists those that are."""
        for name in names:
            if name not in self._folders:
                raise CapabilityMissing(
                    f"the reward model has no perspective {name!r}; "
                    f"it has {', '.join(sorted(self._folders))}",
                    hint="ask for one of these",
                )

    @torch.inference_mode()
    def score(
        self, pictures: Sequence[Image], rows: Sequence[tuple[int, str, str]]
    ) -> list[RowScore]:
        """Score rows of any pictures, captions and perspectives together.

        Args:
            pictures: RGB; each is looked at once, whatever the number of its rows.
            rows: (index of the picture, caption, perspective).
        Raises: CapabilityMissing; InvalidInput: a caption is too long.
        """
        self.check([name for _, _, name in rows])
        rewards: list[Tensor] = []
        seen: dict[int, Tensor] = {}
        for start in range(0, len(rows), ROWS_PER_FORWARD):
            some = rows[start : start + ROWS_PER_FORWARD]
            for index in dict.fromkeys(index for index, _, _ in some):
                if index not in seen:
                    seen[index] = self._look(pictures[index])
            batch = torch.cat([seen[index] for index, _, _ in some])
            tokens = self._rows(some).to(self._device)
            rewards += self._model(batch, tokens, [name for _, _, name in some])
        return [
            self._row_score(name, reward)
            for (_, _, name), reward in zip(rows, rewards, strict=True)
        ]

    def better(self, name: str, a: RowScore, b: RowScore) -> float:
        """Probability that ``a`` is better than ``b``, by the perspective's own head."""
        config = self._folders[name].config
        told = torch.tensor([a.raw, b.raw], dtype=torch.float64)[:, None]  # (2, 1, K)
        return float(preference(config.head, told[0], told[1], config.tau)[0])

    def _rows(self, rows: Sequence[tuple[int, str, str]]) -> TokenRows:
        writers = [self._words[self._folders[name].config.likelihood] for _, _, name in rows]
        ids = [writer.ids(caption) for writer, (_, caption, _) in zip(writers, rows, strict=True)]
        return padded(ids, [writer.start for writer in writers])

    def _look(self, picture: Image) -> Tensor:
        pixels = torch.from_numpy(self._pixels(picture))[None]
        seen: Tensor = self._model.look(pixels.to(self._device, self._dtype))
        return seen

    def _row_score(self, name: str, reward: Tensor) -> RowScore:
        raw = tuple(float(number) for number in reward)
        config = self._folders[name].config
        line = config.calibration
        if config.head is HeadKind.YES_NO:
            return RowScore(raw, _sigmoid(raw[0]))
        if config.head is HeadKind.GENERAL_PREFERENCE:
            x, y = line.reference or (0.0, 1.0)
            return RowScore(raw, _sigmoid(line.scale * (raw[0] * y - raw[1] * x - line.centre)))
        return RowScore(raw, _sigmoid(line.scale * (raw[0] - line.centre)))


def _sigmoid(value: float) -> float:
    return 1 / (1 + math.exp(-max(-60.0, min(60.0, value))))
