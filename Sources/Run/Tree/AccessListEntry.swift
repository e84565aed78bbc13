// SPDX-License-Identifier: Apache-2.0

/// An entry of an access control list (acl(5)), as the kernel encodes it (linux/posix_acl_xattr.h).
struct AccessListEntry {
    /// The subjects of entries that matter here.
    enum Tag: UInt8 {
        case owner = 0x01
        case user = 0x02
        case group = 0x08
    }

    /// The subject; `nil` for the owning group, the mask and others.
    let tag: Tag?
    /// The bits for reading (4), writing (2) and executing (1).
    let permissions: UInt8

    /// Whether it is for a named user or group.
    var isNamed: Bool { tag == .user || tag == .group }

    /// The entries of a list: after a version of 4 bytes, 8 bytes each for tag, permissions and ID, little-endian.
    static func list(_ bytes: [UInt8]) -> [AccessListEntry] {
        stride(from: 4, to: bytes.count - 7, by: 8).map { start in
            AccessListEntry(
                tag: bytes[start + 1] == 0 ? Tag(rawValue: bytes[start]) : nil, permissions: bytes[start + 2] & 7)
        }
    }
}
