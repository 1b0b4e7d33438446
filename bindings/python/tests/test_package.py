"""The package as a whole: what it imports, what its pages promise, that nothing can be bent."""

from __future__ import annotations

import doctest
import re
import subprocess
import sys
from importlib import import_module
from inspect import isclass
from pathlib import Path

import pytest
from conftest import ROOT, TARIFFS, run

import linli
from linli import _linli

HEAVY = ("pandas", "polars", "pyarrow", "duckdb", "numpy", "matplotlib", "tqdm")
# Each takes as long as a good part of the package.
SLOW = ("typing", "re", "json", "datetime", "contextlib", "functools")
MODULES = [
    f"linli{part}"
    for part in ("", "._fold", "._ledger", "._replayed", "._store", "._tables")
]


def test_the_import_is_light() -> None:
    code = (
        "import sys; before = set(sys.modules); import linli; "
        f"print([name for name in {HEAVY + SLOW} if name in set(sys.modules) - before])"
    )
    words = [sys.executable, "-c", code]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_what_is_imported_later_is_there() -> None:
    assert set(linli.__all__) <= set(dir(linli))
    assert all(getattr(linli, name) is not None for name in linli.__all__)
    with pytest.raises(AttributeError, match="no attribute 'Ledgers'"):
        linli.Ledgers  # type: ignore[attr-defined] # noqa: B018


def test_no_class_can_be_bent() -> None:
    classes = [getattr(_linli, name) for name in dir(_linli) if isclass(getattr(_linli, name))]
    assert len(classes) == 6
    sources = (ROOT / "bindings" / "python" / "src").glob("*.rs")
    declared = "".join(source.read_text() for source in sources)
    assert declared.count("#[pyclass(frozen, module = \"linli._linli\")]") == len(classes)
    assert declared.count("#[pyclass") == len(classes)
    store = _linli.EventStore("memory:")
    for object_ in (store, store.read(), store.subscribe()):
        with pytest.raises(AttributeError):
            object_.head = 7  # type: ignore[misc, union-attr, method-assign]


@pytest.mark.parametrize("name", MODULES)
def test_every_example_in_the_documentation_holds(name: str) -> None:
    names = {"linli": linli, "ledger": linli.open("memory:", mode="rw")}
    kinds = doctest.ELLIPSIS | doctest.IGNORE_EXCEPTION_DETAIL
    result = doctest.testmod(import_module(name), extraglobs=names, optionflags=kinds)
    assert result.failed == 0
    assert result.attempted > 0


def examples(page: Path) -> list[str]:
    return re.findall(r"```python\n(.*?)```", page.read_text(), re.DOTALL)


@pytest.mark.parametrize("page", ["README.md", "bindings/python/README.md"])
def test_the_example_of_a_page_runs(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run("--journal", tmp_path / "yujing.db", "demo", "--sessions", "100", "--quiet")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "tariffs").symlink_to(TARIFFS)
    monkeypatch.chdir(tmp_path)
    (code,) = examples(ROOT / page)
    exec(compile(code, page, "exec"), {})  # noqa: S102
    assert capsys.readouterr().out


def test_everything_public_is_documented() -> None:
    for name in linli.__all__:
        thing = getattr(linli, name)
        assert name == "__version__" or thing.__doc__, name
        if isclass(thing):
            own = {k: v for k, v in vars(thing).items() if not k.startswith("_") and callable(v)}
            assert all(method.__doc__ for method in own.values()), name


def test_a_bug_report_names_the_versions(capsys: pytest.CaptureFixture[str]) -> None:
    linli.show_versions()
    shown = capsys.readouterr().out
    assert f"linli          {linli.__version__}" in shown
    assert "zone database" in shown
    assert "polars" in shown


def test_a_reader_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(ImportError, match=r"to_polars\(\) needs polars; install it: pip install"):
        linli.open("memory:", mode="rw").sessions().to_polars()
