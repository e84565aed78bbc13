// SPDX-License-Identifier: Apache-2.0

import Core
import Foundation
import Signing
import Testing

@Suite("Documents from a registry are parsed strictly")
struct StrictReadingTests {
    /// A change that makes a valid document invalid.
    struct Change: Sendable, CustomTestStringConvertible {
        let from: String
        let to: String
        var testDescription: String { "\(from) -> \(to)" }
    }

    static let payloads = [
        Change(from: "docker-manifest-digest", to: "Docker-manifest-digest"),
        Change(from: "\"optional\":{", to: "\"extra\":1,\"optional\":{"),
        Change(from: "\"type\":", to: "\"kind\":\"x\",\"type\":"),
        Change(from: "cosign container image signature", to: "atomic container signature"),
        Change(from: "\"timestamp\":1795313345", to: "\"timestamp\":\"now\""),
        Change(from: "\"creator\":\"opencode-docker 1.4.3\"", to: "\"creator\":7"),
        Change(from: "\"critical\":{", to: "\"critical\":{},\"critical\":{"),
        Change(from: "sha256:", to: "sha512:"),
    ]

    @Test("A simple signing payload, as containers/image reads it", arguments: payloads)
    func payload(change: Change) throws {
        #expect(throws: SigningError.self) { try SimpleSigningPayload(parsing: changed("payload.json", change)) }
    }

    @Test("`optional` may be null, and may have other members")
    func optional() throws {
        let text = String(decoding: try Vectors.bytes("payload.json"), as: UTF8.self)
        let start = try #require(text.range(of: "\"optional\":")).upperBound
        let null = try SimpleSigningPayload(parsing: Array((text[..<start] + "null}").utf8))
        #expect(null.creator == nil && null.version == nil && null.digest == Vectors.image)
        let more = try SimpleSigningPayload(parsing: Array((text[..<start] + "{\"x\":[1],\"version\":3}}").utf8))
        #expect(more.version == nil)
    }

    static let bundles = [
        Change(from: "bundle.v0.3+json", to: "bundle.v0.2+json"),
        Change(from: "\"dsseEnvelope\":{", to: "\"unknown\":1,\"dsseEnvelope\":{"),
        Change(from: "\"publicKey\":{", to: "\"certificate\":{},\"publicKey\":{"),
        Change(from: "\"publicKey\"", to: "\"certificate\""),
        Change(from: "\"signatures\":[{", to: "\"signatures\":[{\"sig\":\"AAAA\"},{"),
        Change(from: "\"payload\":\"", to: "\"payload\":\"*"),
        Change(from: "\"sig\":\"", to: "\"sig\":\"\",\"x\":\""),
    ]

    @Test("A Sigstore bundle, as protojson reads it", arguments: bundles)
    func bundle(change: Change) throws {
        #expect(throws: SigningError.self) { try SigstoreBundle(parsing: changed("bundle.json", change)) }
    }

    @Test("Entries of a transparency log are ignored; a bundle above the limit is not parsed")
    func logs() throws {
        let log = Change(from: "\"publicKey\":{", to: "\"tlogEntries\":[{\"logIndex\":\"12\"}],\"publicKey\":{")
        #expect(throws: Never.self) { try SigstoreBundle(parsing: try changed("bundle.json", log)) }
        #expect(throws: SigningError.self) { try SigstoreBundle(parsing: Vectors.bytes("bundle.json"), limit: 100) }
    }

    static let statements = [
        Change(from: "Statement/v1", to: "Statement/v0.1"), Change(from: "\"predicate\":{}", to: "\"predicate\":[]"),
        Change(from: "\"subject\":[", to: "\"subjects\":["), Change(from: "\"sha256\":", to: "\"sha1\":"),
        Change(from: "\"_type\"", to: "\"more\":1,\"_type\""),
    ]

    @Test("An in-toto statement", arguments: statements)
    func statement(change: Change) throws {
        #expect(throws: SigningError.self) { try Statement(parsing: changed("statement.json", change)) }
    }

    @Test(
        "Dates are RFC 3339 in UTC, and nothing else",
        arguments: ["2026-11-22", "2026-11-22T02:09:05+00:00", "2026-02-30T00:00:00Z", ""])
    func dates(text: String) {
        #expect(throws: SigningError.malformedTime) { try Timestamp(text) }
    }

    private func changed(_ file: String, _ change: Change) throws -> [UInt8] {
        let text = String(decoding: try Vectors.bytes(file), as: UTF8.self)
        let new = text.replacing(change.from, with: change.to)
        try #require(new != text, "the change changes nothing")
        return Array(new.utf8)
    }
}
