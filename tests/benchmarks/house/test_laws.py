"""The laws of the house: measured rightly on a small checkout, and kept by this one."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from places import ROOT
from typer.testing import CliRunner

from maquette.benchmarks.house.addresses import address, without_purpose
from maquette.benchmarks.house.commands import app
from maquette.benchmarks.house.imports import cycles, lazy_imports, untested
from maquette.benchmarks.house.laws import measure
from maquette.benchmarks.house.seams import Seam, missing
from maquette.benchmarks.house.shape import function_lines, public
from maquette.benchmarks.house.source import Checkout, read_checkout
from maquette.records.errors import InvalidInput

Make = Callable[[Mapping[str, str]], Checkout]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """A checkout of the given files."""

    def write(files: Mapping[str, str]) -> Checkout:
        for name, text in {"pyproject.toml": "", "records/base.py": "", **files}.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return read_checkout(tmp_path)

    return write


@pytest.mark.slow
def test_this_checkout_keeps_every_law() -> None:
    """`maquette check house` holds."""
    broken = [one for one in measure(read_checkout(ROOT)) if not one.holds]
    assert not broken, "\n".join(f"{one.law}: {one.measured}, {one.bar}" for one in broken)


def test_a_folder_that_is_no_checkout_is_told(tmp_path: Path) -> None:
    """The folder is named, and what it should be."""
    with pytest.raises(InvalidInput, match="no checkout"):
        read_checkout(tmp_path)


def test_a_file_that_is_no_python_is_named(make: Make) -> None:
    """The file and the line are told."""
    with pytest.raises(InvalidInput, match=r"tools/bad\.py, line 2"):
        make({"tools/bad.py": "x = 1\ndef\n"})


def test_a_circle_through_a_lazy_import_is_found(make: Make) -> None:
    """What imports at the top and what imports in a function close a circle together."""
    checkout = make(
        {
            "tools/one.py": "from maquette.tools import two\n",
            "tools/two.py": "def f():\n    from maquette.tools.one import two\n",
            "tools/three.py": "import maquette.tools.one\n",
        }
    )
    assert cycles(checkout) == [["maquette.tools.one", "maquette.tools.two"]]


@pytest.mark.parametrize(
    "back", ["from . import one", "from .one import X", "def f():\n    from ..tools import one"]
)
def test_a_circle_through_a_relative_import_is_found(make: Make, back: str) -> None:
    """Dots name modules, too; from the folder, from a module in it, and from above."""
    checkout = make(
        {"tools/one.py": "from maquette.tools import two\n", "tools/two.py": f"{back}\n"}
    )
    assert cycles(checkout) == [["maquette.tools.one", "maquette.tools.two"]]


def test_a_relative_import_inside_a_function_is_lazy(make: Make) -> None:
    """It is one of ours, whatever it is written like."""
    checkout = make({"tools/one.py": "def f():\n    from . import two\n"})
    assert lazy_imports(checkout.by_name["maquette.tools.one"]) == [2]


def test_a_new_folder_at_the_root_is_held_to_the_laws(make: Make) -> None:
    """Nobody needs to list it; tests, links and hidden folders are no product."""
    new = {"doors/one.py": "", "src/two.py": "", ".venv/three.py": "", "tests/four.py": ""}
    checkout = make({**new, "docs/architecture.md": "| `records/` | the nouns |\n"})
    assert without_purpose(checkout) == [Path("doors")]


def test_the_launcher_names_the_checkout(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """From any folder: the one beside the launcher is measured, unless another is named."""
    page = {"docs/architecture.md": "| `records/` | the nouns |\n"}
    root = make({**page, "records/one.py": "def f(): ...\n", "tests/test_x.py": ""}).root
    away = root / "records"
    monkeypatch.chdir(away)
    monkeypatch.setenv("MAQUETTE_CHECKOUT", str(root))
    told = CliRunner().invoke(app, ["house", "--json"])
    assert json.loads(told.stdout)["modules"] == 2
    refused = CliRunner().invoke(app, ["house", "--root", str(away)])
    assert isinstance(refused.exception, InvalidInput)


def test_lazy_imports_are_those_of_ours_inside_functions(make: Make) -> None:
    """Other libraries and imports at the top do not count; nested functions count once."""
    text = (
        "import maquette.records.base\n"
        "def f():\n    import torch\n    def g():\n        import maquette.records.base\n"
    )
    (module,) = [m for m in make({"tools/one.py": text}).modules if m.path.name == "one.py"]
    assert lazy_imports(module) == [5]


def test_modules_that_no_test_imports_are_named(make: Make) -> None:
    """Helpers of tests count as tests; a module imported by another module does not count."""
    checkout = make(
        {
            "tools/one.py": "",
            "tools/two.py": "import maquette.tools.three\n",
            "tools/three.py": "",
            "tests/support/help.py": "from maquette.tools import one\n",
            "tests/tools/test_two.py": "from maquette.tools.two import three\n",
        }
    )
    assert untested(checkout) == ["maquette.records.base", "maquette.tools.three"]


def test_function_lines_leave_docstrings_and_blank_lines_out(make: Make) -> None:
    """Three lines: the head, an assignment and a return."""
    text = 'def f():\n    """Told\n    at length.\n    """\n    x = 1\n\n    return x\n'
    assert function_lines(make({"tools/one.py": text}).modules) == [3]


def test_a_promise_may_be_told_by_a_base_or_a_realised_protocol(make: Make) -> None:
    """Methods of a class that has all of a protocol's are told there; others are not."""
    text = (
        "class Shop(Protocol):\n"
        '    """A shop."""\n'
        '    def buy(self):\n        """Take."""\n'
        '    def sell(self):\n        """Give."""\n'
        "class Corner:\n"
        '    """At the corner."""\n'
        "    def buy(self): ...\n"
        "    def sell(self): ...\n"
        "    def close(self): ...\n"
        "class Kiosk:\n"
        '    """Too small to sell."""\n'
        "    def buy(self): ...\n"
        "def _hidden(): ...\n"
    )
    silent = [name for name, told in public(make({"tools/one.py": text}).modules) if not told]
    assert silent == ["maquette.tools.one.Corner.close", "maquette.tools.one.Kiosk.buy"]


@pytest.mark.parametrize(
    ("test", "module"),
    [
        ("tests/tools/test_registry.py", "tools/registry.py"),
        ("tests/tools/test_registry_of_others.py", "tools/registry.py"),
        ("tests/tools/test_register.py", None),
        ("tests/test_registry.py", None),
    ],
)
def test_an_address_is_the_same_path_and_name(test: str, module: str | None) -> None:
    """An aspect may follow the name; another folder or another name is no address."""
    found = address(Path(test), frozenset({Path("tools/registry.py")}))
    assert found == (Path(module) if module else None)


def test_a_folder_without_a_purpose_is_named(make: Make) -> None:
    """Only rows of the table with some words count."""
    page = "| `records/` | the nouns |\n| `tools/` | |\n"
    checkout = make({"docs/architecture.md": page, "tools/one.py": "", "words/two.py": ""})
    assert without_purpose(checkout) == [Path("tools"), Path("words")]


def test_a_seam_is_whole_with_protocol_real_fake_and_two_runs_of_its_suite(make: Make) -> None:
    """What is missing is said in words, one after the other."""
    seam = Seam(
        "shop", "tools.shop:Shop", "tools.real:Real", "tools.fake:Fake", "shop:ShopContract"
    )
    files = {"tools/shop.py": "class Shop: ...\n", "tools/real.py": "class Real: ...\n"}
    assert missing(make(files), seam) == ["no tools.fake.Fake", "no suite shop:ShopContract"]
    files["tools/fake.py"] = "class Fake: ...\n"
    files["tests/contracts/shop.py"] = "class ShopContract: ...\n"
    files["tests/tools/test_real.py"] = "class TestReal(ShopContract): ...\n"
    assert missing(make(files), seam) == ["its suite is run 1 times; a real one and a fake"]
    files["tests/tools/test_fake.py"] = "class TestFake(shop.ShopContract): ...\n"
    assert missing(make(files), seam) == []
