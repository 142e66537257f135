"""Rules made from a profile, with what overrides change and what they leave alone."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from app.domain.rules.progress_cheat import ProgressCheat
from app.domain.rules.scripts import Answering, ScriptRule
from app.domain.string_rule import InvalidRule
from app.domain.verdict import Mode
from app.services.ban_list import BanList
from app.services.events import EventBus
from app.services.neighbours import Neighbours
from app.services.replay import Nowhere
from app.services.rule_set import ORDER, Parts, RuleBook
from app.settings.modules import MultiDialingBlocker, PeerIdBlacklist, ProgressCheatBlocker
from app.settings.override import Override
from app.settings.profile import RULES, Profile
from tests.domain.examples import UBUNTU
from tests.services.fakes import HandClock

LINUX = replace(UBUNTU, category="linux")


def parts() -> Parts:
    bus = EventBus()
    return Parts(
        neighbours=Neighbours(BanList(Nowhere(), bus, HandClock()), bus),
        scripts=lambda area: ScriptRule(answering=Answering(), mode=area.mode),
    )


def overridden(**changes: object) -> Profile:
    override = Override(name="Linux", category="linux", changes={"progress-cheat-blocker": changes})
    return Profile(overrides=(override,))


def test_every_rule_of_the_settings_is_made_in_their_order() -> None:
    assert tuple(RULES) == ORDER
    assert tuple(rule.name for rule in RuleBook(Profile(), parts()).whole.rules) == ORDER


def test_rules_get_their_settings_and_the_global_length_as_zero() -> None:
    profile = Profile(
        progress_cheat_blocker=ProgressCheatBlocker(minimum_size=7, ban_duration=None),
        multi_dialing_blocker=MultiDialingBlocker(mode=Mode.OFF, ban_duration=5),
    )
    rules = {rule.name: rule for rule in RuleBook(profile, parts()).whole.rules}
    progress = rules["progress-cheat-blocker"]
    assert isinstance(progress, ProgressCheat)
    assert (progress.minimum_size, progress.duration) == (7, 0)
    assert rules["multi-dialing-blocker"].mode is Mode.OFF


def test_a_pattern_that_cannot_be_read_is_refused() -> None:
    rules = ('{"method": "REGEX", "content": "*"}',)
    profile = Profile()
    object.__setattr__(profile, "peer_id_blacklist", PeerIdBlacklist())
    object.__setattr__(profile.peer_id_blacklist, "banned_peer_id", rules)
    with pytest.raises(InvalidRule):
        RuleBook(profile, parts())


def test_where_no_override_fits_the_whole_set_holds() -> None:
    book = RuleBook(overridden(mode=Mode.OFF), parts())
    assert book.variant("qb", UBUNTU) is None


def test_an_override_changes_its_rule_shares_all_others_and_is_named() -> None:
    book = RuleBook(overridden(maximum_difference=0.3), parts())
    variant = book.variant("qb", LINUX)
    assert variant is not None
    assert variant is book.variant("other", LINUX)
    changed = [
        one.name
        for one, other in zip(variant.rules, book.whole.rules, strict=True)
        if one is not other
    ]
    assert changed == ["progress-cheat-blocker"]
    assert variant.override is not None
    assert variant.override.data == {"overrides": ["Linux"], "rules": changed}


def test_of_two_overrides_that_fit_the_later_wins_where_both_speak() -> None:
    first = overridden(maximum_difference=0.3, minimum_size=5).overrides[0]
    later = Override(name="b", changes={"progress-cheat-blocker": {"maximum_difference": 0.4}})
    book = RuleBook(Profile(overrides=(first, later)), parts())
    variant = book.variant("qb", LINUX)
    assert variant is not None
    progress = next(rule for rule in variant.rules if isinstance(rule, ProgressCheat))
    assert (progress.maximum_difference, progress.minimum_size) == (0.4, 5)


def test_alone_rules_have_memories_of_their_own() -> None:
    book = RuleBook(overridden(maximum_difference=0.3), parts())
    for torrent in (UBUNTU, LINUX):
        alone, live = book.alone("qb", torrent), book.variant("qb", torrent) or book.whole
        assert alone.identity is live.identity
        assert alone.override is live.override
        mine, theirs = (
            next(rule for rule in rules.rules if isinstance(rule, ProgressCheat))
            for rules in (alone, live)
        )
        assert mine.memory is not theirs.memory
        assert mine.maximum_difference == theirs.maximum_difference
