"""Tasks over HTTP: submit, look, wait, list, cancel, answer."""

from __future__ import annotations

from api_fakes import Bench

from maquette.records.ids import TASK_ID


async def test_submit_answers_at_once(bench: Bench) -> None:
    """POST answers 202 with a Location that shows the same task."""
    answer = await bench.http.post("/api/v1/tasks", json={"text": "a red circle"})
    assert answer.status_code == 202, answer.text
    body = answer.json()
    assert TASK_ID.fullmatch(body["id"])
    assert body["request"]["text"] == "a red circle"
    again = await bench.http.get(answer.headers["location"])
    assert again.json() == body
