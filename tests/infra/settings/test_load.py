"""Settings: which source wins, what is refused, and what is shown."""

from __future__ import annotations

import codecs
import ipaddress
import json
import stat
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette.infra.address import parse_address, split_address
from maquette.infra.settings import load as settings_load
from maquette.infra.settings.dump import describe_settings, dump_settings
from maquette.infra.settings.keys import known_keys
from maquette.infra.settings.load import load_settings
from maquette.infra.settings.schema import Settings
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


@pytest.mark.slow
@pytest.mark.parametrize("name", ["MINIO_ENDPOINT", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"])
@pytest.mark.parametrize(
    ("pasted", "endpoint", "secure"),
    [
        ("minio:9000", "minio:9000", False),
        ("http://minio:9000", "minio:9000", False),
        ("https://Minio.Example/", "minio.example", True),
        ("[::1]:9000", "[::1]:9000", False),
        ("https://[0:0:0:0:0:0:0:1]:9000", "[::1]:9000", True),
        (" 10.0.0.1:9000 ", "10.0.0.1:9000", False),
    ],
)
def test_a_store_is_named_as_people_paste_it(
    monkeypatch: pytest.MonkeyPatch, name: str, pasted: str, endpoint: str, secure: bool
) -> None:
    """A scheme decides whether TLS is used, and both values name the variable they came from."""
    monkeypatch.setenv(name, pasted)
    settings = load_settings("compose")
    assert (settings.store.endpoint, settings.store.secure) == (endpoint, secure)
    assert settings.origin("store.endpoint") == name
    if "://" in pasted:
        assert settings.origin("store.secure") == name


def test_a_scheme_is_stronger_than_a_profile(monkeypatch: pytest.MonkeyPatch) -> None:
    """The cluster's store uses TLS; one named with http does not. The S3 variable wins over the
    general one, and ours over both."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "https://a:1")
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://b:2")
    store = load_settings("cluster").store
    assert (store.endpoint, store.secure) == ("b:2", False)
    monkeypatch.setenv("MAQUETTE_STORE__ENDPOINT", "c:3")
    assert load_settings("cluster").store.endpoint == "c:3"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("store.endpoint", "http://minio:9000/path", "a path or a query"),
        ("store.endpoint", "http://minio:9000?x=1", "a path or a query"),
        ("store.endpoint", "s3://bucket", "expected http or https"),
        ("store.endpoint", "::1:9000", "in brackets"),
        ("store.endpoint", "[::x]:9000", "not an IPv6 address"),
        ("store.endpoint", "minio:99999", "up to 65535"),
        ("store.endpoint", "minio:", "a number"),
        ("store.endpoint", "", "expected host:port"),
        ("temporal.address", "temporal", "the port is missing"),
        ("temporal.address", "https://temporal:7233", "without TLS"),
        ("api.host", "http://localhost:80", "alone"),
        ("api.host", "", "expected host"),
        ("serve.url", "localhost:8421", "expected a URL"),
        ("serve.url", "http://models:port", "a number"),
        ("planner.base_url", "127.0.0.1:8000/v1", "expected a URL"),
    ],
)
def test_a_wrong_address_says_what_was_expected(key: str, value: str, told: str) -> None:
    """Every address that is not understood is refused in a sentence, never in a pattern."""
    with pytest.raises(ConfigError) as caught:
        load_settings("compose", overrides={key: value})
    message = caught.value.message
    assert f"the value of '{key}' is {value!r}" in message and told in message
    assert "pattern" not in message and "Value error" not in message


def test_a_password_in_an_address_is_not_repeated() -> None:
    """An address with a user name is refused without showing the password."""
    with pytest.raises(ConfigError, match="user name") as caught:
        load_settings(overrides={"store.endpoint": "http://ann:hunter2@minio:9000"})
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("key", "value", "kept"),
    [
        ("temporal.address", "http://temporal:7233", "temporal:7233"),
        ("temporal.address", "[0::1]:7233", "[::1]:7233"),
        ("api.host", "[::1]", "::1"),
        ("api.host", "0:0:0:0:0:0:0:1", "::1"),
        ("api.host", "LOCALHOST", "localhost"),
        ("serve.url", "http://[::1]:8421/", "http://[::1]:8421"),
        ("planner.base_url", " http://h:1/v1/ ", "http://h:1/v1"),
    ],
)
def test_addresses_have_one_form(key: str, value: str, kept: str) -> None:
    """What is understood is kept in its usual form, so that equal addresses are equal texts."""
    section, name = key.split(".")
    settings = load_settings("compose", overrides={key: value, "api.token": "t"})
    assert getattr(getattr(settings, section), name) == kept


@given(
    st.one_of(
        st.ip_addresses(v=4).map(str),
        st.ip_addresses(v=6).map(lambda ip: f"[{ip.exploded}]"),
        st.from_regex(r"[a-z][a-z0-9-]{0,20}(\.[a-z]{2,5})?", fullmatch=True),
    ),
    st.integers(0, 65_535),
    st.sampled_from(["", "http://", "HTTPS://"]),
)
def test_every_address_is_read_back_as_urllib_reads_it(host: str, port: int, scheme: str) -> None:
    """Host and port are those that the standard library's parser finds, whatever stands before."""
    found = parse_address(f"{scheme}{host}:{port}")
    other = urlsplit(f"//{host}:{port}")
    assert (found.port, found.secure) == (
        other.port,
        {"http": False, "https": True}.get(scheme[:-3].lower()),
    )
    assert ip_or_name(found.host) == ip_or_name(other.hostname or "")
    assert parse_address(str(found)) == found._replace(secure=None)
    assert split_address(str(found)) == (found.host, port)


def ip_or_name(host: str) -> Any:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return host


@pytest.mark.parametrize(
    "name", ["MAQUETTE_MODELS__GENERATOIN__MODEL", "MAQUETTE_MODELS__LANGUAGE__MODEL"]
)
def test_a_mistyped_role_is_found_when_settings_load(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """A role that no server serves is an unknown setting, in a variable and in a file."""
    with monkeypatch.context() as patch:
        patch.setenv(name, "bundled")
        with pytest.raises(ConfigError, match=name) as caught:
            load_settings()
        if "GENERATOIN" in name:
            assert "MAQUETTE_MODELS__GENERATION__MODEL" in caught.value.hint
    role = name.split("__")[1].lower()
    (tmp_path / "maquette.toml").write_text(f'[models.{role}]\nmodel = "bundled"\n')
    with pytest.raises(ConfigError, match=rf"maquette\.toml.*models\.{role}"):
        load_settings()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("role", "model"),
    [
        ("generation", "/nowhere/flux"),
        ("generation", "./nowhere"),
        ("generation", "bundeld"),
        ("generation", "a/b/c"),
        ("reward", "owner/name"),
        ("understanding", "~/nowhere"),
    ],
)
def test_a_model_folder_that_is_not_there_is_found_when_settings_load(
    monkeypatch: pytest.MonkeyPatch, role: str, model: str
) -> None:
    """The error names variable, role and value, on the machine that is to load it and only there;
    a hub id is no folder, and only the generator takes one."""
    name = f"MAQUETTE_MODELS__{role.upper()}__MODEL"
    monkeypatch.setenv(name, model)
    with pytest.raises(ConfigError, match=name) as caught:
        load_settings()
    assert f"models.{role}.model" in caught.value.message and model in caught.value.message
    assert ("hub id" in caught.value.hint) == (role == "generation")
    assert load_settings("compose").models[role].model == model  # type: ignore[index]


def test_a_model_folder_is_made_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever loads the model runs in another folder than whoever named it."""
    (tmp_path / "packs" / "mine").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("packs/mine", "./packs/mine", "~/packs/mine", str(tmp_path / "packs/mine")):
        settings = load_settings(overrides={"models.generation.model": name})
        assert settings.models["generation"].model == str(tmp_path / "packs" / "mine")


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8])
def test_a_file_of_another_editor_is_read(tmp_path: Path, ends: str, mark: bytes) -> None:
    """A byte order mark and Windows line ends change nothing, in our file and the person's own."""
    text = ends.join(["# für Anna", "[store]", 'bucket = "pictures"', ""])
    (tmp_path / "maquette.toml").write_bytes(mark + text.encode())
    write_user_file(tmp_path, "")
    (tmp_path / "home" / "maquette.toml").write_bytes(mark + f"[api]{ends}port = 7{ends}".encode())
    settings = load_settings()
    assert (settings.store.bucket, settings.api.port) == ("pictures", 7)


@pytest.mark.parametrize(
    ("encoding", "told"),
    [("utf-16", "UTF-16"), ("latin-1", "line 2 that is not UTF-8"), ("cp1252", "line 2")],
)
def test_a_wrong_encoding_gets_a_sentence(tmp_path: Path, encoding: str, told: str) -> None:
    """The error says which encoding was found, or where, and which is expected."""
    text = "[store]\n# für Anna\nregion = 'x'\n"
    (tmp_path / "maquette.toml").write_bytes(text.encode(encoding))
    with pytest.raises(ConfigError, match=r"maquette\.toml") as caught:
        load_settings()
    assert told in caught.value.message and "expected UTF-8" in caught.value.message
    assert "UTF-8" in caught.value.hint


def test_the_variable_we_advise_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """MAQUETTE_DEBUG is no setting, and no mistake."""
    monkeypatch.setenv("MAQUETTE_DEBUG", "1")
    assert load_settings().profile == "laptop"
