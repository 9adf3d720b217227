"""`make docs`: write the page anew from the marks and the recorded figures."""

from __future__ import annotations

from tests.promises.page import PAGE, page

PAGE.write_text(page(), encoding="utf-8")
