"""Building blocks that pages and dialogs share."""

from app.ui.widgets.ask import ask
from app.ui.widgets.button import Button, ButtonKind, IconButton
from app.ui.widgets.chip import Chip, QuickFilters
from app.ui.widgets.choice_box import ChoiceBox
from app.ui.widgets.empty_state import EmptyState
from app.ui.widgets.field_row import FieldRow, Form, text_field
from app.ui.widgets.layout import (
    Item,
    Picture,
    card,
    clear,
    column,
    divider,
    frame,
    label,
    row,
    scrolled,
    section_title,
    set_property,
    set_role,
    splitter,
)
from app.ui.widgets.mode_switch import ModeSwitch
from app.ui.widgets.notice import Notice, Tone
from app.ui.widgets.search_field import SearchField
from app.ui.widgets.spark_line import SparkLine
from app.ui.widgets.status_bar import StatusBar, StatusPart
from app.ui.widgets.tab_bar import Tab, TabBar
from app.ui.widgets.throttle import Throttle
from app.ui.widgets.undo_bar import UndoBar

__all__ = [
    "Button",
    "ButtonKind",
    "Chip",
    "ChoiceBox",
    "EmptyState",
    "FieldRow",
    "Form",
    "IconButton",
    "Item",
    "ModeSwitch",
    "Notice",
    "Picture",
    "QuickFilters",
    "SearchField",
    "SparkLine",
    "StatusBar",
    "StatusPart",
    "Tab",
    "TabBar",
    "Throttle",
    "Tone",
    "UndoBar",
    "ask",
    "card",
    "clear",
    "column",
    "divider",
    "frame",
    "label",
    "row",
    "scrolled",
    "section_title",
    "set_property",
    "set_role",
    "splitter",
    "text_field",
]
