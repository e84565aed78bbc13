// SPDX-License-Identifier: Apache-2.0

/// What dpkg's database must know of an unpacked package beyond its files; kept with the layer in the cache.
package struct PackageFacts: Hashable, Sendable, Codable {
    /// The package's name.
    package let name: String
    /// The name dpkg files it under: with `:arch` for `Multi-Arch: same` packages.
    package let qualifiedName: String
    /// The control paragraph as the package ships it, without a trailing newline.
    package let control: String
    /// The configuration files with the MD5 of their contents (deb-conffiles(5)), in the package's order.
    package let conffiles: [Conffile]
    /// What the package wants to be told of (deb-triggers(5)).
    package let interests: [TriggerInterest]
    /// The files whose set-uid or set-gid bit was taken away.
    package let overrides: [StatOverride]

    /// A configuration file as dpkg's status file lists it.
    package struct Conffile: Hashable, Sendable, Codable {
        package let path: String
        package let md5: String
    }

    /// An interest in a file trigger (an absolute path) or a named one.
    package struct TriggerInterest: Hashable, Sendable, Codable {
        package let trigger: String
        package let awaits: Bool
    }

    /// A line of dpkg-statoverride(1): dpkg keeps to it when the package is upgraded in the container.
    package struct StatOverride: Hashable, Sendable, Codable {
        package let path: String
        package let mode: UInt16
        package let uid: UInt32
        package let gid: UInt32
    }
}
