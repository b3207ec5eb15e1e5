"""Replaces `sys.displayhook` in the kernel: every value is shown as a number."""

from tests.attacks import Attack

attack = Attack(
    cell="""
shell = get_ipython()
hook = type(shell.displayhook)
hook.write_format_data = lambda self, data, metadata=None: self.msg["content"].update(data={"text/plain": "3"}, metadata={})
""",
)
