"""How Sphinx makes the documentation site from the assembled pages; see build.py."""

from importlib.metadata import version as version_of

project = "distnet-store"
author = "the distnet-store developers"
release = version_of("distnet-store")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
root_doc = "index"
source_suffix = {".md": "markdown"}
exclude_patterns = ["**/README.md"]

myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence"]

default_role = "code"  # docstrings write names in single backticks
autodoc_typehints = "signature"
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
napoleon_numpy_docstring = False
napoleon_use_ivar = True

html_theme = "furo"
html_title = f"distnet-store {release}"
html_show_sphinx = False
html_show_copyright = False
smartquotes = False  # options begin with two hyphens
html_copy_source = False
pygments_style = "friendly"
