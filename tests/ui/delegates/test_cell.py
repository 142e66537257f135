"""Every kind of cell paints what it is given, in a table of ours and in any other view."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem, QTableView
from pytestqt.qtbot import QtBot

from app.domain.verdict import Mode
from app.ui.columns import Column
from app.ui.delegates import Kind, Mark, Role, Trail, delegate, sqrt_scale
from app.ui.delegates.canvas import LEFT, RIGHT, Canvas
from app.ui.rows import RowsModel
from app.ui.theme import Appearance, Scheme, theme

WIDTH, HEIGHT = 160, 28


@dataclass(frozen=True, slots=True)
class Shown:
    text: str
    value: Any


def painted(
    kind: Kind, text: str, value: object, *, faint: bool = False, ratio: float = 1.0
) -> QImage:
    image = QImage(
        round(WIDTH * ratio), round(HEIGHT * ratio), QImage.Format.Format_ARGB32_Premultiplied
    )
    image.setDevicePixelRatio(ratio)
    image.fill(theme().color("surface"))
    painter = QPainter(image)
    canvas = Canvas(painter)
    canvas.begin_row(faint=faint)
    before = (painter.font(), painter.pen().color())
    delegate(kind).draw(
        canvas, (8, 0, WIDTH - 16, HEIGHT), text, value, RIGHT if kind is Kind.HOT else LEFT, faint
    )
    assert (painter.font(), painter.pen().color()) == before, (
        "a cell leaves the painter as it found it"
    )
    painter.end()
    return image


def has(image: QImage, token: str) -> bool:
    wanted = QColor(theme().color(token)).rgb()
    return any(
        image.pixel(x, y) == wanted for x in range(image.width()) for y in range(image.height())
    )


EXAMPLES: list[tuple[Kind, str, Any]] = [
    (Kind.TEXT, "ubuntu", None),
    (Kind.FLAG, "203.0.113.87", "cn"),
    (Kind.FLAG, "203.0.113.87", None),
    (Kind.VERDICT, "Banned", Mark.BANNED),
    (Kind.VERDICT, "something new", None),
    (Kind.HOT, "3.1", True),
    (Kind.HOT, "0.3", False),
    (Kind.PROGRESS, "40.0 %", (0.4, 0.1)),
    (Kind.PROGRESS, "40.0 %", (0.4, None)),
    (Kind.PROGRESS, "100 %", (1.5, 7.0)),
    (Kind.PROGRESS, "-", None),
    (Kind.SPARK, "", Trail("peer", 1, (0.0, 0.5, 1.0))),
    (Kind.SPARK, "", Trail("peer", 2, ())),
    (Kind.MARGIN, "", 1.4),
    (Kind.TWO_LINES, "Peer ID", "21 patterns"),
    (Kind.MODE, "Enforce", Mode.ENFORCE),
]


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
@pytest.mark.parametrize(("kind", "text", "value"), EXAMPLES)
def test_a_cell_paints_something(kind: Kind, text: str, value: object, ratio: float) -> None:
    image = painted(kind, text, value, ratio=ratio)
    blank = QImage(image)
    blank.fill(theme().color("surface"))

    assert image != blank


@pytest.mark.parametrize(
    ("kind", "value"), [(Kind.SPARK, None), (Kind.MARGIN, None), (Kind.MODE, None)]
)
def test_a_cell_without_a_value_stays_empty(kind: Kind, value: object) -> None:
    image = painted(kind, "", value)
    blank = QImage(image)
    blank.fill(theme().color("surface"))

    assert image == blank


def test_a_number_beyond_its_limit_is_marked_and_coloured() -> None:
    assert has(painted(Kind.HOT, "3.1", value=True), "bad")
    assert not has(painted(Kind.HOT, "3.1", value=False), "bad")


def test_only_what_a_claim_cannot_explain_is_hatched() -> None:
    assert has(painted(Kind.PROGRESS, "2.1 %", (0.02, 1.0)), "bad")
    assert not has(painted(Kind.PROGRESS, "62.0 %", (0.62, 0.1)), "bad")
    assert not has(painted(Kind.PROGRESS, "62.0 %", (0.62, 0.63)), "bad")


def test_a_margin_is_coloured_only_beyond_its_threshold() -> None:
    assert has(painted(Kind.MARGIN, "", 2.07), "bad")
    assert not has(painted(Kind.MARGIN, "", 1.0), "bad")


def test_all_is_drawn_anew_in_the_other_theme(appearance: Appearance) -> None:
    light = painted(Kind.VERDICT, "Banned", Mark.BANNED)
    appearance.choose(Scheme.DARK)

    assert painted(Kind.VERDICT, "Banned", Mark.BANNED) != light
    assert has(painted(Kind.VERDICT, "Banned", Mark.BANNED), "bad_soft")


@pytest.mark.parametrize(("kind", "text", "value"), EXAMPLES)
def test_any_other_view_can_use_the_same_delegate(
    qtbot: QtBot, kind: Kind, text: str, value: object
) -> None:
    column = Column[Shown](
        key="a", title="A", text=lambda s: s.text, value=lambda s: s.value, kind=kind
    )
    model = RowsModel((column,), lambda s: s.text)
    model.show([Shown(text, value)])
    view = QTableView()
    qtbot.addWidget(view)
    view.setModel(model)
    view.setItemDelegate(delegate(kind))
    option = QStyleOptionViewItem()
    option.rect = QRect(QPoint(0, 0), view.sizeHint())
    option.state = QStyle.StateFlag.State_Selected

    image = QImage(view.sizeHint(), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    delegate(kind).paint(painter, option, model.index(0, 0))
    painter.end()

    told = model.index(0, 0).data(Role.EXTRA)
    assert told.value is value
    assert image.pixelColor(1, 1) == theme().color("accent_soft")
    assert delegate(kind).sizeHint(option, model.index(0, 0)).height() > 0


def test_one_delegate_serves_the_whole_program() -> None:
    assert all(delegate(kind) is delegate(kind) for kind in Kind)


def test_small_rates_stay_visible_on_the_scale_of_sparklines() -> None:
    assert sqrt_scale((0, 1, 4, 9), 4) == (0, 0.5, 1, 1)
    assert sqrt_scale((3.0, -1.0), 0) == (0, 0)
