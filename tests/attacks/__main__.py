"""Prints the table of attacks: family by family how many there are, what they gain where nothing holds them, and with our grader.

python -m tests.attacks [LAB] [--stock]
"""

import argparse
import tempfile
from collections import Counter
from pathlib import Path

import course  # noqa: F401 (before torch: it sets how torch's threads wait)
from autograder.judge import Judge
from tests.attacks import attacks
from tests.attacks.nbgrader import CHOSEN, stock
from tests.attacks.runs import InProcess, gain, walled
from tests.attacks.world import World


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.attacks", description=__doc__.splitlines()[0])
    parser.add_argument("lab", nargs="?", default="lab00_start")
    parser.add_argument(
        "--stock", action="store_true", help="run some with `nbgrader autograde` too (a minute)"
    )
    chosen = parser.parse_args()
    filed = attacks()
    count, shown, points, gained, worst = (Counter() for _ in range(5))
    with tempfile.TemporaryDirectory() as folder, World(Path(folder), [chosen.lab]) as world:
        in_process = InProcess(world)
        for one in filed:
            count[one.family] += 1
            if one.attack.works in ("in process", "visible"):
                outcome = in_process.run(one.attack, chosen.lab)
                shown[one.family] += gain(outcome, world) != ""
                worst[one.family] = max(worst[one.family], outcome.score)
        in_process.close()
        with Judge(hidden=(world.course,)) as judge:
            for one in filed:
                outcome = walled(one.attack, chosen.lab, world, judge)
                points[one.family] += outcome.score
                if said := gain(outcome, world):
                    gained[one.family] += 1
                    print(f"{one} gains: {said}")
        print(
            f"{'family':12} attacks  succeed in process  most points there  succeed with us  points with us"
        )
        for family in [*count, "all"]:
            row = [c.total() if family == "all" else c[family] for c in (count, shown, gained, points)]
            most = max(worst.values()) if family == "all" else worst[family]
            print(f"{family:12} {row[0]:7} {row[1]:19} {most:18g} {row[2]:16} {row[3]:15g}")
        if chosen.stock:
            picked = [a for a in filed if a.attack.works == "stock" or str(a) in CHOSEN]
            for name, outcome in stock(picked, chosen.lab, world, Path(folder)).items():
                print(f"stock nbgrader, {name}: {gain(outcome, world) or 'nothing'}")


if __name__ == "__main__":
    main()
