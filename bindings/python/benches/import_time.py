"""How long `import linli` takes above a bare interpreter, and what of it is whose.

    python bindings/python/benches/import_time.py

Run it with the Python of an environment that has the release wheel and nothing else. Processes of
both kinds take turns, so that a busy machine slows both; the figures are medians. The second table
is Python's own count (`-X importtime`) of the same import.
"""

from __future__ import annotations

import subprocess
import sys
import time
from statistics import median

PROCESSES = 20
LIMIT_MS = 20.0
BARE, IMPORTS = "pass", "import linli"


def wall_ms(code: str) -> float:
    """A whole process, in milliseconds."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return (time.perf_counter() - began) * 1_000


def own_ms() -> dict[str, float]:
    """What Python counts for each module of the import, its imports included, in milliseconds."""
    words = [sys.executable, "-X", "importtime", "-c", IMPORTS]
    told = subprocess.run(words, check=True, capture_output=True, text=True).stderr
    parts = [line.removeprefix("import time:").split("|") for line in told.splitlines()[1:]]
    return {name.strip(): int(cumulative) / 1_000 for _, cumulative, name in parts}


def main() -> int:
    """Prints the figures; 1 where the import is above the limit."""
    wall_ms(IMPORTS)  # Read from the disk once.
    pairs = [(wall_ms(BARE), wall_ms(IMPORTS)) for _ in range(PROCESSES)]
    bare, loaded = (median(column) for column in zip(*pairs, strict=True))
    above = loaded - bare
    print(f"a bare interpreter {bare:6.1f} ms, with `import linli` {loaded:6.1f} ms")
    print(f"above it           {above:6.1f} ms, limit {LIMIT_MS:.0f} ms")
    counts = [own_ms() for _ in range(PROCESSES)]
    medians = {name: median(count.get(name, 0.0) for count in counts) for name in counts[0]}
    for name, ms in sorted(medians.items(), key=lambda item: -item[1])[:8]:
        print(f"  {ms:6.2f} ms  {name}")
    return 0 if above <= LIMIT_MS else 1


if __name__ == "__main__":
    sys.exit(main())
