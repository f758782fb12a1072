"""Settings: which source wins, what is refused, and what is shown."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from maquette.infra import settings_load
from maquette.infra.settings import Settings, load_settings
from maquette.infra.settings_dump import describe_settings, dump_settings
from maquette.infra.settings_keys import known_keys
from maquette.records.errors import ConfigError

PROFILES = ("laptop", "test", "compose", "cluster")


@pytest.fixture(autouse=True)
def bare_surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No variables and no files but those a test makes."""
    import os

    for name in list(os.environ):
        if name.startswith(("MAQUETTE_", "OPENAI_", "AWS_", "MINIO_")):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(settings_load, "user_file", lambda: tmp_path / "home" / "maquette.toml")


def write_user_file(tmp_path: Path, text: str) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "maquette.toml").write_text(text)


@pytest.mark.parametrize("profile", PROFILES)
def test_every_profile_is_valid(profile: str) -> None:
    """Each shipped profile loads, and all of them serve the same six roles."""
    settings = load_settings(profile)
    assert settings.profile == profile
    assert set(settings.models) == {
        "generation",
        "understanding",
        "text_rendering",
        "embedding",
        "segmentation",
        "reward",
    }


def test_the_laptop_is_the_default_and_stays_on_loopback() -> None:
    """Without a word, the laptop profile is used; every address is on this machine."""
    settings = load_settings()
    assert settings.profile == "laptop"
    addresses = (settings.store.endpoint, settings.temporal.address, settings.api.host)
    assert all(address.startswith("127.0.0.1") for address in addresses)
    assert settings.serve.url.startswith("http://127.0.0.1:")
    assert (settings.serve.placement, settings.serve.transport) == ("colocated", "http")


def test_a_profile_extends_another() -> None:
    """The test profile has the laptop's parts and its own placement, reached directly."""
    settings = load_settings("test")
    assert settings.stack.managed == load_settings("laptop").stack.managed
    assert (settings.serve.placement, settings.serve.transport) == ("inprocess", "direct")


def test_sources_win_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Profile < user file < project file < environment < override, each seen with its origin."""

    def port() -> tuple[int, str]:
        settings = load_settings()
        return settings.api.port, settings.origin("api.port")

    assert port() == (8420, "profile laptop")
    write_user_file(tmp_path, "[api]\nport = 1001\n")
    assert port() == (1001, str(tmp_path / "home" / "maquette.toml"))
    (tmp_path / "maquette.toml").write_text("[api]\nport = 1002\n")
    assert port() == (1002, "maquette.toml")
    monkeypatch.setenv("MAQUETTE_API__PORT", "1003")
    assert port() == (1003, "MAQUETTE_API__PORT")
    settings = load_settings(overrides={"api.port": 1004})
    assert (settings.api.port, settings.origin("api.port")) == (1004, "override")


def test_a_section_is_merged_key_by_key(tmp_path: Path) -> None:
    """Setting one key of a section leaves its others as they were."""
    (tmp_path / "maquette.toml").write_text('[store]\nbucket = "pictures"\n')
    settings = load_settings(overrides={"store": {"region": "eu-west-1"}})
    assert settings.store.bucket == "pictures"
    assert settings.store.region == "eu-west-1"
    assert settings.store.endpoint == "127.0.0.1:8422"


def test_the_profile_is_chosen_by_the_nearest_voice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The project file names a profile, the environment another, the argument wins."""
    (tmp_path / "maquette.toml").write_text('profile = "compose"\n')
    assert load_settings().profile == "compose"
    monkeypatch.setenv("MAQUETTE_PROFILE", "cluster")
    assert load_settings().profile == "cluster"
    assert load_settings("test").profile == "test"


def test_models_are_set_by_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A role's model and its options (as JSON) can be given by variables."""
    monkeypatch.setenv("MAQUETTE_MODELS__GENERATION__MODEL", "someone/flux")
    monkeypatch.setenv("MAQUETTE_MODELS__GENERATION__OPTIONS", '{"steps": 4}')
    model = load_settings().models["generation"]
    assert (model.model, model.options) == ("someone/flux", {"steps": 4})


def test_config_file_is_read_instead_of_the_project_file(tmp_path: Path) -> None:
    """A named file replaces ./maquette.toml, and must exist."""
    (tmp_path / "maquette.toml").write_text("[api]\nport = 1\n")
    (tmp_path / "other.toml").write_text("[api]\nport = 2\n")
    assert load_settings(config_file=tmp_path / "other.toml").api.port == 2
    with pytest.raises(ConfigError, match=r"gone\.toml"):
        load_settings(config_file=tmp_path / "gone.toml")


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ("stor.endpoint", "store"),
        ("store.endpont", "store.endpoint"),
        ("limits.max_pixel", "limits.max_pixels"),
        ("serve.placment", "serve.placement"),
    ],
)
def test_an_unknown_key_in_a_file_names_the_nearest(tmp_path: Path, key: str, meant: str) -> None:
    """The error says which file, which key, and what was probably meant."""
    section, name = key.split(".")
    (tmp_path / "maquette.toml").write_text(f"[{section}]\n{name} = 1\n")
    with pytest.raises(ConfigError, match=r"maquette\.toml") as caught:
        load_settings()
    assert section in caught.value.message
    assert f"did you mean '{meant}'" in caught.value.hint


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("MAQUETTE_API__PROT", "MAQUETTE_API__PORT"),
        ("MAQUETTE_PROFIL", "MAQUETTE_PROFILE"),
        ("MAQUETTE_MODELS__GENERATION__MODLE", None),
    ],
)
def test_an_unknown_variable_names_the_nearest(
    monkeypatch: pytest.MonkeyPatch, name: str, meant: str | None
) -> None:
    """A misspelt MAQUETTE_ variable is an error and not silently without effect."""
    monkeypatch.setenv(name, "1")
    with pytest.raises(ConfigError, match=name) as caught:
        load_settings()
    if meant:
        assert meant in caught.value.hint


def test_an_unknown_override_or_profile_is_refused() -> None:
    """Overrides are checked like files; an unknown profile lists the known ones."""
    with pytest.raises(ConfigError, match=r"store\.bukket") as caught:
        load_settings(overrides={"store.bukket": "x"})
    assert "store.bucket" in caught.value.hint
    with pytest.raises(ConfigError, match=", ".join(PROFILES)):
        load_settings("desktop")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("api.port", 70_000),
        ("api.port", "x"),
        ("serve.placement", "everywhere"),
        ("owner", "../ann"),
        ("store.bucket", "Bad_Bucket"),
        ("limits.max_pixels", 0),
        ("temporal.address", "a b:c"),
    ],
)
def test_a_wrong_value_is_named_with_its_key(key: str, value: object) -> None:
    """The error holds place, key and the value received."""
    with pytest.raises(ConfigError) as caught:
        load_settings(overrides={key: value})
    assert f"override: the value of '{key}' is {value!r}" in caught.value.message


def test_a_wrong_secret_is_not_repeated() -> None:
    """An error about a secret does not hold its value."""
    with pytest.raises(ConfigError) as caught:
        load_settings(overrides={"api.token": ["hunter2"]})
    assert "hunter2" not in str(caught.value)


def test_broken_toml_names_file_and_line(tmp_path: Path) -> None:
    """A file that is not TOML is refused with its line."""
    (tmp_path / "maquette.toml").write_text("[api\n")
    with pytest.raises(ConfigError, match=r"maquette\.toml.*line 1"):
        load_settings()


def test_paths_are_absolute(tmp_path: Path) -> None:
    """A relative data directory is taken from where we are; the cache lies in it by default."""
    settings = load_settings(overrides={"data_dir": "here"})
    assert settings.data_dir == tmp_path / "here"
    assert settings.store.cache_dir == tmp_path / "here" / "cache"
    elsewhere = load_settings(overrides={"store.cache_dir": "/var/tmp/c"})
    assert elsewhere.store.cache_dir == Path("/var/tmp/c")


def test_openai_variables_reach_the_planner(monkeypatch: pytest.MonkeyPatch) -> None:
    """OPENAI_BASE_URL and OPENAI_API_KEY are honoured, and weaker than anything of ours."""
    monkeypatch.setenv("OPENAI_BASE_URL", "http://localhost:9/v1")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-1")
    planner = load_settings().planner
    assert planner.base_url == "http://localhost:9/v1"
    assert planner.api_key is not None and planner.api_key.get_secret_value() == "sk-1"
    assert load_settings().origin("planner.base_url") == "OPENAI_BASE_URL"
    ours = load_settings(overrides={"planner.base_url": "http://other/v1"})
    assert ours.planner.base_url == "http://other/v1"


def test_cloud_keys_do_not_leak_into_the_local_store(monkeypatch: pytest.MonkeyPatch) -> None:
    """AWS_* and MINIO_* count only where the store is not the stack's own."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "cloud")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "cloud-secret")
    monkeypatch.setenv("MINIO_ENDPOINT", "minio.example:9000")
    laptop, cluster = load_settings("laptop"), load_settings("cluster")
    assert (laptop.store.access_key, laptop.store.endpoint) == (None, "127.0.0.1:8422")
    assert (cluster.store.access_key, cluster.store.endpoint) == ("cloud", "minio.example:9000")


def test_a_dump_is_read_back_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The dump is private, holds secrets, keeps origins, and beats the files."""
    settings = load_settings(
        overrides={"api.token": "t0ken", "models.generation.options": {"a": [1, {"b": 2}]}}
    )
    dump = tmp_path / "run" / "settings.json"
    dump_settings(settings, dump)
    assert stat.S_IMODE(dump.stat().st_mode) == 0o600
    (tmp_path / "maquette.toml").write_text("[api]\nport = 9\nprot = 1\n")
    monkeypatch.setenv("MAQUETTE_SETTINGS_FILE", str(dump))
    again = load_settings()
    assert again.model_dump() == settings.model_dump()
    assert describe_settings(again) == describe_settings(settings)


def test_the_environment_beats_a_dump(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable set for one process is stronger than the dump it was started with."""
    dump_settings(load_settings(), tmp_path / "s.json")
    monkeypatch.setenv("MAQUETTE_SETTINGS_FILE", str(tmp_path / "s.json"))
    monkeypatch.setenv("MAQUETTE_LOG__LEVEL", "debug")
    assert load_settings().log.level == "debug"
    with pytest.raises(ConfigError, match="MAQUETTE_SETTINGS_FILE"):
        load_settings("cluster")


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"format": 2, "settings": {}, "origins": {}}']
)
def test_a_broken_dump_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str
) -> None:
    """Something else than a dump in MAQUETTE_SETTINGS_FILE is an error with a next step."""
    (tmp_path / "s.json").write_text(content)
    monkeypatch.setenv("MAQUETTE_SETTINGS_FILE", str(tmp_path / "s.json"))
    with pytest.raises(ConfigError, match="MAQUETTE_SETTINGS_FILE") as caught:
        load_settings()
    assert caught.value.hint


def test_every_setting_is_shown_once_and_secrets_never() -> None:
    """The rows cover every declared setting; secrets are three stars; values are plain JSON."""
    secrets = {"store.secret_key": "s3cret-a", "serve.token": "s3cret-b", "api.token": "s3cret-c"}
    rows = describe_settings(load_settings(overrides=secrets))
    names = [row.name for row in rows]
    assert len(names) == len(set(names))
    sections = {key for key in known_keys() if any(n.startswith(f"{key}.") for n in names)}
    assert set(known_keys()) - sections <= set(names)
    assert "s3cret" not in json.dumps([row._asdict() for row in rows])
    assert {row.value for row in rows if row.name in secrets} == {"***"}


def test_settings_cannot_be_changed() -> None:
    """The object is frozen, sections included."""
    settings = load_settings()
    with pytest.raises(Exception, match="frozen"):
        settings.owner = "other"  # type: ignore[misc]
    with pytest.raises(Exception, match="frozen"):
        settings.api.port = 1  # type: ignore[misc]


def test_building_settings_reads_no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only load_settings looks at the environment; the class itself takes what it is given."""
    monkeypatch.setenv("MAQUETTE_OWNER", "from-environment")
    assert Settings(data_dir=Path("/x")).owner == "local"
    assert load_settings().owner == "from-environment"
