"""Names of rules inside sentences."""

from app.domain.rule_words import named_rules
from app.locale.sentences.protection import SENTENCES
from app.locale.texts import RULE_TITLES, say


def test_rules_are_listed_by_the_names_that_people_see() -> None:
    assert say(named_rules(["auto-range-ban", "btn"])) == "Neighbours, BTN network"
    assert say(named_rules([])) == "none"


def test_every_rule_has_the_same_name_in_a_sentence_and_in_a_list() -> None:
    said = {key.removeprefix("title-"): text for key, text in SENTENCES.items() if "title-" in key}
    ours = {"exception", "manual", "protection", "override", "estimates"}
    assert said == {key: title for key, title in RULE_TITLES.items() if key not in ours}
