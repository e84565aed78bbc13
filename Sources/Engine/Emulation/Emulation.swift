// SPDX-License-Identifier: Apache-2.0

import Core
import OCI
import SystemPackage

/// The emulation of programs of another architecture: the kernel runs them with an interpreter such as qemu-user
/// (Documentation/admin-guide/binfmt-misc.rst of the kernel).
package struct Emulation: Hashable, Sendable, CustomStringConvertible {
    /// The platform of the programs.
    package let platform: Platform
    /// The interpreter; `nil` when the kernel's registry is not visible.
    package let interpreter: FilePath?

    /// Creates an emulation from its parts.
    package init(platform: Platform, interpreter: FilePath?) {
        self.platform = platform
        self.interpreter = interpreter
    }

    /// Checks whether containers can run programs for `platform`, by running a minimal one.
    ///
    /// - Parameters:
    ///   - machine: The machine's native platform.
    ///   - scratch: The directory for that program, created when missing.
    ///   - registry: The mount point of the kernel's registry.
    /// - Returns: `nil` when no emulation is needed.
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
    /// The platform this program was compiled for, which is the machine's native one.
    package static var machine: Platform {
        #if arch(arm64)
            .arm64
        #else
            .amd64
        #endif
    }
}
