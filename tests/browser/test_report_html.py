# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTML report in a real Chromium: filters filter, paper is complete, nothing is loaded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.ebill.ops.plugins.plugin_utils import report
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

from tests.golden import source
from tests.requirement import need_command

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "report_templates/quarterly"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = need_command("chromium", "chromium-browser", "google-chrome")
    with sync_playwright() as tools:
        started = tools.chromium.launch(executable_path=chromium, args=FLAGS)
        yield started
        started.close()


class Opened:
    """A page, with what it asked for and complained of."""

    def __init__(self, page: Page, path: Path) -> None:
        self.page, self.requests, self.problems = page, [], []
        page.on("request", self._request)
        page.on("console", self._console)
        page.on("pageerror", lambda problem: self.problems.append(str(problem)))
        page.goto(path.as_uri())

    requests: list[str]
    problems: list[str]

    def _request(self, request: Request) -> None:
        self.requests.append(request.url)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.problems.append(message.text)

    def shown(self) -> int:
        return self.page.locator("#results tbody tr:visible").count()

    def output(self) -> str:
        return self.page.locator("#filters output").inner_text()


def model() -> dict[str, Any]:
    return report.build_quarterly(source.full())


def write(path: Path, sample: Any, language: str = "zh") -> Path:
    content = report.render("html", report.build_quarterly(sample), language, TEMPLATES)
    path.write_bytes(content)
    return path


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Iterator[Opened]:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    yield Opened(page, write(tmp_path / "report.html", source.full()))
    page.close()


def test_it_asks_for_nothing_and_complains_of_nothing(opened: Opened) -> None:
    opened.page.locator("button.state").first.click()
    assert len(opened.requests) == 1
    assert opened.problems == []
    assert opened.page.evaluate("typeof window.alerted") == "undefined"


@pytest.mark.parametrize(
    ("name", "value", "matches"),
    [
        ("area", "oracle", lambda row: row["area"] == "oracle"),
        ("target", "db01", lambda row: row["target"] == "db01"),
        ("clause", "ENV-05", lambda row: "ENV-05" in row["clauses"]),
    ],
)
def test_selects_filter(opened: Opened, name: str, value: str, matches: Any) -> None:
    rows = model()["results"]
    expected = [row for row in rows if matches(row)]
    opened.page.locator(f"select[name={name}]").select_option(value)
    assert opened.shown() == len(expected) > 0
    assert opened.output() == f"显示 {len(expected)} / {len(rows)} 条"
    failures = sum(row["status"] == "fail" for row in expected)
    assert opened.page.locator("button.state[value=fail] b").inner_text() == str(failures)


def test_statuses_add_to_each_other_and_reset(opened: Opened) -> None:
    counts = model()["conclusion"]["counts"]
    for status in ("fail", "error"):
        opened.page.locator(f"button.state[value={status}]").click()
    assert opened.shown() == counts["fail"] + counts["error"]
    opened.page.locator("button.state[value=fail]").click()
    assert opened.shown() == counts["error"]
    opened.page.locator("button[name=reset]").click()
    assert opened.shown() == len(model()["results"])


def test_text_filters_and_nothing_found_is_said(opened: Opened) -> None:
    box = opened.page.locator("input[name=text]")
    box.fill("ebill_data 用户表空间")
    assert opened.shown() == 1
    box.fill("没有这样的结果")
    assert opened.shown() == 0
    assert opened.page.locator("#none").is_visible()


def test_figures_lead_to_their_results(opened: Opened) -> None:
    opened.page.locator("a[data-count=fail]").click()
    assert opened.shown() == model()["conclusion"]["counts"]["fail"]
    opened.page.locator("#clause-matrix a[data-filter='clause=ENV-06']").click()
    assert opened.shown() == 18


def test_paper_is_complete_whatever_the_filter(opened: Opened) -> None:
    opened.page.locator("button.state[value=error]").click()
    opened.page.emulate_media(media="print")
    assert opened.shown() == len(model()["results"])
    assert not opened.page.locator("#filters").is_visible()
    assert not opened.page.locator("nav").is_visible()
    printed = opened.page.pdf(prefer_css_page_size=True)
    assert printed.count(b"/Type /Page\n") >= 8


@pytest.mark.parametrize("width", [360, 820, 1440])
def test_no_screen_scrolls_sideways(opened: Opened, width: int) -> None:
    opened.page.set_viewport_size({"width": width, "height": 800})
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= width


def test_it_reads_without_script(browser: Browser, tmp_path: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(write(tmp_path / "report.html", source.full()).as_uri())
    assert page.locator("#results tbody tr").count() == len(model()["results"])
    assert not page.locator("#filters").is_visible()
    context.close()


def test_two_thousand_results(browser: Browser, tmp_path: Path) -> None:
    page = browser.new_page()
    large = Opened(page, write(tmp_path / "report.html", source.large(2000), "en"))
    page.locator("select[name=target]").select_option("db01")
    wanted = sum(row["target"] == "db01" for row in source.large(2000).results)
    assert large.shown() == wanted
    assert large.output() == f"{wanted} of 2000 shown"
    page.close()


def test_limited_run_says_so(browser: Browser, tmp_path: Path) -> None:
    sample = source.full()
    limited = replace(sample, run={**sample.run, "selection": "host.disk_used"})
    page = browser.new_page()
    Opened(page, write(tmp_path / "report.html", limited))
    assert page.locator(".limited").inner_text() == "本次仅检查：host.disk_used"
    page.close()
