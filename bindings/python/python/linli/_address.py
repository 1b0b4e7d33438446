"""Addresses of journals and paths of files, as other folders and other processes read them."""

from __future__ import annotations

import os
from io import open as open_file

from linli import _linli
from linli._errors import InputError, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

Address = str | os.PathLike[str]

SERVERS = ("postgres", "postgresql", "nats", "tls")


def refuse_in_memory(address: str) -> None:
    """Says that a journal in memory cannot go to another process."""
    if address == "memory:":
        sentence = "a journal in memory is of this process alone; write it to a file to share it"
        raise InputError(sentence, "InMemory")


def refuse_missing(address: str) -> None:
    """Says that there is no journal, where opening it to write would make one."""
    _linli.Ledger(address, "r", "operator")


def from_anywhere(address: str) -> str:
    """The address of the same journal in any working folder."""
    scheme, _, rest = address.partition(":")
    if address == "memory:" or scheme in SERVERS or rest.startswith("s3://"):
        return address
    if scheme in ("sqlite", "archive"):
        return f"{scheme}:{absolute(rest)}"
    return absolute(address)


def absolute(path: str) -> str:
    """The path from the root on. Nothing is taken out of it: `..` may stand behind a link."""
    return path if os.path.isabs(path) else os.path.join(os.getcwd(), path)


def plain(path: Address) -> str:
    """The path as a text of Python's own, whatever class of text it is."""
    text = os.fspath(path)
    if isinstance(text, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        return str.__str__(text)
    sentence = f"{shown(path)} is a path of bytes; hand in a text or a pathlib.Path"
    raise InputError(sentence, "NotAText")


def paths(name: str, files: Address | Sequence[Address] | None) -> list[str]:
    """The files that were named under `name`: one, several or none."""
    if files is None:
        return []
    if isinstance(files, (str, bytes, os.PathLike)):
        return [plain(files)]
    named = [plain(path) for path in files]
    if not named:
        sentence = f"{name}={shown(files)} names no file; name one, or leave it out"
        raise InputError(sentence, "NoFile")
    return named


def content(path: str) -> str:
    """What a file of text holds."""
    try:
        # An editor's byte order mark is no part of the text.
        with open_file(path, encoding="utf-8-sig") as file:
            return file.read()
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: the file cannot be read: {error}", "Unreadable") from error
