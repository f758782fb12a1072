"""Where results go and where the stack lives: refused before any work when it cannot be."""

from __future__ import annotations

import errno
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from cli_process import NOBODY, maquette
from hypothesis import given
from hypothesis import strategies as st

from maquette.api.cli.delivery.room import room_at, until_full
from maquette.api.cli.delivery.saving import check_target, default_path, numbered, save
from maquette.api.cli.terminal import exits
from maquette.infra import disk
from maquette.infra.stack.state.folders import StackFolders
from maquette.records.artifact import ArtifactRef
from maquette.records.errors import ConfigError, DiskFull, InvalidInput, StoreUnavailable
from maquette.records.ids import new_task_id
from maquette.records.task import Task, TaskRequest, TaskStatus

pytestmark = pytest.mark.timeout(120)

ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root may become another user, or mount")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 1 MB."""
    place = tmp_path / "small"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)], capture_output=True
    )
    if mounted.returncode:
        pytest.skip("this machine lets nobody mount a file system")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def fill(place: Path) -> None:
    with (place / "fill").open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"\0" * 4096)
        except OSError as error:
            assert error.errno == errno.ENOSPC


@pytest.mark.parametrize("letter", ["a", "ü", "漢", "🦉"])
def test_names_up_to_the_longest_are_saved(tmp_path: Path, letter: str) -> None:
    """Names of 240 to 255 bytes, whatever a character takes, hold the picture; 256 are refused
    with both lengths before anything is written."""
    size = len(letter.encode())
    for length in range(240, 256):
        count = (length - 4) // size
        name = "x" * (length - 4 - count * size) + letter * count + ".png"
        assert len(os.fsencode(name)) == length
        check_target(tmp_path / name)
        save(b"picture", tmp_path / name, overwrite=True)
        assert (tmp_path / name).read_bytes() == b"picture"
        (tmp_path / name).unlink()
    with pytest.raises(InvalidInput, match="256 bytes long; expected at most 255"):
        check_target(tmp_path / ("x" * 252 + ".png"))
    assert list(tmp_path.iterdir()) == []


@given(
    st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1),
    st.integers(1, 99),
)
def test_further_results_have_names_that_fit(stem: str, number: int) -> None:
    """A second result ends in its number and in the ending given, and is never too long."""
    path = Path("x" + stem.encode()[:250].decode("utf-8", "ignore") + ".png")
    named = numbered(path, number).name
    assert named.endswith(f"-{number + 1}.png")
    assert len(os.fsencode(named)) <= 255
    assert numbered(path, 0) == path


@given(st.text(min_size=1, max_size=300))
def test_a_default_name_is_short_and_plain(text: str) -> None:
    """Whatever the request says, the name made from it is plain and far from any limit."""
    ref = ArtifactRef(sha256="0" * 64, media_type="image/png", size_bytes=1)
    task = Task(
        id=new_task_id(),
        owner="local",
        status=TaskStatus.COMPLETED,
        request=TaskRequest.model_construct(text=text),
        created_at=0,
    )
    name = str(default_path(task, ref))
    assert name.isascii() and len(name) < 60 and "/" not in name


@pytest.mark.slow
def test_targets_that_cannot_be_are_refused_before_any_work(tmp_path: Path) -> None:
    """A folder, a missing folder, a path without end, a file for a folder: each is a wrong request,
    and starts no stack."""
    (tmp_path / "file").touch()
    targets = {
        tmp_path: "is a folder",
        tmp_path / "no" / "a.png": "mkdir -p",
        tmp_path / "/".join(["d" * 200] * 30): "cannot be written",
        tmp_path / "file" / "a.png": "is not there",
        tmp_path / ("n" * 256): "256 bytes",
    }
    for target, told in targets.items():
        with pytest.raises(InvalidInput) as caught:
            check_target(target)
        assert told in f"{caught.value.message} {caught.value.hint}"
    for command in (("run", "a"), ("artifact", "get", "0" * 64), ("task", "watch", "last")):
        ended = maquette(*command, "-o", str(tmp_path), data_dir=tmp_path / "data")
        assert (ended.returncode, b"is a folder" in ended.stderr) == (exits.USAGE, True)
    assert not (tmp_path / "data").exists()


def test_devices_and_links_stay_what_they_are(tmp_path: Path) -> None:
    """A pipe is written to, and a link's own file replaced: neither is put away."""
    real, link = tmp_path / "real.png", tmp_path / "link.png"
    real.write_bytes(b"old")
    link.symlink_to(real)
    save(b"new", link, overwrite=True)
    assert link.is_symlink() and real.read_bytes() == b"new"
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE) as reader:
        save(b"through", pipe, overwrite=True)
        assert reader.communicate()[0] == b"through"
    assert pipe.is_fifo()
    save(b"gone", Path("/dev/null"), overwrite=True)
    assert Path("/dev/null").is_char_device()


@pytest.mark.slow
@ROOT
def test_what_another_may_not_write_is_refused_first(tmp_path: Path) -> None:
    """A read-only file and a folder of somebody else are no targets for a person who is not root;
    the first is refused although its folder could be written to."""
    own, other = tmp_path / "own", tmp_path / "other"
    own.mkdir()
    other.mkdir()
    (own / "kept.png").write_bytes(b"kept")
    (own / "kept.png").chmod(0o444)
    for folder in (tmp_path, *tmp_path.parents[:-2]):
        folder.chmod(folder.stat().st_mode | 0o055)
    os.chown(own, NOBODY, NOBODY)
    for target, told in ((own / "kept.png", b"may not be written"), (other / "a.png", b"folder")):
        ended = maquette("run", "a", "-o", str(target), data_dir=tmp_path / "data", user=NOBODY)
        assert (ended.returncode, told in ended.stderr) == (exits.USAGE, True), ended.stderr
    assert (own / "kept.png").read_bytes() == b"kept" and not (tmp_path / "data").exists()


@pytest.mark.slow
@ROOT
def test_a_data_directory_of_another_user(tmp_path: Path) -> None:
    """Path, owner and variable are named by every command that needs it, never a stack or a
    silence; so it is when only a file in it is somebody else's."""
    data = tmp_path / "data"
    for folder in (tmp_path, *tmp_path.parents[:-2]):
        folder.chmod(folder.stat().st_mode | 0o055)
    data.mkdir(mode=0o700)
    for command in (("status",), ("up", "--detach"), ("task", "ls", "--json")):
        ended = maquette(*command, data_dir=data, user=NOBODY)
        told = ended.stdout if "--json" in command else ended.stderr
        assert ended.returncode == exits.USAGE, ended.stderr
        text = " ".join(told.decode().split())
        assert f"{data} belongs to the user root" in text and "MAQUETTE_DATA_DIR" in text
    StackFolders(data).make()
    StackFolders(data).info.write_text("{}")
    for path in (data, *data.rglob("*")):
        os.chown(path, NOBODY, NOBODY)
    os.chown(StackFolders(data).info, 0, 0)
    StackFolders(data).info.chmod(0o600)
    ended = maquette("up", "--detach", data_dir=data, user=NOBODY)
    told = b"".join(ended.stderr.split())  # A long path may be broken anywhere.
    assert ended.returncode == exits.USAGE and b"stack.jsonbelongstotheuserroot" in told


@pytest.mark.slow
def test_a_data_directory_that_cannot_be_made(tmp_path: Path) -> None:
    """A file in its place, or in the place of its parent, is named."""
    (tmp_path / "file").touch()
    for place in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(ConfigError, match=f"{tmp_path / 'file'} is a file"):
            StackFolders(place).make()
        ended = maquette("task", "ls", data_dir=place)
        assert ended.returncode == exits.USAGE and b"is a file" in ended.stderr


@pytest.mark.slow
@ROOT
def test_a_full_disk_is_said_before_any_work(small_disk: Path, tmp_path: Path) -> None:
    """run and up name the place that has no room, and what to do; so does a full target."""
    for command in (("run", "a red circle"), ("up", "--detach"), ("run", "a", "--json")):
        ended = maquette(*command, data_dir=small_disk / "data")
        told = ended.stdout if "--json" in command else ended.stderr
        assert ended.returncode == exits.UNREACHABLE, ended.stderr
        assert f"full at {small_disk}" in told.decode() and b"free some space" in told
    assert list(small_disk.iterdir()) == []
    fill(small_disk)
    ended = maquette("run", "a", "-o", str(small_disk / "a.png"), data_dir=tmp_path / "data")
    assert ended.returncode == exits.UNREACHABLE and b"full at" in ended.stderr
    assert not (tmp_path / "data").exists()


@ROOT
def test_a_disk_that_fills_while_saving(small_disk: Path) -> None:
    """A picture that does not fit is no wrong request: the disk is named, and nothing is left."""
    with pytest.raises(DiskFull, match=str(small_disk)):
        save(os.urandom(2_000_000), small_disk / "a.png", overwrite=True)
    assert list(small_disk.iterdir()) == []


@ROOT
async def test_a_disk_that_fills_while_a_task_runs(
    small_disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever follows a task learns that its disk is full, and how to come back; a store that
    does not answer is put down to it only where it is so."""
    monkeypatch.setattr("maquette.api.cli.delivery.room.LOOK_EVERY_S", 0.01)
    task_id = new_task_id()
    with pytest.raises(DiskFull, match=str(small_disk)) as caught:
        await until_full(small_disk, task_id)
    assert f"maquette task watch {task_id}" in caught.value.hint
    for place, kind in (
        (small_disk, DiskFull),
        (tmp_path.parent, StoreUnavailable),
        (None, StoreUnavailable),
    ):
        with pytest.raises(kind), room_at(place):
            raise StoreUnavailable("the artifact store does not answer")


def test_a_file_system_that_counts_nothing_has_room() -> None:
    """/proc has no blocks at all, and is not full for that."""
    assert disk.free_bytes(Path("/proc/nowhere/at/all")) >= disk.ENOUGH_BYTES


@pytest.mark.slow
def test_the_token_is_printed_for_programs(tmp_path: Path) -> None:
    """maquette token prints the one the stack will ask for, and nothing else; its file is private,
    and a token of the settings comes first."""
    shown = maquette("token", data_dir=tmp_path)
    keys = tmp_path / "secrets" / "keys.json"
    assert shown.stdout.decode() == json.loads(keys.read_text())["api_token"] + "\n"
    assert keys.stat().st_mode & 0o777 == 0o600
    given = maquette("token", data_dir=tmp_path, env={"MAQUETTE_API__TOKEN": "mine"})
    assert given.stdout == b"mine\n"
    elsewhere = maquette("token", data_dir=tmp_path, env={"MAQUETTE_STACK__MANAGED": "[]"})
    assert elsewhere.returncode == exits.USAGE and b"MAQUETTE_API__TOKEN" in elsewhere.stderr
