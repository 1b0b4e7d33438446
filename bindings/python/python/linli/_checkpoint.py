"""A state and the position that it stands for, in one file that is whole or not there."""

from __future__ import annotations

import os
from collections.abc import Callable
from decimal import Decimal
from typing import Any, cast

from linli._errors import CorruptionError, InputError

FORMAT = "linli/fold/v1"
# Keys of ours begin with it, and a key that does so itself gets one more.
OURS = "$"
DECIMAL = "$decimal"


class Checkpoint:
    """The file of a fold's state; without a path nothing is kept.

    Two lines: a JSON document, and the SHA-256 of the first line. A state is never written apart
    from its position, and the file is replaced as a whole, so that whatever kills the process
    leaves the state of some position. `event_id` asks the journal for the id of an event, by which
    it is known again.
    """

    def __init__(
        self, path: str | None, event_id: Callable[[int], str | None], of: dict[str, object]
    ) -> None:
        self.path, self.event_id, self.of = path, event_id, of

    def held(self) -> tuple[Any, int] | None:
        """The state and its position; `None` where there is no file yet."""
        if self.path is None:
            return None
        try:
            with open(self.path, "rb") as file:
                text, _, digest = file.read().partition(b"\n")
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise InputError(f"{self.path}: it cannot be read: {error}", "Unreadable") from error
        document = self._document(text, digest.strip().decode("ascii", "replace"))
        different = [key for key, value in self.of.items() if document.get(key) != value]
        if different:
            said = ", ".join(f"{key} {document.get(key)!r}" for key in different)
            sentence = f"{self.path} is of another fold ({said}); name another file, or remove it"
            raise InputError(sentence, "AnotherFold")
        position: int = document["position"]
        if position and self.event_id(position) != document["event"]:
            sentence = (
                f"{self.path} was taken at {position} of another journal, or of a newer copy of "
                f"this one; name another file, or remove it"
            )
            raise InputError(sentence, "AnotherJournal")
        return _state(document["state"]), position

    def refuse_behind(self, position: int, head: int) -> None:
        """Says that what is asked for ends before what the file holds."""
        if position > head:
            sentence = f"{self.path} stands at {position}, behind {head}; name another file"
            raise InputError(sentence, "Behind")

    def save(self, state: object, position: int) -> None:
        """Puts the file in place of the one before, flushed: whole, or not at all."""
        if self.path is None:
            return
        import json

        event = self.event_id(position) if position else None
        document = {"format": FORMAT, **self.of, "position": position, "event": event}
        document["state"] = checked(state)
        beside = f"{self.path}.{os.getpid()}.part"
        try:
            text = json.dumps(document, separators=(",", ":")).encode()
            with open(beside, "wb") as file:
                file.write(text + b"\n" + _digest(text).encode() + b"\n")
                file.flush()
                os.fsync(file.fileno())
            os.replace(beside, self.path)
            _flush_folder(os.path.dirname(os.path.abspath(self.path)))
        except (OSError, ValueError) as error:
            raise InputError(f"{self.path}: it cannot be written: {error}", "Unwritten") from error

    def _document(self, text: bytes, digest: str) -> dict[str, Any]:
        import json

        if not text.startswith(b'{"format":"linli/fold/'):
            sentence = f"{self.path} is no checkpoint of a fold; name another file"
            raise InputError(sentence, "NoCheckpoint")
        if digest != _digest(text):
            sentence = f"{self.path} is damaged; remove it, and the fold begins anew"
            raise CorruptionError(sentence, "DamagedCheckpoint")
        document: dict[str, Any] = json.loads(text)
        if document["format"] != FORMAT:
            sentence = f"{self.path} has the format {document['format']}; this Linli reads {FORMAT}"
            raise InputError(sentence, "Newer")
        return document


def checked(state: object, place: str = "state") -> Any:
    """The state as JSON has it. What would come back as something else is refused."""
    # A subclass (a Counter, a named tuple) would come back as what it is made of.
    kind = type(state)
    if state is None or kind in (bool, int, str):
        return state
    if isinstance(state, Decimal) and kind is Decimal and state.is_finite():
        return {DECIMAL: str(state)}
    if kind is list:
        items = cast("list[object]", state)
        return [checked(item, f"{place}[{index}]") for index, item in enumerate(items)]
    if kind is dict:
        entries = cast("dict[object, object]", state).items()
        return {_key(key, place): checked(item, f"{place}[{key!r}]") for key, item in entries}
    sentence = (
        f"{place} is {state!r:.80}; a state holds dict, list, str, int, bool, None and finite "
        "decimal.Decimal, because anything else would not come back as it was"
    )
    raise InputError(sentence, "NotKept")


def _key(key: object, place: str) -> str:
    if type(key) is not str:
        raise InputError(f"{place} has the key {key!r:.80}; let it be a text", "NotKept")
    return OURS + key if key.startswith(OURS) else key


def _state(kept: object) -> object:
    if isinstance(kept, list):
        return [_state(item) for item in cast("list[object]", kept)]
    if isinstance(kept, dict):
        entries = cast("dict[str, object]", kept)
        if DECIMAL in entries:
            return Decimal(str(entries[DECIMAL]))
        return {key.removeprefix(OURS): _state(item) for key, item in entries.items()}
    return kept


def _digest(text: bytes) -> str:
    from hashlib import sha256

    return sha256(text).hexdigest()


def _flush_folder(folder: str) -> None:
    """Makes the new name outlive a loss of power, where a folder can be flushed."""
    if os.name == "nt":
        return
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
