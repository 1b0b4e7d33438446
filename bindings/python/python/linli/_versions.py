"""What a bug report needs."""

from __future__ import annotations

from linli import _linli


def show_versions() -> None:
    """Prints the versions of Linli, its zone database, Python, and what reads its tables."""
    # Both take longer to import than all of Linli.
    import platform
    from importlib import metadata

    versions = {
        "linli": _linli.VERSION,
        "zone database": _linli.ZONE_DATABASE,
        "Python": platform.python_version(),
        "platform": platform.platform(),
    }
    for package in ("polars", "pandas", "pyarrow", "duckdb", "matplotlib"):
        try:
            versions[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            versions[package] = "not installed"
    for name, version in versions.items():
        print(f"{name:14} {version}")
