// SPDX-License-Identifier: Apache-2.0

import CryptoExtras
import SwiftASN1

/// The algorithms by their object identifiers (RFC 8018, appendices A.2, A.4, B.1.2; NIST's arc for AES).
private enum Algorithm {
    static let pbes2: ASN1ObjectIdentifier = [1, 2, 840, 113_549, 1, 5, 13]
    static let pbkdf2: ASN1ObjectIdentifier = [1, 2, 840, 113_549, 1, 5, 12]
    static let hmacSHA256: ASN1ObjectIdentifier = [1, 2, 840, 113_549, 2, 9]
    static let aes256: ASN1ObjectIdentifier = [2, 16, 840, 1, 101, 3, 4, 1, 42]

    static let hashes: [ASN1ObjectIdentifier: KDF.Insecure.PBKDF2.HashFunction] = [
        [1, 2, 840, 113_549, 2, 7]: .insecureSHA1, hmacSHA256: .sha256, [1, 2, 840, 113_549, 2, 10]: .sha384,
        [1, 2, 840, 113_549, 2, 11]: .sha512,
    ]
    static let keySizes: [ASN1ObjectIdentifier: Int] = [
        [2, 16, 840, 1, 101, 3, 4, 1, 2]: 16, [2, 16, 840, 1, 101, 3, 4, 1, 22]: 24, aes256: 32,
    ]
}

extension EncryptedPrivateKey {
    /// Reads the DER.
    ///
    /// - Throws: `SigningError.unknownEncryption` for another scheme than PBES2 with PBKDF2 and AES-CBC.
    package init(der: [UInt8]) throws {
        do {
            self = try DER.sequence(try DER.parse(der), identifier: .sequence) { nodes in
                let (derivation, cipher) = try Self.scheme(&nodes)
                let bytes = try ASN1OctetString(derEncoded: &nodes).bytes
                return try EncryptedPrivateKey(derivation: derivation, cipher: cipher, bytes: Array(bytes))
            }
        } catch { throw SigningError.unknownEncryption }
    }

    private static func scheme(_ nodes: inout ASN1NodeCollection.Iterator) throws -> (Derivation, Cipher) {
        try nodes.sequence { nodes in
            try expect(Algorithm.pbes2, in: &nodes)
            return try nodes.sequence { nodes in (try derivation(&nodes), try cipher(&nodes)) }
        }
    }

    private static func derivation(_ nodes: inout ASN1NodeCollection.Iterator) throws -> Derivation {
        try nodes.sequence { nodes in
            try expect(Algorithm.pbkdf2, in: &nodes)
            return try nodes.sequence { nodes in
                let salt = try ASN1OctetString(derEncoded: &nodes).bytes
                let rounds = try Int(derEncoded: &nodes)
                var rest = nodes
                if (try? Int(derEncoded: &rest)) != nil { nodes = rest }
                return Derivation(salt: Array(salt), rounds: rounds, hash: try hash(&nodes))
            }
        }
    }

    /// The pseudo-random function; HMAC with SHA-1 where none is named (RFC 8018, appendix A.2, `DEFAULT`).
    private static func hash(
        _ nodes: inout ASN1NodeCollection.Iterator
    ) throws -> KDF.Insecure.PBKDF2.HashFunction {
        var rest = nodes
        guard rest.next() != nil else { return .insecureSHA1 }
        return try nodes.sequence { nodes -> KDF.Insecure.PBKDF2.HashFunction in
            let name = try ASN1ObjectIdentifier(derEncoded: &nodes)
            _ = nodes.next()
            guard let hash = Algorithm.hashes[name] else { throw SigningError.unknownEncryption }
            return hash
        }
    }

    private static func cipher(_ nodes: inout ASN1NodeCollection.Iterator) throws -> Cipher {
        try nodes.sequence { nodes -> Cipher in
            let name = try ASN1ObjectIdentifier(derEncoded: &nodes)
            guard let size = Algorithm.keySizes[name] else { throw SigningError.unknownEncryption }
            return Cipher(keySize: size, vector: Array(try ASN1OctetString(derEncoded: &nodes).bytes))
        }
    }

    private static func expect(_ name: ASN1ObjectIdentifier, in nodes: inout ASN1NodeCollection.Iterator) throws {
        guard try ASN1ObjectIdentifier(derEncoded: &nodes) == name else { throw SigningError.unknownEncryption }
    }

    /// The DER of a key that was encrypted here: HMAC with SHA-256, AES-256.
    func der() throws -> [UInt8] {
        var serializer = DER.Serializer()
        do {
            try serializer.sequence { info in
                try info.sequence { algorithm in
                    try algorithm.serialize(Algorithm.pbes2)
                    try algorithm.sequence { try writeParameters(into: &$0) }
                }
                try info.serialize(ASN1OctetString(contentBytes: bytes[...]))
            }
        } catch { throw SigningError.signingFailed }
        return serializer.serializedBytes
    }

    private func writeParameters(into parameters: inout DER.Serializer) throws {
        try parameters.sequence { function in
            try function.serialize(Algorithm.pbkdf2)
            try function.sequence { values in
                try values.serialize(ASN1OctetString(contentBytes: derivation.salt[...]))
                try values.serialize(derivation.rounds)
                try values.sequence { hash in
                    try hash.serialize(Algorithm.hmacSHA256)
                    try hash.serialize(ASN1Null())
                }
            }
        }
        try parameters.sequence { encryption in
            try encryption.serialize(Algorithm.aes256)
            try encryption.serialize(ASN1OctetString(contentBytes: cipher.vector[...]))
        }
    }
}

extension DER.Serializer {
    /// A SEQUENCE of what `body` writes.
    fileprivate mutating func sequence(_ body: (inout DER.Serializer) throws -> Void) throws {
        try appendConstructedNode(identifier: .sequence, body)
    }
}

extension ASN1NodeCollection.Iterator {
    /// What `body` reads from the SEQUENCE that comes next.
    fileprivate mutating func sequence<Result>(
        _ body: (inout ASN1NodeCollection.Iterator) throws -> Result
    ) throws -> Result {
        guard let node = next() else { throw SigningError.unknownEncryption }
        return try DER.sequence(node, identifier: .sequence, body)
    }
}
