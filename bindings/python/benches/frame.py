"""A frame of all bills of a journal: seconds, and memory above the level before the call.

    python bindings/python/benches/frame.py JOURNAL TARIFF [polars]

Run it with the Python of an environment that has the release wheel and pyarrow (or Polars); `cargo
xtask bench --only frames` runs it beside the same columns in Rust. It prints one JSON document. The
peak is the system's own (`VmHWM` of `/proc/self/status`), begun anew before the call.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import pyarrow

import linli


def resident_kib(line: str) -> int:
    """What the system tells of this process: `VmRSS` now, `VmHWM` at most so far."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    (told,) = (entry for entry in status.splitlines() if entry.startswith(f"{line}:"))
    return int(told.split()[1])


def main(journal: str, tariff: str, form: str = "arrow") -> None:
    """One call, and what it took."""
    if form == "polars":
        import polars  # noqa: F401  # Imported before the clock starts.
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    before = resident_kib("VmRSS")
    began = time.perf_counter()
    bills = linli.open(journal).replay(tariff, progress=False).bills
    frame: Any = bills.to_polars() if form == "polars" else bills.to_arrow()
    seconds = time.perf_counter() - began
    peak = resident_kib("VmHWM")
    size = frame.estimated_size() if form == "polars" else frame.get_total_buffer_size()
    figures = {
        "seconds": seconds,
        "rows": len(frame),
        "result_kib": size // 1_024,
        "before_kib": before,
        "peak_kib": peak,
        "pyarrow": pyarrow.__version__,
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main(*sys.argv[1:])
