#!/usr/bin/python
# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: web_flow_info
short_description: Log in to a web site once, open its pages and see whether they are as expected
version_added: 1.0.0
author: ebill.ops contributors (@ebill-ops)
description:
  - Visits a site in one session. It reads the certificate and the health page, logs in once,
    opens
    the pages of all flows one after the other, and logs out. It returns what it found as
    observations that the catalogue of this collection judges. It judges nothing itself.
  - It only looks. A flow can do nothing but C(GET); only O(login) and O(logout) may post. A
    path that
    names a method of the vendors' interface that makes, reverses or hands out a bill is refused.
  - There is one attempt to log in, whatever comes of it. If it is refused, what lies behind it is
    an error with the reason C(login_refused). A redirect that would send the form with the
    password again (307, 308) is not followed; the log-in is then an error with the reason
    C(post_redirected).
  - Redirects are followed within the same scheme, host and port only. Proxies of the
    environment are
    not used. Each request, the whole visit and the size of a page are limited.
  - A site that refuses or resets connections or does not answer in time is a finding, and the
    log-in is where it is found. A name that does not resolve, a network without a route, a
    certificate that is not trusted (the password is then not sent) and the end of the whole time
    are errors of our side.
  - Pages are decoded by their byte order mark, header or meta element; C(gb2312) and C(gbk) are
    read as
    GB18030. Texts are looked for in what is visible, without regard to white space.
  - The text of a page is never returned, only which of the given texts were missing or found.
attributes:
  check_mode:
    support: full
    description: The module changes nothing.
  diff_mode:
    support: none
    description: There is nothing to compare.
options:
  base_url:
    description:
      - C(http://HOST[:PORT][/PATH]) or C(https://...) of the site.
      - All paths are added to it.
    type: str
    required: true
  user:
    description: Account for the log-in, put where C({user}) stands.
    type: str
  password:
    description: Its password, put where C({password}) stands.
    type: str
  ca_file:
    description:
      - File on the machine that runs the module, with authorities in PEM to trust besides the
        system's.
    type: path
  validate_certs:
    description:
      - Whether the site's certificate must be valid before anything is sent.
      - With V(false) the password is sent to whoever answers.
    type: bool
    default: true
  login:
    description:
      - Steps of the log-in.
      - Without any, the flows are opened without one, and the log-in is an error.
      - The log-in works when all its steps are as expected.
    type: list
    elements: dict
    default: []
    suboptions: &posting
      name:
        description: Name of the step as the report shows it. The path if not given.
        type: str
      request:
        description: Method of the request.
        type: str
        choices: [GET, POST]
        default: GET
      path:
        description:
          - Path and query below O(base_url).
          - May hold C({placeholders}) of extracted values.
        type: str
        required: true
      form:
        description:
          - Fields to post.
          - Values may hold C({user}), C({password}) and extracted values.
        type: dict
      extract: &extract
        description:
          - Values to take from the page, by name.
          - A rule is C(input:NAME) (value of an input element), C(meta:NAME) (content of a meta
            element)
            or C(regex:EXPRESSION) (first group, over the source).
        type: dict
      expect: &expect
        description: What the page must be.
        type: dict
        suboptions:
          status:
            description: Status codes that are right, after redirects.
            type: list
            elements: int
            default: [200]
          text:
            description: Texts that must be visible.
            type: list
            elements: str
            default: []
          absent_text:
            description: Texts that must not be visible.
            type: list
            elements: str
            default: []
          within_seconds:
            description: A page that takes longer is C(slow).
            type: float
  refused_text:
    description:
      - Texts by which the site says that it refuses the account, such as a wrong password.
    type: list
    elements: str
    default: []
  attempt_login:
    description:
      - V(false) when a log-in of this account was tried earlier in the same run and failed.
      - Nothing is then tried, so that the account is not locked; the reason is
        C(login_not_repeated).
    type: bool
    default: true
  logout:
    description: Steps of the log-out. They are tried however the flows ended.
    type: list
    elements: dict
    default: []
    suboptions: *posting
  flows:
    description: What to open behind the log-in.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: Name of the flow as the report shows it. Unique.
        type: str
        required: true
      function:
        description: Which of the seven functions the flow belongs to.
        type: str
        choices: [basic_information, stock, issuing, archive, delivery, report, administration]
      steps:
        description:
          - Pages in their order.
          - After one that is not as expected the rest is not opened.
        type: list
        elements: dict
        required: true
        suboptions:
          name:
            description:
              - Name of the page as the report shows it.
              - Unique over all flows.
              - The path if not given.
            type: str
          request:
            description: Method of the request. A flow never posts.
            type: str
            choices: [GET]
            default: GET
          path:
            description:
              - Path and query below O(base_url).
              - May hold C({placeholders}) of extracted values.
            type: str
            required: true
          extract: *extract
          expect: *expect
  error_text:
    description: Texts that are a sign of a fault on whatever page they stand.
    type: list
    elements: str
    default: []
  health:
    description: The site's health page, without which the back end is not looked at.
    type: dict
    suboptions:
      path:
        description: Path of the page. It is opened before the log-in.
        type: str
      fields:
        description: Values to read from its JSON.
        type: list
        elements: dict
        default: []
        suboptions:
          name:
            description: Name of the component as the report shows it.
            type: str
            required: true
          path:
            description: Where the value stands, such as C(queue.waiting) or C(nodes.0.state).
            type: str
            required: true
          good:
            description:
              - Values of a healthy state, in any case of letters.
              - A field without them is a count.
            type: list
            elements: str
            default: []
  request_timeout_seconds:
    description: A page that has not come completely after this time does not answer.
    type: float
    default: 30
  timeout_seconds:
    description: Limit for the whole visit. The log-out may take 5 seconds more.
    type: float
    default: 180
  max_bytes:
    description: A page that is longer is not read.
    type: int
    default: 2097152
requirements:
  - httpx
  - cryptography to read the certificate
seealso:
  - module: ebill.ops.interface_info
"""

EXAMPLES = r"""
- name: Log in and open the stock page
  ebill.ops.web_flow_info:
    base_url: https://ebill.hospital.example
    user: "{{ vault_ebill_user }}"
    password: "{{ vault_ebill_password }}"
    login:
      - path: /login
        extract: {csrf: "input:_csrf"}
      - path: /login
        request: POST
        form: {username: "{user}", password: "{password}", _csrf: "{csrf}"}
        expect: {text: [退出登录]}
    refused_text: [用户名或密码错误]
    logout:
      - path: /logout
        request: POST
    flows:
      - name: 票据库存
        function: stock
        steps:
          - path: /stock
            expect: {text: [票据库存, 结存], absent_text: [系统异常]}
"""

RETURN = r"""
notes:
  description:
    - C(login_attempt) is V(none) when nothing was asked of the log-in, V(good), or V(failed).
    - What visits the same site with the same account later in the run goes by it.
  returned: always
  type: dict
observations:
  description:
    - One entry for each question, always all of them. An entry has one of the keys C(rows),
      C(error)
      (with C(reason) and C(detail)) and C(absent) (there is rightly none).
    - A row that has the key C(error) says that this flow or page could not be looked at.
  returned: always
  type: dict
  contains:
    login:
      description:
        - One row with C(ok), C(outcome), C(status_code), C(expected), C(seen), C(failed_step),
          C(logged_out).
      type: dict
      returned: always
    flows:
      description:
        - A row for each flow with C(flow), C(function) and the fields of RV(observations.login).
      type: dict
      returned: always
    flow_times:
      description:
        - A row for each flow with C(elapsed_seconds), the sum of its pages up to the last answer.
      type: dict
      returned: always
    pages:
      description:
        - A row for each page with C(flow), C(page) and the fields of RV(observations.login).
      type: dict
      returned: always
    page_times:
      description: A row for each page with C(elapsed_seconds), redirects included.
      type: dict
      returned: always
    health:
      description:
        - A row for the health page and each of its states, with C(component), C(state), C(ok).
      type: dict
      returned: always
    health_counts:
      description: A row for each count, with C(component), C(count).
      type: dict
      returned: always
    certificate:
      description: One row as in M(ebill.ops.interface_info), or C(absent) without TLS.
      type: dict
      returned: always
  sample:
    page_times:
      rows:
        - flow: 票据库存
          page: 票据库存
          elapsed_seconds: 0.21
"""

import asyncio
from datetime import UTC, datetime

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.ebill.ops.plugins.module_utils.web.arguments import (
    ARGUMENTS,
    read_site,
)
from ansible_collections.ebill.ops.plugins.module_utils.web.runner import inspect


def main() -> None:
    """Read the arguments, visit the site, return."""
    module = AnsibleModule(argument_spec=ARGUMENTS, supports_check_mode=True)
    try:
        site = read_site(module.params)
    except ValueError as error:
        module.fail_json(msg=str(error))
    visited = asyncio.run(inspect(site, datetime.now(UTC)))
    notes = {"login_attempt": visited.login_attempt}
    module.exit_json(changed=False, observations=visited.observations, notes=notes)


if __name__ == "__main__":
    main()
