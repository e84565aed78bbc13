// SPDX-License-Identifier: Apache-2.0

/// The mount table (proc(5), `/proc/self/mountinfo`).
package struct MountTable: Hashable, Sendable {
    private let types: [String: String]

    /// Parses the text of the file.
    package init(_ text: String) {
        var types: [String: String] = [:]
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count > 6, let dash = fields.firstIndex(of: "-"), dash + 1 < fields.count else { continue }
            types[String(fields[2])] = String(fields[dash + 1])
        }
        self.types = types
    }

    /// The type of the file system with that device number, as encoded in stat(2); `nil` when it is not mounted.
    package func type(ofDevice device: UInt64) -> String? {
        let major = (device >> 8 & 0xfff) | (device >> 32 & ~0xfff)
        let minor = (device & 0xff) | (device >> 12 & ~0xff)
        return types["\(major):\(minor & 0xffff_ffff)"]
    }
}
