"""Grade a class: what is there already is kept, the rest is graded, and the tables are written."""

import hashlib
from collections import Counter
from pathlib import Path

from tqdm import tqdm

from grading.exercise import NOTEBOOK_SEED
from grading.grade import cluster, escapes, judging, questions, results, sandbox, submissions


def grade_class(
    folder: Path,
    out: Path,
    tier: str = "bubblewrap",
    seed_file: Path | None = None,
    pack: Path | None = None,
    scheduler: str | None = None,
    workers: int | None = None,
) -> Counter:
    """Grade the submissions in a folder into a folder of results; how many had each status.

    Args:
        seed_file: a secret text; the hidden cases are made from it.
        pack: a folder with the staff's own questions.
        scheduler: the address of a running dask cluster; else `workers` processes here.

    ValueError in one sentence where the folders cannot be used or the sandbox does not hold.
    """
    if not folder.is_dir():
        raise ValueError(f"{folder} is no folder; give one with a notebook or folder a student.")
    if out.resolve().is_relative_to(folder.resolve()):
        raise ValueError(f"{out} lies in {folder}; give results a folder of their own.")
    seed = seed_from(seed_file) if seed_file else NOTEBOOK_SEED
    settings = judging.Settings(tier, seed, questions.questions_in(pack) if pack else {})
    cases = "hidden cases" if seed_file else "the notebooks' own cases"
    print(f"Sandbox: {tier}, {sandbox.TIERS[tier]}. Graded on {cases}.")

    graded, left = [], []
    for each in submissions.submissions_in(folder, settings.pack):
        fingerprint = judging.fingerprint_of(each, settings)
        if done := results.load(out, fingerprint):
            graded.append(done)
        else:
            left.append((fingerprint, each))
    if graded:
        print(f"{len(graded)} results are there already.")
    secret = [path.resolve() for path in (folder, out, seed_file, pack) if path and path.exists()]
    try:
        if left:
            escapes.demand_none(tier, tuple(secret))
            with cluster.client(scheduler, workers) as dask:
                if scheduler:
                    cluster.demand_no_escapes(dask, tier)
                new = cluster.grade_all(dask, left, settings)
                for result in tqdm(new, total=len(left), unit="notebook"):
                    results.save(out, result)
                    graded.append(result)
    except (sandbox.SandboxError, OSError) as error:
        raise ValueError(str(error)) from None
    results.write_tables(out, graded)
    return Counter(result["status"] for result in graded)


def seed_from(path: Path) -> int:
    """A seed below 2³¹, as every random generator takes it, from a secret text."""
    text = path.read_bytes().strip()
    if not text:
        raise ValueError(f"{path} is empty; write a secret text into it.")
    return int.from_bytes(hashlib.sha256(text).digest()[:4], "big") >> 1
