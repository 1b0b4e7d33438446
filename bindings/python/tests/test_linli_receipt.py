"""The second verifier of receipts: bills as the golden files have them."""

from __future__ import annotations

from pathlib import Path

import linli_receipt
import pytest
from linli_verify import Broken, Key, Malformed

GOLDEN = Path(__file__).resolve().parents[3] / "tests" / "golden"
KEY = Key.read("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")


def golden(kind: str) -> bytes:
    return (GOLDEN / f"{kind}.v1.bin").read_bytes()


@pytest.mark.parametrize("kind", linli_receipt._BILLS)
def test_a_bill_says_what_its_bytes_say(kind: str) -> None:
    # A zone, an instant and an actor; a version and an instant.
    append, own = b"\x83\x61z\x1a\x3b\x9a\xca\x00\x61a", b"\x82\x01\x00"
    says = linli_receipt._said(kind, 7, append, own, golden(kind))
    assert (says["type"], says["position"], says["actor"]) == (kind, 7, "a")
    assert (says["occurred_at"], says["recorded_at"]) == (
        "1970-01-01T00:00:00Z",
        "1970-01-01T00:16:40Z",
    )
    assert says["data"]["session"] == "seed:17"
    assert list(says["data"]) == linli_receipt._BILLS[kind].split()


def test_what_is_left_out_is_null() -> None:
    append, own = b"\x83\x61z\x00\x61a", b"\x82\x01\x00"
    says = linli_receipt._said("BillIssued", 1, append, own, golden("BillIssued"))
    assert (says["data"]["amount"], says["data"]["replaces"]) == ("0.66", "B0")
    assert says["data"]["card"] is None


def test_instants_are_as_fine_as_they_are() -> None:
    assert linli_receipt._instant(1_500_000) == "1970-01-01T00:00:01.500Z"
    assert linli_receipt._instant(1) == "1970-01-01T00:00:00.000001Z"
    for outside in (-(2**63), 2**63 - 1):
        with pytest.raises(Malformed, match="years 1 to 9999"):
            linli_receipt._instant(outside)


@pytest.mark.parametrize("cut", range(1, 9))
def test_bytes_that_are_no_bill_are_refused(cut: int) -> None:
    with pytest.raises(Broken):
        linli_receipt._array(golden("BillRecorded")[:-cut])
    with pytest.raises(Broken):
        linli_receipt._array(golden("BillRecorded") + bytes(cut))


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"receipt": "linli/receipt/v1"}', "[" * 9_999])
def test_what_is_no_receipt_is_said(text: str) -> None:
    with pytest.raises((Malformed, ValueError)):
        linli_receipt.receipt(text.encode(), KEY)
