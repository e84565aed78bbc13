#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The health check of a container at work: for SECONDS_OF_LOAD (300), with 8 busy loops on all processors, and with a quarter of
# one, by Docker's own checks. None may be red; afterwards each fault is found within two checks. For every night, not for
# every change. The agent is one that takes a second of a processor to print its version.
. "$(dirname "$0")/bed.sh"
# shellcheck disable=SC2154 # of bed.sh
. "$here/daemon.sh"

long=${SECONDS_OF_LOAD:-300}
health=/usr/local/libexec/opencode-docker/health
context=$(mktemp -d "$dir/context.XXXXXX")
printf '#!/usr/bin/perl\nfor (my @used = (0, 0); $used[0] + $used[1] < 1; @used = times) {}\nprint "1.2.3\\n";\n' >"$context/agent"
printf '/usr/local/bin/agent\n1.2.3\n' >"$context/named"
chmod 755 "$context/agent"
printf 'FROM box\nCOPY agent /usr/local/bin/agent\nCOPY named /etc/opencode-docker/agent\n' >"$context/Dockerfile"
d build --quiet --tag agent "$context" >/dev/null || exit 1

hard="--network none --health-cmd $health --health-timeout 30s --health-retries 3 --health-start-period 30s"
busy='for i in 1 2 3 4 5 6 7 8; do (while :; do :; done) & done; wait'
statuses() { d inspect -f '{{range .State.Health.Log}}{{.Start.UnixNano}} {{.ExitCode}} {{.Output}}{{end}}' "$1"; }
# checked NAME OPTION...: every check of a container at work; the engine remembers five, so they are collected.
checked() {
    local name=$1 end=$((SECONDS + long))
    shift
    # shellcheck disable=SC2086
    d run -d --name "$name" $hard --health-interval 30s "$@" agent sh -c "$busy" >/dev/null
    while [ $SECONDS -lt $end ]; do
        sleep 20
        statuses "$name"
    done | sed '/^$/d' | sort -u >"$dir/$name"
    d rm -f "$name" >/dev/null
}
for one in 'all' 'quarter --cpus 0.25'; do
    # shellcheck disable=SC2086
    checked $one
    name=${one%% *}
    is "$name: no check is red" '' "$(awk '$2 != 0' "$dir/$name")"
    # A check starts 30 s after the last one ended.
    is "$name: they were checks" 1 $(($(wc -l <"$dir/$name") >= long / 34))
    is "$name: the agent has answered" 1 "$(tail -n 1 "$dir/$name" | grep -c 'agent 1.2.3')"
done

# found_within_two NAME FAULT REASON
found_within_two() {
    # shellcheck disable=SC2086
    d run -d --name fault $hard --health-interval 2s agent sleep infinity >/dev/null
    for _ in $(seq 100); do statuses fault | grep -q 'agent 1.2.3' && break; sleep 0.2; done
    d exec fault sh -c "$2"
    local since
    since=$(date +%s%N)
    sleep 6
    is "$1" "unhealthy: $3" "$(statuses fault | awk -v since="$since" '$1 > since' | sed '/^$/d' | sed -n 2p | cut -d ' ' -f 3-)"
    d rm -f fault >/dev/null
}
found_within_two 'the agent is gone' 'rm /usr/local/bin/agent' 'the agent is gone: /usr/local/bin/agent'
found_within_two 'the agent is another one' 'cp /bin/true /usr/local/bin/agent' \
    'the agent was replaced: /usr/local/bin/agent is not the file that answered at the start'
found_within_two 'the home is closed' 'chmod a-w /home/opencode' 'the home of the user cannot be written'
found_within_two 'the sudo server is gone' 'rm /run/opencode-docker/sudo' 'the sudo server does not answer'
finish
