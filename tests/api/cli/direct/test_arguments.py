"""Arguments of a tool as they are typed."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette.api.cli.direct.arguments import read_arguments, read_plan
from maquette.records.errors import InvalidInput

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner),
    max_leaves=5,
)


@given(value=JSON)
def test_json_values_are_read_as_they_are(value: object) -> None:
    """Whatever is written as JSON comes out again; for a text argument it stays its signs."""
    written = json.dumps(value)
    assert read_arguments([f"x={written}"], None, {"x": "json"}) == {"x": value}
    assert read_arguments([f"x={written}"], None, {"x": "text"}) == {"x": written}


def test_settings_stand_over_the_object_and_words_need_no_quotes() -> None:
    found = read_arguments(["fit=cover", "a=b=c"], '{"fit": "exact", "n": 1}', {})
    assert found == {"fit": "cover", "n": 1, "a": "b=c"}


@pytest.mark.parametrize(
    ("settings", "written", "told"),
    [(["fit"], None, "expected key=value"), ([], "{", "not JSON"), ([], "[1]", "is a list")],
)
def test_what_cannot_be_read_is_named(settings: list[str], written: str | None, told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        read_arguments(settings, written, {})


def test_a_plan_comes_from_a_file_or_stdin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "plan.json"
    path.write_text('{"nodes": []}')
    assert read_plan(path) == {"nodes": []}
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b'{"a": 1}')))
    assert read_plan(Path("-")) == {"a": 1}
    with pytest.raises(InvalidInput, match="cannot be read"):
        read_plan(tmp_path / "none.json")
