// SPDX-License-Identifier: Apache-2.0

import Testing

/// A difference between machines that must not affect an image.
///
/// `script` runs in the directory of the definition with `$PROGRAM`, `$OPENCODE_DOCKER_STORE` (a store with only
/// downloads) and the program's arguments, in a private mount namespace.
struct Circumstance: Sendable, CustomTestStringConvertible {
    let name: String
    var needs: [String] = []
    let script: String

    var testDescription: String { name }

    static let all = [
        Circumstance(
            name: "another host name",
            script: "unshare --uts sh -c 'hostname elsewhere; exec \"$PROGRAM\" \"$@\"' sh \"$@\""),
        Circumstance(name: "another time zone", script: "TZ=Pacific/Kiritimati \(plain)"),
        Circumstance(name: "another locale", script: "LC_ALL=tr_TR.UTF-8 LANG=ja_JP.eucJP LANGUAGE=de \(plain)"),
        Circumstance(name: "no locale", script: "env -u LANG LC_ALL=C \(plain)"),
        Circumstance(
            name: "other variables",
            script:
                "SOURCE_DATE_EPOCH=12345 GZIP=-1 TAR_OPTIONS=--owner=7 PYTHONHASHSEED=99 HOME=/ USER=nobody \(plain)"),
        Circumstance(name: "a closed umask", script: "umask 077; \(plain)"),
        Circumstance(name: "an open umask", script: "umask 000; \(plain)"),
        Circumstance(name: "one core", script: "taskset -c 0 \(plain)"),
        Circumstance(name: "a file system in memory", script: mounted("mount -t tmpfs store \"$moved\"")),
        Circumstance(
            name: "ext4 with hashed directories",
            script: mounted(
                """
                truncate -s 3G "$moved.img" && mkfs.ext4 -q -O dir_index "$moved.img" && mount -o loop "$moved.img" "$moved" &&
                rm "$moved.img" && rm -rf "$moved/lost+found"
                """)),
        Circumstance(
            name: "directories listed in another order", needs: ["/usr/bin/disorderfs"],
            script: """
                mkdir -p "$OPENCODE_DOCKER_STORE/run" && store=$OPENCODE_DOCKER_STORE && mkdir "$store.seen" &&
                disorderfs --multi-user=yes --sort-dirents=yes --reverse-dirents=yes -q "$store" "$store.seen" &&
                mount -t tmpfs run "$store.seen/run" &&
                OPENCODE_DOCKER_STORE=$store.seen "$PROGRAM" "$@"; status=$?; umount -l "$store.seen"; exit $status
                """),
        Circumstance(
            name: "a clock a year ahead", needs: ["/usr/bin/faketime", "/usr/bin/jq"], script: aYearAhead),
    ]

    private static let plain = "\"$PROGRAM\" \"$@\""

    /// The store on another file system, which `mount` mounts on `$moved`.
    private static func mounted(_ mount: String) -> String {
        """
        moved=$OPENCODE_DOCKER_STORE.moved && mkdir "$moved" && \(mount) &&
        cp -a "$OPENCODE_DOCKER_STORE/." "$moved/" && OPENCODE_DOCKER_STORE=$moved exec "$PROGRAM" "$@"
        """
    }

    /// There is no namespace for the wall clock, so libfaketime is preloaded into the program and, by a runtime in the
    /// place of runc, into every program in the container. The kernel's own time stamps are not changed.
    private static let aYearAhead = """
        library=$(find /usr/lib -name libfaketime.so.1 | head -n 1); runc=$(command -v runc); tools=$(mktemp -d)
        cat > "$tools/runc" << END
        #!/bin/sh
        bundle=; take=
        for word in "\\$@"; do [ -z "\\$take" ] || bundle=\\$word; take=; [ "\\$word" != --bundle ] || take=1; done
        if [ -n "\\$bundle" ]; then
            jq '.process.env += ["LD_PRELOAD=/dev/faketime.so", "FAKETIME=+400d", "NO_FAKE_STAT=1"]
                | .mounts += [{"type": "bind", "source": "$library", "destination": "/dev/faketime.so",
                    "options": ["bind", "ro"]}]' "\\$bundle/config.json" > "\\$bundle/new" && mv "\\$bundle/new" "\\$bundle/config.json"
            echo used >> "$tools/used"
        fi
        exec "$runc" "\\$@"
        END
        chmod 755 "$tools/runc" && mount --bind "$tools" /usr/local/sbin && export NO_FAKE_STAT=1 &&
        faketime -f +400d "$PROGRAM" "$@" && test -s "$tools/used"
        """
}
