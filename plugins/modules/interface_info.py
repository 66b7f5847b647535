#!/usr/bin/python
# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: interface_info
short_description: Probe the interfaces of an e-bill system over TCP, HTTP and HTTPS
version_added: 1.0.0
author: ebill.ops contributors (@ebill-ops)
description:
  - Asks each given end once, all at the same time, and returns what was found as observations
    that
    the catalogue of this collection judges. It judges nothing itself.
  - It only looks. Over HTTP it sends one C(GET) and follows no redirect; over TCP it sends just
    the
    text in O(probes[].send). Proxies of the environment are not used.
  - An end that refuses, resets or does not answer in time is a finding about that end. A name
    that
    does not resolve or a network without a route is an error of our side, since nothing was
    asked.
  - A certificate is read even when it has expired or is not trusted. Running out, trust and name
    are separate values. Revocation is not tested, and the row says so.
  - No secret is sent, so the HTTP question itself is asked whatever the certificate is like.
  - The text of an answer is never returned, only whether it matched.
attributes:
  check_mode:
    support: full
    description: The module changes nothing.
  diff_mode:
    support: none
    description: There is nothing to compare.
options:
  probes:
    description: The ends to probe.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: Name of the interface as the report shows it. Unique.
        type: str
        required: true
      kind:
        description: How to ask.
        type: str
        choices: [tcp, http, https]
        required: true
      host:
        description: Host of a V(tcp) probe.
        type: str
      port:
        description: Port of a V(tcp) probe.
        type: int
      url:
        description:
          - Address for V(http) and V(https), without user and password.
          - The query is sent but never returned.
        type: str
      tls:
        description: Whether a V(tcp) probe talks TLS. V(https) always does.
        type: bool
        default: false
      send:
        description:
          - Text that a V(tcp) probe sends after connecting.
          - Give only what changes nothing.
        type: str
      expect:
        description:
          - Regular expression that the answer must match on one of its lines.
          - Without it a V(tcp) probe only connects, and any text is right over HTTP.
        type: str
      expect_status:
        description: Status codes that are right over HTTP.
        type: list
        elements: int
        default: [200]
      ca_file:
        description:
          - File on the machine that runs the module, with authorities in PEM to trust besides the
            system's.
        type: path
      server_name:
        description:
          - Name that the certificate must carry and that is asked for (SNI).
          - The host if not given.
        type: str
      within_seconds:
        description: An end that has not answered completely after this time does not answer.
        type: float
        default: 10
  timeout_seconds:
    description: Limit for all probes together. What is not done by then is an error row.
    type: float
    default: 60
requirements:
  - httpx for V(http) and V(https)
  - cryptography to read certificates
seealso:
  - module: ebill.ops.web_flow_info
"""

EXAMPLES = r"""
- name: Probe HIS and the SMS gateway
  ebill.ops.interface_info:
    probes:
      - name: HIS 费用接口
        kind: http
        url: http://his.hospital.example:8080/api/health
        expect: '"status": ?"UP"'
      - name: 短信网关
        kind: tcp
        host: sms.hospital.example
        port: 7890
        expect: ^220

- name: Look at the certificate of the finance bureau
  ebill.ops.interface_info:
    probes:
      - name: 财政票据接口
        kind: https
        url: https://finance.example/heartbeat
        ca_file: /etc/ebill/finance-ca.pem
"""

RETURN = r"""
observations:
  description:
    - One entry for each question, always all of them. An entry has one of the keys C(rows),
      C(error)
      (with C(reason) and C(detail)) and C(absent) (there is rightly none).
    - A row that has the key C(error) says that this probe could not be looked at.
  returned: always
  type: dict
  contains:
    reachable:
      description:
        - A row for each probe with C(probe), C(kind), C(endpoint), C(ok), C(outcome), C(seen).
      type: dict
      returned: always
    answers:
      description:
        - A row for each probe that asks something, with C(outcome), C(ok), C(expected), C(seen).
      type: dict
      returned: always
    latency:
      description: A row for each probe with C(elapsed_seconds), connection and TLS included.
      type: dict
      returned: always
    certificates:
      description:
        - A row for each TLS probe with C(days_left), C(not_after), C(trusted), C(trust),
          C(name_matches), C(server_name), C(issuer), C(protocol), C(revocation).
      type: dict
      returned: always
  sample:
    latency:
      rows:
        - probe: HIS 费用接口
          kind: http
          endpoint: http://his.hospital.example:8080/api/health
          elapsed_seconds: 0.042
"""

import asyncio
from datetime import UTC, datetime
from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.ebill.ops.plugins.module_utils.probe.answer import read_probes
from ansible_collections.ebill.ops.plugins.module_utils.probe.runner import inspect

PROBE: dict[str, Any] = {
    "name": {"type": "str", "required": True},
    "kind": {"type": "str", "choices": ["tcp", "http", "https"], "required": True},
    "host": {"type": "str"},
    "port": {"type": "int"},
    "url": {"type": "str"},
    "tls": {"type": "bool", "default": False},
    "send": {"type": "str"},
    "expect": {"type": "str"},
    "expect_status": {"type": "list", "elements": "int", "default": [200]},
    "ca_file": {"type": "path"},
    "server_name": {"type": "str"},
    "within_seconds": {"type": "float", "default": 10},
}


def main() -> None:
    """Read the arguments, probe, return."""
    module = AnsibleModule(
        argument_spec={
            "probes": {"type": "list", "elements": "dict", "required": True, "options": PROBE},
            "timeout_seconds": {"type": "float", "default": 60},
        },
        supports_check_mode=True,
    )
    try:
        probes = read_probes(module.params["probes"])
    except ValueError as error:
        module.fail_json(msg=str(error))
    observations = asyncio.run(inspect(probes, module.params["timeout_seconds"], datetime.now(UTC)))
    module.exit_json(changed=False, observations=observations)


if __name__ == "__main__":
    main()
