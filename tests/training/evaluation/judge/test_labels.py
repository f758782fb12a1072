"""The judge is compared with a person on the very pictures that the person saw."""

from __future__ import annotations

import json
from pathlib import Path

import generation_models_for_training as models
import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from maquette.records.errors import ConfigError
from maquette.training.evaluate import app
from maquette.training.evaluation.judge.judge import Examiner, Found
from maquette.training.evaluation.judge.judge_rows import (
    judge_agreement,
    judge_renders,
    read_render,
)
from maquette.training.evaluation.judge.labels import (
    ASKED,
    label_asks,
    read_labels,
    reading_order,
    write_sheets,
)
from maquette.training.evaluation.judge.recogniser import Seen
from maquette.training.evaluation.rows import Bench, known_rows
from maquette.training.world.drawing.render import render
from maquette.training.world.sample import sample_scene
from maquette.training.world.scene import Box


class Sees(Examiner):
    """Finds the same in every picture."""

    def __init__(self, *found: Found) -> None:
        self.found = list(found)

    def look(self, picture: np.ndarray) -> list[Found]:
        return self.found

    def name(self, picture: np.ndarray, boxes: list[Box]) -> list[Seen]:
        nothing = Seen("nothing", "nothing", "nothing")
        return [*(f.seen for f in self.found), *(nothing for _ in boxes)][: len(boxes)]


def found(words: str, x: float, y: float) -> Found:
    colour, thing = words.split()
    return Found(Seen(thing, colour), (x, y, x + 0.2, y + 0.2))


def labelled(work: Path, *told: list[str] | None) -> Path:
    """Sheets of gray pictures with labels filled in."""
    pictures = [np.full((32, 32, 3), 40 * k, np.uint8) for k in range(len(told))]
    file = write_sheets(pictures, work, seed=0)
    record = json.loads(file.read_text())
    for one, things in zip(record["pictures"], told, strict=True):
        one["things"] = things
    file.write_text(json.dumps(record))
    return file


def test_sheets_are_numbered_and_labels_begin_empty(tmp_path: Path) -> None:
    """Twenty pictures a sheet in rows of five; nothing tells what was asked for."""
    pictures = [np.full((64, 64, 3), k, np.uint8) for k in range(23)]
    file = write_sheets(pictures, tmp_path, seed=4)
    record = json.loads(file.read_text())
    assert [one["number"] for one in record["pictures"]] == list(range(1, 24))
    assert all(one["things"] is None for one in record["pictures"])
    assert set(record["pictures"][0]) == {"number", "sha256", "things"}
    assert "star" in record["nouns"] and "red" in record["colours"]
    for name, rows in (("sheet_01.png", 4), ("sheet_02.png", 1)):
        with Image.open(file.parent / name) as sheet:
            assert sheet.size == (5 * 64, rows * (64 + 17))
    with pytest.raises(ConfigError, match="there already"):
        write_sheets(pictures, tmp_path, seed=4)


def test_what_is_drawn_for_labels_is_varied_and_new() -> None:
    """Every kind of request takes its turn, by other seeds than the rows' own trials."""
    asks = list(label_asks(10, seed=2))
    assert len({ask.seed for ask in asks}) == 10
    assert min(ask.seed for ask in asks) > 1_900_000
    assert [bool(ask.layout) for ask in asks[:5]] == [name == "layout" for name in ASKED]
    assert [ask.shown is not None for ask in asks[:5]] == [name == "edit" for name in ASKED]
    assert [a.prompt for a in label_asks(3, seed=2)] == [a.prompt for a in asks[:3]]
    assert [a.prompt for a in label_asks(3, seed=3)] != [a.prompt for a in asks[:3]]


def test_agreement_is_the_share_of_pictures_seen_alike(tmp_path: Path) -> None:
    """Same things in the same colours agree, in any order; another colour, one more or one less
    does not; pictures without labels are left out."""
    labelled(
        tmp_path,
        ["red star", "blue circle"],
        ["blue circle", "red star"],
        ["grey star", "blue circle"],
        ["red star"],
        [],
        None,
    )
    bench = Bench(tmp_path, tmp_path)
    sees = Sees(found("red star", 0.1, 0.1), found("blue circle", 0.5, 0.5))
    bench.once("judge", lambda: sees)
    (spec,) = known_rows(["judge_agreement"])
    numbers = spec.numbers(bench)
    assert list(numbers) == [1, 2, 3, 4, 5]
    outcomes = [judge_agreement(bench, number) for number in numbers]
    assert [o.right for o in outcomes] == [True, True, False, False, False]
    assert spec.row(outcomes).value == 0.4
    told = {row.name.split(".")[1]: row for row in spec.beside(outcomes)}
    assert told["in_the_same_order"].value == 0.2
    assert (told["single_things"].value, told["single_things"].n) == (0.6, 10)


def test_labels_that_cannot_be_meant_are_refused(tmp_path: Path) -> None:
    """A word outside the world, an empty file and a picture drawn anew are each named."""
    with pytest.raises(ConfigError, match="nobody has labelled"):
        read_labels(tmp_path)
    file = labelled(tmp_path, ["red zebra"])
    with pytest.raises(ConfigError, match="picture 1 is labelled 'red zebra'"):
        read_labels(tmp_path)
    file.write_text(file.read_text().replace('["red zebra"]', "null"))
    with pytest.raises(ConfigError, match="no labels yet"):
        read_labels(tmp_path)
    file.write_text(file.read_text().replace("null", '["red star"]'))
    assert read_labels(tmp_path).told(1) == [("red", "star")]
    Image.new("RGB", (32, 32), "white").save(file.parent / "pictures" / "001.png")
    with pytest.raises(ConfigError, match=r"001\.png is not the one that was labelled"):
        read_labels(tmp_path).picture(1)


def test_things_are_read_line_by_line() -> None:
    """From the top; things of about the same height from left to right."""
    things = [
        found("red star", 0.6, 0.62),
        found("blue circle", 0.1, 0.6),
        found("green cup", 0.7, 0.1),
        found("black boat", 0.2, 0.15),
    ]
    order = [f.seen.colour for f in reading_order(things)]
    assert order == ["black", "green", "blue", "red"]


def test_renders_are_judged_thing_by_thing() -> None:
    """All found: all right. One missed: one wrong. One too many: one wrong of one more."""
    scene = sample_scene(np.random.default_rng(3), counts=(2,), alike=False, touching=False)
    picture = render(scene)
    truth = [Found(Seen(p.thing, p.colour, p.pattern), p.box) for p in scene.things]
    stranger = found("red star", 0.0, 0.0)
    for seen, right, of in (
        (truth, 2, 2),
        (truth[:1], 1, 2),
        ([*truth, stranger], 2, 3),
        ([], 0, 2),
    ):
        outcome = read_render(Sees(*seen), scene, picture)
        assert (outcome.right, outcome.of) == (right, of)
        assert outcome.beside["whole_pictures"] == (seen == truth, 1)


def test_trials_of_the_judge_are_renders_of_their_own(tmp_path: Path) -> None:
    """A trial's number decides its scene."""
    bench = Bench(tmp_path, tmp_path)
    bench.once("judge", Sees)
    assert judge_renders(bench, 3) == judge_renders(bench, 3)
    pictures = [judge_renders(bench, trial).picture for trial in (3, 3, 4)]
    assert np.array_equal(pictures[0], pictures[1]) and not np.array_equal(pictures[0], pictures[2])


@pytest.mark.slow
def test_the_commands_draw_label_and_compare(tmp_path: Path) -> None:
    """A tiny pack draws five pictures; with labels filled in the row stands in the table."""
    models.save_tiny_packs(tmp_path / "packs")
    models.save_untrained_judge(tmp_path)
    packs = ["--packs", str(tmp_path / "packs")]
    sheets = ["label-sheets", "--work", str(tmp_path), "--count", "5", "--steps", "1", *packs]
    run = CliRunner().invoke(app, sheets)
    assert run.exit_code == 0, run.output
    assert CliRunner().invoke(app, sheets).exit_code == 2
    file = tmp_path / "labels" / "labels.json"
    file.write_text(file.read_text().replace('"things": null', '"things": []'))
    compare = ["judge-agreement", "--work", str(tmp_path), "--labels", str(file)]
    run = CliRunner().invoke(app, compare)
    assert run.exit_code == 0, run.output
    # An untrained judge finds nothing, and so does this person.
    assert "| judge_agreement | 1.000 |" in run.output
    assert json.loads((tmp_path / "pack.json").read_text())[0]["n"] == 5
