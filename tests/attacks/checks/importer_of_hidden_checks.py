"""Stands first among the importers, and serves hidden checks of its own making."""

from tests.attacks import Attack

attack = Attack(
    cell="""
import importlib.abc, importlib.util, sys
class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name, path=None, target=None):
        if name.startswith("autograder"):
            return importlib.util.spec_from_loader(name, self, is_package=True)
    def exec_module(self, module):
        module.check = lambda target: 3
sys.meta_path.insert(0, Finder())
""",
)
