"""Write trained perspectives as a directory that serves, with its card and manifest."""

from __future__ import annotations

import shutil
from pathlib import Path

from maquette.model_servers.loading.model_files import BUNDLED
from maquette.model_servers.reward.directory import (
    INDEX,
    PerspectiveConfig,
    RewardIndex,
    open_directory,
)
from maquette.model_servers.reward.save import save_perspective
from maquette.training.pack.seal import seal
from maquette.training.reward.calibrate import calibrate
from maquette.training.reward.lessons.pairs import HELD_OUT_SEED, SUBJECTS
from maquette.training.reward.run import RewardRun

MAX_BYTES = 8_000_000
"""Largest directory that may be committed, the backbone apart."""


def save_trained(run: RewardRun, folder: Path) -> Path:
    """Write a run's averaged weights, calibrated on its kept pairs, to ``folder``."""
    with run.averaged():
        better, worse = run.rewards_of(run.kept_pairs())
        config = PerspectiveConfig(
            head=run.kind,
            tau=run.recipe.tau,
            calibration=calibrate(run.kind, better, worse),
            likelihood=run.model.perspectives[run.subject].likelihood is not None,
            about=SUBJECTS[run.subject].about,
        )
        fresh = folder.with_name(folder.name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        save_perspective(run.model, run.subject, config, fresh)
    shutil.rmtree(folder, ignore_errors=True)
    fresh.rename(folder)
    return folder


def export_pack(
    perspectives: dict[str, Path], target: Path, backbone: str, digest: str, card: str
) -> Path:
    """Put saved perspectives together and swap the directory into ``target``.

    Args:
        perspectives: name to the folder that ``save_trained`` wrote.
        backbone: the word bundled, or a path; it is named, not copied.
        digest: of the backbone's files; another backbone will be refused.
        card: text of MODEL_CARD.md.
    Raises: ValueError: it would be larger than ``MAX_BYTES``.
    """
    fresh = target.with_name(target.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    for name, folder in perspectives.items():
        shutil.copytree(folder, fresh / name)
    index = RewardIndex(backbone=backbone, backbone_digest=digest)
    (fresh / INDEX).write_text(index.model_dump_json(indent=1) + "\n", encoding="utf-8")
    (fresh / "MODEL_CARD.md").write_text(card, encoding="utf-8")
    open_directory(str(fresh), backbone=None if backbone == BUNDLED else backbone)
    return seal(fresh, target, MAX_BYTES)


def model_card(table: str, steps: dict[str, int]) -> str:
    """The text of MODEL_CARD.md, from measured scores.

    Args:
        table: of ``measure.markdown``.
        steps: training steps of each perspective.
    """
    trained = ", ".join(f"{name} {count:,}" for name, count in steps.items())
    abouts = "\n".join(f"- **{name}**: {_about(name)}." for name in steps)
    return f"""# The bundled reward model

LLaVA-Reward (arXiv 2507.21391) on the bundled understanding model: a LoRA, a projector, SkipCA
and a head for each perspective, on a frozen backbone. Trained on pairs of our own procedural
world (`training/reward`) only. It compares flat picture-book scenes; it knows nothing of
photographs, of beauty, or of what is harmful in the real world.

{abouts}

Training steps: {trained}.

## Measured on held-out pairs

Scenes of seeds from {HELD_OUT_SEED}, captions in wordings that training never uses, the stored
float16 weights, through the code that serves. Shares with their Wilson 95 % interval, each
perspective followed by its kinds of difference and, where it was run, by the control whose
labels were swapped at training.

{table}
Licence: as the repository.
"""


def _about(name: str) -> str:
    subject = SUBJECTS[name]
    if not subject.likelihood:
        return subject.about
    return f"{subject.about}. It counts, too, how likely its language model finds the words"
