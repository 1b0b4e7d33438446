"""Packages that are used where they are installed, and named where they are not."""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


def needed(package: str, by: Callable[..., object]) -> Any:
    """The package, or an `ImportError` that says who needs it and how to get it."""
    try:
        return import_module(package)
    except ImportError as missing:
        package = package.partition(".")[0]
        sentence = f"{by.__name__}() needs {package}; install it: pip install {package}"
        raise ImportError(sentence, name=package) from missing
