// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import Foundation
import Glibc
import ImageDefinition
import Run
import SystemPackage

/// A finding about this machine, with a fix.
package struct MachineFinding: Sendable {
    /// Whether `run` works.
    package enum Verdict: String, Sendable { case good, note, bad }

    /// The verdict.
    package let verdict: Verdict
    /// The finding.
    package let what: String
    /// A command or a sentence that fixes it.
    package var fix: String?

    /// Creates a finding.
    package init(verdict: Verdict, what: String, fix: String? = nil) {
        (self.verdict, self.what, self.fix) = (verdict, what, fix)
    }
}

/// Checks everything that `run` needs.
package struct MachineCheck: Sendable {
    let caller: Caller
    private let request: ImageRequest
    private let definitions: @Sendable () throws -> FilePath

    /// Creates a check.
    ///
    /// - Parameters:
    ///   - request: The image that `run` starts by default.
    ///   - definitions: Finds the directory with `hardening.yaml`.
    package init(
        caller: Caller, image request: ImageRequest, definitions: @escaping @Sendable () throws -> FilePath
    ) {
        (self.caller, self.request, self.definitions) = (caller, request, definitions)
    }

    /// The findings about engines, the kernel, the profiles, the image, credentials and git.
    package func findings() async -> [MachineFinding] {
        let (store, trouble) = openStore()
        var found = await engines() + kernel() + definition() + trouble
        if let store { found.append(await image(in: store)) }
        return found + credentials() + git()
    }

    /// The store, or why it cannot be used.
    private func openStore() -> (store: Store?, trouble: [MachineFinding]) {
        do { return (try Store(root: caller.storeDirectory), []) } catch let error as any UserFacingError {
            return (nil, [Self.bad("the store is not usable: \(error.sentence)", error.hint)])
        } catch { return (nil, [Self.bad("the store is not usable: \(error)", nil)]) }
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
            try caller.sessionDirectory().remove()
            found.append(MachineFinding(verdict: .good, what: "credentials can be stored in memory"))
        } catch let error as any UserFacingError {
            found.append(Self.bad(error.sentence, error.hint))
        } catch { found.append(Self.bad("\(error)", nil)) }
        return found
    }

    private func definition() -> [MachineFinding] {
        do {
            let directory = try definitions()
            _ = try HardeningDefinition.load(directory, probes: .any)
            return [MachineFinding(verdict: .good, what: "profiles: \(directory)")]
        } catch let error as any UserFacingError {
            return [Self.bad(error.sentence, error.hint)]
        } catch { return [Self.bad("\(error)", nil)] }
    }

    /// The image of the store, or of the engine that `run` takes.
    private func image(in store: Store) async -> MachineFinding {
        do {
            let directory = try definitions()
            let definition = try ImageDefinition.load(directory.appending("image.yaml"))
            let search = ImageSearch(request, of: definition, in: directory, store: store)
            let dialect = await chosenDialect()
            let image: LocalImage
            do { image = try await search.image(in: dialect, environment: caller.variables) } catch is EngineError {
                image = try search.required()
            }
            if let warning = image.warning { return Self.note(warning, "opencode-docker build") }
            return MachineFinding(verdict: .good, what: "image: \(image.tag) \(image.identification)")
        } catch let error as any UserFacingError {
            return Self.note("no image to start yet: \(error.sentence)", "opencode-docker build --base")
        } catch { return Self.note("no image to start yet: \(error)", nil) }
    }

    /// The engine of a start without options; `nil` for the embedded one, or when there is none.
    private func chosenDialect() async -> CommandLineDialect? {
        let chosen = caller.variable("OPENCODE_DOCKER_ENGINE").flatMap(EngineKind.init(rawValue:))
        return try? await EngineChooser(environment: caller.variables).find(chosen, .daemonFirst).kind.dialect
    }

    private func credentials() -> [MachineFinding] {
        var found: [MachineFinding] = []
        let provided = Credentials.found(environment: caller.variables, dedicatedKey: nil)
        let tokens = provided.tokens.map(\.variable)
        if !tokens.isEmpty {
            found.append(MachineFinding(verdict: .good, what: "token in \(tokens.joined(separator: ", "))"))
        }
        found += provided.unusable.map { Self.note("\($0) is no token: it is not one word of ASCII characters", nil) }
        if Files.exists(caller.dedicatedKey) {
            found.append(MachineFinding(verdict: .good, what: "ssh key for coding agents: \(caller.dedicatedKey)"))
        } else if tokens.isEmpty {
            found.append(Self.note("no token and no ssh key: git has only read access", "opencode-docker key create"))
        }
        if let socket = caller.variable("SSH_AUTH_SOCK"), (try? UserAgent.keys(of: FilePath(socket))) == nil {
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
