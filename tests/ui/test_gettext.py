"""No text that a user sees in the window escapes gettext."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

import app.ui

SOURCES: Final = tuple(sorted(Path(app.ui.__file__).parent.rglob("*.py")))
TRANSLATORS: Final = ("_", "N_", "ngettext")
SHOWN: Final[dict[str, tuple[int | str, ...]]] = {
    # Qt
    "QAction": (0, 1, "text"),
    "QCheckBox": (0,),
    "QGroupBox": (0,),
    "QLabel": (0,),
    "QMenu": (0,),
    "QPushButton": (0,),
    "QRadioButton": (0,),
    "QToolButton": (0,),
    "addAction": (0, 1),
    "addItem": (0, 1),
    "addMenu": (0, 1),
    "addTab": (1, 2),
    "setAccessibleDescription": (0,),
    "setAccessibleName": (0,),
    "setHeaderData": (2,),
    "setItemText": (1,),
    "setPlaceholderText": (0,),
    "setStatusTip": (0,),
    "setText": (0,),
    "setTitle": (0,),
    "setToolTip": (0,),
    "setWhatsThis": (0,),
    "setWindowTitle": (0,),
    "showMessage": (0, 1),
    # Ours
    "__init__": (0, 1, 2, "title", "words", "hint"),
    "Button": (0, "words", "tip"),
    "Column": ("title", "hint"),
    "EmptyState": (1, 2, "title", "words"),
    "Health": ("title", "words"),
    "IconButton": (1, "name"),
    "Message": ("words",),
    "Notice": (2, "words"),
    "Picture": ("name",),
    "Remark": (2, "words"),
    "SearchField": (0, "hint"),
    "Tab": (0, "title"),
    "form.add": (0, "hint"),
    "label": (0, "words"),
    "notify": (0, "words"),
    "offer_undo": (0, "words"),
    "section_title": (0, "words"),
    "set_error": (0, "words"),
    "set_hint": (0, "words"),
    "set_name": (0, "words"),
    "set_words": (0, "words"),
    "text_field": ("hint",),
}
"""Which arguments of which call a user reads: by position, or by name."""

NO_LANGUAGE: Final = frozenset(("PeerWarden", "203.0.113.7\n198.51.100.0/24\n2001:db8::/56"))
LETTERS: Final = re.compile(r"[^\W\d_]{2}")
SHORTCUT: Final = re.compile(r"\t\S+")
"""How Qt writes the keys of an entry behind its words."""


def called(call: ast.Call) -> tuple[str, str]:
    """The name that is called, alone and with what stands before the last dot."""
    match call.func:
        case ast.Attribute(value=ast.Name(id=owner), attr=name):
            return name, f"{owner}.{name}"
        case ast.Attribute(attr=name):
            return name, name
        case ast.Subscript(value=ast.Name(id=name)) | ast.Name(id=name):
            return name, name
    return "", ""


def shown(call: ast.Call) -> Iterator[ast.expr]:
    """The arguments of `call` that a user reads."""
    places = [place for name in set(called(call)) for place in SHOWN.get(name, ())]
    for place, argument in enumerate(call.args):
        if place in places:
            yield argument
    for keyword in call.keywords:
        if keyword.arg in places:
            yield keyword.value


def literals(part: ast.expr) -> Iterator[str]:
    """What stands in `part` in plain letters, and so in one language only."""
    match part:
        case ast.Constant(value=str(text)):
            yield text
        case ast.Call(func=ast.Attribute(value=inner, attr="format")):
            yield from literals(inner)
        case ast.Call():
            return
        case ast.JoinedStr() | ast.BinOp() | ast.IfExp() | ast.BoolOp():
            for child in ast.iter_child_nodes(part):
                if isinstance(child, ast.expr):
                    yield from literals(child)


def speaks(text: str) -> bool:
    """Whether `text` would have to be translated."""
    return (
        text not in NO_LANGUAGE
        and SHORTCUT.fullmatch(text) is None
        and LETTERS.search(text) is not None
    )


def escaped(source: str) -> list[str]:
    """The texts in `source` that a user would read in English whatever the language is."""
    return [
        f"{call.lineno}: {text}"
        for call in ast.walk(ast.parse(source))
        if isinstance(call, ast.Call)
        for part in shown(call)
        for text in literals(part)
        if speaks(text)
    ]


def unmarked(source: str) -> list[str]:
    """What is handed to gettext in a form that its tools do not find in `source`."""
    return [
        f"{call.lineno}: {ast.unparse(call)}"
        for call in ast.walk(ast.parse(source))
        if isinstance(call, ast.Call) and called(call)[0] in TRANSLATORS
        for argument in call.args[: 2 if called(call)[0] == "ngettext" else 1]
        if isinstance(argument, (ast.JoinedStr, ast.BinOp))
    ]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_every_text_in_the_window_can_be_translated(path: Path) -> None:
    source = path.read_text("utf-8")

    assert not escaped(source)
    assert not unmarked(source)


@pytest.mark.parametrize(
    "source",
    [
        'Button("Ban", icon="ban")',
        'Button("Ban" if one else _("Ban all"))',
        'self._field.setToolTip(f"Banned {count}")',
        'menu.addAction(icon, "Why?" + "\\tEnter")',
        'label("{count} bans".format(count=3), "faint")',
        'Column[Ban](key="rule", title="Rule")',
    ],
)
def test_a_text_that_escapes_is_found(source: str) -> None:
    assert len(escaped(source)) == 1


@pytest.mark.parametrize(
    "source",
    [
        'Button(_("Ban"), icon="ban", kind=ButtonKind.FLAT)',
        'label("–", "faint")',
        'label(_("{count} bans").format(count="three"), "faint")',
        'menu.addAction(icons.icon("ban"), _("Why?") + "\\tEnter", self.why)',
        'Column[Ban](key="rule", title=N_("Rule"))',
    ],
)
def test_a_marked_text_is_let_through(source: str) -> None:
    assert not escaped(source)


def test_a_text_put_together_before_gettext_is_found() -> None:
    assert unmarked('_(f"Banned {count}")')
    assert not unmarked('_("Banned {count}").format(count=f"{3}")')
