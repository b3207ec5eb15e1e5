"""Adds an AST transformer that turns every call of `check` into a number."""

from tests.attacks import Attack

attack = Attack(
    cell="""
import ast
class Gift(ast.NodeTransformer):
    def visit_Call(self, node):
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id == "check":
            return ast.copy_location(ast.Constant(3), node)
        return node
get_ipython().ast_transformers.append(Gift())
""",
)
