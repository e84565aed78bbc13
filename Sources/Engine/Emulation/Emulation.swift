// SPDX-License-Identifier: Apache-2.0

import Core
import OCI
import SystemPackage

/// How programs of another processor run on this machine: the kernel hands them to an interpreter such as qemu-user
/// (Documentation/admin-guide/binfmt-misc.rst of the kernel).
package struct Emulation: Hashable, Sendable, CustomStringConvertible {
    /// Whose programs they are.
    package let platform: Platform
    /// The program that runs them; `nil` where the kernel's registry cannot be seen.
    package let interpreter: FilePath?

    /// An emulation, item by item.
    package init(platform: Platform, interpreter: FilePath?) {
        self.platform = platform
        self.interpreter = interpreter
    }

    /// Finds out whether programs for `platform` run in containers here: by running one that does nothing.
    ///
    /// - Parameters:
    ///   - machine: What this machine runs by itself.
    ///   - scratch: A directory for that program, made when it is not there.
    ///   - registry: Where the kernel's registry of formats is seen.
    /// - Returns: `nil` when nothing has to be emulated.
    /// - Throws: `EngineError.noEmulation`, `.emulatorOutOfReach`, `FileError`.
    package static func find(
        for platform: Platform, on machine: Platform = .machine, scratch: FilePath,
        registry: FilePath = "/proc/sys/fs/binfmt_misc"
    ) throws -> Emulation? {
        guard platform.architecture != machine.architecture else { return nil }
        let program = ForeignProgram(platform)
        let format = BinaryFormat.registered(in: registry).first { $0.isEnabled && $0.matches(program.bytes) }
        if let format, !format.isOpened {
            throw EngineError.emulatorOutOfReach(platform, interpreter: format.interpreter)
        }
        guard try program.runs(in: scratch) else { throw EngineError.noEmulation(platform) }
        return Emulation(platform: platform, interpreter: format?.interpreter)
    }

    /// `linux/arm64, emulated by /usr/bin/qemu-aarch64-static`.
    package var description: String {
        "\(platform), emulated\(interpreter.map { " by \($0)" } ?? "")"
    }
}

extension Platform {
    /// What this program was compiled for, and so what the machine runs by itself.
    package static var machine: Platform {
        #if arch(arm64)
            .arm64
        #else
            .amd64
        #endif
    }
}
