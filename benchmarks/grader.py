"""How fast the grader is against `nbgrader autograde`, on one class, in one run: `python -m benchmarks.grader [--students 40]`.

Both grade the same solved submissions of lab 00, whose marks must agree. Prints submissions a second for stock nbgrader (in
series, as it works) and for `autograder grade` with 1, 2 and 4 workers, the time inside students' code (C), the overhead, the
CPU time, the memory of all the grader's processes, and what grading an unchanged class again costs.
"""

import argparse
import csv
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import nbformat
import psutil

from autograder.release import ROOT
from tests.submissions import hand_in, solved

LAB = "lab00_start"
STOCK = 4  # submissions for stock nbgrader, which takes seconds for each


def make_course(folder, students):
    """A course directory with a class of solved labs, no two the same bytes."""
    for number in range(students):
        notebook = solved(LAB)
        notebook.cells.append(nbformat.v4.new_markdown_cell(f"Submission {number}."))
        hand_in(folder, f"s{number:04}", LAB, notebook)
    for name in ("solutions", "labs"):
        shutil.copytree(ROOT / name / LAB, folder / name / LAB)
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    return folder


class Memory(threading.Thread):
    """The most memory that a process and all below it hold: pages that are shared are counted once."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid, self.peak, self.over = pid, 0, threading.Event()
        self.start()

    def run(self):
        while not self.over.wait(0.5):
            total = 0
            try:
                for process in [psutil.Process(self.pid), *psutil.Process(self.pid).children(recursive=True)]:
                    total += process.memory_full_info().pss
            except psutil.Error:
                continue
            self.peak = max(self.peak, total)


def timed(command, folder):
    """(seconds, CPU seconds, peak bytes, standard output) of a command and its children. The CPU seconds are the whole machine's:
    kernels die without anybody counting theirs."""
    before, began = psutil.cpu_times(), time.perf_counter()
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        command, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    memory = Memory(process.pid)
    out, err = process.communicate()
    memory.over.set()
    assert process.returncode == 0, out + err
    after = psutil.cpu_times()
    cpu = after.user + after.system - before.user - before.system
    return time.perf_counter() - began, cpu, memory.peak, out


def stock(folder, students):
    """Seconds a submission of `nbgrader autograde`, and the marks it gave."""
    nbgrader = [sys.executable, "-m", "nbgrader"]
    timed([*nbgrader, "generate_assignment", LAB], folder)
    seconds, *_ = timed([*nbgrader, "autograde", LAB], folder)
    timed([*nbgrader, "export"], folder)
    with (folder / "grades.csv").open() as lines:
        marks = {row["student_id"]: float(row["raw_score"]) for row in csv.DictReader(lines)}
    return seconds / students, marks


def ours(folder, workers, *more):
    """(seconds, CPU, bytes, records) of `autograder grade`."""
    command = [sys.executable, "-m", "autograder.cli", "grade", LAB, "--course", str(folder), "--json", "-"]
    seconds, cpu, peak, out = timed([*command, "--workers", str(workers), *more], folder)
    return seconds, cpu, peak, json.loads(out)


def percentile(values, share):
    return sorted(values)[min(int(share * len(values)), len(values) - 1)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--students", type=int, default=40)
    parser.add_argument("--no-stock", action="store_true", help="leave stock nbgrader out")
    options = parser.parse_args()
    n = options.students
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        folder = Path(folder)
        each = None
        if not options.no_stock:
            each, marks = stock(make_course(folder / "stock", STOCK), STOCK)
            print(f"nbgrader autograde: {each:.2f} s a submission ({1 / each:.2f} a second, {STOCK} of them)")
        for workers in (1, 2, 4):
            course = make_course(folder / f"with{workers}", n)
            start, *_ = ours(
                course, workers, "--student", "s0000"
            )  # what a run costs before its first submission
            seconds, cpu, peak, records = ours(course, workers, "--fresh")
            own, over = [r["seconds"] for r in records], [r["overhead_seconds"] for r in records]
            assert all(r["score"] == r["max_score"] for r in records)
            if each is not None:
                assert all(marks[s] == 13 for s in marks), "the same scores as ours"
            steady = (n - 1) / (seconds - start)
            line = f"autograder, {workers} worker{'s' if workers > 1 else ''}: {n / seconds:.2f} a second with start-up, {steady:.2f} without"
            if each is not None:
                c = statistics.median(own)
                line += f" = {steady * each:.0f}x stock, {100 * steady / (workers / c):.0f}% of what C = {c:.2f} s allows"
            print(line)
            print(
                f"  C p50 {statistics.median(own):.3f} s; overhead p50 {1000 * statistics.median(over):.0f} ms, "
                f"p95 {1000 * percentile(over, 0.95):.0f} ms; CPU {cpu / n:.2f} s a submission, start-up included; "
                f"memory {peak / 2**20:.0f} MiB; start-up {start:.1f} s"
            )
        seconds, *_, records = ours(course, 2)
        assert all(r["cached"] for r in records)
        print(f"  an unchanged class again: {seconds:.2f} s for {n}")


if __name__ == "__main__":
    main()
