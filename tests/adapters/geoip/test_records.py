"""Records are read as far as they make sense, whatever stands in them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.adapters.geoip.records import read_asn, read_city, read_cn
from tests.adapters.geoip.records import CHINANET, JINAN, TW, US

KEYS = sorted(
    {
        *US,
        *CHINANET,
        *JINAN,
        *("iso_code", "names", "en", "zh-CN", "geoname_id", "net"),
        *("province", "provinceCode", "city", "cityCode", "districts", "districtsCode"),
    }
)
PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | st.binary(max_size=4) | st.text()
ANYTHING = st.recursive(
    PLAIN,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6)
    ),
)
RECORDS = st.dictionaries(st.sampled_from(KEYS), ANYTHING)


@given(RECORDS)
def test_any_record_is_read_without_an_error(record: dict[str, Any]) -> None:
    city, system, cn = read_city(record), read_asn(record), read_cn(record)
    texts = [city.iso, city.city, *city.country_names.values(), system.organisation]
    numbers = [city.city_code, system.number]
    if cn is not None:
        assert cn.names
        texts += [*cn.names, cn.province, cn.city, cn.districts, cn.isp, cn.net_type]
        numbers.append(cn.code)
    assert all(type(text) is str and len(text) <= 200 for text in texts)
    assert all(type(number) is int and 0 <= number < 10**15 for number in numbers)


def test_country_codes_are_upper_case_and_have_two_letters() -> None:
    assert read_city(TW).iso == "TW"
    assert read_city({"country": {"iso_code": "Germany"}}).iso == ""


@pytest.mark.parametrize("code", [370102, "370102"])
def test_a_code_may_be_a_number_or_a_text(code: object) -> None:
    found = read_cn({**JINAN, "division_code": code})
    assert found is not None
    assert (found.names, found.code) == (("山东省", "济南市", "历下区"), 370102)
