"""Codes of Chinese divisions have names."""

import pytest

from app.adapters.geoip.divisions import _names, division_names


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("110101", ("北京市", "北京市", "东城区")),
        ("370100", ("山东省", "济南市")),
        ("37", ("山东省",)),
        ("429004", ("湖北省", "仙桃市")),
        ("810001", ("香港特别行政区", "中西区")),
        ("710000", ("台湾省",)),
        ("990101", ()),
        ("0", ()),
        ("", ()),
    ],
)
def test_a_code_has_the_names_of_all_levels(code: str, names: tuple[str, ...]) -> None:
    assert division_names(code) == names


def test_each_division_has_a_name_and_a_province() -> None:
    names = _names()
    assert len(names) > 3_300
    assert all(code[:2] in names for code in names)
    assert all(name == name.strip() != "" for name in names.values())
