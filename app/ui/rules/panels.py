"""What stands below the settings of a rule: its lists, its scripts, whom it would have banned."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QWidget

from app.domain.verdict import Mode
from app.services.rules import RuleState
from app.services.subscription import ListKind
from app.ui.desk import Desk
from app.ui.rules.scripts_panel import ScriptsPanel
from app.ui.rules.shadow_panel import ShadowPanel
from app.ui.rules.subscriptions_panel import SubscriptionsPanel
from app.ui.widgets import column, frame

_SCRIPTS: Final = "expression-engine"
_MARGINS: Final = (16, 12, 16, 12)


def extra_panels(desk: Desk, rule: RuleState) -> list[QWidget]:
    """New panels for a rule as it is now, from the top down."""
    panels: list[QWidget] = []
    if rule.name in list(ListKind):
        panels.append(SubscriptionsPanel(desk, ListKind(rule.name)))
    if rule.name == _SCRIPTS:
        panels.append(ScriptsPanel(desk))
    if rule.mode is Mode.SHADOW:
        panels.append(ShadowPanel(desk, rule.name))
    return [frame("card", column(panel, margins=_MARGINS)) for panel in panels]
