// SPDX-License-Identifier: Apache-2.0

import Assembly
import Core
import ImageDefinition
import Lockfile
import OCI

/// The files that lie over the packages when they are configured: dpkg's database, the links of the merged `/usr`, the
/// configure program with its parameters, and the archive's address.
struct Seed {
    let request: ContextRequest
    let packages: [LockedPackage]
    let facts: [PackageFacts]

    private var mtime: Int64 { request.lock.epoch }
    private var architecture: String { request.platform.architecture }

    func overlay() throws -> Overlay {
        try Overlay(name: "seed", items: links() + database() + program() + sources() + [hostname()])
    }

    /// The configure program writes this file too; but Docker and Podman lay their own over it while they run something,
    /// so what is written there does not come into an image of theirs.
    private func hostname() throws -> Overlay.Item {
        try .file("etc/hostname", Array("opencode\n".utf8), mtime: mtime)
    }

    private func links() throws -> [Overlay.Item] {
        try MergedUsr.links(for: architecture).map { try .link($0, to: "usr/\($0)", mtime: mtime) }
    }

    private func database() throws -> [Overlay.Item] {
        let database = DpkgDatabase(packages: facts, locked: packages, architecture: architecture)
        return try database.files.map { try .file($0.path, Array($0.text.utf8), mtime: mtime) }
            + [.directory("var/lib/dpkg/updates", mtime: mtime), .directory("var/lib/dpkg/parts", mtime: mtime)]
    }

    private func program() throws -> [Overlay.Item] {
        let configure = try Files.read(request.imageFolder.appending("configure"), limit: 1 << 20)
        return [
            try .file(".opencode-docker/configure", configure, mode: 0o755, mtime: mtime),
            try .file(".opencode-docker/parameters", Array(parameters.utf8), mtime: mtime),
        ]
    }

    /// Read by the configure program's shell; every value was checked when the definition was parsed.
    private var parameters: String {
        let user = request.definition.user
        let values = [
            ("user_name", user.name), ("user_id", "\(user.uid)"), ("group_id", "\(user.gid)"),
            ("user_home", user.home), ("user_shell", user.shell),
            ("locales", request.definition.locales.joined(separator: " ")), ("epoch", "\(request.lock.epoch)"),
            ("architecture", architecture),
        ]
        return values.map { "\($0)='\($1)'\n" }.joined()
    }

    /// deb822 sources (sources.list(5)) at the lock's snapshot, so that what is installed later fits what is there.
    private func sources() throws -> [Overlay.Item] {
        let codename = request.lock.codename
        let text =
            paragraph("debian", "\(codename) \(codename)-updates") + "\n"
            + paragraph("debian-security", "\(codename)-security")
        return [try .file("etc/apt/sources.list.d/debian.sources", Array(text.utf8), mtime: mtime)]
    }

    private func paragraph(_ base: String, _ suites: String) -> String {
        """
        Types: deb
        URIs: \(Mirrors.snapshot(base, request.lock.snapshot))
        Suites: \(suites)
        Components: main
        Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
        Check-Valid-Until: no

        """
    }
}
