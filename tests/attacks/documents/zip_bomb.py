"""A few kilobytes that are a gigabyte when unpacked, named as a notebook."""

import gzip
import io
import zipfile

from tests.attack import NOTEBOOK

EARNS = 0
STATUS = "malformed"


def write(folder):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../02_saliency.ipynb", b"0" * 2**24)
    (folder / NOTEBOOK).write_bytes(packed.getvalue())
    (folder / "02_saliency.ipynb.gz").write_bytes(gzip.compress(b"0" * 2**24))
