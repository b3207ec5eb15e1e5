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

# bytes a worker: the first takes 0.9 GiB and each further one 0.5, measured with lab 00, and a lab needs room for its tensors
JUDGE = 2**30
AHEAD = 2  # jobs a worker that wait for it


def usual_workers() -> int:
    """Judges that this machine can feed: one a core, as many as its memory and the slots on its GPUs allow."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    fit = [cores]
    if hasattr(os, "sysconf"):
        fit.append(int(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // JUDGE))
    if gpu := slots(cores):
        fit.append(len(gpu))
    return max(min(fit), 1)


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
_numbers: dict[tuple[str, int], int] = {}  # which slot on a GPU each has
_lock = threading.Lock()


def _judge(options: Options) -> Judge:
    """The judge of this thread."""
    key = (options.token, threading.get_ident())
    with _lock:
        judge = _judges.get(key)
    if judge is None:
        judge = Judge(options.sandbox, options.hidden, slot=_slot(key))
        with _lock:
            _judges[key] = judge
    return judge


def _slot(key) -> dict | None:
    """The slot on a GPU of this thread's judge; None where there is no GPU. Raises JudgeError when all are taken."""
    from distributed import get_worker

    threads = get_worker().state.nthreads
    free = slots(threads)
    if not free:
        return None
    with _lock:
        number = _numbers.setdefault(key, sum(k[0] == key[0] for k in _numbers))
    if number >= len(free):
        raise JudgeError(
            f"This worker has {threads} threads and {len(free)} slots on its GPUs: give it as many threads as slots, "
            "or set AUTOGRADER_GPU_SLOTS."
        )
    return free[number]


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
        for key in [k for k in _numbers if k[0] == token]:
            del _numbers[key]
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
                dashboard_address="localhost:0",
                worker_dashboard_address="localhost:0",  # else it listens to everybody
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
