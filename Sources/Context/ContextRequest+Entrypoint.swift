// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

extension ContextRequest {
    /// The packages whose programs the entrypoint of `image/rootfs` starts, with the programs and their use.
    private static let started = [
        (package: "tini", programs: ["tini"], use: "every container needs as process 1"),
        (package: "s6", programs: ["s6-ipcserver", "s6-sudod"], use: "sudo in a container needs"),
    ]

    /// One line for each package that the project's entrypoint needs and the image lacks; empty for another entrypoint,
    /// and for programs in `image/rootfs`.
    ///
    /// - Throws: `ContextError.missingArchitecture`.
    package func entrypointWarnings() throws -> [String] {
        let rootfs = imageDirectory.appending("rootfs")
        let own = "/usr/local/libexec/opencode-docker/entrypoint"
        guard definition.entrypoint.first == own, Files.exists(rootfs.pushing(FilePath(String(own.dropFirst())))) else {
            return []
        }
        let names = try packages().map(\.name.text)
        return Self.started.compactMap { package, programs, use in
            let isThere =
                names.contains { $0 == package || $0 == "\(package)-static" }
                || programs.allSatisfy { program in
                    ["usr/bin", "usr/local/bin"].contains {
                        Files.exists(rootfs.pushing(FilePath($0)).appending(program))
                    }
                }
            return isThere
                ? nil
                : "The image lacks the package '\(package)', which \(use): add it to `packages` in image/image.yaml."
        }
    }
}
