#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Runs all tests in sequence; exits with 1 if one fails. `run.sh sudo seccomp` runs these two. Needs root, runc,
# mmdebstrap, python3, a Debian mirror in the machine's apt configuration, dockerd for docker.sh, and for containers.sh
# what it names.
cd "$(dirname "$0")" || exit 1
[ $# -gt 0 ] || set -- entrypoint alone again shared sudo terminal seccomp apt comfort docker containers
status=0
for test in "$@"; do
    echo "# $test"
    REBAKE=${REBAKE:-1} bash "$test.sh" || status=1
    REBAKE=0
done
exit $status
