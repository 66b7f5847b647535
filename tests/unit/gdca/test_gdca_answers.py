# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever JSON a server answers with: every observation is there, flat, and can be written."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.ebill.ops.plugins.module_utils.gdca import appliance, auth, shown
from ansible_collections.ebill.ops.plugins.module_utils.gdca.answers import (
    Observation,
    Trouble,
    clean,
    dig,
)
from ansible_collections.ebill.ops.plugins.module_utils.gdca.settings import Pair, Settings
from ansible_collections.ebill.ops.plugins.module_utils.gdca.talk import Answer
from hypothesis import given, settings
from hypothesis import strategies as st

from lab.tls import Authority

NOW = datetime.now(UTC)
FIELDS = ["id", "challenge", "result", "user", "certificates", "role", "pem", "time", "version"]
FIELDS += ["selftest", "licence", "days_left", "disk", "log", "used_percent"]
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(exclude_categories=()))  # with lone surrogates, as JSON may have them
    | st.sampled_from(["accepted", "passed", "AAAA", "signing", "-----BEGIN CERTIFICATE-----"])
)
JSON = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=9)
    ),
    max_leaves=20,
)


class Fixed:
    """A channel that answers everything with the same value."""

    def __init__(self, value: Any, status: int, site: Settings) -> None:
        self.answer = Answer(status, value, "rubbish", NOW, NOW, 0.0)
        self.settings = site

    def now(self) -> datetime:
        return NOW

    def get(self, _path: str) -> Answer:
        return self.answer

    def post(self, _path: str, _body: Any) -> Answer:
        return self.answer


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    directory: Path = tmp_path_factory.mktemp("site")
    certificate, key = Authority("test", NOW).issue("inspection").write(directory, "test")
    pair = Pair("test", str(certificate), str(key))
    return Settings("127.0.0.1", 1, test_pair=pair, refused_pairs=(replace(pair, name="x"),))


def assert_whole(found: dict[str, Observation], names: tuple[str, ...]) -> None:
    assert set(found) == set(names)
    json.dumps(found, ensure_ascii=False, allow_nan=False).encode()
    for observation in found.values():
        for row in observation.get("rows", ()):
            flat = {key: value for key, value in row.items() if key != "error"}
            assert all(isinstance(v, (str, int, float, bool, type(None))) for v in flat.values())


@given(value=JSON, status=st.sampled_from([200, 200, 200, 401, 500]))
@settings(max_examples=60, deadline=None)
def test_any_answer_is_observed(site: Settings, value: Any, status: int) -> None:
    channel: Any = Fixed(value, status, site)
    assert_whole(appliance.observe(channel, site), appliance.OBSERVATIONS)
    assert_whole(auth.observe(channel, site), auth.OBSERVATIONS)
    assert_whole(
        shown.certificates(channel, site, [], [], NOW),
        ("certificates", "certificate_signatures", "chains"),
    )


def authenticate(site: Settings, value: Any, status: int = 200) -> dict[str, Any]:
    channel: Any = Fixed(value, status, site)
    return auth.observe(channel, site)


RIGHT = {"id": "1", "challenge": "AAAA", "result": "accepted", "user": "inspection"}


@pytest.mark.parametrize(
    ("value", "state"),
    [
        (RIGHT, "accepted"),
        (RIGHT | {"user": ""}, "no_user"),
        ({k: v for k, v in RIGHT.items() if k != "user"}, "no_user"),
        (RIGHT | {"result": "refused"}, "refused"),
        (RIGHT | {"result": 0}, "refused"),
    ],
)
def test_verdicts(site: Settings, value: Any, state: str) -> None:
    found = authenticate(site, value)
    assert found["authentication"]["rows"][0]["state"] == state
    if state == "refused":
        assert found["wrong_signature"]["error"]["reason"] == "control_failed"


def test_a_challenge_that_never_changes(site: Settings) -> None:
    found = authenticate(site, RIGHT)
    assert found["challenges"]["rows"][0]["unique"] is False
    assert found["replay"]["rows"] == [{"refused": False}]


@pytest.mark.parametrize(
    ("value", "detail"),
    [
        (RIGHT | {"challenge": "!"}, "challenge base64"),
        (RIGHT | {"challenge": ""}, "field challenge"),
        ({"challenge": "AAAA"}, "field id"),
        ({"id": "1", "challenge": "AAAA"}, "field result"),
        (None, "field challenge"),
    ],
)
def test_an_answer_that_cannot_be_used(site: Settings, value: Any, detail: str) -> None:
    found = authenticate(site, value)
    assert found["authentication"]["error"] == {"reason": "bad_answer", "detail": detail}


def test_negative_tests_can_be_switched_off(site: Settings) -> None:
    found = authenticate(replace(site, negative_tests=False), RIGHT)
    assert found["authentication"]["rows"][0]["state"] == "accepted"
    for name in ("wrong_signature", "replay", "refused_certificates", "challenges"):
        assert found[name]["absent"]["reason"] == "not_configured"


def test_dig() -> None:
    assert dig({"a": {"b": 1}}, "a.b") == 1
    for data in ({}, {"a": 1}, None, []):
        with pytest.raises(Trouble):
            dig(data, "a.b")


@given(st.text(st.characters(exclude_categories=())))
def test_clean_text_is_one_short_line(text: str) -> None:
    found = clean(text)
    found.encode()
    assert len(found) <= 80
    assert found.isprintable()
