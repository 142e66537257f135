"""What is recorded, when it warns, and how uploads are capped, for the Settings page."""

from __future__ import annotations

from typing import Final

from app.locale import N_
from app.settings.kind import Choice, Flag, Milliseconds, Whole
from app.settings.modules import CapScope
from app.ui.settings_page.item import PROFILE, Item, Section, Shape

_MOST: Final = 2**63 - 1
_MONITORING: Final = ("module", "active-monitoring")
_CAP: Final = (*_MONITORING, "traffic-sliding-capping")
_RECORDS: Final = ("module", "peer-analyse-service")

TRAFFIC: Final = Section(
    key="traffic",
    name=N_("Traffic"),
    icon="gauge",
    items=(
        Item(
            file=PROFILE,
            path=(*_MONITORING, "enabled"),
            name=N_("Keep a journal of traffic"),
            kind=Flag(),
            value=lambda s: s.profile.active_monitoring.enabled,
            hint=N_("Warning and cap need it."),
        ),
        Item(
            file=PROFILE,
            path=(*_MONITORING, "traffic-monitoring", "daily"),
            name=N_("Warn when a day sent more than"),
            kind=Whole(-1, _MOST),
            value=lambda s: s.profile.active_monitoring.traffic_monitoring.daily,
            hint=N_("0 switches it off."),
            shape=Shape.BYTES,
        ),
        Item(
            file=PROFILE,
            path=(*_CAP, "enabled"),
            name=N_("Slow uploads down so that they stay below a budget"),
            kind=Flag(),
            value=lambda s: s.profile.active_monitoring.traffic_sliding_capping.enabled,
            hint=N_("The upload limits of your downloaders are changed, and put back afterwards."),
        ),
        Item(
            file=PROFILE,
            path=(*_CAP, "daily-max-allowed-upload-traffic"),
            name=N_("Budget of 24 hours"),
            kind=Whole(0, _MOST),
            value=lambda s: s.profile.active_monitoring.traffic_sliding_capping.budget,
            shape=Shape.BYTES,
        ),
        Item(
            file=PROFILE,
            path=(*_CAP, "max-speed"),
            name=N_("Never faster than"),
            kind=Whole(0, _MOST),
            value=lambda s: s.profile.active_monitoring.traffic_sliding_capping.max_speed,
            hint=N_("In each second; 0 is no limit."),
            shape=Shape.BYTES,
        ),
        Item(
            file=PROFILE,
            path=(*_CAP, "min-speed"),
            name=N_("Never slower than"),
            kind=Whole(0, _MOST),
            value=lambda s: s.profile.active_monitoring.traffic_sliding_capping.min_speed,
            hint=N_("In each second, also when the budget is used up."),
            shape=Shape.BYTES,
        ),
        Item(
            file=PROFILE,
            path=(*_CAP, "scope"),
            name=N_("The budget is for"),
            kind=Choice(CapScope),
            value=lambda s: s.profile.active_monitoring.traffic_sliding_capping.scope,
            choices=(
                (CapScope.TOTAL, N_("all downloaders together")),
                (CapScope.EACH, N_("each downloader by itself")),
            ),
        ),
    ),
)
RECORDS: Final = Section(
    key="records",
    name=N_("Records"),
    icon="history",
    items=(
        Item(
            file=PROFILE,
            path=(*_RECORDS, "peer-recording", "enabled"),
            name=N_("Record what each peer gave and took"),
            kind=Flag(),
            value=lambda s: s.profile.peer_recording.enabled,
        ),
        Item(
            file=PROFILE,
            path=(*_RECORDS, "peer-recording", "data-retention-time"),
            name=N_("Keep it for"),
            kind=Whole(-1, _MOST),
            value=lambda s: s.profile.peer_recording.data_retention_time,
            hint=N_("0 keeps it for ever."),
            shape=Shape.LENGTH,
        ),
        Item(
            file=PROFILE,
            path=(*_RECORDS, "peer-recording", "data-flush-interval"),
            name=N_("Write it every"),
            kind=Milliseconds(1_000),
            value=lambda s: s.profile.peer_recording.data_flush_interval,
        ),
        Item(
            file=PROFILE,
            path=(*_RECORDS, "peer-recording", "data-cleanup-interval"),
            name=N_("Remove old ones every"),
            kind=Milliseconds(60_000),
            value=lambda s: s.profile.peer_recording.data_cleanup_interval,
        ),
        Item(
            file=PROFILE,
            path=(*_RECORDS, "session-analyse", "enabled"),
            name=N_("Count connections by day"),
            kind=Flag(),
            value=lambda s: s.profile.session_analyse.enabled,
        ),
        Item(
            file=PROFILE,
            path=(*_RECORDS, "session-analyse", "data-retention-time"),
            name=N_("Keep the counts for"),
            kind=Whole(-1, _MOST),
            value=lambda s: s.profile.session_analyse.data_retention_time,
            hint=N_("0 keeps them for ever."),
            shape=Shape.LENGTH,
        ),
        Item(
            file=PROFILE,
            path=(*_RECORDS, "session-analyse", "data-flush-interval"),
            name=N_("Write the counts every"),
            kind=Milliseconds(1_000),
            value=lambda s: s.profile.session_analyse.data_flush_interval,
        ),
        Item(
            file=PROFILE,
            path=(*_RECORDS, "session-analyse", "cleanup-interval"),
            name=N_("Remove old counts every"),
            kind=Milliseconds(60_000),
            value=lambda s: s.profile.session_analyse.cleanup_interval,
        ),
        Item(
            file=PROFILE,
            path=(*_RECORDS, "swarm-tracking", "enabled"),
            name=N_("Keep a list of the peers of this run"),
            kind=Flag(),
            value=lambda s: s.profile.swarm_tracking.enabled,
            hint=N_("The BTN network asks for it, once you have joined it."),
        ),
        Item(
            file=PROFILE,
            path=(*_RECORDS, "swarm-tracking", "data-flush-interval"),
            name=N_("Write the list every"),
            kind=Milliseconds(1_000),
            value=lambda s: s.profile.swarm_tracking.data_flush_interval,
        ),
    ),
)
