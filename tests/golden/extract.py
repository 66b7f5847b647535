# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read texts and figures back out of the documents, by other libraries than wrote them."""

from __future__ import annotations

import io
import re
from html.parser import HTMLParser
from typing import Any

import openpyxl
import pypdf
from docx import Document

SYMBOLS = "●▲■◆－○□"


class Page(HTMLParser):
    """Collects the tables (by id, or by order) and the text of an HTML document."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: dict[str, list[list[str]]] = {}
        self.tiles: dict[str, str] = {}
        self.text: list[str] = []
        self._table: list[list[str]] = []
        self._cell: list[str] | None = None
        self._quiet = 0
        self._tile: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag in ("style", "script"):
            self._quiet += 1
        elif tag == "table":
            self._table = []
            self.tables[values.get("id") or f"table{len(self.tables)}"] = self._table
        elif tag == "tr":
            self._table.append([])
        elif tag in ("td", "th"):
            self._cell = []
        elif "data-count" in values:
            self._tile = values["data-count"]

    def handle_endtag(self, tag: str) -> None:
        if tag in ("style", "script"):
            self._quiet -= 1
        elif tag in ("td", "th") and self._cell is not None:
            self._table[-1].append(" ".join(self._cell))
            self._cell = None

    def handle_data(self, data: str) -> None:
        if self._quiet or not data.strip():
            return
        if self._tile:
            self.tiles[self._tile], self._tile = data.strip(), None
        self.text.append(data.strip())
        if self._cell is not None:
            self._cell.append(data.strip())


def page(content: bytes) -> Page:
    read = Page()
    read.feed(content.decode())
    return read


def word(content: bytes) -> Any:
    return Document(io.BytesIO(content))


def word_tables(content: bytes) -> list[list[list[str]]]:
    """Return every table as rows of texts. python-docx's own cells are slow: the XML is read."""
    space = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    return [
        [
            [
                "\n".join(
                    "".join(t.text or "" for t in p.iter(f"{space}t"))
                    for p in cell.iter(f"{space}p")
                )
                for cell in row.iter(f"{space}tc")
            ]
            for row in table.iter(f"{space}tr")
        ]
        for table in word(content).element.body.iter(f"{space}tbl")
    ]


def word_text(content: bytes) -> str:
    lines = [paragraph.text for paragraph in word(content).paragraphs if paragraph.text]
    for table in word_tables(content):
        lines += [" | ".join(cell.replace("\n", " / ") for cell in row) for row in table]
    return "\n".join(lines) + "\n"


def book(content: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content))


def sheets(content: bytes) -> dict[str, list[list[Any]]]:
    return {
        sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()]
        for sheet in book(content).worksheets
    }


def book_text(content: bytes) -> str:
    lines = []
    for title, rows in sheets(content).items():
        lines.append(f"[{title}]")
        lines += [
            " | ".join(
                "" if value is None else str(value).replace("\n", " / ") for value in row
            ).rstrip(" |")
            for row in rows
        ]
    return "\n".join(lines) + "\n"


def pdf_text(content: bytes) -> str:
    reader = pypdf.PdfReader(io.BytesIO(content))
    return (
        "\n".join(
            f"--- {n}\n{sheet.extract_text()}" for n, sheet in enumerate(reader.pages, start=1)
        ).replace("\u200b", "")
        + "\n"
    )


def squeeze(text: str) -> str:
    """Drop white space: a PDF breaks lines where it likes."""
    return re.sub(r"\s+", "", text)


def plain_html(content: bytes) -> str:
    """The document without style, script and their hashes, one element a line."""
    text = re.sub(r"(?s)<(style|script)>.*?</\1>", r"<\1/>", content.decode())
    text = re.sub(r"sha256-[A-Za-z0-9+/=]+", "sha256-…", text)
    return re.sub(r">\s*<(?=[a-z!])", ">\n<", text)
