"""Checks what `linli receipt` wrote, with the standard library and `linli_verify.py` beside it.

    python -m linli_receipt --key key.pub [--witness FILE.pub]... RECEIPT

Made from the written format, as `linli_verify` is. It prints the bill. The exit status is 0 where
it holds, 1 where it does not, 2 where the file is no receipt.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from datetime import UTC, datetime, timedelta
from itertools import zip_longest
from pathlib import Path
from typing import Any, cast

from linli_verify import Broken, Key, Malformed, cosigners, inclusion, unbase64

# The fields of each event of a bill, in the order in which they stand in its payload.
_BILLS = {
    "BillRecorded": "session source amount currency",
    "BillIssued": "bill session tariff version currency amount replaces card month hash",
    "BillCredited": "bill credits session reason card",
    "BillConfirmed": "bill session reason",
}


def _item(run: bytes) -> tuple[Any, bytes]:
    """The first item of CBOR (RFC 8949), of those kinds that a bill is made of, and the rest."""
    if not run:
        raise Broken("the bytes of the bill end too early")
    kind, short, run = run[0] >> 5, run[0] & 31, run[1:]
    if (kind, short) == (7, 22):
        return None, run
    size = 0 if short < 24 else 1 << (short - 24)
    if short > 27 or len(run) < size:
        raise Broken("the bytes of the bill are none that are known")
    number, run = int.from_bytes(run[:size], "big") if size else short, run[size:]
    if kind in (0, 1):
        return (-1 - number if kind else number), run
    if kind == 3 and len(run) >= number:
        return run[:number].decode("utf-8"), run[number:]
    if kind == 4:
        items: list[Any] = []
        for _ in range(min(number, len(run))):
            item, run = _item(run)
            items.append(item)
        if len(items) == number:
            return items, run
    raise Broken("the bytes of the bill are none that are known")


def _array(run: bytes) -> list[Any]:
    items, rest = _item(run)
    if not isinstance(items, list) or rest:
        raise Broken("the bytes of the bill are no fields of an event")
    return cast("list[object]", items)


def _instant(microseconds: int) -> str:
    """RFC 3339 in UTC, as fine as the instant is."""
    try:
        at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
    except OverflowError:
        raise Malformed("it tells of an instant outside of the years 1 to 9999") from None
    grain = "seconds" if at.microsecond == 0 else "microseconds"
    grain = "milliseconds" if at.microsecond and at.microsecond % 1_000 == 0 else grain
    return at.replace(tzinfo=None).isoformat(timespec=grain) + "Z"


def _said(kind: str, position: int, append: bytes, own: bytes, payload: bytes) -> dict[str, Any]:
    """What an event says, read from the bytes that were hashed."""
    names, envelope, recorded = _BILLS[kind].split(), _array(own), _array(append)
    if envelope[0] != 1:
        raise Malformed("the bill is of a later version; check it with a later verifier")
    fields = _array(payload)[: len(names)]
    return {
        "type": kind,
        "position": position,
        "occurred_at": _instant(envelope[1]),
        "recorded_at": _instant(recorded[1]),
        "actor": recorded[2],
        "data": dict(zip_longest(names, fields)),
    }


def _part(run: bytes) -> bytes:
    return len(run).to_bytes(8, "little") + run


def _checked(event: dict[str, Any], session: str, key: Key) -> tuple[dict[str, Any], bytes]:
    """What an event of a receipt says, if it stands in a signed journal; and the checkpoint."""
    proof = event["proof"].encode()
    _, record = inclusion(proof, key)
    runs = [event[name] for name in ("append_metadata", "metadata", "payload")]
    append, own, payload = (unbase64(run) for run in runs)
    is_own = (
        record.payload_bytes == len(payload)
        and record.payload_hash == hashlib.sha256(payload).digest()
        and record.metadata_hash == hashlib.sha256(_part(append) + _part(own)).digest()
        and record.type in _BILLS
        and f"charging:{session}" in record.tags
    )
    says = _said(record.type, record.position, append, own, payload) if is_own else None
    # As text: to Python 1 is 1.0, and to JSON it is not.
    if json.dumps(says, sort_keys=True) != json.dumps(event["says"], sort_keys=True):
        raise Broken("what the receipt says is not what stands in the journal")
    return event["says"], proof.partition(b"\n\n")[2]


def _written(document: dict[str, Any]) -> str:
    """The one way to write a receipt: a name that stands there twice is read in two ways."""
    names = ("append_metadata", "metadata", "payload", "proof")
    events = [
        # Names within `says` stand in the order of their letters.
        {"says": json.loads(json.dumps(event["says"], sort_keys=True))}
        | {name: event[name] for name in names}
        for event in document["events"]
    ]
    again = {"receipt": document["receipt"], "session": document["session"], "events": events}
    return json.dumps(again, indent=2, ensure_ascii=False) + "\n"


def receipt(text: bytes, key: Key) -> list[tuple[dict[str, Any], bytes]]:
    """What the events of a bill say, each with the checkpoint under which it was proven."""
    try:
        document = json.loads(text)
        if document["receipt"] != "linli/receipt/v1" or not document["events"]:
            raise Malformed("this is no receipt")
        if _written(document) != text.decode("utf-8"):
            raise Malformed("the receipt is written in another way; give it as it was written")
        told = [_checked(event, document["session"], key) for event in document["events"]]
    except (KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        raise Malformed("this is no receipt") from error
    positions = [says["position"] for says, _ in told]
    if sorted(set(positions)) != positions or len({note for _, note in told}) > 1:
        raise Broken("an event stands there twice, out of order, or under another checkpoint")
    return told


def main(words: list[str] | None = None) -> int:
    """What `python -m linli_receipt` does."""
    parser = argparse.ArgumentParser("linli_receipt", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--key", type=Path, required=True, metavar="FILE.pub")
    parser.add_argument("--witness", type=Path, action="append", default=[], metavar="FILE.pub")
    parser.add_argument("receipt", type=Path, metavar="RECEIPT")
    args = parser.parse_args(words)
    try:
        key = Key.read(args.key.read_text("utf-8"))
        witnesses = [Key.read(path.read_text("utf-8"), 4) for path in args.witness]
        bills = receipt(args.receipt.read_bytes(), key)
        if any(len(cosigners(note, witnesses)) < len(witnesses) for _, note in bills):
            raise Broken("not all of the witnesses have cosigned it")
        print(json.dumps({"ok": True, "bills": [says for says, _ in bills]}, ensure_ascii=False))
    except (ValueError, OSError) as error:
        print(f"linli_receipt: {error}", file=sys.stderr)
        return 1 if isinstance(error, Broken) else 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
