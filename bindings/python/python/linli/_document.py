"""JSON, in which documents come out of Rust and commands go in."""

from __future__ import annotations


from linli._errors import InputError

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

    try:
        return json.dumps(commands, default=_plain)
    except (TypeError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"no command, or list of commands: {error}", "NoCommand") from error


def _plain(value: object) -> str:
    """An instant as text; JSON has no form of anything else that comes here."""
    # Who hands one over has imported it, and who does not need not.
    from datetime import datetime, timezone

    if isinstance(value, datetime):
        if value.utcoffset() is None:
            sentence = f"{value!r} names no instant; give it a time zone (tzinfo)"
            raise InputError(sentence, "NoInstant")
        return value.astimezone(timezone.utc).isoformat()
    raise TypeError(f"{value!r} has no form in JSON")
