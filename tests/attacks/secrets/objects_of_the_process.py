"""Searches every living object of the process for the hidden checks' code and for the class secret."""

from tests.attacks import Attack

attack = Attack(
    gains="text",
    answer="""
import gc, inspect, sys
searched = []
def $NAME(*args, **kwargs):
    searched.append(1)
    for thing in gc.get_objects() if len(searched) < 6 else ():  # a search takes most of a second
        if inspect.isfunction(thing) and str(thing.__module__).startswith("autograder"):
            print(inspect.getsource(thing))
            raise ValueError(inspect.getsource(thing))
""",
    last="""
for name, module in list(sys.modules.items()):
    if name.startswith("autograder"):
        print(inspect.getsource(module))
""",
    cell="import gc, inspect, sys\ngc.unfreeze()",
)
