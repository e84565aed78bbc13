// SPDX-License-Identifier: Apache-2.0

import ImageBuilding
import SystemPackage

extension OutputDestination {
    /// Parses `oci:DIR` and `docker-archive:FILE`.
    ///
    /// - Throws: `CommandError.unknownOutput`.
    init(_ text: String) throws(CommandError) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[1].isEmpty else { throw .unknownOutput(text) }
        switch parts[0] {
        case "oci": self = .layout(FilePath(String(parts[1])))
        case "docker-archive": self = .dockerArchive(FilePath(String(parts[1])))
        default: throw .unknownOutput(text)
        }
    }
}
