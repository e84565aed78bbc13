#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Shows that the checks can fail: breaks a copy of the image in one place at a time, and expects the named test to fail.
# Prints which checks failed; exits with 1 if a break is not detected.
cd "$(dirname "$0")" || exit 1
export IMAGE
IMAGE=$(mktemp -d)
trap 'rm -rf "$IMAGE"' EXIT
lib=rootfs/usr/local/libexec/opencode-docker
status=0
only=${1:-}

# breaks TEST FILE SED-EXPRESSION
breaks() {
    [ "$1" = "${only:-$1}" ] || return 0
    rm -rf "${IMAGE:?}/"* && cp -a ../../image/. "$IMAGE/"
    sed -i -E "$3" "$IMAGE/$2"
    if cmp -s "../../image/$2" "$IMAGE/$2"; then echo "not ok - nothing changed: $2 $3"; status=1; return; fi
    local noticed
    noticed=$(timeout 200 bash "$1.sh" 2>/dev/null </dev/null | grep '^not ok [0-9]' | sed 's/^not ok [0-9]* - //')
    if [ -n "$noticed" ]; then
        printf 'ok - %s: %s  %s\n' "$1" "${2##*/}" "$3"
        printf '%s\n' "$noticed" | sed 's/^/#   /'
    else
        printf 'not ok - unnoticed by %s: %s  %s\n' "$1" "${2##*/}" "$3"
        status=1
    fi
}

# mutate.sh [TEST]: only the breaks that TEST must detect.
table() {
    breaks entrypoint $lib/become 's/^    exec setpriv .* --/    exec/'
    breaks entrypoint $lib/start 's/^identify$/:/'
    breaks entrypoint $lib/start 's/^give_home$/:/'
    breaks entrypoint $lib/start 's/^check_number .*/:/'
    breaks entrypoint $lib/give 's/ && is_empty\(\$it\)//'
    breaks entrypoint $lib/give 's/010000000 \| \(.*\)/010000000/'
    breaks entrypoint $lib/give 's/^sub is_mount .*/sub is_mount { 0 }/'
    breaks entrypoint $lib/give 's/or chmod \$mode/or 1 || chmod $mode/'
    breaks entrypoint $lib/start 's/^    \[ -n "\$read_only" \] \|\| //; s/^check_sudo$/:/'
    breaks entrypoint $lib/hold 's/^keep_variables\(\);//; s/-wT/-w/; s/map \{ .* \} @_/@_/'
    breaks alone $lib/health 's/exec "\$libexec\/hold"/exec/'
    breaks alone $lib/start-as-user 's/is_own "\$HOME" \|\| clear_names home/:/'
    breaks entrypoint $lib/session 's/^exec tini -s -- /exec sh -c '"'"'"$@" \& wait $!'"'"' sh /'
    breaks entrypoint $lib/session 's/^ +cp -RPn.*/:/'
    breaks entrypoint $lib/start 's/^unset OPENCODE_UID.*/:/; s/\[ "\$sudo" = 0 \] \|\| //'
    breaks alone $lib/hold 's/^drop\(.*//'
    breaks alone $lib/hold 's/^load_filter\(\).*//'
    breaks alone $lib/hold 's/^syscall .*set_no_new_privileges.*/1;/; s/^fail\(2, .no-new.*//'
    breaks alone $lib/hold 's/^(    my @refused = ).*/\1();/'
    breaks seccomp $lib/hold 's/load_filter\(1\) \|\|/1 ||/'
    breaks seccomp $lib/start 's/ "\$libexec\/hold" --sudo / /'
    breaks seccomp $lib/hold 's/(change = .*)06000, answer\(.nothing\)/\106000, answer($eperm)/'
    breaks alone $lib/hold 's/, 425 \.\. 427//'
    breaks alone $lib/enter 's/^exec .*hold /exec /'
    breaks alone $lib/start 's/^check_capabilities$/:/'
    breaks entrypoint $lib/start 's/^(    \[ -n "\$mounted" \] \|\| )set .*/\1:/'
    breaks alone $lib/start 's/^own_directories$/mkdir $run/; s/^look_around$/:/'
    breaks alone $lib/start-as-user 's/^    if \[ "\$own_name.*/    if true; then/'
    breaks again $lib/places 's/^    real=.*/    real=$1/'
    breaks again $lib/places 's/^is_safe\(\) \{/is_safe() { return 0;/'
    breaks again $lib/places 's/^is_own\(\).*/is_own() { [ -d "$1" ]; }/'
    breaks again $lib/places 's/^    ! find_since 1 .*//; s/^(is_running\(\) \{)/\1 return 1/'
    breaks again $lib/start 's/is_own "\$names" \|\| find_other_names.*/return 1/'
    breaks again $lib/start 's/^go_without_names\(\) \{/go_without_names() { return 0/'
    breaks again $lib/give 's/^exit 1 if "\$top.*//'
    breaks again $lib/become 's/elif find_names;/elif false;/; s/may_be_home .* \|\| /false \&\& /'
    breaks again rootfs/usr/local/bin/sudo 's/return \(\$first .*/return 1;/'
    breaks shared $lib/start 's/^        \[ -z "\$tmp_mounted" \].*//; s/^within_names\(\) \{/within_names() { cd "$names"; return;/'
    breaks shared $lib/places 's/    \[ "\$where" = "\$mount" \].*//'
    breaks shared $lib/hold 's/^\$SIG\{TERM\}.*//'
    breaks shared $lib/peer 's/^exit 1 unless unpack.*//'
    breaks shared $lib/places 's/! shares_processes && //'
    breaks alone $lib/shell 's/kill HUP => \$child/1/; s/^replace\(.sleep.*//'
    breaks sudo $lib/sudo-server 's/^    become\(.*/    1;/'
    breaks sudo $lib/sudo-server 's/^    %ENV = %env;/    %ENV = (%ENV, %env);/; s/^    enter_directory\(.*/    1;/'
    breaks sudo $lib/sudo-server 's/POSIX::sigprocmask.*/1;/; s/s\/%\(\[0-9A-F\]\{2\}\)\/.*;$/1;/; s/\\\\\$1\/g/$1\/g/'
    breaks sudo rootfs/usr/local/bin/sudo 's/^    refuse_unsupported.*//; s/-w \$socket/1/; s/, grep\(\/\^LC_\/, keys %ENV\)/, keys %ENV/'
    breaks sudo rootfs/usr/local/bin/sudo 's/delete @env\{grep.*//; s/^    delete \$env\{HOME\}.*//; s/^my @kept = qw\(TERM/my @kept = qw(/; s/http_proxy https_proxy//'
    breaks terminal rootfs/usr/local/bin/sudo 's/^    my \$tty = .*/    my $tty = 0;/'
    breaks terminal $lib/pty 's/^restore\(\).*//; s/^\$SIG\{WINCH\}.*//; s/last if \$is\{\$alive\};//'
    breaks seccomp seccomp.json 's/"SCMP_ACT_ERRNO",$/"SCMP_ACT_ALLOW",/'
    breaks seccomp seccomp.json 's/"value": 2048/"value": 1/'
    breaks seccomp seccomp.json 's/"ptrace", ?|"ptrace"/"pause"/; s/"pipe2", //'
    breaks comfort rootfs/etc/ssh/ssh_config.d/10-opencode-docker.conf 's/^Match host.*/Match host example.net/; s/accept-new/no/'
    breaks comfort rootfs/usr/local/share/opencode-docker/zshrc '/vcs_info|direnv|compinit|HISTFILE|profile.d/d'
    breaks comfort $lib/health 's/^(    )?unhealthy .*/:/; s/ unhealthy .*/ true/'
    breaks comfort $lib/health 's/^    \[ "\$now" = .*//; s/^elif read -r asked.*/elif false; then/'
    breaks comfort $lib/answer 's/^    \*\) said=.*/    *) said="healthy: $agent $version" ;;/'
    breaks comfort rootfs/etc/gitconfig 's/main/trunk/; s/workspace/elsewhere/'
    breaks comfort rootfs/etc/gitconfig 's/-process/-x/; s/opencode-gitconfig/x/'
    breaks apt rootfs/etc/apt/apt.conf.d/90opencode-docker '/Sandbox|Recommends/d'
    breaks apt rootfs/etc/dpkg/dpkg.cfg.d/opencode-docker '/pre-invoke|path-exclude/d'
}

table
exit $status
