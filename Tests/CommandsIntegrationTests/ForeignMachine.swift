// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

/// Debian's qemu, registered with the kernel during a test if it is not already.
///
/// The registry belongs to the whole machine: its previous state is restored.
enum ForeignMachine {
    static let isPossible = Files.exists("/usr/bin/qemu-aarch64-static") && isAMD64

    private static var isAMD64: Bool {
        #if arch(x86_64)
            true
        #else
            false
        #endif
    }

    /// Mounts the registry if it is not mounted, in the mount namespace of the tests.
    private static let mount = """
        registry=/proc/sys/fs/binfmt_misc
        [ -e "$registry/register" ] || mount -t binfmt_misc binfmt_misc "$registry" || exit
        """

    /// Runs `body` while programs for arm64 can run.
    static func with<Result>(_ body: () async throws -> Result) async throws -> Result {
        let script = """
            \(mount)
            [ ! -e "$registry/qemu-aarch64" ] || { echo there; exit; }
            cat /usr/lib/binfmt.d/qemu-aarch64.conf > "$registry/register" && echo registered
            """
        let isOurs = try await Shell.must(script) == "registered\n"
        do {
            let result = try await body()
            if isOurs { try await set(-1) }
            return result
        } catch {
            if isOurs { try? await set(-1) }
            throw error
        }
    }

    /// Runs `body` while they cannot.
    static func without<Result>(_ body: () async throws -> Result) async throws -> Result {
        let wasThere = try await Shell.must("\(mount)\ncat \"$registry/qemu-aarch64\" 2> /dev/null || true")
            .hasPrefix("enabled")
        if wasThere { try await set(0) }
        do {
            let result = try await body()
            if wasThere { try await set(1) }
            return result
        } catch {
            if wasThere { try? await set(1) }
            throw error
        }
    }

    /// Writes to the entry: 1 enables it, 0 disables it, -1 removes it.
    private static func set(_ state: Int) async throws {
        try await Shell.must("echo \"$1\" > /proc/sys/fs/binfmt_misc/qemu-aarch64", ["\(state)"])
    }
}
