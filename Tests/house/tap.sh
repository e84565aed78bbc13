# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Functions for scripts with TAP output: `check` runs a command and prints its line. The scripts exit with `status`.
status=0 count=0
# check TEXT COMMAND...
check() {
    local text=$1 out
    shift
    count=$((count + 1))
    if out=$("$@" 2>&1); then printf 'ok %d - %s\n' $count "$text"; else
        printf 'not ok %d - %s\n%s\n' $count "$text" "${out//$'\n'/$'\n'# }"
        # shellcheck disable=SC2034  # whoever reads this file exits with it
        status=1
    fi
}
