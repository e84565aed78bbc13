// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage
import Testing

/// Files of a container for git and other programs of the host: each of these once evaded the report.
extension HostileCheck {
    static let reporting = [
        HostileCheck("A gitlink in the index, and a directory that becomes a repository, are reported", gitlinks),
        HostileCheck("Unusual names, depth, links and closed directories do not evade the report", evasions),
        HostileCheck("Entries above the limit do not evade the report", manyEntries),
    ]

    /// Git on the host enters both by itself, and executes what their configurations name.
    @Sendable static func gitlinks(_ harness: RunHarness) async throws {
        let fsmonitor = "touch \(harness.directory)/executed; false"
        let attack = """
            git init -q node_modules/lib; git -C node_modules/lib config core.fsmonitor '\(fsmonitor)'
            git -C node_modules/lib commit -q --allow-empty -m x; git add -f node_modules/lib 2> /dev/null
            mkdir -p lib/x/objects lib/x/refs; echo 'ref: refs/heads/m' > lib/x/HEAD
            printf '[core]\\nbare = false\\nworktree = .\\nfsmonitor = "\(fsmonitor)"\\n' > lib/x/config
            """
        let ending = try await harness.inside(attack)
        #expect(ending.status == 0, "\(harness.engine) \(ending.error)")
        for place in ["node_modules/lib", "lib/x"] {
            let lines = ending.error.split(separator: "\n").filter { $0.hasPrefix("  \(place)/") }
            #expect(lines.count == 1 && lines.allSatisfy { $0.contains("core.fsmonitor") }, "\(ending.error)")
        }
        let host = "git config --global --add safe.directory '*'; git status > /dev/null; rm ../../executed"
        #expect(try await harness.host(host).status == 0, "git executes it, or the report is about nothing")
    }

    /// Each attack with its setup and the expected line of the report.
    private static let evasions: [(before: String, attack: String, line: String)] = [
        ("", "mkdir \"$(printf 'd\\377')\"; echo all: > \"$(printf 'd\\377/Makefile')\"", "d\\xff/Makefile"),
        ("", "d=$(printf 'd/%.0s' $(seq 70)); mkdir -p $d; echo all: > ${d}Makefile", "d/Makefile"),
        ("mkdir old; touch old/tasks.json", "mv old .vscode", ".vscode/"),
        ("mkdir old", "ln -s old .husky", ".husky  (a link to 'old')"),
        ("touch old", "ln -s old .envrc", ".envrc  (a link to 'old')"),
        ("", "mkdir c; echo all: > c/Makefile; chmod 311 c", "c/Makefile"),
        ("", "mkdir -p node_modules/x; echo {} > node_modules/x/package.json", "node_modules/"),
    ]

    @Sendable static func evasions(_ harness: RunHarness) async throws {
        for (before, attack, line) in evasions {
            let setUp = "\(before)\nfind . -mindepth 1 -exec touch -hd 2020-01-01 {} +; chown -Rh 4321:4321 .; sleep 1"
            #expect(try await harness.host(setUp).status == 0)
            let ending = try await harness.inside(attack)
            let lines = ending.error.split(separator: "\n").filter { $0.hasPrefix("  ") }
            #expect(
                ending.status == 0 && lines.contains { $0.contains(line) },
                "\(harness.engine) \(attack): \(ending.error)"
            )
            try await Shell.must("cd \"$1\" && rm -rf -- * .vscode .husky .envrc", [harness.project.string])
        }
    }

    @Sendable static func manyEntries(_ harness: RunHarness) async throws {
        let setUp = """
            mkdir a; cd a; for i in $(seq 310); do mkdir d$i; (cd d$i; seq 1000 | xargs touch -d 2020-01-01); done
            chown -R 4321:4321 .; sleep 1
            """
        #expect(try await harness.host(setUp).status == 0)
        let ending = try await harness.inside("mkdir zz; echo all: > zz/Makefile; echo all: > a/d310/Makefile")
        let lines = ending.error.split(separator: "\n")
        #expect(
            lines.contains("  zz/Makefile") && lines.contains("  a/d310/Makefile"), "\(harness.engine) \(ending.error)")
    }
}
