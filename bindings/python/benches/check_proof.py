"""Seconds that the second verifier takes to check a proof, the median of several.

    python bindings/python/benches/check_proof.py KEY.pub PROOF

Any Python does, since the verifier needs the standard library alone; `cargo xtask bench --only
proofs` runs it. It prints one JSON document.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "python"))

import linli_verify  # noqa: E402  # It stands in the tree, installed or not.

ROUNDS = 15


def main(key_file: str, proof_file: str) -> None:
    """Reads both files once, and checks as often as is asked for."""
    key = linli_verify.Key.read(Path(key_file).read_text("utf-8"))
    proof = Path(proof_file).read_bytes()
    seconds = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        _, record = linli_verify.inclusion(proof, key)
        seconds.append(time.perf_counter() - began)
    print(json.dumps({"seconds": statistics.median(seconds), "position": record.position}))


if __name__ == "__main__":
    main(*sys.argv[1:])
