"""Grade a class with dask.distributed: an embedded cluster on this machine, or a running one.

A worker gets a submission's answers and gives a result back; the student's code runs in a sandbox
that the worker starts, never in the worker. Nothing is kept in the scheduler: the coordinator
writes every result the moment it arrives, so it may be killed and started again at any time.
"""

import logging
import os
from collections.abc import Iterable, Iterator

from distributed import Client, as_completed

from grading.grade import escapes, judging
from grading.grade.judging import Settings
from grading.grade.submissions import Submission

TRIES = 3  # of a submission where the grader itself had trouble


def client(scheduler: str | None, workers: int | None) -> Client:
    """A running cluster by its scheduler's address, or processes of our own."""
    if scheduler:
        return Client(scheduler)
    return Client(
        n_workers=workers or len(os.sched_getaffinity(0)),
        threads_per_worker=1,
        memory_limit=None,
        dashboard_address="127.0.0.1:0",
        silence_logs=logging.CRITICAL,
    )


def demand_no_escapes(dask: Client, tier: str) -> None:
    """Try the sandbox on every worker; SandboxError names the first where it does not hold."""
    dask.wait_for_workers(1, timeout=60)
    futures = {
        address: dask.submit(escapes.demand_none, tier, workers=[address], pure=False)
        for address in dask.scheduler_info(n_workers=-1)["workers"]
    }
    for future in futures.values():
        future.result()


def grade_all(
    dask: Client, submissions: Iterable[tuple[str, Submission]], settings: Settings
) -> Iterator[dict]:
    """The results of submissions, each given with its fingerprint, as they arrive."""
    waiting = {}

    def submit(fingerprint: str, submission: Submission, tries: int):
        future = dask.submit(judging.grade, submission, settings, fingerprint, pure=False)
        waiting[future] = (fingerprint, submission, tries)
        return future

    futures = as_completed([submit(*submission, tries=1) for submission in submissions])
    for future in futures:
        fingerprint, submission, tries = waiting.pop(future)
        if future.status == "finished":
            result = future.result()
        else:  # the workers that had it were lost, one after another
            result = judging.failed(submission, settings, fingerprint, str(future.exception()))
        if result["status"] == "infra_error" and tries < TRIES:
            futures.add(submit(fingerprint, submission, tries + 1))
        else:
            yield result
