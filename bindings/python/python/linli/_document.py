"""JSON, in which documents come out of Rust and commands go in."""

from __future__ import annotations

from linli._errors import InputError, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def read(document: str) -> Any:
    """What a document of ours holds."""
    # An import of the package need not wait for it.
    import json

    return json.loads(document)


def written(commands: object) -> str:
    """Commands as Rust reads them."""
    import json

    def plain(value: object) -> object:
        return _plain(value, commands)

    try:
        return json.dumps(commands, default=plain)
    except RecursionError as error:
        sentence = "no command, or list of commands: it holds lists in lists without an end"
        raise InputError(sentence, "NoCommand") from error
    except InputError:
        raise
    except Exception as error:  # A class of the caller's own may raise anything.
        raise InputError(f"no command, or list of commands: {error}", "NoCommand") from error


def _plain(value: object, commands: object) -> object:
    """An instant as text, any mapping as a dict, any sequence as a list."""
    # Who hands one over has imported it, and who does not need not.
    from datetime import datetime, timezone

    items = _items(value)
    if items is not None:
        return items
    if not isinstance(value, datetime):
        raise TypeError(f"{shown(value)} has no form in JSON")
    # pandas has instants of nanoseconds; the journal's last digit is the microsecond.
    if getattr(value, "nanosecond", 0) > 0:
        sentence = f"{_field(value, commands)}{shown(value)} is finer than a microsecond; round it"
        raise InputError(sentence, "TooFine")
    try:
        if value.utcoffset() is not None:
            return value.astimezone(timezone.utc).isoformat()
        mend = "give it a time zone (tzinfo)"
    except OverflowError:
        mend = "in UTC it is before the year 1 or behind 9999"
    except Exception as error:  # A time zone of the caller's own may raise anything.
        mend = f"its time zone says no offset: {error}"
    sentence = f"{_field(value, commands)}{shown(value)} names no instant; {mend}"
    raise InputError(sentence, "NoInstant")


def _items(value: object) -> dict[object, object] | list[object] | None:
    """What a mapping or a sequence holds; `None` of anything else."""
    from collections.abc import Mapping, Sequence
    from typing import cast

    if isinstance(value, Mapping):
        return dict(cast("Mapping[object, object]", value))
    if isinstance(value, Sequence) and not isinstance(value, (str, bytes, bytearray, memoryview)):
        return list(cast("Sequence[object]", value))
    return None


def _field(value: object, within: object) -> str:
    """Where it stands, such as `start_session.at: `; looked for only when something is wrong."""
    places: list[tuple[str, object]] = [("", within)]
    for place, held in places:
        if held is value:
            return f"{place}: " if place else ""
        items = _items(held)
        if isinstance(items, dict):
            places += [(f"{place}.{key}".lstrip("."), item) for key, item in items.items()]
        elif items is not None:
            places += [(f"{place}[{index}]", item) for index, item in enumerate(items)]
    return ""
