"""The style sheet: chrome only; what a palette can say is in the palette, and table cells paint themselves."""

from __future__ import annotations

from typing import Final

from app.ui.theme.scale import TypeScale
from app.ui.theme.tokens import Theme

_SHEET: Final = """
* {{ outline: none; }}
QMenu {{ background: {surface}; border: 1px solid {edge}; padding: 4px; }}
QMenu::item {{ padding: 5px 22px 5px 10px; border-radius: 4px; color: {text}; }}
QMenu::item:disabled {{ color: {faint}; }}
QMenu::icon {{ padding-left: 8px; }}
QMenu::item:selected {{ background: {accent_soft}; color: {text}; }}
QMenu::separator {{ height: 1px; background: {line}; margin: 4px 8px; }}
QMenu::indicator {{ width: 14px; height: 14px; padding-left: 8px; }}
QMenu::indicator:checked {{ image: url("{check}"); }}
QToolTip {{ background: {raised}; color: {text}; border: 1px solid {line_strong}; padding: 4px 6px; }}
QLabel {{ background: transparent; }}
QLabel[role="muted"] {{ color: {muted}; }}
QLabel[role="faint"], QLabel[role="caption"] {{ color: {faint}; }}
QLabel[role="error"] {{ color: {bad}; font-size: {caption_px}px; }}
QLabel[role="caption"] {{ font-size: {caption_px}px; }}
QLabel[role="section"] {{ font-size: {section_px}px; font-weight: 600; }}
QLabel[role="title"] {{ font-size: {title_px}px; font-weight: 600; }}
QLabel[role="figure"] {{ font-size: {figure_px}px; font-weight: 600; }}
QLabel[role="strong"] {{ font-weight: 600; }}
QFrame[role="bar"] {{ background: {surface}; border: 0; border-bottom: 1px solid {line}; }}
QFrame[role="status"] {{ background: {surface}; border: 0; border-top: 1px solid {line}; }}
QFrame[role="card"] {{ background: {surface}; border: 1px solid {line}; border-radius: 8px; }}
QFrame[role="picked"] {{ background: {accent_soft}; border: 2px solid {accent}; border-radius: 8px; }}
QFrame[role="pane"] {{ background: {surface}; border: 0; border-top: 1px solid {line}; }}
QFrame[role="surface"] {{ background: {surface}; border: 0; }}
QFrame[role="rule"] {{ background: {line}; border: 0; max-height: 1px; min-height: 1px; }}
QFrame[role="post"] {{ background: {line}; border: 0; max-width: 1px; min-width: 1px; }}
QFrame[role="query"] {{ background: {surface}; border: 1px solid {line_strong}; border-radius: 6px; }}
QFrame[role="query"][focused="true"] {{ border: 2px solid {accent}; }}
QFrame[role="token"] {{ background: {accent_soft}; border: 0; border-radius: 4px; }}
QFrame[role="token"] QLabel {{ color: {accent}; }}
QFrame[role="shadow"] {{ background: {shadow_soft}; border: 0; border-radius: 6px; }}
QFrame[role="shadow"] QLabel {{ color: {shadow}; }}
QFrame[role="warn"] {{ background: {warn_soft}; border: 0; border-radius: 6px; }}
QFrame[role="warn"] QLabel {{ color: {warn}; }}
QFrame[role="bad"] {{ background: {bad_soft}; border: 0; border-radius: 6px; }}
QFrame[role="bad"] QLabel {{ color: {bad}; }}
QFrame[role="good"] {{ background: {good_soft}; border: 0; border-radius: 6px; }}
QFrame[role="good"] QLabel {{ color: {good}; }}
QFrame[role="undo"] {{ background: {text}; border: 0; border-radius: 8px; }}
QFrame[role="undo"] QLabel {{ color: {surface}; }}
QFrame[role="undo"] QPushButton {{ background: transparent; border: 0; color: {surface}; font-weight: 600; }}
QFrame[role="undo"] QPushButton:hover, QFrame[role="undo"] QPushButton:focus {{ text-decoration: underline; }}
QPushButton, QToolButton {{ background: {surface}; border: 1px solid {edge}; border-radius: 6px;
    padding: 0 12px; min-height: {control_px}px; color: {text}; }}
QToolButton {{ padding: 0 6px; min-width: 16px; }}
QPushButton:hover, QToolButton:hover {{ background: {raised}; border-color: {accent}; }}
QPushButton:pressed, QToolButton:pressed, QToolButton:checked {{
    background: {accent_soft}; border-color: {accent}; }}
QPushButton:disabled, QToolButton:disabled {{ color: {faint}; border-color: {line}; background: {surface}; }}
QPushButton:focus, QToolButton:focus {{ border: 2px solid {accent}; padding: 0 11px;
    min-height: {control_focus_px}px; }}
QToolButton:focus {{ padding: 0 5px; }}
QPushButton::menu-indicator, QToolButton::menu-indicator {{ image: none; width: 0; }}
QPushButton[kind="primary"] {{ background: {accent}; border-color: {accent}; color: {on_accent}; font-weight: 600; }}
QPushButton[kind="primary"]:focus {{ border: 2px solid {text}; }}
QPushButton[kind="primary"]:disabled {{ background: {line}; border-color: {line}; color: {faint}; }}
QPushButton[kind="flat"], QToolButton[kind="flat"] {{ background: transparent; border-color: transparent; }}
QPushButton[kind="flat"]:hover, QToolButton[kind="flat"]:hover {{ background: {raised}; }}
QPushButton[kind="flat"]:focus, QToolButton[kind="flat"]:focus {{ border-color: {accent}; }}
QPushButton[kind="link"] {{ background: transparent; border: 0; color: {accent}; padding: 0; min-height: 24px; }}
QPushButton[kind="link"]:hover, QPushButton[kind="link"]:focus {{ text-decoration: underline; }}
QPushButton[kind="tab"] {{ background: transparent; border: 0; color: {muted}; padding: 0 10px; }}
QPushButton[kind="tab"]:hover {{ background: {raised}; }}
QPushButton[kind="tab"]:checked {{ background: {accent_soft}; color: {accent}; font-weight: 600; }}
QPushButton[kind="tab"]:focus {{ border: 2px solid {accent}; padding: 0 8px; min-height: {tab_focus_px}px; }}
QPushButton[kind="status"] {{ background: transparent; border: 0; border-radius: 4px; color: {muted}; padding: 0 6px;
    min-height: 24px; }}
QPushButton[kind="status"][quiet="true"] {{ color: {faint}; }}
QPushButton[kind="status"]:hover {{ background: {raised}; color: {text}; }}
QPushButton[kind="status"]:focus {{ border: 2px solid {accent}; padding: 0 4px; min-height: 20px; }}
QLineEdit, QSpinBox, QDoubleSpinBox, QComboBox, QPlainTextEdit {{ background: {surface};
    border: 1px solid {line_strong};
    border-radius: 6px; padding: 0 8px; min-height: {control_px}px; color: {text};
    selection-background-color: {accent}; selection-color: {on_accent}; }}
QPlainTextEdit {{ padding: 4px; }}
QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus, QPlainTextEdit:focus {{
    border: 2px solid {accent}; padding: 0 7px; min-height: {control_focus_px}px; }}
QPlainTextEdit:focus {{ padding: 3px; }}
QLineEdit[wrong="true"], QSpinBox[wrong="true"], QDoubleSpinBox[wrong="true"], QComboBox[wrong="true"],
QPlainTextEdit[wrong="true"] {{ border: 2px solid {bad}; padding: 0 7px; min-height: {control_focus_px}px; }}
QLineEdit:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled, QComboBox:disabled {{ color: {faint};
    border-color: {edge}; }}
QSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::up-button, QDoubleSpinBox::down-button {{
    width: 0; border: 0; }}
QComboBox::drop-down {{ border: 0; width: 22px; }}
QComboBox::down-arrow {{ image: url("{chevron}"); width: 14px; height: 14px; }}
QComboBox QAbstractItemView {{ background: {surface}; border: 1px solid {edge}; color: {text};
    selection-background-color: {accent_soft}; selection-color: {text}; }}
QLineEdit[kind="bare"], QLineEdit[kind="bare"]:focus {{ border: 0; background: transparent; padding: 0;
    min-height: 22px; }}
QRadioButton, QCheckBox {{ spacing: 8px; background: transparent; min-height: 24px; }}
QRadioButton::indicator {{ width: 14px; height: 14px; border: 1px solid {line_strong}; border-radius: 8px;
    background: {surface}; }}
QRadioButton::indicator:checked {{ width: 6px; height: 6px; border: 5px solid {accent}; background: {on_accent}; }}
QRadioButton::indicator:focus, QCheckBox::indicator:focus {{ border-color: {text}; }}
QCheckBox::indicator {{ width: 14px; height: 14px; border: 1px solid {line_strong}; border-radius: 4px;
    background: {surface}; }}
QCheckBox::indicator:checked {{ border-color: {accent}; background: {accent}; image: url("{check_on_accent}"); }}
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled {{ border-color: {edge}; }}
QCheckBox:focus, QRadioButton:focus {{ color: {accent}; }}
QTableView {{ background: {surface}; border: 0; gridline-color: transparent;
    selection-background-color: transparent; }}
QHeaderView {{ background: {surface}; border: 0; }}
QHeaderView::section {{ background: {surface}; color: {muted}; border: 0; border-bottom: 1px solid {line};
    padding: 0 8px; font-size: {header_px}px; font-weight: 500; }}
QHeaderView::section:hover {{ color: {text}; background: {raised}; }}
QScrollArea {{ border: 0; background: transparent; }}
QScrollArea > QWidget > QWidget[role="scrolled"] {{ background: transparent; }}
QAbstractScrollArea::corner {{ background: {surface}; border: 0; }}
QScrollBar:vertical {{ background: transparent; width: 10px; margin: 2px; }}
QScrollBar:horizontal {{ background: transparent; height: 10px; margin: 2px; }}
QScrollBar::handle {{ background: {edge}; border-radius: 3px; min-height: 30px; min-width: 30px; }}
QScrollBar::handle:hover {{ background: {line_strong}; }}
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {{ background: none;
    width: 0; height: 0; }}
QSplitter::handle {{ background: {line}; }}
QSplitter::handle:hover, QSplitter::handle:pressed {{ background: {accent}; }}
QProgressBar {{ background: {line}; border: 0; border-radius: 3px; max-height: 6px; }}
QProgressBar::chunk {{ background: {accent}; border-radius: 3px; }}
"""


def sheet(theme: Theme, scale: TypeScale, pictures: dict[str, str]) -> str:
    """The style sheet of `theme`; `pictures` names the image files of `check`, `check_on_accent` and `chevron`."""
    steps = ("caption", "header", "section", "title", "figure")
    control = scale.height(26)
    values: dict[str, object] = {f"{step}_px": scale.pixels(step) for step in steps}
    values |= {"control_px": control, "control_focus_px": control - 2, "tab_focus_px": control - 4}
    return _SHEET.format_map(theme.named() | pictures | values)
