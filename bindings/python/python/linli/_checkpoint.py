"""A state and the position that it stands for, in one file that is whole or not there."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from typing import Any, cast

from linli._errors import CorruptionError, InputError, shown

FORMAT = "linli/fold/v1"
# Keys of ours begin with it, and a key that does so itself gets one more.
OURS = "$"
DECIMAL = "$decimal"
# Of these there are none in a state, only among what tells a fold.
TUPLE, DICT = "$tuple", "$dict"
# How many lists and dicts stand in one another, and what a whole number stays below: Python reads
# and writes so much.
DEEPEST = 100
WHOLE_BELOW = 10**4_300

# An event's id, and when it was recorded where that can be told.
Mark = tuple[str | None, str | None]


class Checkpoint:
    """The file of a fold's state; without a path nothing is kept.

    Two lines: a JSON document, and the SHA-256 of the first line. A state is never written apart
    from its position, and the file is replaced as a whole, so that whatever kills the process
    leaves the state of some position. `mark` asks the journal for the id of an event and the
    instant at which it was recorded, by which it is known again.
    """

    def __init__(
        self, path: str | None, mark: Callable[[int], Mark], of: dict[str, object]
    ) -> None:
        self.path, self.mark = path, mark
        self.of = {} if path is None else {name: _told(name, what) for name, what in of.items()}

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
        different = [key for key, told in self.of.items() if document.get(key) != told]
        if different:
            said = ", ".join(f"{key} {document.get(key)}" for key in different)
            sentence = f"{self.path} is of another fold ({said}); name another file, or remove it"
            raise InputError(sentence, "AnotherFold")
        position: int = document["position"]
        event, recorded_at = self.mark(position)
        # What either cannot tell speaks against nothing.
        is_later = None not in (recorded_at, document["recorded_at"])
        if event != document["event"] or (is_later and recorded_at != document["recorded_at"]):
            sentence = (
                f"{self.path} was taken at {position} of another journal, or of a newer copy of "
                f"this one; name another file, or remove it"
            )
            raise InputError(sentence, "AnotherJournal")
        return document["state"], position

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
        from uuid import uuid4

        event, recorded_at = self.mark(position)
        document = {"format": FORMAT, **self.of, "position": position, "event": event}
        document |= {"recorded_at": recorded_at, "state": checked(state)}
        # Of this one writing: threads, and processes of several machines, may share the path.
        beside = f"{self.path}.{uuid4().hex}.part"
        try:
            text = json.dumps(document, separators=(",", ":")).encode()
            with open(beside, "xb") as file:
                file.write(text + b"\n" + _digest(text).encode() + b"\n")
                file.flush()
                os.fsync(file.fileno())
            os.replace(beside, self.path)
            _flush_folder(os.path.dirname(os.path.abspath(self.path)))
        except (OSError, ValueError) as error:
            with suppress(OSError, ValueError):
                os.remove(beside)
            raise InputError(f"{self.path}: it cannot be written: {error}", "Unwritten") from error

    def _document(self, text: bytes, digest: str) -> dict[str, Any]:
        import json

        if not text.startswith(b'{"format":"linli/fold/'):
            sentence = f"{self.path} is no checkpoint of a fold; name another file"
            raise InputError(sentence, "NoCheckpoint")
        damaged = CorruptionError(
            f"{self.path} is damaged; remove it, and the fold begins anew", "DamagedCheckpoint"
        )
        if digest != _digest(text):
            raise damaged
        # Whoever wrote the digest need not have been this module.
        try:
            document: dict[str, Any] = json.loads(text)
            if document["format"] == FORMAT:
                document["state"] = _state(document["state"])
                is_sound = type(document["position"]) is int and document["position"] >= 0
                if not is_sound or not {"event", "recorded_at"} <= document.keys():
                    raise damaged
        except (LookupError, ValueError, ArithmeticError, RecursionError) as error:
            raise damaged from error
        if document["format"] != FORMAT:
            sentence = f"{self.path} has the format {document['format']}; this Linli reads {FORMAT}"
            raise InputError(sentence, "Newer")
        return document


def checked(state: object) -> Any:
    """The state as JSON has it. What would come back as something else is refused."""
    return _checked(state, "state", set(), DEEPEST)


def _checked(state: object, place: str, seen: set[int], levels: int) -> Any:
    # A subclass (a Counter, a named tuple) would come back as what it is made of.
    kind = type(state)
    if state is None or kind is bool:
        return state
    if kind is str:
        return _whole(cast("str", state), place)
    if kind is int and abs(cast("int", state)) < WHOLE_BELOW:
        return state
    if isinstance(state, Decimal) and kind is Decimal and state.is_finite():
        return {DECIMAL: str(state)}
    if kind not in (list, dict):
        sentence = (
            f"{place} is {shown(state)}; a state holds dict, list, str, int of at most 4,300 "
            "digits, bool, None and finite decimal.Decimal, because anything else would not come "
            "back as it was"
        )
        raise InputError(sentence, "NotKept")
    if id(state) in seen:
        sentence = f"{place:.80} stands in another place of the state too, and would come back as"
        raise InputError(f"{sentence} two; put a copy there", "NotKept")
    if not levels:
        sentence = f"lies deeper than {DEEPEST} lists and dicts; let the state be flatter"
        raise InputError(f"{place:.80} {sentence}", "NotKept")
    seen.add(id(state))
    if kind is list:
        items = enumerate(cast("list[object]", state))
        return [_checked(item, f"{place}[{at}]", seen, levels - 1) for at, item in items]
    entries = cast("dict[object, object]", state).items()
    return {
        _key(key, place): _checked(item, f"{place}[{key!r}]", seen, levels - 1)
        for key, item in entries
    }


def _key(key: object, place: str) -> str:
    if type(key) is not str:
        raise InputError(f"{place} has the key {shown(key)}; let it be a text", "NotKept")
    return _apart(_whole(key, f"a key of {place}"))


def _whole(text: str, place: str) -> str:
    """The text; two halves of a character that stand side by side would come back as one."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        sentence = f"{place:.80} is {shown(text)}, with half of a character in it; take it out"
        raise InputError(sentence, "NotKept") from error
    return text


def _apart(key: str) -> str:
    return OURS + key if key.startswith(OURS) else key


def _told(name: str, what: object) -> str:
    """A text that is the same for the same thing, and for no other."""
    import json

    try:
        return json.dumps(_exact(what), sort_keys=True)
    except (TypeError, ValueError, RecursionError) as error:
        sentence = f"a checkpoint cannot tell a fold by its {name}: {error}; let it be plain values"
        raise InputError(sentence, "NotTold") from error


def _exact(value: object) -> object:
    """What JSON would write as it writes something else, under the name of what it is."""
    if value is None or isinstance(value, bool):
        return value
    base, told = _plainly(value)
    kind = type(value)
    return told if kind is base else {f"{OURS}{kind.__module__}.{kind.__qualname__}": told}


def _plainly(value: object) -> tuple[type, object]:
    """Which plain value it is, and what tells it from any other."""
    if isinstance(value, str):
        return str, _whole(str.__str__(value), "it")
    if isinstance(value, int):
        return int, int.__index__(value)
    if isinstance(value, float):
        return float, float.__float__(value)
    if isinstance(value, Decimal):
        return Decimal, {DECIMAL: Decimal.__str__(value)}
    if isinstance(value, list):
        return list, [_exact(item) for item in cast("list[object]", value)]
    if isinstance(value, tuple):
        return tuple, {TUPLE: [_exact(item) for item in cast("tuple[object, ...]", value)]}
    if not isinstance(value, dict):
        raise TypeError(f"{shown(value)} is neither JSON nor a decimal.Decimal")
    entries = cast("dict[object, object]", value)
    if all(type(key) is str for key in entries):
        texts = cast("dict[str, object]", value)
        return dict, {_apart(_whole(key, "it")): _exact(item) for key, item in texts.items()}
    pairs = [[_exact(key), _exact(item)] for key, item in entries.items()]
    return dict, {DICT: sorted(pairs, key=repr)}


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
