"""Every module of `app` that does something has its tests in the mirrored place."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import cache
from pathlib import Path, PurePosixPath

from steps import ROOT

SMALL = 15
"""Modules whose functions hold fewer statements are tested through those that use them."""

COVERED: Mapping[str, str] = {
    # It only puts the rest together, which shows in the whole program alone.
    "bootstrap.py": "integration/test_program.py",
    # It is what reverse_dns.py loads with the first name that is wanted.
    "adapters/dns_queries.py": "adapters/test_reverse_dns.py",
}
"""Modules whose tests stand elsewhere, as a pattern below app, to where below tests."""


@cache
def modules() -> list[PurePosixPath]:
    """Every module that is not a small one, relative to app."""
    paths = sorted((ROOT / "app").rglob("*.py"))
    return [
        PurePosixPath(path.relative_to(ROOT / "app").as_posix())
        for path in paths
        if statements(path) >= SMALL
    ]


def statements(path: Path) -> int:
    """How many statements the functions of a module hold, without docstrings."""
    held: set[ast.stmt] = set()
    for function in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            held.update(node for node in ast.walk(function) if isinstance(node, ast.stmt))
    return sum(
        not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        for node in held
    )


def mirror(module: PurePosixPath) -> PurePosixPath:
    """Where the tests of `module` belong, relative to tests; those of a package are its own name's."""
    name = module.parent.name if module.name == "__init__.py" else module.stem
    return module.with_name(f"test_{name}.py")


def has_tests(module: PurePosixPath) -> bool:
    """Whether the tests of `module` are in the mirrored place."""
    return (ROOT / "tests" / mirror(module)).exists()


def test_every_module_has_its_tests_in_the_mirrored_place() -> None:
    missing = [module for module in modules() if not has_tests(module)]

    assert not [
        str(mirror(module))
        for module in missing
        if not any(module.match(pattern) for pattern in COVERED)
    ]


def test_every_exemption_is_needed_and_true() -> None:
    for pattern, tests in COVERED.items():
        named = [module for module in modules() if module.match(pattern)]

        assert not all(has_tests(module) for module in named), pattern
        assert (ROOT / "tests" / tests).exists(), tests
