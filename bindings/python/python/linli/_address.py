"""Addresses of journals, as other folders and other processes read them."""

from __future__ import annotations

import os

from linli._errors import InputError

SERVERS = ("postgres", "postgresql", "nats", "tls")


def refuse_in_memory(address: str) -> None:
    """Says that a journal in memory cannot go to another process."""
    if address == "memory:":
        sentence = "a journal in memory is of this process alone; write it to a file to share it"
        raise InputError(sentence, "InMemory")


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
