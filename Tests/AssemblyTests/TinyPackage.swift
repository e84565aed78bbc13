// SPDX-License-Identifier: Apache-2.0

import Archive
import Assembly
import Core
import Debian
import Foundation
import Lockfile
import SystemPackage

/// A package built by dpkg-deb, in a store.
struct TinyPackage {
    let store: FilePath
    let locked: LockedPackage
}

/// Builds two packages for one stable bin with all types of files that a package may ship, and a third with a layer of
/// its own.
///
/// - Parameter contents: The contents of a file in the third package.
func withTinyPackages<Result>(
    contents: String = "data", _ body: ([TinyPackage]) async throws -> Result
) async throws -> Result {
    let directory = FilePath("/tmp/tiny-packages-\(Files.uniqueSuffix())")
    try Files.makeDirectories(directory)
    defer { try? Files.removeTree(directory) }
    let store = try Store(root: directory.appending("store"))
    return try await body([
        try TinyPackage("one", source: "pair", .stable, one, in: directory, store),
        try TinyPackage("two", source: "pair", .stable, two, in: directory, store),
        try TinyPackage(
            "three", source: "three", .alone, "mkdir -p usr/lib; echo \(contents) > usr/lib/3", in: directory, store),
    ])
}

/// A test package: a name, further control fields, and a script that fills its directory.
struct PackageRecipe {
    let name: String
    var fields = ""
    var tier = LayerTier.stable
    let script: String
    /// The only path in the package's tar; `nil` for all of the directory.
    var only: String?
}

/// Builds packages by `recipes`; those of the stable tier share a layer.
func withPackages<Result>(
    _ recipes: [PackageRecipe], _ body: ([TinyPackage]) async throws -> Result
) async throws -> Result {
    let directory = FilePath("/tmp/tiny-packages-\(Files.uniqueSuffix())")
    try Files.makeDirectories(directory)
    defer { try? Files.removeTree(directory) }
    let store = try Store(root: directory.appending("store"))
    return try await body(
        recipes.map { recipe in
            try TinyPackage(
                recipe.name, source: recipe.tier == .alone ? recipe.name : "pair", recipe.tier, recipe.script,
                fields: recipe.fields, only: recipe.only, in: directory, store)
        })
}

/// Builds the layers of `packages`, with the documentation rules of Debian's slim images.
func build(_ packages: [TinyPackage], workers: Int) async throws -> [CachedLayer] {
    let store = try Store(root: packages[0].store)
    let filter = PathFilter(excludes: ["/usr/share/doc/*"], includes: ["/usr/share/doc/*/copyright"])
    let plan = LayerPlan.layers(for: packages.map(\.locked))
    return try await LayerBuilder(store: store, filter: filter, workers: workers, setsOwners: false).build(plan) { _ in
    }
}

/// Links, mode bits, long and non-ASCII names, a configuration file, filtered paths, and paths of the unmerged layout.
private let one = """
    mkdir -p bin etc usr/bin usr/share/doc/one usr/share/café lib/\(String(repeating: "long/", count: 30))
    echo conf > etc/one.conf; echo /etc/one.conf > DEBIAN/conffiles; echo one > bin/one; chmod 4755 bin/one
    ln bin/one bin/eins; ln -s one bin/uno; head -c 3000000 /dev/zero > usr/share/café/e\u{301}; echo x > usr/share/doc/one/NEWS
    echo free > usr/share/doc/one/copyright; echo y > lib/\(String(repeating: "long/", count: 30))file
    mkdir -m 1777 usr/share/café/tmp; mkdir -m 700 usr/share/café/shut; touch -d @1650000000 usr/share/café/shut
    """

private let two = """
    mkdir -p usr/bin usr/share; echo two > usr/bin/two; chmod 755 usr/bin/two
    printf '#!/bin/sh\\n' > DEBIAN/postinst; chmod 755 DEBIAN/postinst; echo 'interest-noawait /usr/share' > DEBIAN/triggers
    """

extension TinyPackage {
    fileprivate init(
        _ name: String, source: String, _ tier: LayerTier, _ script: String, fields: String = "",
        only: String? = nil, in directory: FilePath, _ store: Store
    ) throws {
        self.store = store.root
        let time = 1_600_000_000 + name.utf8.count
        let control =
            "Package: \(name)\\nVersion: 1\\nArchitecture: amd64\\nMaintainer: M <m@example.org>\\n"
            + fields + "Description: \(name)\\n"
        try Self.shell(
            """
            mkdir -p \(name)/DEBIAN; cd \(name); printf '\(control)' > DEBIAN/control; \(script)
            find . -newermt '2022-06-01' -exec touch -h -d @\(time) {} +; cd ..
            SOURCE_DATE_EPOCH=\(time) dpkg-deb --root-owner-group -Zxz -b \(name) \(name).deb > /dev/null
            [ -z "\(only ?? "")" ] || {
                tar --owner 0 --group 0 --numeric-owner -C \(name) -cJf data.tar.xz \(only ?? "")
                ar d \(name).deb data.tar.xz; ar q \(name).deb data.tar.xz
            }
            """, in: directory)
        let digest = try store.insert(Files.read(directory.appending("\(name).deb"), limit: 1 << 24))
        locked = LockedPackage(
            name: try PackageName(name), version: try DebianVersion("1"), architecture: "amd64",
            source: try PackageName(source), sourceVersion: try DebianVersion("1"), sha256: digest, size: 1000,
            installedSize: 10, path: "pool/main/\(name).deb", base: "debian", tier: tier,
            reason: fields.contains("Essential: yes") ? "essential" : "asked")
    }

    private static func shell(_ script: String, in directory: FilePath) throws {
        struct Failed: Error { let script: String }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = ["-euc", "umask 022; \(script)"]
        process.currentDirectoryURL = URL(fileURLWithPath: directory.string)
        process.environment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"]
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failed(script: script) }
    }
}
