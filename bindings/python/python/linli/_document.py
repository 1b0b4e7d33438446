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

    def plain(value: object) -> str:
        return _plain(value, commands)

    try:
        return json.dumps(commands, default=plain)
    except RecursionError as error:
        sentence = "no command, or list of commands: it holds lists in lists without an end"
        raise InputError(sentence, "NoCommand") from error
    except (TypeError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"no command, or list of commands: {error}", "NoCommand") from error


def _plain(value: object, commands: object) -> str:
    """An instant as text; JSON has no form of anything else that comes here."""
    # Who hands one over has imported it, and who does not need not.
    from datetime import datetime, timezone

    if not isinstance(value, datetime):
        raise TypeError(f"{shown(value)} has no form in JSON")
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


def _field(value: object, within: object) -> str:
    """Where it stands, such as `start_session.at: `; looked for only when something is wrong."""
    from typing import cast

    places: list[tuple[str, Any]] = [("", within)]
    for place, held in places:
        if held is value:
            return f"{place}: " if place else ""
        if isinstance(held, dict):
            entries = cast("dict[object, object]", held).items()
            places += [(f"{place}.{key}".lstrip("."), item) for key, item in entries]
        elif isinstance(held, (list, tuple)):
            items: list[object] = [*held]
            places += [(f"{place}[{index}]", item) for index, item in enumerate(items)]
    return ""

