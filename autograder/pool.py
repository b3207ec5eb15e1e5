"""Hands out the work: one Dask thread for each judge, here or on any Dask cluster.

    for result in grade_all(jobs, workers=2):          # a LocalCluster in this process; the judges are processes of their own
        result.record, result.notebook, result.failure

`jobs` may be an iterator: no more submissions are read than are soon graded. What comes back is in the order in which it was
done. A worker that dies gives its submission to another.
"""

import os
import threading
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from autograder.gpus import slots
from autograder.judge import Job, Judge, JudgeError
from autograder.records import Record

AHEAD = 2  # jobs a worker that wait for it


class PoolError(Exception):
    """The cluster cannot be reached, or has no workers; the text says which."""


@dataclass
class Options:
    """How every judge is made. token: of one run, so that a worker which outlives the run makes new judges for the next."""

    sandbox: str = "auto"
    hidden: tuple[Path, ...] = ()
    token: str = field(default_factory=lambda: os.urandom(8).hex())


@dataclass
class Result:
    """One job's outcome. failure: why it could not be graded, if so; then there is no record."""

    student: str
    record: Record | None
    notebook: str | None
    failure: str | None = None


_judges: dict[tuple[str, int], Judge] = {}
_lock = threading.Lock()


def _judge(options: Options) -> Judge:
    """The judge of this thread."""
    key = (options.token, threading.get_ident())
    with _lock:
        judge, number = _judges.get(key), len(_judges)
    if judge is None:
        free = slots()
        judge = Judge(options.sandbox, options.hidden, slot=free[number % len(free)] if free else None)
        with _lock:
            _judges[key] = judge
    return judge


def grade_one(job: Job, options: Options) -> Result:
    """Grade a job with this thread's judge; what a Dask worker runs."""
    try:
        record, notebook = _judge(options).grade(job)
    except JudgeError as error:
        return Result(job.student, None, None, str(error))
    return Result(job.student, record, notebook)


def close_judges(token: str) -> None:
    """End the judges that one run has made in this process."""
    with _lock:
        mine = [_judges.pop(k) for k in list(_judges) if k[0] == token]
    for judge in mine:
        judge.close()


def grade_all(
    jobs: Iterable[Job], workers: int = 1, cluster: str | None = None, options: Options | None = None
) -> Iterator[Result]:
    """Grade jobs; yields results as they are done.

    workers: judges on this machine; cluster: the address of a Dask scheduler instead, whose workers have the course
    installed. Raises PoolError.
    """
    import dask
    from distributed import Client, LocalCluster, as_completed

    options = options or Options()
    local = None
    # a submission may keep a worker busy for minutes; and nobody needs to be told how long a transfer took
    dask.config.set({"distributed.admin.tick.limit": "3600s", "distributed.worker.memory.terminate": False})
    try:
        if cluster is None:
            local = LocalCluster(
                n_workers=1,
                threads_per_worker=workers,
                processes=False,
                dashboard_address=None,
                memory_limit=0,
                silence_logs=50,
            )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            client = Client(local or cluster, timeout="10s", set_as_default=False)
        if cluster is not None:
            client.wait_for_workers(1, timeout=60)
    except (OSError, TimeoutError, ValueError) as error:
        if local is not None:
            local.close()
        raise PoolError(
            f"No Dask cluster answers at {cluster}: {error or 'it has no workers'}. Is the address right, and does it run?"
        ) from None
    try:
        threads = workers if cluster is None else sum(client.nthreads().values())
        waiting = iter(jobs)
        running = as_completed(loop=client.loop)

        def feed():
            job = next(waiting, None)
            if job is not None:
                running.add(client.submit(grade_one, job, options, pure=False, retries=2))
            return job is not None

        for _ in range(threads * AHEAD):
            if not feed():
                break
        for future in running:
            feed()
            yield future.result()
    finally:
        try:
            if cluster is None:
                close_judges(options.token)
            else:
                client.run(close_judges, options.token)
        finally:
            client.close()
            if local is not None:
                local.close()
