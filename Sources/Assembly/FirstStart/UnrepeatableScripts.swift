// SPDX-License-Identifier: Apache-2.0

/// Packages whose scripts write something else each time, where that is no secret and is not set right afterwards: an image with
/// them has another digest in each build.
package enum UnrepeatableScripts {
    /// One of them.
    package struct Known: Hashable, Sendable {
        /// The package.
        package let package: String
        /// Where the files are.
        package let path: String
    }

    /// Those among packages of these names, in the order of the table.
    package static func among(_ names: some Sequence<String>) -> [Known] {
        let names = Set(names)
        return table.filter { names.contains($0.package) }
    }

    private static let table = [
        // The time of their making, and the order in which the file system lists.
        Known(package: "texlive-base", path: "/var/lib/texmf"),
        // A number of the machine, and the time of the day at which it reports.
        Known(package: "popularity-contest", path: "/etc/popularity-contest.conf"),
        // The administrator's password, in a database of its own form.
        Known(package: "firebird3.0-server", path: "/var/lib/firebird/3.0/system/security3.fdb"),
        // Its first line says when it was written.
        Known(package: "mdadm", path: "/etc/mdadm/mdadm.conf"),
    ]
}
