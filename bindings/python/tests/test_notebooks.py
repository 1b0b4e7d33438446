"""The notebooks run from a journal that the demo makes, and say what they were committed with.

The bug it keeps away: a page for analysts whose code no longer runs, whose figures nobody has seen
again, or whose Chinese labels are empty boxes.
"""

from __future__ import annotations

import os
from base64 import b64decode
from collections.abc import Iterator
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, TARIFFS, run
from matplotlib import image

nbformat = pytest.importorskip("nbformat")
nbclient = pytest.importorskip("nbclient")

NOTEBOOKS = sorted((ROOT / "bindings" / "python" / "notebooks").glob("*.ipynb"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a notebook finds its journal and the tariffs."""
    folder = tmp_path_factory.mktemp("notebooks")
    run("--journal", folder / "year.db", "demo", "--year", "--quiet")
    (folder / "tests").mkdir()
    (folder / "tests" / "tariffs").symlink_to(TARIFFS)
    return folder


@pytest.fixture(scope="module")
def fonts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment in which Matplotlib finds a font with Chinese characters."""
    package = find_spec("pylopdf_fonts_zh_cn")
    if package is None or package.origin is None:
        pytest.skip("there is no font; install bindings/python/requirements-test.txt")
    home = tmp_path_factory.mktemp("fonts")
    (home / "fonts").symlink_to(Path(package.origin).parent)
    return {"XDG_DATA_HOME": str(home), "MPLCONFIGDIR": str(home)}


def outputs(notebook: Any) -> list[tuple[str, str]]:
    """The kinds of what every cell gave, and the texts of those that are texts."""
    found: list[tuple[str, str]] = []
    for output in outcomes(notebook):
        data = output.get("data", {})
        is_picture = "image/png" in data
        text = "" if is_picture else data.get("text/plain", output.get("text", ""))
        found.append(("picture" if is_picture else output["output_type"], text))
    return found


def pictures(notebook: Any) -> list[Any]:
    """What every picture shows, pixel by pixel."""
    shown = (output.get("data", {}).get("image/png") for output in outcomes(notebook))
    return [image.imread(BytesIO(b64decode(picture))) for picture in shown if picture]


def outcomes(notebook: Any) -> Iterator[Any]:
    for cell in notebook.cells:
        yield from cell.get("outputs", [])


def looks_like(picture: Any, committed: Any) -> bool:
    """Whether it is the picture that was looked at; another machine may round an edge's pixel."""
    if picture.shape != committed.shape:
        return False
    return float((picture != committed).any(axis=-1).mean()) < 0.000_1


def test_there_are_four() -> None:
    assert len(NOTEBOOKS) == 4


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_says_what_it_said(
    path: Path, folder: Path, fonts: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    committed = nbformat.read(path, as_version=4)
    notebook = nbformat.read(path, as_version=4)
    for name, value in fonts.items():
        monkeypatch.setitem(os.environ, name, value)
    resources = {"metadata": {"path": str(folder)}}
    nbclient.NotebookClient(notebook, timeout=300, resources=resources).execute()
    said = outputs(notebook)
    # A warning, such as that a glyph is missing, is a stream.
    assert [kind for kind, _ in said if kind in ("stream", "error")] == []
    assert said == outputs(committed)
    pairs = list(zip(pictures(notebook), pictures(committed), strict=True))
    assert len(pairs) >= 2
    assert all(looks_like(painted, known) for painted, known in pairs)


def test_another_picture_is_seen() -> None:
    committed = [pictures(nbformat.read(path, as_version=4)) for path in NOTEBOOKS]
    flat = [picture for of_notebook in committed for picture in of_notebook]
    alike = [[looks_like(one, other) for other in flat] for one in flat]
    assert alike == [[one is other for other in flat] for one in flat]
    moved = flat[0].copy()
    # A label of one character of Chinese has some 100 pixels.
    moved[100:110, 100:110] = 1 - moved[100:110, 100:110]
    assert not looks_like(moved, flat[0])
