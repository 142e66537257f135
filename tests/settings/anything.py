"""Whatever a file or a request may hold where a setting is expected, and what comes of it."""

from __future__ import annotations

from hypothesis import strategies as st

from app.settings.errors import InvalidSetting
from app.settings.kind import Kind, Plain

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.builds(Plain, st.text())
)
anything = st.recursive(
    scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8
)


def refusal(kind: Kind[object], raw: object) -> InvalidSetting | None:
    """The error that `raw` meets; fails when a value that passes does not pass again."""
    try:
        value = kind.read(raw)
    except InvalidSetting as error:
        return error
    assert kind.read(value) == value
    return None
