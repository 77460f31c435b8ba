"""`make bench`: every benchmark's ratios within one run, as a table and as build/bench.json.

A benchmark is a module `bench_*.py` here with `measure() -> list[dict]`; each row has a `name`, a
`ratio` to the work that is needed anyway, and a `limit` that the ratio should stay below.
"""

import importlib
import json
import pkgutil
from pathlib import Path

from tests import benchmarks

rows = []
for module in pkgutil.iter_modules(benchmarks.__path__):
    if module.name.startswith("bench_"):
        rows += importlib.import_module(f"tests.benchmarks.{module.name}").measure()

width = max(len(row["name"]) for row in rows)
for row in rows:
    verdict = "ok" if row["ratio"] <= row["limit"] else "SLOW"
    print(f"{row['name']:<{width}}  {row['ratio']:6.2f} ×  (limit {row['limit']:g})  {verdict}")

path = Path("build/bench.json")
path.parent.mkdir(exist_ok=True)
path.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
print(f"written to {path}")
