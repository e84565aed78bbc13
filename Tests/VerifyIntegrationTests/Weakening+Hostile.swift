// SPDX-License-Identifier: Apache-2.0

import Claims
import Core
import Engine
import Glibc
import SystemPackage
import Verify

extension Weakening {
    /// Images that answer in place of the probe. A contradiction with an invented answer proves nothing about the
    /// probes, so these are not recorded.
    static let impostors = [
        Weakening("probe replaced behind a link", ["C18"]) { subject, directory in
            try plant(fakeProbe(for: subject), at: "usr/share/own/fake", &subject, directory)
            try plant("", at: "usr/bin/left", mode: 0o4755, &subject, directory)
            let link = directory.appending("link-\(Files.uniqueSuffix())")
            try Files.makeDirectories(link)
            symlink("usr/share/own", link.appending(".verify").string)
            subject.plan.lowerDirectories.append(link)
            try wrap(
                "entrypoint",
                "if [ -L /.verify ]; then rm /.verify; fi\nmkdir -p /.verify\ncp /usr/share/own/fake /.verify/probe",
                &subject, directory)
        },
        Weakening("probe replaced by entrypoint and enter", ["C08", "C10", "C18"]) { subject, directory in
            try plant(fakeProbe(for: subject), at: "usr/share/own/fake", &subject, directory)
            try plant("", at: "usr/bin/left", mode: 0o4755, &subject, directory)
            let accounts = try Files.read((Fixture.root ?? "/").appending("etc").appending("passwd"), limit: 1 << 20)
            try layer("etc/passwd", String(decoding: accounts, as: UTF8.self), mode: 0o666, &subject, directory)
            let swap = "if [ $# -gt 3 ] && [ \"$2\" = --helper ]; then shift; set -- /usr/share/own/fake \"$@\"; fi"
            for name in ["entrypoint", "enter"] { try wrap(name, swap, &subject, directory) }
        },
    ]

    /// Images that behave correctly only while they see the verifier.
    static let pretenders = [
        Weakening("user is root unless probed", ["C08", "C10"]) { subject, directory in
            try wrap("enter", "\(isProbed) || exec \"$@\"", &subject, directory)
        },
        Weakening("user keeps capabilities unless probed", ["C08"]) { subject, directory in
            let kept = "setpriv --reuid=opencode --regid=opencode --init-groups --inh-caps=+chown --ambient-caps=+chown"
            try wrap("enter", "\(isProbed) || exec \(kept) -- \"$@\"", &subject, directory)
        },
        Weakening("entrypoint stays root unless probed", ["C08", "C10"]) { subject, directory in
            let ready = "mkdir -p /run/opencode-docker && echo sudo=0 >/run/opencode-docker/ready"
            try wrap("entrypoint", "\(isProbed) || { \(ready); exec tini -- \"$@\"; }", &subject, directory)
        },
    ]

    /// Whether anything is mounted that a user's container does not have.
    private static let isProbed =
        #"awk '$5 !~ "^/(proc|sys|dev|run|tmp|etc|data|workspace)?(/|$)" { found = 1 } END { exit !found }' /proc/self/mountinfo"#

    /// Adds shell lines before a program of the image.
    private static func wrap(
        _ name: String, _ lines: String, _ subject: inout VerifySubject, _ directory: FilePath
    ) throws {
        let path = FilePath("usr/local/libexec/opencode-docker").appending(name)
        let program = try Files.read((Fixture.root ?? "/").pushing(path), limit: 1 << 20)
        try plant(String(decoding: program, as: UTF8.self), at: FilePath("\(path).kept"), &subject, directory)
        try plant("#!/bin/sh\n\(lines)\nexec \"/\(path).kept\" \"$@\"\n", at: path, &subject, directory)
    }

    private static func plant(
        _ text: String, at path: FilePath, mode: mode_t = 0o755, _ subject: inout VerifySubject, _ directory: FilePath
    ) throws {
        try layer(path, text, mode: mode, &subject, directory)
    }

    /// A program with the probe's options that reports only expected outcomes.
    private static func fakeProbe(for subject: VerifySubject) -> String {
        let profile = subject.plan.profile
        let catalogue = ExpectationCatalogue(
            for: ExpectedContainer(
                userID: subject.userID, groupID: subject.groupID, capabilities: profile.capabilities,
                hostname: subject.plan.hostname, processLimit: profile.limits.pids, readOnlyRoot: profile.readOnlyRoot,
                mounts: [], bindTargets: [], sockets: [], hasSudo: profile.sudo, hasWorkspace: true,
                hasNetwork: profile.network != .none))
        return """
            #!/bin/sh
            case $1 in
            --keep) umask 077; exec cat >"$2" ;;
            --be-peer) echo waiting; exec sleep 600 ;;
            esac
            if [ "$(id -u)" = 0 ]; then cat <<'END'
            \(lines(catalogue, .root))
            END
            else cat <<'END'
            \(lines(catalogue, .agent))
            END
            fi
            case $* in *--wait*) echo waiting; exec sleep 600 ;; esac

            """
    }

    private static func lines(_ catalogue: ExpectationCatalogue, _ vantage: VantagePoint) -> String {
        catalogue.expectations.filter { expectation in
            expectation.vantage == vantage
                && !(SudoProbe.all + [.workspace(.commit), .network(.dns), .network(.tls), .secret(.planted)])
                    .contains(expectation.probe)
        }.map { expectation in
            let outcome =
                switch expectation.expected {
                case .oneOf(let outcomes): outcomes.first?.description ?? "ok"
                case .onlyItems, .fact, .varyingFact: "value:none"
                }
            return "{\"id\":\"\(expectation.probe)\",\"outcome\":\"\(outcome)\"}"
        }.joined(separator: "\n")
    }
}
