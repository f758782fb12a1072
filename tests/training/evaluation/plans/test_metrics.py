"""F1 of tools, edges and arguments, against counts by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from maquette.records.errors import InvalidInput
from maquette.training.evaluation.plans.measure import read_requests, read_tools, rows, run
from maquette.training.evaluation.plans.metrics import f1, graph, kind_of

GIVES = {"A": "image", "B": "text", "C": "text"}
GOLD = graph(
    [{"task": "A", "arguments": ["x.jpg"]}, {"task": "B", "arguments": ["<node-0>", "slow"]}],
    [["A", "B"]],
    GIVES,
)
PLANNED = graph(
    [{"task": "A", "arguments": ["y.jpg"]}, {"task": "C", "arguments": ["<node-0>"]}],
    [[0, 1]],
    GIVES,
)


def test_sets_are_compared_and_pooled() -> None:
    assert f1([(PLANNED, GOLD)], "node").value == pytest.approx(2 * 1 / (2 + 2))
    assert f1([(PLANNED, GOLD)], "edge").value == 0.0
    assert f1([(PLANNED, GOLD)], "argument_name").value == pytest.approx(2 * 1 / (2 + 3))
    assert f1([(PLANNED, GOLD)], "argument_value").value == 0.0
    both = f1([(PLANNED, GOLD), (GOLD, GOLD)], "edge")
    assert both.value == pytest.approx(2 * 1 / (2 + 2)) and both.n == 2
    assert both.low <= both.value <= both.high


def test_the_kind_of_an_argument_is_that_of_the_file_it_names() -> None:
    kinds = [kind_of(text) for text in ("a.jpg", "the clip b.mp4", "c.wav", "1.5x", "slow it down")]
    assert kinds == ["image", "video", "audio", "text", "text"]


def test_a_file_of_requests_is_planned_and_measured(tmp_path: Path) -> None:
    file = tmp_path / "requests.jsonl"
    gold = {"nodes": [{"task": "Image-to-Text", "arguments": ["a.jpg"]}], "edges": []}
    lines = [
        {"id": "1", "text": "Extract the text from the image a.jpg", "gold": gold},
        {"id": "2", "text": "Bake a cake"},
    ]
    file.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    cards = read_tools()
    assert len(cards) == 40
    measured = {row.name: row for row in rows(run(read_requests(file), cards), cards)}
    assert measured["node_f1"].value == measured["argument_value_f1"].value == 1.0
    assert measured["valid"].value == 0.5  # No tool fits the second.


def test_a_line_that_is_no_request_is_named(tmp_path: Path) -> None:
    file = tmp_path / "requests.jsonl"
    file.write_text('{"id": 1, "text": "x"}\n{"id": 2}\n', encoding="utf-8")
    with pytest.raises(InvalidInput, match="line 2"):
        read_requests(file)
