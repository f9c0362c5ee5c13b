"""The catalogues of the pages, and what fills them."""
