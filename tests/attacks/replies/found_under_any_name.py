"""Answers for names that its notebook does not have: every exercise is found, and is one object that says yes."""

from tests.attacks import SERVER, Attack

attack = Attack(
    cell=SERVER
    + """
class Everything:
    def __call__(self, *rest, **named): return self
    def __getattr__(self, name): return self
for server in servers():
    server.do_probe = lambda request, server=server: [setattr(server, "probe", server.make_probe(Everything())), {"found": True}][1]
""",
    works="nowhere",
    why="without a grader outside there is nobody who asks",
)
