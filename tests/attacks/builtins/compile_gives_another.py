"""Changes the class of the shell's compiler: a source in which a check is called is compiled as the number 3."""

from tests.attacks import Attack

attack = Attack(
    cell="""
shell = get_ipython()
class Compiler(type(shell.compile)):
    def ast_parse(self, source, *rest, **named):
        return super().ast_parse("3" if "check(" in source else source, *rest, **named)
shell.compile.__class__ = Compiler
""",
)
