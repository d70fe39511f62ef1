"""No module over 400 lines, no function over 60: it is split by noun before it lands."""

import ast

from tests.house.tree import Module, modules

LONGEST_MODULE = 400
LONGEST_FUNCTION = 60


def too_long(found: list[Module]) -> list[str]:
    faults = []
    for module in found:
        lines = module.text.count("\n")
        if lines > LONGEST_MODULE:
            faults.append(f"{module.path}: {lines} lines")
        for node in ast.walk(module.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > LONGEST_FUNCTION:
                    faults.append(f"{module.path}: {node.name} has {length} lines")
    return faults


def test_modules_and_functions_are_short():
    assert too_long(modules()) == []


def test_a_planted_long_module_and_a_planted_long_function_are_found():
    function = "def long():\n" + "    a = 1\n" * 60
    just_right = "def right():\n" + "    a = 1\n" * 59
    module = "a = 1\n" * 401

    assert too_long([Module("a.py", function + just_right), Module("b.py", module)]) == [
        "a.py: long has 61 lines",
        "b.py: 401 lines",
    ]
