"""Never comes to an end in a cell before all answers, in C, where no signal handler of Python's can run."""

from tests.attacks import PATIENT, SHORT, Attack

attack = Attack(
    cell="len(range(10**9).__reversed__().__iter__().__reduce__()) and sum(range(10**12))",
    gains="trouble",
    limits=SHORT,
    works="nowhere",
    why=PATIENT,
)
