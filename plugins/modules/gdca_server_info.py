#!/usr/bin/python
# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: gdca_server_info
short_description: Observe a GDCA user authentication server for the inspection
version_added: 1.0.0
author: ebill.ops contributors (@ebill-ops)
description:
  - Looks from outside, through TLS and the server's JSON interface. Nothing is installed on it.
  - It reads the certificates, makes one authentication round trip with a test user of its own,
    makes the attempts that must be refused, compares clocks and reads the server's own status.
  - It judges nothing. Limits and verdicts are the catalogue's.
  - Every step is bounded in time, no proxy is used, and no redirect is followed.
notes:
  - The interface of a real GDCA server is not public. Its paths and field names are data,
    the O(profile). The defaults are those of the project's lab and were never run against a
    real server.
  - Python cannot speak TLCP. A gateway that only speaks TLCP is seen as reachable with a failed
    TLS handshake, and nothing is said about TLCP itself.
  - Needs C(asn1crypto) for certificates, C(cryptography) for RSA and EC signatures and C(gmssl)
    for SM2 signatures. A missing library costs only what depends on it.
requirements:
  - asn1crypto
  - cryptography
  - gmssl
attributes:
  check_mode:
    description: Can run in check mode and return what it would return otherwise.
    support: full
  diff_mode:
    description: Will return details on what has changed (or possibly needs changing).
    support: none
options:
  url:
    description: Address of the server, C(https://host[:port][/path]).
    type: str
    required: true
  server_name:
    description:
      - The name that the TLS certificate must bear, where it is not the host of O(url).
      - Appliances are often reached by address while their certificate bears a name.
    type: str
  ca_file:
    description:
      - PEM file with the CA certificates that the TLS certificate must lead to.
      - It may hold the server's own certificate, where that is self-signed.
      - Without it, the system's CA certificates are used.
    type: path
  certificate_ca_file:
    description: PEM file with further roots, such as the SM2 root of the signing certificate.
    type: path
  validate_certs:
    description:
      - Ask the interface only through a TLS connection whose certificate is valid.
      - The certificate itself is read and judged in either case.
    type: bool
    default: true
  roles:
    description:
      - What the site's installation has. The observations of a role that is not listed are absent.
      - V(svs), V(tsa), V(directory) and V(seal) are not measured yet; who lists one gets an error
        that says so.
    type: list
    elements: str
    choices: [gateway, auth, appliance, svs, tsa, directory, seal]
    default: [gateway, auth, appliance]
  test_certificate_file:
    description:
      - PEM or DER certificate of a test user that was issued for inspections.
      - Never the certificate of a real person.
    type: path
  test_key_file:
    description:
      - Its key, PEM without a password, RSA, EC or SM2. It is read on the control node and is
        neither sent nor returned.
    type: path
  expected_user:
    description: The id that the server must return for the test user.
    type: str
  negative_tests:
    description:
      - Also hand in a wrong signature, a used challenge and the O(refused_certificates).
      - Switch off where the server locks a user after one failure.
    type: bool
    default: true
  refused_certificates:
    description: Test users that the server must refuse, although they sign rightly.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: What the result calls it, such as V(expired), V(revoked) or V(unknown_ca).
        type: str
        required: true
      certificate_file:
        description: Its certificate.
        type: path
        required: true
      key_file:
        description: Its key.
        type: path
        required: true
  certificate_files:
    description: Certificates exported from the server, where its interface does not list them.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: What the result calls it.
        type: str
        required: true
      path:
        description: PEM or DER file.
        type: path
        required: true
      usage:
        description: The key usage that it must have.
        type: str
        choices: [any, signing, encryption, server, ca]
        default: any
  profile:
    description:
      - Paths and fields of the server's interface. Keys that are not given keep their defaults.
      - Paths are C(challenge_path), C(verify_path), C(certificates_path), C(status_path).
        An empty one means that the server has none.
      - Fields are C(challenge_id_field), C(challenge_field), C(verify_id_field),
        C(verify_certificate_field), C(verify_signature_field), C(result_field), C(user_field),
        C(certificates_field), C(certificate_role_field), C(certificate_pem_field), C(time_field),
        C(version_field), C(selftest_field), C(licence_days_field), C(disk_used_field),
        C(log_used_field). Dots lead into objects.
      - Values are C(challenge_encoding) (base64, hex or text), C(accepted_values),
        C(selftest_passed_values), C(signing_role), C(encryption_role) and
        C(time_utc_offset_hours) for times without an offset (default 8).
    type: dict
    default: {}
  request_seconds:
    description: Limit for each step (resolve, connect, handshake, request), in seconds.
    type: float
    default: 5
  timeout_seconds:
    description: Limit for the whole module, in seconds.
    type: float
    default: 60
"""

EXAMPLES = r"""
- name: Observe the authentication server
  ebill.ops.gdca_server_info:
    url: https://192.0.2.30:8443
    server_name: gdca.hospital.example
    ca_file: /etc/ebill/gdca_root.pem
    test_certificate_file: /etc/ebill/inspection.crt
    test_key_file: /etc/ebill/inspection.key
  register: server

- name: Observe a server with another interface and no status page
  ebill.ops.gdca_server_info:
    url: https://192.0.2.30
    roles: [gateway, auth]
    test_certificate_file: /etc/ebill/inspection.crt
    test_key_file: /etc/ebill/inspection.key
    profile:
      challenge_path: /api/random
      challenge_field: data.random
      challenge_id_field: data.token
      result_field: code
      accepted_values: ["0"]
      user_field: data.trustId
      certificates_path: ""
"""

RETURN = r"""
observations:
  description:
    - One entry for each observation, named as the catalogue names them, always all of them.
    - An entry holds exactly one of C(rows) (a list of flat dictionaries), C(error) or C(absent),
      the latter two with C(reason) and C(detail).
    - No key, no signature, no challenge and no user id is ever among them.
  returned: always
  type: dict
  sample:
    reachability:
      rows:
        - host: 192.0.2.30
          port: 8443
          connect_seconds: 0.0007
          state: answered
    wrong_signature:
      rows:
        - refused: true
    clock:
      error:
        reason: timeout
        detail: GET /status
"""

from datetime import UTC, datetime

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.ebill.ops.plugins.module_utils.gdca.collect import collect
from ansible_collections.ebill.ops.plugins.module_utils.gdca.settings import (
    ARGUMENTS,
    from_options,
)


def main() -> None:
    """Observe and answer."""
    module = AnsibleModule(argument_spec=ARGUMENTS, supports_check_mode=True)
    try:
        settings = from_options(module.params)
    except ValueError as exc:
        module.fail_json(msg=str(exc))
    observations = collect(settings, lambda: datetime.now(UTC))
    module.exit_json(changed=False, observations=observations)


if __name__ == "__main__":
    main()
