"""Save the picture of each lesson's cell tagged "cover" to docs/covers; the README shows them.

.venv/bin/python -m docs.make_covers [02 …]
"""

import base64
import io
import sys

from PIL import Image

from publish import FIGURE, ROOT
from publish.execute import executed, wanted

COVERS = ROOT / "docs" / "covers"

COVERS.mkdir(exist_ok=True)
for lesson, outputs in executed(wanted(sys.argv[1:])).items():
    for cell in lesson.cells:
        if "cover" in cell.tags:
            webp = base64.b64decode(outputs[cell.id][-1].data[FIGURE]["webp"])
            picture = Image.open(io.BytesIO(webp)).convert("RGB")
            picture.thumbnail((900, 900))
            picture.quantize(128).save(COVERS / f"{lesson.name}.png", optimize=True)
            print(f"saved {lesson.name}.png")
