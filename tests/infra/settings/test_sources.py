"""Each source of settings by itself: where its values stand, and from where they are said to be."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette.infra.settings import sources
from maquette.infra.settings.sources import (
    environment_source,
    foreign_environment,
    nest,
    profile_sources,
    read_toml,
    resolved_source,
)
from maquette.records.errors import ConfigError

TABLES = st.recursive(
    st.integers(),
    lambda inner: st.dictionaries(st.sampled_from("abcd"), inner, min_size=1, max_size=3),
    max_leaves=8,
)


def leaves(table: Any, prefix: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], Any]]:
    """Every value of nested tables, with its path."""
    if not isinstance(table, dict):
        return [(prefix, table)]
    return [leaf for key, value in table.items() for leaf in leaves(value, (*prefix, key))]


@given(st.dictionaries(st.sampled_from("abcd"), TABLES, min_size=1), st.randoms())
def test_any_writing_of_a_table_is_the_same_table(
    table: dict[str, Any], chance: random.Random
) -> None:
    """However a table is written, each value under a dotted key, in tables of its own or in
    both, in any order: nested, it is that table."""
    written: dict[str, Any] = {}
    found = leaves(table)
    chance.shuffle(found)
    for path, value in found:
        here = written
        while len(path) > 1:
            cut = chance.randint(1, len(path))
            if cut == len(path):
                break
            inner = here.setdefault(".".join(path[:cut]), {})
            here, path = inner, path[cut:]
        here[".".join(path)] = value
    assert nest(written) == table


def test_a_value_and_a_table_in_one_place_are_settled_by_order() -> None:
    """What is said later holds, whichever of the two it is."""
    assert nest({"api": 1, "api.port": 2}) == {"api": {"port": 2}}
    assert nest({"api.port": 2, "api": 1}) == {"api": 1}


def test_a_profile_comes_after_those_it_extends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The chain begins with the root, each names itself, and who extends what is no setting."""
    profiles = tmp_path / "profiles.toml"
    profiles.write_text(
        "[profile.top]\nextends = 'middle'\n[profile.top.api]\nport = 3\n"
        "[profile.root.api]\nport = 1\nhost = 'h'\n"
        "[profile.middle]\nextends = 'root'\n[profile.middle.api]\nport = 2\n"
        "[profile.round]\nextends = 'round'\n"
    )
    monkeypatch.setattr(sources, "PROFILES_FILE", profiles)
    chain = profile_sources("top")
    assert [one.place for one in chain] == ["profile root", "profile middle", "profile top"]
    assert [one.values for one in chain] == [
        {"api": {"port": 1, "host": "h"}},
        {"api": {"port": 2}},
        {"api": {"port": 3}},
    ]
    for name in ("nobody", "round"):  # One that extends itself ends in words, too.
        with pytest.raises(ConfigError, match="no profile is named"):
            profile_sources(name)


def test_a_variable_is_said_by_the_name_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each value of the environment tells its variable, letter by letter as it was set."""
    monkeypatch.setenv("MAQUETTE_API__PORT", "1003")
    monkeypatch.setenv("MAQUETTE_store__bucket", "pictures")
    source = environment_source()
    assert source.values["api"]["port"] in (1003, "1003")
    assert source.values["store"]["bucket"] == "pictures"
    assert source.origins is not None
    assert source.origins["api.port"] == "MAQUETTE_API__PORT"
    assert source.origins["store.bucket"] == "MAQUETTE_store__bucket"


def test_a_list_that_is_no_json_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says which setting it is, and how lists are written."""
    monkeypatch.setenv("MAQUETTE_STACK__MANAGED", "[worker")
    with pytest.raises(ConfigError, match=r"managed|stack") as caught:
        environment_source()
    assert "JSON" in caught.value.hint


def test_keys_of_somebodys_store_are_for_a_store_that_is_not_ours() -> None:
    """With a store of the stack's own they count for nothing; else the more special name wins,
    and an empty variable is none. A language model's are taken either way."""
    environ = {
        "OPENAI_API_KEY": "k",
        "AWS_ENDPOINT_URL": "http://general",
        "AWS_ENDPOINT_URL_S3": "http://special",
        "AWS_ACCESS_KEY_ID": "me",
        "MINIO_ACCESS_KEY": "",
    }
    own = foreign_environment(environ, own_store=True)
    assert own.values == {"planner": {"api_key": "k"}}
    other = foreign_environment(environ, own_store=False)
    assert other.values["store"] == {"endpoint": "http://special", "access_key": "me"}
    assert other.origins is not None
    assert other.origins["store.endpoint"] == "AWS_ENDPOINT_URL_S3"
    assert other.origins["store.access_key"] == "AWS_ACCESS_KEY_ID"


GOOD: dict[str, Any] = {
    "format": 1,
    "settings": {"api": {"port": 7}},
    "origins": {"api.port": "somewhere"},
}


@pytest.mark.parametrize(
    ("document", "hint"),
    [
        (None, "unset"),
        ("{", "unset"),
        ("[]", "unset"),
        (json.dumps(GOOD | {"format": 2}), "unset"),
        (json.dumps({key: GOOD[key] for key in ("format", "settings")}), "unset"),
        (json.dumps(GOOD | {"settings": {"api": {"prot": 7}}}), "another version"),
    ],
)
def test_only_a_whole_dump_of_this_version_is_read(
    tmp_path: Path, document: str | None, hint: str
) -> None:
    """A file that is missing, broken, of another format or with settings that are none is
    refused, with what to do about it."""
    path = tmp_path / "settings.json"
    path.write_text(json.dumps(GOOD))
    source = resolved_source(path)
    assert (source.values, source.origins) == (GOOD["settings"], GOOD["origins"])
    path.unlink()
    if document is not None:
        path.write_text(document)
    with pytest.raises(ConfigError) as caught:
        resolved_source(path)
    assert hint in caught.value.hint


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """A folder in its place, or nothing at all, is told with its path and the reason."""
    for path, reason in ((tmp_path, "directory"), (tmp_path / "gone.toml", "No such file")):
        with pytest.raises(ConfigError) as caught:
            read_toml(path)
        assert str(path) in caught.value.message and reason in caught.value.message
