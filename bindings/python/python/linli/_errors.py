"""What can go wrong, and what each exception says may have happened."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

Value = str | int


class Error(Exception):
    """The base of all exceptions of Linli: a sentence that says what would mend it.

    `code` is a name for what went wrong, which programs can go by; `values` are what of it has a
    name: what a refusal is about, a position, a key. Each is an attribute too, unless its name is
    one that every exception has.
    """

    code: str
    values: dict[str, Value]

    def __init__(
        self, message: str, code: str = "", values: Mapping[str, Value] | None = None
    ) -> None:
        super().__init__(message)
        self.__dict__.update(values or {})
        self.code = code
        self.values = dict(values or {})


class ConflictError(Error):
    """Nothing was written: an event matches the append condition. Read again, decide again."""


class RefusedError(Error):
    """Nothing has happened: a rule speaks against it. `values` has what a person needs."""


class NotAllowedError(Error):
    """Nothing has happened: this actor may not. A ledger opened to read takes no commands."""


class InputError(Error, ValueError):
    """What was given cannot be used; the sentence says what would mend it."""


class KeyReusedError(InputError):
    """Nothing was written: the key stands for something else."""


class LimitError(InputError):
    """Nothing was written: a limit of the contract is exceeded."""


class StoreError(Error, OSError):
    """The store gave no answer; nothing was written."""

    @property
    def retryable(self) -> bool:
        """Whether the store was only busy, so that the same call may succeed later."""
        return self.code == "Busy"


class UnknownOutcomeError(Error):
    """The events may have been written. Append again with the same key; never without one."""


class CorruptionError(Error):
    """The journal is damaged, or a file of its archive (`file`): restore that from a copy."""


def shown(value: object) -> str:
    """What a sentence calls a value: short, and for values too that Python does not show."""
    try:
        return f"{value!r:.80}"
    except Exception:  # Of whatever class; a number of very many digits is among them.
        return f"a value of the type {type(value).__name__}"
