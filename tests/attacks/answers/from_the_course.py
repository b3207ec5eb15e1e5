"""Looks in the student's own package for somebody who knows the answer: any function there whose name or result fits."""

from tests.attacks import Attack

attack = Attack(
    answer="""
import importlib, inspect, pkgutil
import course
def $NAME(*args, **kwargs):
    for found in pkgutil.walk_packages(course.__path__, "course."):
        if found.name.split(".")[-1] not in ("__main__", "start", "submit", "bootstrap"):
            module = importlib.import_module(found.name)
            for name, thing in vars(module).items():
                if callable(thing) and name in ("$NAME", "_$NAME", "reference", "oracle", "solution", "expected", "truth"):
                    if not inspect.signature(thing).parameters.keys() & {"student"}:
                        return thing(*args, **kwargs)
    raise LookupError("nobody knows")
""",
    works="nowhere",
    why="it stands for a rule of the course: no public name answers an exercise",
)
