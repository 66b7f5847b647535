# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small program that behaves as SQL*Plus does with a script on its standard input.

Written from Oracle's SQL*Plus User's Guide and from sessions that people posted in public; nothing
of Oracle's is in it, and nothing was compared with a real one. It logs on to the stand-in through
python-oracledb, so logins are counted and faults are felt as by any client.
"""
