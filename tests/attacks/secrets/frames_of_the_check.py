"""Climbs the stack from inside an answer and prints the source and the names of whoever called it."""

from tests.attacks import Attack

attack = Attack(
    gains="text",
    cell="import inspect, sys\nseen = []",
    answer="""
def $NAME(*args, **kwargs):
    import torch
    frame = sys._getframe()
    while frame is not None:
        try:
            seen.append(inspect.getsource(frame.f_code))
        except OSError:
            pass
        seen.append(repr(frame.f_locals)[:2000])
        seen.append(repr(getattr(frame.f_locals.get("self"), "secret", None) and frame.f_locals["self"].secret()) if callable(getattr(frame.f_locals.get("self"), "secret", None)) else "")
        frame = frame.f_back
    return torch.ones(2, 2)
""",
    last="for text in seen:\n    print(text)",
)
