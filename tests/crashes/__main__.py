"""Grade every case and print the table: `python -m tests.crashes [part of a name]`."""

import sys
import tempfile
import time
from pathlib import Path

from autograder.judge import Judge
from tests.crashes import CASES
from tests.crashes.tools import VICTIM


def main(part="") -> None:
    """Grade every case whose name has this part, and print a table."""
    chosen, wrong = [c for c in CASES if part in str(c)], 0
    print("| submission | where | verdict | its exercise | score | seconds | what it does |")
    print("| --- | --- | --- | --- | ---: | ---: | --- |")
    with Judge() as judge:
        for case in chosen:
            with tempfile.TemporaryDirectory() as folder:
                began = time.monotonic()
                record = case.grade(judge, Path(folder))
                seconds = time.monotonic() - began
            problems = case.problems(record)
            wrong += bool(problems)
            of = next(e.verdict for e in record.exercises if e.name == VICTIM)
            about = case.about + "".join(f" **{p}**" for p in problems)
            print(
                f"| `{case.name}` | {case.where} | {record.verdict} | {of} | {record.score:g} | {seconds:.1f} | {about} |",
                flush=True,
            )
    print(f"\n{len(chosen)} submissions, {wrong} not as they must be.")


if __name__ == "__main__":
    main(*sys.argv[1:])
