// SPDX-License-Identifier: Apache-2.0

/// The facts of an unpacked package that dpkg's database needs beyond its files; kept with the layer in the cache.
package struct PackageFacts: Hashable, Sendable, Codable {
    /// The package's name.
    package let name: String
    /// The name in dpkg's database: with `:arch` for `Multi-Arch: same` packages.
    package let qualifiedName: String
    /// The control paragraph as the package ships it, without a trailing newline.
    package let control: String
    /// The configuration files with the MD5 of their contents (deb-conffiles(5)), in the package's order.
    package let conffiles: [Conffile]
    /// The package's trigger interests (deb-triggers(5)).
    package let interests: [TriggerInterest]
    /// The files whose set-uid or set-gid bit was removed.
    package let overrides: [StatOverride]
    /// Absolute paths that are missing in the layer's tree, because another package of the layer ships them too.
    package let contested: [String]
    /// The package's directories that are not owned by root with mode 0755.
    package let directories: [Directory]
    /// Absolute paths that are not in the layer's tree because they are in volatile directories (`PassingPaths`).
    package let passing: [String]

    /// Creates the facts.
    package init(
        name: String, qualifiedName: String, control: String, conffiles: [Conffile], interests: [TriggerInterest],
        overrides: [StatOverride], contested: [String] = [],
        directories: [Directory] = [], passing: [String] = []
    ) {
        self.name = name
        self.qualifiedName = qualifiedName
        self.control = control
        self.conffiles = conffiles
        self.interests = interests
        self.overrides = overrides
        self.contested = contested
        self.directories = directories
        self.passing = passing
    }

    /// The configuration files that the package ships.
    package var shippedConffiles: [Conffile] { conffiles.filter { $0.md5 != nil && $0.md5 != Conffile.absent } }

    /// A directory with its own mode and owner.
    package struct Directory: Hashable, Sendable, Codable {
        /// The absolute path as the package ships it.
        package let path: String
        /// Permission, set-id and sticky bits.
        package let mode: UInt16
        /// The owner.
        package let uid: UInt32
        /// The group.
        package let gid: UInt32
    }

    /// A configuration file as dpkg's status file lists it.
    package struct Conffile: Hashable, Sendable, Codable {
        /// Its absolute path.
        package let path: String
        /// The MD5 of its contents, in hexadecimal digits, or `absent`; `nil` for a file with the flag
        /// `remove-on-upgrade`, which the package no longer ships.
        package let md5: String?

        /// dpkg's placeholder for the digest of a file that it never installed (`NEWCONFFILEFLAG` in its
        /// `lib/dpkg/dpkg-db.h`).
        package static let absent = "newconffile"

        /// A configuration file.
        package init(path: String, md5: String?) {
            self.path = path
            self.md5 = md5
        }
    }

    /// An interest in a file trigger (an absolute path) or a named one.
    package struct TriggerInterest: Hashable, Sendable, Codable {
        /// The path or the name.
        package let trigger: String
        /// Whether the triggering package waits until the trigger has been processed.
        package let awaits: Bool

        /// Creates an interest.
        package init(trigger: String, awaits: Bool) {
            self.trigger = trigger
            self.awaits = awaits
        }
    }

    /// A line of dpkg-statoverride(1): dpkg applies it when the package is upgraded in the container.
    package struct StatOverride: Hashable, Sendable, Codable {
        /// The absolute path as the package ships it, before `/usr` is merged: dpkg uses this name.
        package let path: String
        /// Permission bits, without set-uid and set-gid.
        package let mode: UInt16
        /// The owner.
        package let uid: UInt32
        /// The group.
        package let gid: UInt32

        /// Creates an override.
        package init(path: String, mode: UInt16, uid: UInt32, gid: UInt32) {
            self.path = path
            self.mode = mode
            self.uid = uid
            self.gid = gid
        }
    }
}
