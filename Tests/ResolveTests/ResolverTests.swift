// SPDX-License-Identifier: Apache-2.0

import Archive
import Core
import Debian
import Foundation
import Lockfile
import Resolve
import Synchronization
import SystemPackage
import TestSupport
import Testing

/// Serves a synthetic, unsigned archive: the signature check is a script with the output of gpgv.
final class MadeUpArchive: IndexSource {
    let store: Store
    let date: String
    let packages: [String: [(String, String, String)]]
    let asked = Mutex<[String]>([])

    init(store: Store, date: String, packages: [String: [(String, String, String)]]) {
        self.store = store
        self.date = date
        self.packages = packages
    }

    func index(_ suite: String) -> [UInt8] {
        let paragraphs = packages[suite, default: []].map { name, version, fields in
            """
            Package: \(name)
            Version: \(version)
            Architecture: amd64
            \(fields)Filename: pool/main/\(name)_\(version).deb
            Size: 1
            SHA256: \(Digest(of: (name + version).utf8).hex)

            """
        }
        return Array(paragraphs.joined(separator: "\n").utf8)
    }

    func release(_ suite: String) -> [UInt8] {
        let digest = Digest(of: index(suite)).hex
        let size = index(suite).count
        let text = """
            -----BEGIN PGP SIGNED MESSAGE-----
            Hash: SHA256

            Codename: \(suite)
            Date: \(date)
            Valid-Until: Sat, 28 Nov 2026 00:00:00 UTC
            Acquire-By-Hash: yes
            SHA256:
             \(digest) \(size) main/binary-amd64/Packages
             \(digest) \(size) main/binary-amd64/Packages.xz
            -----BEGIN PGP SIGNATURE-----
            -----END PGP SIGNATURE-----

            """
        return Array(text.utf8)
    }

    func fetch(
        _ downloads: [IndexDownload], step: String, progress: @escaping ProgressSink
    ) async throws -> [String: Digest] {
        var found: [String: Digest] = [:]
        for download in downloads {
            asked.withLock { $0.append(download.name) }
            let suite = String(download.name.prefix { $0 != " " })
            let bytes = download.name.hasSuffix("InRelease") ? release(suite) : index(suite)
            let digest = try store.insert(bytes)
            if download.digest == nil { found[download.name] = digest }
            #expect(download.digest == nil || download.digest == digest)
        }
        return found
    }
}

@Suite struct ResolverTests {
    /// Removes the armor like gpgv, and reports a valid signature.
    static let gpgv = """
        #!/bin/sh
        for last; do :; done
        sed -e '1,3d' -e '/^-----BEGIN PGP SIGNATURE/,$d' "$last" > "$4"
        echo "[GNUPG:] NEWSIG"
        echo "[GNUPG:] GOODSIG 0 somebody"
        echo "[GNUPG:] VALIDSIG AA 2026-11-21 1 0 4 0 1 8 01 BB"
        """

    private let root: FilePath
    private let store: Store

    init() throws {
        root = FilePath(NSTemporaryDirectory()).appending("resolver-\(UUID().uuidString)")
        store = try Store(root: root.appending("store"))
        try writeProgram(Self.gpgv, to: root.appending("gpgv"))
    }

    private func resolver(_ archive: MadeUpArchive, now: String = "2026-11-23T00:00:00Z", expired: ExpiryRule = .refuse)
        throws
        -> Resolver
    {
        var archives = ArchiveSource.all(of: "bookworm")
        for index in archives.indices { archives[index].addresses = ["https://example.org/\(archives[index].base)"] }
        return Resolver(
            store: store, source: archive, check: SignatureCheck(program: root.appending("gpgv").string),
            archives: archives,
            now: try #require(Timestamp(rfc3339: now)), expired: expired)
    }

    private func archive(_ date: String = "Sat, 21 Nov 2026 00:00:00 UTC", security: [(String, String, String)] = [])
        -> MadeUpArchive
    {
        MadeUpArchive(
            store: store, date: date,
            packages: [
                "bookworm": [
                    ("apt", "1", ""), ("app", "1", "Depends: lib (>= 1)\n"), ("lib", "1", "Installed-Size: 30000\n"),
                    ("other", "1", ""),
                ], "bookworm-security": security,
            ])
    }

    private func request(_ names: String...) throws -> ResolveRequest {
        ResolveRequest(
            codename: "bookworm", architectures: [.amd64], packages: try names.map { try PackageName($0) },
            artifacts: [],
            inputs: Digest(of: [9]))
    }

    private func versions(_ lock: VersionsLock) -> [String] {
        lock.architectures["amd64", default: []].map { "\($0.name)=\($0.version)" }
    }

    @Test func makesALock() async throws {
        let archive = archive(security: [("other", "1.1", "")])
        let resolver = try resolver(archive)
        let lock = try await resolver.resolve(request("app", "other"), previous: nil) { _ in }
        #expect(versions(lock) == ["app=1", "apt=1", "lib=1", "other=1.1"])
        #expect(lock.snapshot == "2026-11-21T00:00:00Z")
        #expect(lock.archives.map(\.signer) == ["BB", "BB", "BB"])
        let packages = lock.architectures["amd64", default: []]
        #expect(packages.map(\.tier) == [.stable, .stable, .alone, .hot])
        #expect(packages.map(\.base) == ["debian", "debian", "debian", "debian-security"])
        #expect(packages.map(\.reason) == ["asked", "required", "needed by app", "asked"])
        #expect(try VersionsLock(parsing: lock.serialized(), file: "f") == lock)
        let before = archive.asked.withLock { $0.count }
        let again = try await resolver.resolve(request("app", "other"), previous: lock) { _ in }
        #expect(again == lock)
        #expect(archive.asked.withLock { $0.count } == before + 3, "release files only")
    }

    @Test func onlyWhatIsNamedMoves() async throws {
        let old = try await resolver(archive()).resolve(request("app", "other"), previous: nil) { _ in }
        let updated = archive(
            security: [("app", "2", "Depends: lib (>= 2)\n"), ("lib", "2", ""), ("other", "2", "")])
        // The archive still has the old versions of all packages.
        func resolved(_ scope: UpdateScope) async throws -> [String] {
            versions(
                try await resolver(updated).resolve(request("app", "other"), previous: old, update: scope) { _ in })
        }
        #expect(try await resolved(.missing) == ["app=1", "apt=1", "lib=1", "other=1"])
        #expect(try await resolved(.only([PackageName("other")])) == ["app=1", "apt=1", "lib=1", "other=2"])
        #expect(try await resolved(.only([PackageName("app")])) == ["app=2", "apt=1", "lib=2", "other=1"])
        #expect(try await resolved(.all) == ["app=2", "apt=1", "lib=2", "other=2"])
        let lock = try await resolver(updated).resolve(request("app", "other"), previous: old) { _ in }
        #expect(lock.architectures["amd64"]?.map(\.tier) == [.stable, .stable, .alone, .stable], "tiers are frozen")
    }

    @Test func refusesWhatIsOldOrOver() async throws {
        let lock = try await resolver(archive()).resolve(request("app"), previous: nil) { _ in }
        let older = try resolver(archive("Fri, 20 Nov 2026 00:00:00 UTC"))
        await #expect {
            _ = try await older.resolve(request("app"), previous: lock) { _ in }
        } throws: { if case .rolledBack = $0 as? DebianError { true } else { false } }
        let late = "2026-11-29T00:00:00Z"
        await #expect {
            _ = try await resolver(archive(), now: late).resolve(request("app"), previous: nil) { _ in }
        } throws: { if case .expired = $0 as? DebianError { true } else { false } }
        let said = Mutex<[ProgressEvent]>([])
        let allowed = try await resolver(archive(), now: late, expired: .take("for a test"))
            .resolve(request("app"), previous: nil) { event in said.withLock { $0.append(event) } }
        let note = "Taken although their validity is over, for a test: bookworm, bookworm-updates, bookworm-security."
        #expect(said.withLock { $0.filter { $0 == .warning(note) } }.count == 1)
        #expect(versions(allowed) == ["app=1", "apt=1", "lib=1"])
        await #expect {
            _ = try await resolver(archive(), now: "2026-11-20T00:00:00Z", expired: .take("for a test"))
                .resolve(request("app"), previous: nil) { _ in }
        } throws: { if case .notYetValid = $0 as? DebianError { true } else { false } }
    }
}
