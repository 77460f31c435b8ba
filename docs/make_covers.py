"""Save the picture of each lesson's cell tagged "cover" to docs/covers; the README shows them.

.venv/bin/python -m docs.make_covers [02 …]
"""

import base64
import io
import re
import sys
from pathlib import Path

from PIL import Image

from grading.editions import EDITIONS, ROOT
from tests.notebooks import errors_of, execute

COVERS = ROOT / "docs" / "covers"
wanted = sys.argv[1:]

COVERS.mkdir(exist_ok=True)
for path in sorted(EDITIONS["reference"].glob("*.ipynb")):
    if wanted and path.stem[:2] not in wanted:
        continue
    nb = execute(Path(path), seconds=900)
    assert not errors_of(nb), errors_of(nb)
    for cell in nb.cells:
        if "cover" in cell.metadata.get("tags", []):
            html = cell.outputs[-1].data["text/html"]
            png = base64.b64decode(re.search(r"base64,([^\"]+)", html)[1])
            picture = Image.open(io.BytesIO(png)).convert("RGB")
            picture.thumbnail((900, 900))
            picture.quantize(128).save(COVERS / f"{path.stem}.png", optimize=True)
            print(f"saved {path.stem}.png")
