"""A journal in JetStream is opened by its address, as any other."""

import os
import uuid

import linli
import pytest

CLUSTER = os.environ.get("LINLI_NATS")


@pytest.fixture
def address() -> str:
    """The address of a fresh journal on the cluster that `cargo xtask test` starts."""
    if CLUSTER is None:
        pytest.skip("LINLI_NATS names no cluster; `cargo xtask test` starts one")
    return CLUSTER.replace("/STREAM", f"/python-{uuid.uuid4()}", 1)


def test_two_handles_share_a_journal(address: str) -> None:
    here, there = linli.EventStore(address), linli.EventStore(address)
    key = uuid.uuid4()
    booked = [linli.Event(type="SlotBooked", data=b"Li", tags=["slot:7"])]
    assert here.append(booked, key=key) == 1
    assert there.append(booked, key=key) == 1, "the same key: the first result"
    taken = linli.AppendCondition(linli.Query([linli.QueryItem(tags=["slot:7"])]), after=None)
    with pytest.raises(linli.ConflictError) as refused:
        there.append(booked, condition=taken)
    assert refused.value.values["found"] == 1
    (seen,) = there.read()
    assert (seen.position, seen.event.data, seen.event.tags) == (1, b"Li", ["slot:7"])


def test_a_journal_that_is_not_there_is_not_made(address: str) -> None:
    with pytest.raises(linli.InputError) as refused:
        linli.open(address)
    assert refused.value.code == "Missing"


def test_a_server_out_of_reach_gets_one_sentence() -> None:
    with pytest.raises(linli.StoreError) as refused:
        linli.open("nats://127.0.0.1:1/yujing?monitor=127.0.0.1:2")
    assert refused.value.code == "Unreachable"
    assert "\n" not in str(refused.value)
