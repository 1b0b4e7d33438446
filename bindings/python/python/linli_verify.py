"""Checks what `linli checkpoint` and `linli prove` wrote, with the standard library alone.

A second verifier, made from the written format (`crates/linli/src/proof/format.md`) and not from
the Rust: two that agree are harder to be wrong together. It needs no journal and no other file of
Linli, so that it can be kept beside a proof for as long as the proof is.

    python -m linli_verify --key key.pub [--proof FILE] [--checkpoint FILE] [--witness FILE.pub]...

A proof that a later checkpoint goes on needs the earlier one. All witnesses have to have cosigned,
or `--quorum N` of them.

The exit status is 0 where it holds, 1 where it does not, 2 where a file is none of these.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import sys
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path


class Malformed(ValueError):
    """The text is none of what this reads: give the file as it was written."""


class Broken(ValueError):
    """It does not hold: do not believe it."""


# Ed25519, RFC 8032 section 5.1. Points are extended coordinates (X, Y, Z, T) with x = X/Z, y = Y/Z,
# xy = T/Z. Nothing here is secret, so nothing needs to take the same time.

_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, _P - 2, _P) % _P
_ROOT_OF_MINUS_ONE = pow(2, (_P - 1) // 4, _P)

_Point = tuple[int, int, int, int]


def _add(one: _Point, other: _Point) -> _Point:
    a = (one[1] - one[0]) * (other[1] - other[0]) % _P
    b = (one[1] + one[0]) * (other[1] + other[0]) % _P
    c = 2 * one[3] * other[3] * _D % _P
    d = 2 * one[2] * other[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _times(factor: int, point: _Point) -> _Point:
    total: _Point = (0, 1, 1, 0)
    while factor > 0:
        if factor & 1:
            total = _add(total, point)
        point = _add(point, point)
        factor >>= 1
    return total


def _point(encoded: bytes) -> _Point | None:
    number = int.from_bytes(encoded, "little")
    sign, y = number >> 255, number & (1 << 255) - 1
    if y >= _P:
        return None
    square = (y * y - 1) * pow(_D * y * y + 1, _P - 2, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P != 0:
        x = x * _ROOT_OF_MINUS_ONE % _P
    if (x * x - square) % _P != 0 or (x == 0 and sign == 1):
        return None
    if x & 1 != sign:
        x = _P - x
    return x, y, 1, x * y % _P


_BASE = _point((4 * pow(5, _P - 2, _P) % _P).to_bytes(32, "little"))


def _is_signed(public: bytes, message: bytes, signature: bytes) -> bool:
    if len(public) != 32 or len(signature) != 64 or _BASE is None:
        return False
    key, nonce = _point(public), _point(signature[:32])
    response = int.from_bytes(signature[32:], "little")
    if key is None or nonce is None or response >= _L:
        return False
    digest = hashlib.sha512(signature[:32] + public + message).digest()
    challenge = int.from_bytes(digest, "little") % _L
    left, right = _times(response, _BASE), _add(nonce, _times(challenge, key))
    crossed = [left[at] * right[2] - right[at] * left[2] for at in (0, 1)]
    return all(difference % _P == 0 for difference in crossed)


# The tree, RFC 9162 section 2.1.


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _climb(first: int, last: int, path: list[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Each hash of a path, and whether it lies to the left of the way to the root."""
    for sibling in path:
        if last == 0:
            raise Broken("the proof does not lead to the root that was signed")
        is_left = bool(first & 1) or first == last
        yield sibling, is_left
        while is_left and first & 1 == 0 and first != 0:
            first, last = first >> 1, last >> 1
        first, last = first >> 1, last >> 1
    if last != 0:
        raise Broken("the proof does not lead to the root that was signed")


def _leads_to(root: bytes, node: bytes, index: int, size: int, path: list[bytes]) -> bool:
    """RFC 9162 section 2.1.3.2."""
    for sibling, is_left in _climb(index, size - 1, path):
        node = _node(sibling, node) if is_left else _node(node, sibling)
    return index < size and node == root


def _goes_on(old: int, held: bytes, size: int, root: bytes, path: list[bytes]) -> bool:
    """RFC 9162 section 2.1.4.2."""
    if old == 0 or old >= size:
        return not path and (old == 0 or (old == size and held == root))
    start = [held] if old & old - 1 == 0 else path[:1]
    path = path if old & old - 1 == 0 else path[1:]
    first, last = old - 1, size - 1
    while first & 1:
        first, last = first >> 1, last >> 1
    earlier = later = b"".join(start)
    for sibling, is_left in _climb(first, last, path):
        earlier = _node(sibling, earlier) if is_left else earlier
        later = _node(sibling, later) if is_left else _node(later, sibling)
    return earlier == held and later == root


# What is written.


def unbase64(text: str) -> bytes:
    try:
        decoded = base64.b64decode(text.encode("ascii"), validate=True)
    except ValueError as error:
        raise Malformed("this is no Base64") from error
    if base64.b64encode(decoded).decode("ascii") != text:
        raise Malformed("this is Base64 written in another way")
    return decoded


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or (text[0] == "0" and text != "0"):
        raise Malformed("this is no number in decimal digits")
    if len(text) > 20 or int(text) >= 2**64:
        raise Malformed("the number is too large")
    return int(text)


# White space as Unicode has it (property White_Space), and control characters (Cc).
_CONTROL = "".join(map(chr, [*range(0x20), *range(0x7F, 0xA0)]))
_WHITE = "\t\n\v\f\r\x85" + "".join(
    letter for letter in map(chr, range(0x20, 0x3001)) if letter.isspace() and letter != "\x85"
)


@dataclass(frozen=True)
class Key:
    """The public key of a journal's checkpoints, or of a witness."""
    name: str
    id: bytes
    public: bytes

    @classmethod
    def read(cls, text: str, kind: int = 1) -> Key:
        """Reads `NAME+ID+KEY`; `kind` is 1 for a journal and 4 for a witness."""
        name, digits, encoded = [*text.strip(_WHITE).split("+", 2), "", ""][:3]
        if not 0 < len(name.encode()) <= 128 or set(name) & set(_WHITE + _CONTROL + "+"):
            raise Malformed("this is no name of a journal")
        key = unbase64(encoded)
        if len(key) != 33 or key[0] != kind or _point(key[1:]) is None:
            raise Malformed("this is no Ed25519 public key")
        own = hashlib.sha256(name.encode() + b"\n" + key).digest()[:4]
        if own.hex() != digits.lower():
            raise Malformed("the id of the public key is not its own")
        return cls(name, own, key[1:])


def _signed(note: bytes) -> tuple[str, dict[tuple[str, bytes], bytes]]:
    """The text of a note, and the first signature of each name and id under it."""
    if len(note) > 1_000_000:
        raise Malformed("the note is too long")
    try:
        text = note.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed("the note is no UTF-8") from error
    if any(ord(letter) < 0x20 and letter != "\n" for letter in text):
        raise Malformed("a control character stands in the note")
    body, parted, lines = text.rpartition("\n\n")
    if not parted or not lines.endswith("\n") or lines.count("\n") > 100:
        raise Malformed("this is no signed note")
    signatures: dict[tuple[str, bytes], bytes] = {}
    for line in lines[:-1].split("\n"):
        mark, _, rest = line.partition(" ")
        name, parted, encoded = rest.partition(" ")
        if mark != "\u2014" or not parted or not name or set(name) & set(_WHITE + "+"):
            raise Malformed("this is no line of a signature")
        signature = unbase64(encoded)
        if len(signature) < 5:
            raise Malformed("a signature is too short")
        signatures.setdefault((name, signature[:4]), signature[4:])
    return body + "\n", signatures


def cosigners(note: bytes, witnesses: Sequence[Key]) -> list[str]:
    """The names of those witnesses that have cosigned a checkpoint; a key counts once."""
    body, signatures = _signed(note)
    found: dict[bytes, str] = {}
    for key in witnesses:
        own = signatures.get((key.name, key.id), b"")
        time = int.from_bytes(own[:8], "big")
        statement = f"cosignature/v1\ntime {time}\n{body}".encode()
        if time < 2**63 and _is_signed(key.public, statement, own[8:]):
            found.setdefault(key.public, key.name)
    return list(found.values())


@dataclass(frozen=True)
class Checkpoint:
    """How many events a journal had, and the root over them."""
    size: int
    root: bytes

    @classmethod
    def read(cls, note: bytes, key: Key) -> Checkpoint:
        """Reads a note that this key has signed."""
        body, signatures = _signed(note)
        checkpoint, name = cls._body(body)
        own = signatures.get((key.name, key.id))
        if own is None:
            raise Broken("the checkpoint is not signed by this key")
        if not _is_signed(key.public, body.encode(), own):
            raise Broken("the checkpoint was altered or forged")
        if name != key.name:
            raise Broken("the checkpoint is of another journal")
        return checkpoint

    @classmethod
    def _body(cls, body: str) -> tuple[Checkpoint, str]:
        lines = body.split("\n")
        if len(lines) != 4 or lines[3] or not lines[0]:
            raise Malformed("this is no checkpoint")
        size, root = _number(lines[1]), unbase64(lines[2])
        if size >= 2**63 or len(root) != 32 or (size == 0 and root != hashlib.sha256().digest()):
            raise Malformed("this is no checkpoint")
        return cls(size, root), lines[0]


@dataclass(frozen=True)
class Record:
    """What the record of a leaf says of its event; of its content the hash alone."""
    position: int
    id: uuid.UUID
    type: str
    tags: tuple[str, ...]
    metadata_hash: bytes
    payload_bytes: int
    payload_hash: bytes

    @classmethod
    def read(cls, record: bytes) -> Record:
        """Reads the eight parts of a record."""
        parts = _parts(record)
        if [len(part) for part in parts[:3] + parts[5:]] != [13, 8, 16, 32, 8, 32]:
            raise Broken("the record is none of a leaf")
        label, position, id_, kind, tags, metadata, length, payload = parts
        told = _parts(tags)
        if label != b"linli/leaf/v1" or any(a >= b for a, b in zip(told, told[1:])):
            raise Broken("the record is none of a leaf")
        try:
            texts = [part.decode("utf-8") for part in [kind, *told]]
        except UnicodeDecodeError as error:
            raise Broken("the record is none of a leaf") from error
        number, size = (int.from_bytes(part, "little") for part in (position, length))
        own = uuid.UUID(bytes=id_)
        return cls(number, own, texts[0], tuple(texts[1:]), metadata, size, payload)


def _parts(run: bytes) -> list[bytes]:
    """Parts, each behind its length in 8 bytes."""
    parts: list[bytes] = []
    while run:
        end = 8 + int.from_bytes(run[:8], "little")
        if len(run) < max(8, end):
            raise Broken("the record is none of a leaf")
        parts.append(run[8:end])
        run = run[end:]
    return parts


def _lines(proof: bytes) -> tuple[list[str], bytes]:
    """The lines in front of the first empty one, and the note behind it."""
    front, parted, note = proof.partition(b"\n\n")
    if not parted or not front.isascii():
        raise Malformed("this is no proof")
    return front.decode("ascii").split("\n"), note


def _path(lines: list[str]) -> list[bytes]:
    path = [unbase64(line) for line in lines]
    if len(path) > 63 or any(len(node) != 32 for node in path):
        raise Malformed("this is no path of hashes")
    return path


def _after(name: str, line: str) -> str:
    if not line.startswith(name):
        raise Malformed(f"a line that begins with {name!r} is missing")
    return line[len(name) :]


def inclusion(proof: bytes, key: Key) -> tuple[Checkpoint, Record]:
    """Checks that an event is in a journal that this key has signed."""
    lines, note = _lines(proof)
    if len(lines) < 3 or lines[0] != "c2sp.org/tlog-proof@v1":
        raise Malformed("this is no proof that an event is in a journal")
    record, index = unbase64(_after("extra ", lines[1])), _number(_after("index ", lines[2]))
    path = _path(lines[3:])
    checkpoint, leaf = Checkpoint.read(note, key), hashlib.sha256(b"\x00" + record).digest()
    if not _leads_to(checkpoint.root, leaf, index, checkpoint.size, path):
        raise Broken("the proof does not lead to the root that was signed")
    read = Record.read(record)
    if read.position != index + 1:
        raise Broken("the record is of another position")
    return checkpoint, read


def consistency(proof: bytes, held: Checkpoint, key: Key) -> Checkpoint:
    """Checks that a journal that this key has signed goes on from an earlier checkpoint."""
    lines, note = _lines(proof)
    old, path = _number(_after("old ", lines[0])), _path(lines[1:])
    later = Checkpoint.read(note, key)
    if old != held.size:
        raise Broken("the proof starts from another checkpoint")
    if not _goes_on(old, held.root, later.size, later.root, path):
        raise Broken("the proof does not lead to the root that was signed")
    return later


def _checked(
    key: Key, checkpoint: Path | None, proof: Path | None, witnesses: list[Key], needed: int
) -> dict[str, object]:
    file = proof or checkpoint
    if file is None:
        raise Malformed("name a checkpoint, a proof, or both")
    text = file.read_bytes()
    held = Checkpoint.read(checkpoint.read_bytes(), key) if checkpoint else None
    told: dict[str, object] = {}
    if proof and held:
        later = consistency(text, held, key)
        told = {"from": held.size}
    elif proof:
        later, record = inclusion(text, key)
        told = {"position": record.position, "id": str(record.id), "type": record.type}
        told |= {"tags": list(record.tags), "payload_bytes": record.payload_bytes}
        told |= {"payload_sha256": record.payload_hash.hex()}
    else:
        later = Checkpoint.read(text, key)
    names = cosigners(_lines(text)[1] if proof else text, witnesses)
    if len(names) < needed:
        raise Broken(f"{len(names)} of the witnesses have cosigned it, and {needed} are needed")
    return {"ok": True, **told, "events": later.size, "root": later.root.hex()}


def main(words: list[str] | None = None) -> int:
    """What `python -m linli_verify` does."""
    parser = argparse.ArgumentParser("linli_verify", description=(__doc__ or "").split("\n")[0])
    for name in ("key", "checkpoint", "proof"):
        parser.add_argument(f"--{name}", type=Path, required=name == "key", metavar="FILE")
    parser.add_argument("--witness", type=Path, action="append", default=[], metavar="FILE.pub")
    parser.add_argument("--quorum", type=int, metavar="N")
    args = parser.parse_args(words)
    try:
        key = Key.read(args.key.read_text("utf-8"))
        witnesses = [Key.read(path.read_text("utf-8"), 4) for path in args.witness]
        needed = len(witnesses) if args.quorum is None else max(args.quorum, 1)
        print(json.dumps(_checked(key, args.checkpoint, args.proof, witnesses, needed)))
    except (ValueError, OSError) as error:
        print(f"linli_verify: {error}", file=sys.stderr)
        return 1 if isinstance(error, Broken) else 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
