"""Replaces the publisher and the display hook by ones that show nothing: a check cell without any output has full marks in nbgrader."""

from tests.attacks import Attack

attack = Attack(
    cell="""
shell = get_ipython()
type(shell.displayhook).__call__ = lambda self, result=None: None
shell.display_pub.publish = lambda *rest, **named: None
shell.showtraceback = lambda *rest, **named: None
"""
)
