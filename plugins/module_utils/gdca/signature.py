# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who signed a certificate, and whether a chain reaches its root."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ansible_collections.ebill.ops.plugins.module_utils.gdca import certificate, sm2
from ansible_collections.ebill.ops.plugins.module_utils.gdca.answers import Trouble, driver

LONGEST_CHAIN = 10


def valid(subject: Any, candidates: Sequence[Any]) -> bool:
    """Tell whether the certificate's signature is that of one of the candidates.

    Only candidates with the issuer's name count; Trouble not_found without any, not_supported for
    an algorithm that cannot be computed here, driver_missing without its library.
    """
    named = issuers(subject, candidates)
    if not named:
        raise Trouble("not_found", certificate.issuer_cn(subject))
    return any(signed_by(subject, issuer) for issuer in named)


def issuers(subject: Any, candidates: Sequence[Any]) -> list[Any]:
    """Return the candidates that bear the issuer's name, compared as RFC 5280 has it."""
    wanted = subject.issuer.hashable
    return [one for one in candidates if one.subject.hashable == wanted]


def signed_by(subject: Any, issuer: Any) -> bool:
    """Compute one signature: SM2 over gmssl, all else over cryptography."""
    if subject["signature_algorithm"]["algorithm"].dotted == sm2.WITH_SM3:
        point = issuer.public_key["public_key"].native
        if not isinstance(point, bytes):
            return False
        body = subject["tbs_certificate"].dump()
        return sm2.verify(point, subject["signature_value"].native, body)
    x509 = driver("cryptography.x509")
    exceptions = driver("cryptography.exceptions")
    try:
        loaded = [x509.load_der_x509_certificate(one.dump()) for one in (subject, issuer)]
        loaded[0].verify_directly_issued_by(loaded[1])
    except exceptions.InvalidSignature:
        return False
    except (ValueError, TypeError, exceptions.UnsupportedAlgorithm) as exc:
        dotted = subject["signature_algorithm"]["algorithm"].dotted
        raise Trouble("not_supported", str(dotted)) from exc
    return True


def chain_state(leaf: Any, sent: Sequence[Any], anchors: Sequence[Any]) -> dict[str, Any]:
    """Follow issuers from a leaf through what was sent up to a root.

    `anchors` are the roots known here: only self-issued ones count, because a client that does
    not happen to hold an intermediate needs it sent. Returns {complete, length, missing}: length
    counts certificates with the leaf and without an anchor that was not sent; missing is the
    common name of the issuer that was not found, "" when complete.
    """
    roots = [one for one in anchors if certificate.self_issued(one)]
    current, length = leaf, 1
    while length <= LONGEST_CHAIN:
        if certificate.self_issued(current) or issuers(current, roots):
            return {"complete": True, "length": length, "missing": ""}
        found = [one for one in issuers(current, sent) if one is not current]
        if not found:
            break
        current, length = found[0], length + 1
    return {
        "complete": False,
        "length": length,
        "missing": certificate.issuer_cn(current),
    }
