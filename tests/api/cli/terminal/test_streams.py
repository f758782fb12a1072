"""The command line with streams of every kind: any encoding, full, closed, or read by nobody."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cli_process import maquette

from maquette.api.cli.terminal import exits
from maquette.api.cli.terminal.streams import sound_streams

pytestmark = pytest.mark.timeout(120)

ANSWERS = [
    ("config", "show"),
    ("config", "show", "--json"),
    ("run", "--help"),
    ("--version",),
    ("status", "--json"),
]


def one_sentence(shown: bytes) -> str:
    """What was told on stderr: a sentence, perhaps a next step, and no stack."""
    text = shown.decode()
    assert "Traceback" not in text and "ignored" not in text, text
    assert text.count("✗") == 1, text
    return text


@pytest.mark.slow
@pytest.mark.parametrize("command", ANSWERS, ids=" ".join)
def test_an_answer_into_a_full_device(tmp_path: Path, command: tuple[str, ...]) -> None:
    """An answer that cannot be written is a failure with one sentence, also with --json."""
    with Path("/dev/full").open("wb") as full:
        ended = maquette(*command, data_dir=tmp_path, stdout=full)
    assert ended.returncode == exits.FAILED
    assert "No space left on device" in one_sentence(ended.stderr)


@pytest.mark.slow
@pytest.mark.parametrize("command", ANSWERS[:2], ids=" ".join)
def test_an_answer_that_nobody_reads(tmp_path: Path, command: tuple[str, ...]) -> None:
    """A pipe whose reader has left ends the command in the same way."""
    reader, writer = os.pipe()
    os.close(reader)
    ended = maquette(*command, data_dir=tmp_path, stdout=writer)
    os.close(writer)
    assert ended.returncode == exits.FAILED
    assert "nobody reads" in one_sentence(ended.stderr).lower()


@pytest.mark.slow
@pytest.mark.parametrize(("closed", "code"), [(0, exits.OK), (1, exits.FAILED), (2, exits.OK)])
def test_a_closed_stream(tmp_path: Path, closed: int, code: int) -> None:
    """A closed stdout is a failure that is said; a closed stdin or stderr is none."""
    ended = maquette(
        "config", "show", "--json", data_dir=tmp_path, preexec_fn=lambda: os.close(closed)
    )
    assert ended.returncode == code
    if closed == 1:
        assert "Bad file descriptor" in one_sentence(ended.stderr)
    else:
        assert json.loads(ended.stdout)["api.port"] == 8420


def test_a_full_stderr_ends_no_command(tmp_path: Path) -> None:
    """What is only told may be lost; the answer and the exit code are not."""
    with Path("/dev/full").open("wb") as full:
        ended = maquette("status", data_dir=tmp_path, stderr=full)
    assert ended.returncode == exits.UNREACHABLE
    assert b"stopped" in ended.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    "surroundings",
    [
        {"PYTHONIOENCODING": "latin-1"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    ],
    ids=["latin-1", "ASCII"],
)
def test_an_encoding_without_our_marks(tmp_path: Path, surroundings: dict[str, str]) -> None:
    """Tables and sentences are shown in the characters there are: a dot for a part that is
    stopped, an x for what failed, lines for a frame."""
    ended = maquette("status", data_dir=tmp_path, env=surroundings)
    shown = ended.stdout.decode("latin-1")
    assert ended.returncode == exits.UNREACHABLE and ended.stderr.isascii()
    assert [line.split()[1] for line in shown.splitlines() if line[0] in "·."][:1] == ["models"]
    wrong = maquette("config", "show", "--profile", "no", data_dir=tmp_path, env=surroundings)
    assert wrong.stderr.startswith(b"x No profile") and wrong.returncode == exits.USAGE
    assert maquette("run", "--help", data_dir=tmp_path, env=surroundings).stdout.isascii()


@pytest.mark.slow
def test_json_is_whole_in_every_encoding(tmp_path: Path) -> None:
    """What an encoding cannot hold is escaped, and reads as what it was; so is a file name that is
    no text at all."""
    place = tmp_path / "für ✓"
    for encoding in ("ascii", "latin-1", "utf-8"):
        ended = maquette(
            "config", "show", "--json", data_dir=place, env={"PYTHONIOENCODING": encoding}
        )
        assert json.loads(ended.stdout.decode(encoding))["data_dir"] == str(place)
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff"))
    ended = maquette("config", "show", "--json", data_dir=odd)
    assert json.loads(ended.stdout)["data_dir"] == str(odd)


def test_a_name_that_is_no_text_keeps_its_bytes(tmp_path: Path) -> None:
    """Outside of JSON a file name is written as the bytes it has."""
    program = (
        "import sys\nfrom maquette.api.cli.terminal.streams import sound_streams\n"
        "with sound_streams(): sys.stdout.write(sys.argv[1])"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program, b"caf\xe9 \xff"], capture_output=True, check=True
    )
    assert ended.stdout == b"caf\xe9 \xff"


def test_streams_are_given_back(capsys: Any) -> None:
    """Whoever calls the command line in a program has its streams back afterwards."""
    before = sys.stdin, sys.stdout, sys.stderr
    with sound_streams():
        assert sys.stdout is not before[1]
    assert (sys.stdin, sys.stdout, sys.stderr) == before


@pytest.mark.slow
def test_debug_shows_where(tmp_path: Path) -> None:
    """MAQUETTE_DEBUG=1, as advised, shows where an error was raised; without it nothing does."""
    for value, shown in (("1", True), ("0", False)):
        ended = maquette("config", "show", "--profile", "no", data_dir=tmp_path,
                         env={"MAQUETTE_DEBUG": value})  # fmt: skip
        assert ended.returncode == exits.USAGE
        assert (b"Traceback" in ended.stderr) is shown
        assert b"no profile is named 'no'" in ended.stderr.lower()
