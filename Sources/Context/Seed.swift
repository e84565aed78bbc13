// SPDX-License-Identifier: Apache-2.0

import Archive
import Assembly
import Core
import Debian
import ImageDefinition
import Lockfile
import OCI

/// The files that are mounted over the packages during configuration: dpkg's database, the links of the merged `/usr`,
/// the configure program with its parameters, and the archive's address.
struct Seed {
    let request: ContextRequest
    let packages: [LockedPackage]
    let plan: UnpackPlan
    let store: Store

    private var mtime: Int64 { request.lock.epoch }
    private var architecture: String { request.platform.architecture }

    func overlay() throws -> Overlay {
        try Overlay(
            name: "seed", items: links() + database() + program() + unpacking() + secrets() + sources() + [hostname()])
    }

    /// The configure program writes this file too; but Docker and Podman mount their own over it while they run a
    /// command, so that file does not get into an image that they build.
    private func hostname() throws -> Overlay.Item {
        try .file("etc/hostname", Array("opencode\n".utf8), mtime: mtime)
    }

    private func links() throws -> [Overlay.Item] {
        try MergedUsr.links(for: architecture).map { try .link($0, to: "usr/\($0)", mtime: mtime) }
    }

    private func database() throws -> [Overlay.Item] {
        let database = DpkgDatabase(
            packages: plan.files.packages.map(\.facts), locked: packages, architecture: architecture,
            byDpkg: Set(plan.byDpkg.map(\.name)), withWaiting: plan.withWaiting,
            shared: Set(plan.files.shared.map(\.path)))
        return try database.files.map { try .file($0.path, Array($0.text.utf8), mtime: mtime) }
            + [.directory("var/lib/dpkg/updates", mtime: mtime), .directory("var/lib/dpkg/parts", mtime: mtime)]
    }

    private func program() throws -> [Overlay.Item] {
        let configure = try Files.read(request.imageDirectory.appending("configure"), limit: 1 << 20)
        return [
            try .file(".opencode-docker/configure", configure, mode: 0o755, mtime: mtime),
            try .file(".opencode-docker/parameters", Array(parameters.utf8), mtime: mtime),
        ]
    }

    /// A list file beside the configure program.
    private func list(_ name: String, _ lines: [String]) throws -> Overlay.Item {
        try .file(".opencode-docker/\(name)", Array(lines.map { $0 + "\n" }.joined().utf8), mtime: mtime)
    }

    /// The paths of the files that each container generates.
    private func secrets() throws -> [Overlay.Item] {
        let removed = try request.firstStart().removed
        return removed.isEmpty ? [] : [try list("removed", removed)]
    }

    /// The packages that dpkg unpacks, and the paths that must not exist before.
    private func unpacking() throws -> [Overlay.Item] {
        let always =
            try [
                list("waiting", plan.waiting.map { "/" + $0.string }), list("base", plan.base.map(\.qualifiedName)),
            ]
            + plan.directories.map { entry in
                var dated = entry
                dated.mtime = mtime
                return Overlay.Item(entry: dated, source: .none)
            }
            + plan.aside.map { name, paths in try list("aside/\(name)", paths.map { "/" + $0.string }) }
        guard !plan.byDpkg.isEmpty else { return always }
        return try always + [
            list("hidden", plan.hidden.map { "/" + $0.string }),
            list("options", request.filter.dpkgOptions),
        ]
            + plan.before.map { name, packages in try list("before/\(name)", packages.map(\.qualifiedName)) }
            + plan.byDpkg.enumerated().flatMap { number, facts in
                try [list("lists/\(facts.qualifiedName)", listed(facts)), deb(of: facts, number: number)]
            }
    }

    private func listed(_ facts: PackageFacts) -> [String] {
        ["/."] + (plan.files.packages.first { $0.facts.name == facts.name }?.listed ?? [])
    }

    /// The package, under a file name with its position in the order.
    private func deb(of facts: PackageFacts, number: Int) throws -> Overlay.Item {
        let locked = packages.first { $0.name.text == facts.name }
        let digest = locked?.sha256 ?? Digest(of: [])
        let directory = plan.base.contains { $0.name == facts.name } ? "packages-base" : "packages"
        let path = ".opencode-docker/\(directory)/\(String(10_000 + number).dropFirst())-\(facts.name).deb"
        let entry = ArchiveEntry(
            path: try ArchivePath(path), kind: .file(size: locked?.size ?? 0), mode: 0o644, mtime: mtime)
        return Overlay.Item(entry: entry, source: .blob(store.path(of: digest), digest))
    }

    /// Read by the configure program's shell; all values were validated when the definition was parsed.
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

    /// deb822 sources (sources.list(5)) at the lock's snapshot, so that packages installed later match the existing
    /// ones.
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
        URIs: \(ArchiveSource.snapshot(base: base, at: Timestamp(seconds: request.lock.epoch)))
        Suites: \(suites)
        Components: main
        Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
        Check-Valid-Until: no

        """
    }
}
