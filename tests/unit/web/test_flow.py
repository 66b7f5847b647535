# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Flows as data: what is refused before anything is sent."""

from __future__ import annotations

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.ebill.ops.plugins.module_utils.web.arguments import (
    ARGUMENTS,
    read_site,
)
from ansible_collections.ebill.ops.plugins.module_utils.web.flow import (
    fill,
    read_flows,
    read_health,
    read_steps,
)
from ansible_collections.ebill.ops.plugins.module_utils.web.session import origin_of
from hypothesis import given
from hypothesis import strategies as st


def flow(**step: object) -> list[dict[str, object]]:
    return [{"name": "f", "steps": [{"path": "/stock", **step}]}]


@pytest.mark.parametrize(
    ("step", "complaint"),
    [
        ({"request": "POST"}, "only the log-in and the log-out may post"),
        ({"form": {"a": "b"}}, "only the log-in and the log-out may post"),
        ({"path": "stock"}, "must begin with one /"),
        ({"path": "//other.example/x"}, "must begin with one /"),
        ({"path": "/\\other.example"}, "must begin with one /"),
        ({"path": "http://other.example/"}, "must begin with one /"),
        ({"path": "/a\r\nX: y"}, "control character"),
        ({"path": "/api/medical/invoiceEBillOutpatient"}, "never calls it"),
        ({"path": "/api/medical/write_off_e_bill?id=1"}, "never calls it"),
        ({"path": "/api?method=TURNPAPER"}, "never calls it"),
        ({"path": "/api/inv%6FiceEBill"}, "never calls it"),
        ({"extract": {"x": "css:.a"}}, "extract must begin with"),
        ({"extract": {"x": "input"}}, "extract must begin with"),
        ({"extract": {"x": "regex:("}}, "no regular expression"),
    ],
)
def test_refused(step: dict[str, object], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        read_flows(flow(**step))


def test_names_are_unique() -> None:
    with pytest.raises(ValueError, match="page '/stock' is named twice"):
        read_flows([*flow(), {"name": "g", "steps": [{"path": "/stock"}]}])
    with pytest.raises(ValueError, match="has no steps"):
        read_flows([{"name": "f", "steps": []}])
    state = {"name": "queue", "path": "q.state", "good": ["UP"]}
    count = {"name": "queue", "path": "q.waiting"}
    assert len(read_health({"path": "/health", "fields": [state, count]}).fields) == 2
    with pytest.raises(ValueError, match="named twice"):
        read_health({"path": "/health", "fields": [state, state]})


def test_a_log_in_may_post() -> None:
    (step,) = read_steps([{"path": "/login", "request": "POST", "form": {"p": "{password}"}}])
    assert (step.request, step.form) == ("POST", (("p", "{password}"),))
    with pytest.raises(ValueError, match="never calls it"):
        read_steps([{"path": "/api", "request": "POST", "form": {"method": "writeOffEBill"}}])


@pytest.mark.parametrize(
    "url",
    ["", "ebill.example", "ftp://e.example", "http://", "http://u:p@e.example", "http://e/?a=b"],
)
def test_addresses_that_are_none(url: str) -> None:
    with pytest.raises(ValueError, match="base_url"):
        origin_of(url)


def test_origin() -> None:
    assert origin_of("https://e.example/ebill") == ("https", "e.example", 443)
    assert origin_of("http://e.example:8080") == ("http", "e.example", 8080)


@given(st.text(), st.text())
def test_placeholders_take_any_value_as_it_is(user: str, password: str) -> None:
    values = {"user": user, "password": password}
    assert fill("{user}|{password}", values) == f"{user}|{password}"


def test_a_placeholder_without_a_value() -> None:
    with pytest.raises(KeyError, match="csrf"):
        fill("{csrf}", {})
    assert fill('{"json": {}}', {}) == '{"json": {}}'


def test_arguments_refuse_a_post_in_a_flow() -> None:
    given_ = {"base_url": "http://e.example", "flows": flow(request="POST")}
    faults = ArgumentSpecValidator(ARGUMENTS).validate(given_).error_messages
    assert any("must be one of: GET" in fault for fault in faults)


def test_arguments_become_a_site_that_hides_its_password() -> None:
    given_ = {"base_url": "http://e.example", "password": "Geheim-77", "flows": flow()}
    result = ArgumentSpecValidator(ARGUMENTS).validate(given_)
    assert not result.error_messages
    site = read_site(result.validated_parameters)
    assert site.password == "Geheim-77"
    assert "Geheim-77" not in repr(site)
    assert site.flows[0].steps[0].expect.status == (200,)
