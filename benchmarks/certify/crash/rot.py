"""Faults of stored bytes: bits flip where they lie, and size and time stamp stay the same."""

from __future__ import annotations

import asyncio
import hashlib
import os
import random
from pathlib import Path

from maquette.api.cli.checkups import records
from maquette.benchmarks.certify.crash.faults import Fault
from maquette.benchmarks.certify.crash.schedule import Work
from maquette.benchmarks.certify.crash.tasks import finish
from maquette.benchmarks.certify.rig import Rig
from maquette.infra.http_client import open_client
from maquette.infra.stack.state.folders import StackFolders
from maquette.infra.store.contract import DocumentKind
from maquette.infra.store.names import blob_key, document_key
from maquette.records.errors import IntegrityError, MaquetteError
from maquette.records.task import RECORD_DAMAGED, Task


class _OfFinishedTask(Fault):
    """Something of a task that had ended before; what is under way must not notice."""

    def __init__(self, rig: Rig, work: Work, chance: random.Random) -> None:
        self._rig, self._work, self._chance = rig, work, chance
        self._task: Task
        self._picture: str

    async def prepare(self) -> None:
        self._task = await finish(self._rig, self._work)
        assert self._task.result is not None
        self._picture = self._task.result.artifacts[0].sha256
        async with self._rig.client() as client:
            await client.download(self._picture)  # now it is in the cache, known to be right

    async def strike(self) -> float:
        await asyncio.to_thread(self._spoil)
        return asyncio.get_running_loop().time()

    def _spoil(self) -> None:
        raise NotImplementedError

    @property
    def _object(self) -> Path:
        return self._in_bucket(blob_key(self._picture, self._task.owner))

    @property
    def _cached(self) -> Path:
        cache = self._rig.settings.store.cache_dir
        folder = cache if cache.is_absolute() else self._rig.data_dir / cache
        return folder / self._task.owner / self._picture[:2] / self._picture

    def _in_bucket(self, key: str) -> Path:
        objects = StackFolders(self._rig.data_dir).objects
        return objects / self._rig.settings.store.bucket / key

    async def _served(self) -> str:
        """What the API gives for the picture: right, wrong, damaged (it says so), or away."""
        info = self._rig.info
        async with open_client(info.api_url, info.token, timeout_s=30) as http:
            answer = await http.get(f"/api/v1/artifacts/{self._picture}/content")
        if answer.status_code == 200:
            right = hashlib.sha256(answer.content).hexdigest() == self._picture
            return "right" if right else "wrong"
        return "damaged" if answer.json().get("code") == IntegrityError.code else "away"


class RotCache(_OfFinishedTask):
    """A file of the local cache: it is fetched again, and never served."""

    def _spoil(self) -> None:
        flip(self._cached, self._chance)

    async def check(self) -> tuple[str, ...]:
        served = await self._served()
        return () if served == "right" else (f"after rot in the cache the picture is {served}",)


class RotObject(_OfFinishedTask):
    """The store's copy of a picture: said when it is read, mended by running the task again."""

    def _spoil(self) -> None:
        flip(self._object, self._chance)
        self._cached.unlink(missing_ok=True)

    async def check(self) -> tuple[str, ...]:
        found = []
        if (served := await self._served()) != "damaged":
            found.append(f"after rot in the store the picture is {served}; expected: damaged")
        await finish(self._rig, self._work)
        if (served := await self._served()) != "right":
            found.append(f"after the same task ran again the picture is still {served}")
        return tuple(found)


class RotRecord(_OfFinishedTask):
    """The record of a finished task: said, named by the doctor, and the list goes on."""

    def _spoil(self) -> None:
        self._path = self._in_bucket(
            document_key(DocumentKind.TASK, self._task.id, self._task.owner)
        )
        self._before = self._path.read_bytes()
        flip(self._path, self._chance, bits=8)

    async def check(self) -> tuple[str, ...]:
        found = []
        async with self._rig.client() as client:
            try:
                task = await client.get(self._task.id)
                told = {k: v for k, v in task.metadata.items() if k != RECORD_DAMAGED}
                if task.model_copy(update={"metadata": told}) != self._task:
                    found.append("a damaged record is told as if it were sound")
            except IntegrityError:
                pass
            except MaquetteError as error:
                found.append(f"of a damaged record is told: {error.code}")
            try:
                await client.list()
            except MaquetteError as error:
                found.append(f"a damaged record breaks the list: {error.code}")
        said = await asyncio.to_thread(records, self._rig.settings)
        if self._task.id not in said.problem:
            found.append("the doctor does not name the damaged record")
        return tuple(found)

    async def undo(self) -> None:
        self._path.write_bytes(self._before)


def flip(path: Path, chance: random.Random, *, bits: int = 1) -> None:
    """Flip bits of a file in place; its size, its place and its time stamps stay."""
    stat = path.stat()
    path.chmod(0o600)
    with path.open("r+b") as file:
        for place in chance.sample(range(stat.st_size), k=min(bits, stat.st_size)):
            file.seek(place)
            byte = file.read(1)[0]
            file.seek(place)
            file.write(bytes([byte ^ (1 << chance.randrange(8))]))
    path.chmod(stat.st_mode)
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
