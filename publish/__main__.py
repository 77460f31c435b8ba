"""The command line: build the reading site or the slides, of all lessons or of some."""

import argparse
import hashlib
import os
import sys
from pathlib import Path

from publish import ROOT
from publish.execute import PublishError, executed, kept, wanted


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m publish", description=__doc__)
    parser.add_argument("what", choices=("site", "slides"))
    parser.add_argument("lessons", nargs="*", help="numbers, for example 00 02; default: all")
    parser.add_argument("--out", type=Path, help="default: build/site or build/slides")
    arguments = parser.parse_args()
    out = arguments.out or ROOT / "build" / arguments.what
    try:
        chosen = wanted(arguments.lessons)
        outputs = executed(chosen)
        built_from = out / ".built_from"
        now = " ".join([version(), *(kept(lesson).name for lesson in chosen)])
        if built_from.is_file() and built_from.read_text(encoding="utf-8") == now:
            said = "Nothing has changed."
        else:
            built_from.unlink(missing_ok=True)
            if arguments.what == "site":
                from publish.site import build
            else:
                from publish.slides import build
            build(outputs, out)
            built_from.write_text(now, encoding="utf-8")
            said = f"{len(chosen)} lessons written."
    except (PublishError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{said} Open {os.path.relpath(out / 'index.html')}")
    return 0


def version() -> str:
    """Changes when the pages would look different: with this package, README's table or a cover."""
    files = [file for file in Path(__file__).parent.rglob("*") if file.is_file()]
    files = [file for file in files if "__pycache__" not in file.parts]
    files += [ROOT / "README.md", *ROOT.glob("docs/covers/*.png"), ROOT / "requirements.lock"]
    return hashlib.sha256(b"".join(file.read_bytes() for file in sorted(files))).hexdigest()[:16]


if __name__ == "__main__":
    sys.exit(main())
