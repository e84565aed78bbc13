#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The Debian package on a fresh Debian made by mmdebstrap, installed by apt. Needs root, mmdebstrap, mandoc, zsh, fish,
# and a Debian mirror in the machine's apt configuration. TAP output.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit

scratch=$(mktemp -d)
trap 'rm -rf --one-file-system "$scratch"' EXIT
# shellcheck source=tap.sh
. Tests/house/tap.sh
# shellcheck disable=SC2317  # check calls them
inside() {
    # With /proc, which is unmounted with the command's mount namespace: the program reads its own arguments there.
    env -i PATH=/usr/bin:/usr/sbin:/bin:/sbin HOME=/root TERM=dumb LC_ALL=C.UTF-8 \
        unshare --mount --propagation private sh -c 'mount -t proc proc "$0/proc" && exec chroot "$0" "$@"' \
        "$scratch/root" "$@"
}
# shellcheck disable=SC2317
says() {
    local wanted=$1 out
    shift
    out=$("$@" 2>&1)
    grep -qF -- "$wanted" <<<"$out" || {
        printf 'wanted: %s\n%s\n' "$wanted" "$out"
        return 1
    }
}
# shellcheck disable=SC2317
silent() {
    local out
    out=$("$@" 2>&1)
    [ -z "$out" ] || {
        printf '%s\n' "$out"
        return 1
    }
}

deb=$(scripts/package "$scratch/first" 2>"$scratch/log") || {
    cat "$scratch/log"
    exit 1
}
again=$(scripts/package "$scratch/second" 2>/dev/null)
check 'two packages of one commit are the same bytes' cmp "$deb" "$again"
if command -v lintian >/dev/null; then
    check 'lintian finds neither errors nor warnings' silent lintian --fail-on error,warning --allow-root "$deb"
fi

mmdebstrap --quiet --variant=apt bookworm "$scratch/root" \
    >"$scratch/log" 2>&1 || {
    cat "$scratch/log"
    exit 1
}
rm -f "$scratch/root/etc/dpkg/dpkg.cfg.d/"*
cp "$deb" "$scratch/root/tmp/tool.deb"
check 'apt reads the mirror' inside apt-get -qq update
check 'apt installs it with its dependencies' inside apt-get -qq -y --no-install-recommends install /tmp/tool.deb
# Started by its name, without any Swift installation.
check 'it starts' says "$(.build/release/opencode-docker --version)" inside opencode-docker --version
check 'no library of Swift is needed' silent sh -c "ldd '$scratch/root/usr/bin/opencode-docker' | grep -i -e swift -e foundation -e dispatch"
check 'every library is there' silent inside sh -c 'ldd /usr/bin/opencode-docker | grep "not found"'
check 'the lock that comes along fits the definition' \
    inside sh -c 'cd /usr/share/opencode-docker && opencode-docker resolve --check'
check 'elsewhere, the definition that came along is taken' \
    inside sh -c 'cd /tmp && opencode-docker sbom --base --output /tmp/sbom.json && grep -q SPDX /tmp/sbom.json'
check 'doctor finds the profiles' says 'profiles: /usr/share/opencode-docker/image' inside opencode-docker doctor
share=$scratch/root/usr/share
check 'bash completes' says 'verify' bash -c \
    ". '$share/bash-completion/completions/opencode-docker'; COMP_WORDS=(opencode-docker ver); COMP_CWORD=1; COMP_LINE='opencode-docker ver'; COMP_POINT=19; _opencode-docker opencode-docker ver opencode-docker; echo \"\${COMPREPLY[@]}\""
check 'zsh knows whose completion it is' says '_opencode-docker' zsh -fc \
    "fpath=('$share/zsh/vendor-completions' \$fpath); autoload -U compinit; compinit -u -d '$scratch/dump'; print \${_comps[opencode-docker]}"
check 'fish completes' says 'verify' env HOME="$scratch" fish --no-config -c \
    "source '$share/fish/vendor_completions.d/opencode-docker.fish'; complete --do-complete 'opencode-docker ver'"
check 'a manual page is read' says 'Build the image that versions.lock pins' \
    mandoc -T utf8 "$share/man/man1/opencode-docker-build.1.gz"
for page in "$scratch"/root/usr/share/man/man1/opencode-docker*.1.gz; do
    check "mandoc has no warning on ${page##*/}" mandoc -T lint -W warning "$page"
done
check 'apt removes it, and nothing stays' inside apt-get -qq -y purge opencode-docker
check 'no file is left' silent find "$scratch/root/usr" -name '*opencode*'

# The same for `make install` without a package.
export DESTDIR=$scratch/local
check 'install copies' scripts/install-files /usr/local
check 'the copy starts' says "$(.build/release/opencode-docker --version)" "$DESTDIR/usr/local/bin/opencode-docker" --version
check 'uninstall removes' scripts/uninstall-files /usr/local
check 'nothing stays' silent find "$DESTDIR" -type f
printf '1..%d\n' $count
exit $status
