// SPDX-License-Identifier: Apache-2.0

import Core
import Debian
import Foundation
import Lockfile
import Resolve
import SystemPackage
import Testing
import Transport

/// The whole stage with the mirror of this machine's apt.
@Suite(.serialized) struct ResolveIntegrationTests {
    private func resolver(_ store: Store) throws -> Resolver {
        let machine = try MachineSources.read(etcApt: "/etc/apt", codename: "bookworm")
        let keyrings = machine.keyrings.isEmpty ? [SignatureCheck.archiveKeyring] : machine.keyrings
        return Resolver(
            store: store, source: Downloader(store: store), check: SignatureCheck(keyrings: keyrings),
            archives: machine.archives, now: Timestamp(seconds: Int64(Date().timeIntervalSince1970)),
            expired: .take("in a test"))
    }

    @Test func resolvesBothArchitecturesAndAgain() async throws {
        let root = FilePath(NSTemporaryDirectory()).appending("resolve-\(UUID().uuidString)")
        defer { try? Files.removeTree(root) }
        let resolver = try resolver(try Store(root: root))
        let names = ["usr-is-merged", "git", "build-essential", "python3", "nodejs", "gh", "s6", "zsh"]
        let request = ResolveRequest(
            codename: "bookworm", architectures: [.amd64, .arm64], packages: try names.map { try PackageName($0) },
            artifacts: [], inputs: Digest(of: [1]))
        let clock = ContinuousClock()
        let start = clock.now
        let lock = try await resolver.resolve(request, previous: nil) { _ in }
        let cold = clock.now
        let again = try await resolver.resolve(request, previous: lock) { _ in }
        Swift.print("resolve: \(cold - start) from nothing, \(clock.now - cold) with the indices in the store")
        #expect(again == lock)
        #expect(lock.archives.map(\.id) == ["bookworm", "bookworm-updates", "bookworm-security"])
        #expect(lock.archives.allSatisfy { $0.signer.count == 40 })
        #expect(lock.architectures.keys.sorted() == ["amd64", "arm64"])
        for packages in lock.architectures.values {
            #expect(packages.count > 150)
            #expect(Set(packages.map(\.tier)) == Set(LayerTier.allCases))
        }
        let bytes = lock.serialized()
        var read: VersionsLock?
        let reading = try clock.measure { read = try VersionsLock(parsing: bytes, file: "versions.lock") }
        #expect(read == lock)
        Swift.print("lock: \(bytes.count) bytes, read in \(reading)")
    }

    /// gpgv refuses a file with a changed byte, and a truncated file.
    @Test func refusesWhatWasNotSigned() async throws {
        let root = FilePath(NSTemporaryDirectory()).appending("signed-\(UUID().uuidString)")
        defer { try? Files.removeTree(root) }
        let store = try Store(root: root)
        let machine = try MachineSources.read(etcApt: "/etc/apt", codename: "bookworm")
        let address = try #require(machine.archives[1].addresses.first)
        let url = "\(address)/dists/bookworm-updates/InRelease"
        let bytes = try await HTTPClient().get(url, limit: Release.limit).body
        func verify(_ bytes: [UInt8]) async throws -> SignatureCheck.Verified {
            let digest = try store.insert(bytes)
            return try await SignatureCheck().verify(
                store.path(of: digest), scratch: store.temporaryPath(), file: "InRelease")
        }
        let verified = try await verify(bytes)
        #expect(try Release(parsing: verified.contents, file: "InRelease").codename == "bookworm-updates")
        var changed = bytes
        changed[bytes.count / 3] ^= 1
        await #expect {
            _ = try await verify(changed)
        } throws: { if case .badSignature = $0 as? DebianError { true } else { false } }
        await #expect(throws: DebianError.truncated(file: "InRelease")) { try await verify(Array(bytes.dropLast(400))) }
        await #expect {
            _ = try await SignatureCheck(keyrings: ["/dev/null"]).verify(
                store.path(of: Digest(of: bytes)), scratch: store.temporaryPath(), file: "InRelease")
        } throws: { if case .badSignature = $0 as? DebianError { true } else { false } }
    }
}
