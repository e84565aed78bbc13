// SPDX-License-Identifier: Apache-2.0

import Build
import Testing

/// A file, and what is found in it.
struct SuspectFile: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var name = "file"
    var mode: UInt16 = 0o644
    let bytes: [UInt8]
    let kind: SecretKind?

    init(_ what: String, name: String = "file", mode: UInt16 = 0o644, _ text: String, _ kind: SecretKind?) {
        self.init(what, name: name, mode: mode, bytes: Array(text.utf8), kind)
    }

    init(_ what: String, name: String = "file", mode: UInt16 = 0o644, bytes: [UInt8], _ kind: SecretKind?) {
        (testDescription, self.name, self.mode, self.bytes, self.kind) = (what, name, mode, bytes, kind)
    }
}

@Suite("Secrets in files that scripts made") struct SecretKindTests {
    private static let base64 = "MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQC7VJTUt9Us8cKj"
    /// As random as these have to be, and the same each time.
    private static let random: [UInt8] = {
        var (bytes, state) = ([UInt8](), UInt64(88_172_645_463_325_252))
        while bytes.count < 1024 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            bytes.append(UInt8(truncatingIfNeeded: state >> 32))
        }
        return bytes
    }()

    static let keys = [
        SuspectFile("PKCS #8", "-----BEGIN PRIVATE KEY-----\n\(base64)\n", .privateKey),
        SuspectFile("RSA", "-----BEGIN RSA PRIVATE KEY-----\n\(base64)\n", .privateKey),
        SuspectFile("OpenSSH", "-----BEGIN OPENSSH PRIVATE KEY-----\n\(base64)\n", .privateKey),
        SuspectFile("encrypted RSA", "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n", .privateKey),
        SuspectFile("OpenPGP", "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n\(base64)\n", .privateKey),
        SuspectFile("a certificate before the key", "text\n-----BEGIN EC PRIVATE KEY-----\n\(base64)", .privateKey),
        SuspectFile("a public key", "-----BEGIN PUBLIC KEY-----\n\(base64)\n", nil),
        SuspectFile("a certificate", "-----BEGIN CERTIFICATE-----\n\(base64)\n", nil),
        SuspectFile("words about keys", "It begins with -----BEGIN PRIVATE KEY-----\nand ends otherwise.\n", nil),
        SuspectFile("an example without a key", "-----BEGIN PRIVATE KEY-----\n...\n", nil),
        SuspectFile("DNSSEC", "Private-key-format: v1.3\nAlgorithm: 13 (ECDSAP256SHA256)\n", .privateKey),
        SuspectFile("Dropbear", bytes: [0, 0, 0, 7] + Array("ssh-rsa".utf8) + random, .privateKey),
        SuspectFile("Kerberos", mode: 0o600, bytes: [5, 2, 0, 0, 0, 0x45], .privateKey),
        SuspectFile("an SSH public key", "ssh-rsa \(base64) root@opencode\n", nil),
    ]

    static let settings = [
        SuspectFile(
            "rndc.key",
            "key \"rndc-key\" {\n\talgorithm hmac-sha256;\n\tsecret \"Vd2eXQ3pLh8XrM1uY0ZbFQ4o5Wc7N9kTj6s=\";\n};",
            .sharedKey),
        SuspectFile("NSD and Knot", "key:\n  secret: K2tf3TRjvQkVCmJF3/Z9vA==\n", .sharedKey),
        SuspectFile("a secret in a comment", "# secret \"Vd2eXQ3pLh8XrM1uY0ZbFQ4o5Wc7N9kTj6s=\";\n", nil),
        SuspectFile("OpenLDAP", "olcRootPW: {SSHA}3T4nq7mVPqKxJdW0hXbIyl4cM2F1v9aZ\n", .passwordHash),
        SuspectFile("LDIF in base64", "olcRootPW:: e1NTSEF9M1Q0bnE3bVZQcUt4SmRXMGhYYkl5bDRj\n", .passwordHash),
        SuspectFile(
            "yescrypt", "root:$y$j9T$F5Jx5fExrKuPp53xLKQ..1$X3DX6M94c7o.9agCG9G317fhZg9SqC.5i5rd.RhAtQ7:1::\n",
            .passwordHash),
        SuspectFile("htpasswd", "admin:$apr1$ZjTqBB3f$IF9gdYAGlMrs2fuINjHsz.\n", .passwordHash),
        SuspectFile("shadow without passwords", "root:*:20600:0:99999:7:::\nuser:!:20600::::::\n", nil),
        SuspectFile("firebird", "ISC_USER=sysdba\nISC_PASSWORD=\"2fcae4f6\"\n", .password),
        SuspectFile("dbconfig-common", "dbc_dbuser='cacti'\npassword='g7Yw2kPq9ZtR'\n", .password),
        SuspectFile("Bacula", "Director {\n  Password = \"6c3Qv-413o82-8KxiRj4-OR1eOI3FBNmz\"\n}\n", .password),
        SuspectFile("a shell's variable", "DIRPASSWD=thya7Ur51gzWNmYU5qaU7IYOfYXBhPjOQ\n", .password),
        SuspectFile("PHP", "$config['des_key'] = 'k3J9x2LmQ8vT5wZr1nB7cD4f';\n", .password),
        SuspectFile("a word for a password", "password = changeme\n", nil),
        SuspectFile("a word and a number", "password = changeme123\n", nil),
        SuspectFile("the name of a setting", "password_hash_rounds = 65536\npassword: required\n", nil),
        SuspectFile("a path", "password_file = /etc/mosquitto/passwords.d/file1a2\n", nil),
    ]

    static let others = [
        SuspectFile("munge", mode: 0o600, bytes: Array(random.prefix(128)), .randomBytes),
        SuspectFile("random bytes that all may read", bytes: random, nil),
        SuspectFile("zeros", mode: 0o600, bytes: [UInt8](repeating: 0, count: 512), nil),
        SuspectFile("gzip", mode: 0o600, bytes: [0x1f, 0x8b] + random, nil),
        SuspectFile("varnish", mode: 0o600, "a963a801-a44b-441b-8377-bd9235bcb677\n", .randomBytes),
        SuspectFile("Erlang's cookie", mode: 0o400, "QMHXKJDPWZRTLSYBNVCF", .randomBytes),
        SuspectFile("a UUID that all may read", "a963a801-a44b-441b-8377-bd9235bcb677\n", nil),
        SuspectFile("a setting", mode: 0o640, "listen_addresses_everywhere\n", nil),
        SuspectFile("empty", mode: 0o600, "", nil),
        SuspectFile("PostgreSQL", name: "pg_control", mode: 0o600, bytes: [1, 2], .database),
        SuspectFile("MariaDB", name: "ibdata1", mode: 0o660, bytes: [0], .database),
        SuspectFile(
            "LMDB", name: "data.mdb", bytes: [UInt8](repeating: 0, count: 16) + [0xde, 0xc0, 0xef, 0xbe], .database),
        SuspectFile("Samba", name: "secrets.tdb", mode: 0o600, "TDB file\n", .database),
        SuspectFile("another data.mdb", name: "data.mdb", "text\n", nil),
    ]

    @Test(arguments: keys + settings + others)
    func kind(file: SuspectFile) {
        #expect(SecretKind(of: file.bytes, name: file.name, mode: file.mode) == file.kind)
    }
}
