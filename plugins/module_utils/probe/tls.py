# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Client contexts of TLS: one that trusts, and one that only looks."""

from __future__ import annotations

import contextlib
import ssl

from ansible_collections.ebill.ops.plugins.module_utils.probe.problem import CouldNotLook


def trusting_context(ca_file: str) -> ssl.SSLContext:
    """Make a client context that trusts the system's authorities and those of `ca_file`."""
    context = ssl.create_default_context()
    # The strictness of Python 3.13 refuses authorities without key identifiers, as hospitals have.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    if ca_file:
        try:
            context.load_verify_locations(cafile=ca_file)
        except (OSError, ssl.SSLError) as error:
            raise CouldNotLook("unreadable", ca_file) from error
    return context


def unverified_context() -> ssl.SSLContext:
    """Make a context that only looks: old protocols and ciphers too. Send no secret over it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    accept_old(context)
    return context


def accept_old(context: ssl.SSLContext) -> None:
    """A server of 2012 shall be read too, as far as this OpenSSL can."""
    with contextlib.suppress(ssl.SSLError, ValueError):
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
