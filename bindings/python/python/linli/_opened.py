"""How a view was opened, so that another process opens the same."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Literal


class Opened:
    """The address, who reads, with what, and up to where."""

    def __init__(
        self,
        address: str,
        mode: Literal["r", "rw"],
        actor: str,
        sources: tuple[str | None, str | None],
        bounds: Mapping[str, Any] | None = None,
    ) -> None:
        self.address = address
        self.mode: Literal["r", "rw"] = mode
        self.actor = actor
        # The keyring and the archive.
        self.sources = sources
        self.bounds: dict[str, Any] = dict(bounds or {})

    def within(self, how: str, value: Any) -> Opened:
        """The same up to a day or a position; up to an earlier one where that holds already."""
        bounds = {**self.bounds, how: min(value, self.bounds.get(how, value))}
        return Opened(self.address, self.mode, self.actor, self.sources, bounds)
