"""Facts of a verdict that are put together when somebody reads them, which hardly anybody does."""

from __future__ import annotations

from abc import ABCMeta, abstractmethod
from collections.abc import ItemsView, Iterator, Mapping, ValuesView
from typing import Any

from msgspec import Struct, StructMeta
from typing_extensions import override


class _MappingStruct(StructMeta, ABCMeta):
    """What makes a struct that is a mapping."""


class LazyFacts(Mapping[str, Any], Struct, metaclass=_MappingStruct, gc=False):
    """Keeps what they are made from: a dict for each of ten thousand peers would take longer than all the rest."""

    @abstractmethod
    def facts(self) -> dict[str, Any]:
        """All of them."""

    @override
    def __getitem__(self, key: str) -> Any:
        return self.facts()[key]

    @override
    def __iter__(self) -> Iterator[str]:
        return iter(self.facts())

    @override
    def items(self) -> ItemsView[str, Any]:
        return self.facts().items()

    @override
    def values(self) -> ValuesView[Any]:
        return self.facts().values()

    @override
    def __len__(self) -> int:
        return len(self.facts())
