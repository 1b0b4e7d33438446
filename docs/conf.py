"""The site: pages that say where to begin, and what the repository says of itself.

The source is the whole repository, so that a link means the same in it and on the site. Every
warning is an error: `cargo xtask docs` builds it.
"""

import importlib
from importlib.machinery import SourceFileLoader
from types import CodeType

from sphinx.application import Sphinx


def as_checkers_read(loader: SourceFileLoader, fullname: str) -> CodeType:
    """The code of a module, with what it imports for type checkers alone."""
    source = loader.get_data(loader.path)
    source = source.replace(b"TYPE_CHECKING = False", b"TYPE_CHECKING = True")
    return loader.source_to_code(source, loader.path)


# The package imports some names for type checkers alone, and some where somebody asks for them.
# Here it is read as a type checker reads it, so that each annotation leads somewhere.
SourceFileLoader.get_code = as_checkers_read
importlib.import_module("linli")
del SourceFileLoader.get_code

project = "Linli 邻里"
root_doc = "docs/index"
extensions = ["myst_nb", "sphinx.ext.autodoc"]
include_patterns = ["*.md", "docs/*.md", "benches/*.md", "bindings/python/**", "crates/**.md"]
exclude_patterns = ["**/.*", "**/target"]
source_suffix = {".md": "myst-nb", ".ipynb": "myst-nb"}

# The Python tests run the notebooks, and compare with what they were committed with.
nb_execution_mode = "off"
myst_heading_anchors = 3

# The docstrings are Markdown, and reStructuredText as well but for a single backtick.
default_role = "code"
autoclass_content = "both"
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
nitpicky = True
# Their pages are not here.
nitpick_ignore_regex = [
    ("py:class", r"(abc|collections\.abc|datetime|decimal|os|polars|uuid)\..+|UUID"),
    ("py:(class|obj)", r"linli\._(fold\.State|opened\.Opened)"),
]
# The table of the glossary has its title on the page that takes it in.
suppress_warnings = ["toc.no_title"]

html_theme = "alabaster"
html_theme_options = {"page_width": "1080px", "fixed_sidebar": True}
html_title = project
html_show_copyright = False
html_copy_source = False


def without_private(
    app: object, what: str, name: str, thing: object, options: object, given: str, returned: str
) -> tuple[str, str] | None:
    """What the package alone makes, from a private thing, shows no way to make it."""
    return ("", returned) if given and "_linli." in given else None


def without_commonplace(
    app: object, what: str, name: str, thing: object, options: object, lines: list[str]
) -> None:
    """Python writes a sentence about every named tuple, and ours says more."""
    lines[:] = [line for line in lines if not line.startswith("Create new instance of")]


def setup(app: Sphinx) -> None:
    """Called by Sphinx."""
    app.connect("autodoc-process-signature", without_private)
    app.connect("autodoc-process-docstring", without_commonplace)
