"""The creatures of lesson 01 are what their script draws, and the lesson keeps its promises."""

import importlib.util
import json
import re
from pathlib import Path

import nbformat
import numpy as np
import pytest
from PIL import Image

from tests import notebooks

ROOT = Path(__file__).parent.parent
CREATURES = ROOT / "data" / "creatures"
LESSON = ROOT / "grading" / "reference" / "01_why_explain.ipynb"

spec = importlib.util.spec_from_file_location(
    "make_creatures", CREATURES.parent / "make_creatures.py"
)
make_creatures = importlib.util.module_from_spec(spec)
spec.loader.exec_module(make_creatures)


def files(folder):
    return sorted((CREATURES / folder).iterdir())


def format_of(path):
    with Image.open(path) as picture:
        return picture.format, picture.mode, picture.size


def test_the_folders_are_small():
    assert sum(p.stat().st_size for p in CREATURES.rglob("*") if p.is_file()) < 3_000_000


@pytest.mark.parametrize(
    ("folder", "kind", "mode"),
    [
        ("plumlings", "PNG", "RGBA"),
        ("shardlings", "JPEG", "RGB"),
        ("swapped/plumlings", "JPEG", "RGB"),
        ("swapped/shardlings", "PNG", "RGBA"),
    ],
)
def test_the_files_are_really_png_and_jpeg(folder, kind, mode):
    assert {format_of(path) for path in files(folder)} == {(kind, mode, (64, 64))}


@pytest.mark.parametrize("family", ["plumlings", "shardlings"])
def test_every_fourth_creature_has_a_twin(family):
    """Sorted by name, as the lesson holds them out."""
    twins = [path.stem for path in files(f"swapped/{family}")]
    assert twins == [path.stem for path in files(family)][::4]


@pytest.mark.parametrize("folder", ["plumlings", "swapped/shardlings"])
def test_clear_pixels_are_black_and_the_creature_stays_inside(folder):
    for path in files(folder)[::7]:
        pixels = np.array(Image.open(path))
        assert not pixels[pixels[..., 3] == 0].any()
        assert not pixels[[0, 0, -1, -1], [0, -1, 0, -1]].any()
        assert 0.15 < (pixels[..., 3] > 127).mean() < 0.6


@pytest.mark.parametrize("family", ["plumlings", "shardlings"])
def test_twins_are_the_same_creature(family, tmp_path):
    """Saving the PNG of a pair as JPEG gives the other file's pixels exactly: one history."""
    for twin in files(f"swapped/{family}")[::11]:
        (own,) = (CREATURES / family).glob(twin.stem + ".*")
        png, jpg = sorted((own, twin), key=lambda path: path.suffix, reverse=True)
        make_creatures.save(Image.open(png), tmp_path / "again.jpg")
        assert np.array_equal(Image.open(tmp_path / "again.jpg"), Image.open(jpg))


@pytest.mark.parametrize("family", ["plumlings", "shardlings"])
def test_the_script_draws_the_files(family):
    for path in [*files(family), *files(f"swapped/{family}")][::40]:
        if path.suffix == ".png":
            drawn = np.array(make_creatures.draw(family, int(path.stem[-3:]))).astype(int)
            # Another version of Pillow may round another way.
            assert np.abs(drawn - np.array(Image.open(path))).mean() < 1


def test_families_overlap():
    """A creature's family cannot be told from its size."""
    share = {
        family: np.mean([np.array(make_creatures.draw(family, n))[..., 3] > 127 for n in range(40)])
        for family in make_creatures.FAMILIES
    }
    assert abs(share["plumlings"] - share["shardlings"]) < 0.05


# The whole lesson

MEASURED = """
import json
found = {"own": results["own files"], "swapped": results["swapped files"],
         "ratios": list(ratios.values()), "random": outside_inside(noise, masks).nanmedian().item()}
print("MEASURED " + json.dumps(found))
"""


def run_lesson(tmp_path, folders=None):
    """The solved lesson's numbers, and everything it printed."""
    nb = nbformat.read(LESSON, as_version=4)
    for cell in nb.cells:
        if folders and "FOLDERS = None" in cell.source:
            cell.source = re.sub("FOLDERS = None.*", f"FOLDERS = {folders!r}", cell.source)
    nb.cells.append(nbformat.v4.new_code_cell(MEASURED))
    nbformat.write(nb, tmp_path / "lesson.ipynb")
    done = notebooks.execute(tmp_path / "lesson.ipynb")
    assert not notebooks.errors_of(done)
    text = "".join(notebooks.text_of(cell) for cell in done.cells)
    return json.loads(text.partition("MEASURED ")[2]), text


@pytest.mark.slow
def test_the_lesson_keeps_its_promises(tmp_path):
    found, _ = run_lesson(tmp_path)
    (naive, on_white, alike), (naive_s, on_white_s, alike_s) = found["own"], found["swapped"]
    assert naive >= 0.97 and naive_s <= 0.1  # transparent pixels turned black
    assert on_white >= 0.97 and on_white_s <= 0.1  # JPEG ripples
    assert 0.6 < alike < 0.9 and abs(alike - alike_s) <= 0.05
    assert found["ratios"][0] >= 1.5 and found["ratios"][1] >= 1.5 and found["ratios"][2] < 1
    assert abs(found["random"] - 1) < 0.1


@pytest.mark.slow
def test_the_lesson_runs_on_folders_of_anyones_own(tmp_path):
    """Mixed sizes, palettes with transparency, grey, upside-down and broken files."""
    for number, family in enumerate(make_creatures.FAMILIES):
        folder = tmp_path / family
        folder.mkdir()
        for n in range(24):
            creature = make_creatures.draw(family, n).resize((50 + 5 * n, 90))
            if number == 0 and n % 2:
                creature = creature.quantize(32)  # a palette with transparent entries
            if number == 1:
                creature = creature.convert("L" if n % 5 == 0 else "RGB")
            creature.save(folder / f"{n:02d}.{'jpg' if number else 'png'}")
        (folder / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n and then nothing")
        (folder / "notes.txt").write_text("not a picture")
    _, text = run_lesson(tmp_path, tuple(str(tmp_path / f) for f in make_creatures.FAMILIES))
    assert text.count("Skipped broken.png") == text.count("Skipped notes.txt") == 2
    assert "plumlings: 24 files" in text and "shardlings: 24 files" in text
