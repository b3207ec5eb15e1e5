"""Grade every transformation and print the table: `python -m tests.honest [lab…]`."""

import sys

from autograder.judge import Job, Judge
from course.chapters import ready
from tests.honest import HONEST
from tests.honest.short import short


def main(labs) -> None:
    """Grade every transformation and print a table."""
    labs = labs or [chapter.lab for chapter in ready()]
    print(f"| transformation | {' | '.join(labs)} | what it does |\n| --- |{' ---: |' * len(labs)} --- |")
    lost = 0
    with Judge() as judge:
        for transformation in HONEST.values():
            row = []
            for lab in labs:
                record, _ = judge.grade(Job("ada", lab, transformation.files(short(lab), lab)))
                full = record.verdict == "correct" and record.score == record.max_score
                lost += not full
                row.append(
                    f"{record.score:g} / {record.max_score:g}" + ("" if full else f" **{record.verdict}**")
                )
            print(f"| `{transformation.name}` | {' | '.join(row)} | {transformation.about} |", flush=True)
    print(f"\n{len(HONEST)} transformations, {len(HONEST) * len(labs)} submissions, {lost} that lost a mark.")


if __name__ == "__main__":
    main(sys.argv[1:])
