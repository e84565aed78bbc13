// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import Foundation
import Glibc
import ImageDefinition
import Run
import SystemPackage

/// A finding about this machine, with a fix.
struct MachineFinding: Sendable {
    enum Verdict: String, Sendable { case good, note, bad }

    let verdict: Verdict
    let what: String
    /// A command or a sentence that fixes it.
    var fix: String?
}

/// Checks everything that `run` needs.
struct MachineCheck: Sendable {
    let environment: CommandEnvironment

    func findings() async -> [MachineFinding] {
        await engines() + kernel() + definition() + [image()] + credentials() + git()
    }

    private func kernel() -> [MachineFinding] {
        var found: [MachineFinding] = []
        let facts = try? HostFacts.current()
        let groups = facts?.cgroups ?? .absent
        found.append(
            groups == .absent
                ? Self.bad("control groups are not mounted: no limits", "mount -t cgroup2 none /sys/fs/cgroup")
                : MachineFinding(verdict: .good, what: "control groups: \(groups.rawValue)"))
        if access("/sys/kernel/security/apparmor", F_OK) != 0 && access("/sys/fs/selinux", F_OK) != 0 {
            found.append(Self.note("neither AppArmor nor SELinux is active", "apt-get install apparmor"))
        }
        if geteuid() != 0, access("/dev/net/tun", R_OK | W_OK) != 0 {
            found.append(
                Self.note(
                    "this user may not open /dev/net/tun: containers without root get no network",
                    "chmod 666 /dev/net/tun, which is Debian's default"))
        }
        do {
            try SessionDirectory(
                places: SessionDirectory.places(runtimeDirectory: environment.variable("XDG_RUNTIME_DIR"))
            )
            .remove()
            found.append(MachineFinding(verdict: .good, what: "credentials can be stored in memory"))
        } catch let error as any UserFacingError {
            found.append(Self.bad(error.sentence, error.hint))
        } catch { found.append(Self.bad("\(error)", nil)) }
        return found
    }

    private func definition() -> [MachineFinding] {
        do {
            return [MachineFinding(verdict: .good, what: "profiles: \(try environment.definitionDirectory(nil))")]
        } catch let error as any UserFacingError {
            return [Self.bad(error.sentence, error.hint)]
        } catch { return [Self.bad("\(error)", nil)] }
    }

    private func image() -> MachineFinding {
        do {
            let directory = try environment.definitionDirectory(nil)
            let definition = try ImageDefinition.load(directory.appending("image.yaml"))
            let image = try LocalImage(
                definition, base: false, platform: .machine, store: try Store(root: environment.storeDirectory))
            return MachineFinding(verdict: .good, what: "image: \(image.tag) \(image.built.image.descriptor.digest)")
        } catch let error as any UserFacingError {
            return Self.note("no image to start yet: \(error.sentence)", "opencode-docker build --base")
        } catch { return Self.note("no image to start yet: \(error)", nil) }
    }

    private func credentials() -> [MachineFinding] {
        var found: [MachineFinding] = []
        let tokens = Forge.allCases.flatMap(\.variables).filter { environment.variable($0) != nil }
        if !tokens.isEmpty {
            found.append(MachineFinding(verdict: .good, what: "token in \(tokens.joined(separator: ", "))"))
        }
        if Files.exists(environment.dedicatedKey) {
            found.append(MachineFinding(verdict: .good, what: "ssh key for coding agents: \(environment.dedicatedKey)"))
        } else if tokens.isEmpty {
            found.append(Self.note("no token and no ssh key: git has only read access", "opencode-docker key create"))
        }
        if let socket = environment.variable("SSH_AUTH_SOCK"), (try? UserAgent.keys(of: FilePath(socket))) == nil {
            found.append(Self.note("SSH_AUTH_SOCK names an agent that does not answer", "eval \"$(ssh-agent)\""))
        }
        return found
    }

    static func note(_ what: String, _ fix: String?) -> MachineFinding {
        MachineFinding(verdict: .note, what: what, fix: fix)
    }

    static func bad(_ what: String, _ fix: String?) -> MachineFinding {
        MachineFinding(verdict: .bad, what: what, fix: fix)
    }
}

extension [MachineFinding] {
    /// The findings as text: the verdict, the finding, and its fix below.
    func text(_ terminal: OutputTerminal) -> String {
        map { finding in
            let what = "\(finding.verdict.rawValue.padded(to: 6))\(finding.what.sanitized)"
            // A fix is never wrapped, so that it can be copied.
            let fix = finding.fix.map { "\n      fix: \($0.sanitized)" } ?? ""
            let lines = what.hanging(by: 6, width: terminal.width)
            return finding.verdict.style.paint(String(lines.prefix(4)), colour: terminal.colour) + lines.dropFirst(4)
                + fix + "\n"
        }.joined()
    }
}

extension MachineFinding.Verdict {
    fileprivate var style: TextStyle {
        switch self {
        case .good: .good
        case .note: .doubtful
        case .bad: .bad
        }
    }
}
