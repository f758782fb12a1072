"""A file as an answer: one range is a slice of it, and what is no range is the whole."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette.api.http.errors import RangeUnsatisfiable
from maquette.api.http.files import VerifiedFile


@pytest.mark.slow
@given(start=st.integers(0, 400), length=st.integers(1, 400), size=st.integers(1, 300))
def test_a_range_is_a_slice(start: int, length: int, size: int) -> None:
    """bytes=a-b is Python's slice [a : b + 1], whenever it holds a byte; else it is refused."""
    data = bytes(i % 256 for i in range(size))
    expected = data[start : start + length]
    if expected:
        assert asyncio.run(read_part(data, f"bytes={start}-{start + length - 1}")) == expected
    else:
        with pytest.raises(RangeUnsatisfiable):
            asyncio.run(read_part(data, f"bytes={start}-{start + length - 1}"))


async def read_part(data: bytes, header: str) -> bytes:
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        answer = VerifiedFile(
            Path(file.name), size_bytes=len(data), headers={"ETag": '"e"'}, media_type="image/png"
        )
        async with httpx2.AsyncClient(
            transport=httpx2.ASGITransport(answer), base_url="http://files"
        ) as http:
            return (await http.get("/", headers={"Range": header})).content


@pytest.mark.slow
@given(header=st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), max_size=30))
def test_whatever_stands_in_a_range_is_answered(header: str) -> None:
    """Any header at all gives the whole, a part of it, or a refusal that names the size."""
    data = bytes(range(100))
    for given_header in (header, f"bytes={header}"):
        try:
            found = asyncio.run(read_part(data, given_header))
        except RangeUnsatisfiable as error:
            assert error.size_bytes == len(data)
        else:
            assert found in data
