"""The commands as functions: train one perspective, measure all, put them together."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

from maquette.model_servers.loading.model_files import BUNDLED, find_model
from maquette.model_servers.loading.pixels import PixelPlan
from maquette.model_servers.reward.heads import HeadKind
from maquette.model_servers.understanding.directory import check_llava, missing_llava
from maquette.training.evaluation.rows import SWAPPED, Bench, Row, measure_rows
from maquette.training.recipes.driver import follow
from maquette.training.reward.cache import read_cache, write_cache
from maquette.training.reward.lessons.pairs import SUBJECTS
from maquette.training.reward.measure import SWAPPED_BAR, markdown
from maquette.training.reward.pack import export_pack, model_card, save_trained
from maquette.training.reward.recipe import RewardRecipe, fresh_model
from maquette.training.reward.run import RewardRun

SEED = 41
"""Of the training lessons."""
SAVED = "saved"
LEVEL = 1.0
"""What right and wrong in themselves count where likelihoods are part of the reward."""


def backbone_folder(backbone: str) -> Path:
    """The backbone's directory. Raises: ConfigError: there is none."""
    home = find_model("understanding", backbone, kind="LLaVA")
    if home is None:
        raise missing_llava()
    return home


def train_perspective(
    work: Path,
    backbone: str,
    subject: str,
    *,
    minutes: float | None = None,
    steps: int | None = None,
    lessons: int = 5000,
    head: HeadKind | None = None,
    margin: float = 0.0,
    swap_labels: bool = False,
    batch: int = RewardRecipe.batch,
    workers: int = 2,
    device: torch.device | None = None,
) -> Path:
    """Look at the pictures of all lessons once, then train; returns the saved perspective."""
    home = backbone_folder(backbone)
    kind = head or (HeadKind.YES_NO if SUBJECTS[subject].yes_no else HeadKind.BRADLEY_TERRY)
    likelihood = SUBJECTS[subject].likelihood and kind.numbers == 1
    level = LEVEL if likelihood else 0.0
    recipe = RewardRecipe(batch=batch, margin=margin, swap_labels=swap_labels, level=level)
    place = device or torch.device("cpu")
    model, words = fresh_model(home, subject, kind, recipe, place, likelihood)
    cache = work / f"{subject}_seen"
    digest = check_llava(home, bundled=backbone == BUNDLED)
    pixels = Pixels(home, int(model.config.vision_config.image_size))
    write_cache(cache, subject, lessons, SEED, model, pixels, digest, workers)
    run = RewardRun(work, subject, model, words, read_cache(cache), recipe)
    follow(run, work, minutes, steps, ["loss", "held_out", "wrong"])
    saved = save_trained(run, work / SAVED / run.name / subject)
    state = json.loads((run.folder / "state.json").read_text(encoding="utf-8"))
    (saved.parent / "state.json").write_text(json.dumps(state), encoding="utf-8")
    return saved


def trained(work: Path) -> dict[str, Path]:
    """The perspectives saved in a work folder, without the controls."""
    found = {name: work / SAVED / name / name for name in SUBJECTS}
    return {name: folder for name, folder in found.items() if folder.is_dir()}


def score_all(work: Path, backbone: str, count: int) -> tuple[list[dict[str, Any]], str]:
    """Measure every saved perspective beside its control: rows for the report, and a table."""
    saved = trained(work)
    places = {f"reward/{name}": folder.parent for name, folder in saved.items()}
    places["understanding"] = backbone_folder(backbone)
    bench = Bench(work, work, places, swapped=work / SAVED)
    rows = measure_rows(bench, [f"reward_pairs_{name}" for name in saved], count) if saved else []
    text = markdown(rows)
    (work / "scores.md").write_text(text, encoding="utf-8")
    return [_record(row) for row in rows], text


def export_all(work: Path, backbone: str, target: Path) -> Path:
    """Write a pack of every saved perspective; its card has the table of the last ``score``."""
    home = backbone_folder(backbone)
    saved = trained(work)
    if not saved:
        raise ValueError(f"no perspective was trained in {work}; run train first")
    table = work / "scores.md"
    scores = table.read_text(encoding="utf-8") if table.exists() else "Not measured yet.\n"
    steps = {
        name: json.loads((folder.parent / "state.json").read_text(encoding="utf-8"))["step"]
        for name, folder in saved.items()
    }
    card = model_card(scores, steps)
    digest = check_llava(home, bundled=backbone == BUNDLED)
    named = BUNDLED if backbone == BUNDLED else str(home.resolve())
    return export_pack(saved, target, named, digest, card)


class Pixels:
    """Rendered pictures to what the tower takes, in the way that serves."""

    def __init__(self, home: Path, side_px: int) -> None:
        self._plan = PixelPlan(home, side_px)

    def __call__(self, pictures: np.ndarray) -> np.ndarray:
        return np.stack([self._plan(Image.fromarray(picture)) for picture in pictures])


def _record(row: Row) -> dict[str, Any]:
    """A row as JSON-ready data; a control must stay below its bar."""
    record = row.record()
    if row.name.endswith(SWAPPED):
        record |= {"bar": SWAPPED_BAR, "holds": row.value < SWAPPED_BAR}
    return record
