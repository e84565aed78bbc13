// SPDX-License-Identifier: Apache-2.0

import Build
import Testing

/// A file, and the expected secret in it.
struct SuspectFile: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var path = "etc/file"
    var mode: UInt16 = 0o644
    let bytes: [UInt8]
    let kind: SecretKind?

    init(_ what: String, path: String = "etc/file", mode: UInt16 = 0o644, _ text: String, _ kind: SecretKind?) {
        self.init(what, path: path, mode: mode, bytes: Array(text.utf8), kind)
    }

    init(_ what: String, path: String = "etc/file", mode: UInt16 = 0o644, bytes: [UInt8], _ kind: SecretKind?) {
        (testDescription, self.path, self.mode, self.bytes, self.kind) = (what, path, mode, bytes, kind)
    }
}

@Suite("Secrets in files that scripts generated") struct SecretKindTests {
    private static let base64 = "MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQC7VJTUt9Us8cKj"
    /// Random-looking bytes, deterministic.
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
        SuspectFile("a key in YAML", "tls:\n  key: |\n    -----BEGIN PRIVATE KEY-----\n    \(base64)\n", .privateKey),
        SuspectFile("a key in JSON", "{\"key\": \"-----BEGIN RSA PRIVATE KEY-----\\n\(base64)\\n", .privateKey),
        SuspectFile(
            "PuTTY", "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nPrivate-Lines: 1\nAAAAIAbc\n", .privateKey),
        SuspectFile("a public key of PuTTY", "---- BEGIN SSH2 PUBLIC KEY ----\nPuTTY-User-Key-File-3\n", nil),
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
        SuspectFile("phpMyAdmin's database", "<?php\n$dbuser='phpmyadmin';\n$dbpass='lLLeh6k5EYG8';\n", .password),
        SuspectFile("punctuation", "$cfg['blowfish_secret'] = 'G->ig<>(sye=^Wr]0;t4~!Ab';\n", .password),
        SuspectFile("a quote in a value", "$secret = 'G->i\\'g<>(sye';\n", .password),
        SuspectFile("SimpleSAMLphp", "  'secretsalt' => 'ylqpbfz0dmtk2jwvxneoacru8gsih1aa',\n", .password),
        SuspectFile("a shell's setting", "dbc_dbpass='eawqN4X15Coy'\n", .password),
        SuspectFile("Mailman", "[webservice]\nadmin_pass: dDMnc9vLNYkQzTwX\n", .password),
        SuspectFile("an address", "url: mysql+pymysql://mailman3:z4CDLofS@localhost/mailman3\n", .password),
        SuspectFile("a constant", "define('AUTH_KEY', 'kQzTwXdDMncvLNY');\n", .password),
        SuspectFile("a comment behind it", "cookie_secret = z4CDLofS  # drawn\n", .password),
        SuspectFile("SQL", "CREATE USER x IDENTIFIED BY 'z4CDLofS';\n", .password),
        SuspectFile("an XML element", "<db><AdminPassword>z4CDLofS</AdminPassword></db>\n", .password),
        SuspectFile("a variable of a service", "Environment=DB_PASS=z4CDLofS\n", .password),
        SuspectFile("a name and a blank", "requirepass z4CDLofS\n", .password),
        SuspectFile("netrc", mode: 0o600, "machine h.example login user password Gk3mQ9xPzz\n", .password),
        SuspectFile(
            "Rails", "SECRET_KEY_BASE=d02a508f866963e426f28d332a1b5311283cc731c1496f1d4d80a681eba811e7\n", .password),
        SuspectFile(
            "WireGuard", mode: 0o600,
            "[Interface]\nAddress = 10.0.0.1/24\nPrivateKey = yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=\n", .password
        ),
        SuspectFile(
            "WireGuard's shared key", "PresharedKey = FpCyhws9cxwWoV4xELtfJvjJN+zQVRPISllRWgeopVE=\n", .password),
        SuspectFile("WireGuard's public key", "PublicKey = xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=\n", nil),
        SuspectFile(
            "a bearer's token", mode: 0o600, "Authorization: Bearer q7Rk2ZpX9vL4mN8tY1wB6cD3fG5hJ0sA2eU4iO6z\n",
            .password),
        SuspectFile("a bearer's token that is none", "Authorization: Bearer ${API_TOKEN_OF_SERVICE}\n", nil),
        SuspectFile("a first user", mode: 0o600, "admin:Gk3mQ9xPzzT7vB2n\n", .password),
        SuspectFile("a first user of anybody", "admin:administration-user\n", nil),
        SuspectFile("a type of media", "application/x-a:*.a\n50:application/vnd.apple.pkpass:*.pkpass\n", nil),
        SuspectFile("a word for a password", "password = changeme\n", nil),
        SuspectFile("a word and a number", "password = changeme123\n", nil),
        SuspectFile("the name of a setting", "password_hash_rounds = 65536\npassword: required\n", nil),
        SuspectFile("a path", "password_file = /etc/mosquitto/passwords.d/file1a2\n", nil),
    ]

    /// Typical settings that are not secret.
    static let ordinary = [
        "password = required pam_unix.so", "password required pam_unix.so", "password\trequisite\tpam_deny.so",
        "passwd: files systemd", "passwd:         compat", "PASS_MAX_DAYS 99999", "secret_file = /etc/x",
        "password-file=/run/x", "secret = /etc/x/Key1", "# password = z4CDLofS", "; dbpass = z4CDLofS",
        "// $dbpass = 'z4CDLofS';", "password = password", "password = 'changeme!'", "admin_pass: ChangeMe123",
        "pass = P@ssw0rd",
        "password: ''", "$pass = getenv('DB_PASSWORD');", "$pass = $this->password;", "PASS=${DB_PASS:-}",
        "PASS=$(cat /run/x)",
        "client_secret = ${extract{2}{:}{${lookup{a}}}}", "MAIN_TLS_PRIVATEKEY = CONFDIR/exim.key",
        "  client_secret = ${extract{2}{:}{${lookup{$host}nwildlsearch{CONFDIR/passwd.client}{$value}fail}}}",
        "ssl_key = ssl/private/dovecot.pem", "password = %{User-Password}", "secret VARCHAR(60),",
        "secret = testing123",
        "password = @PASSWORD@", "password = <your password>", "default_pass = mysql_native_password",
        "password: caching_sha2_password", "auth_pass = 127.0.0.1:8080", "bind_pw = pam_unix.so",
        "secret: systemDefault",
        "machine h login user password changeme", "password=DISABLED", "pass = argon2id", "ask_for_pass = Optional",
        "url = https://example.com:8080/path",
        "url = mysql://user:password@localhost/", "public_key = z4CDLofS9xQ", "compass_user = z4CDLofS",
    ]

    @Test("ordinary settings are not passwords", arguments: ordinary)
    func nothing(line: String) {
        #expect(SecretKind(of: Array("\(line)\n".utf8), path: "etc/file", mode: 0o640) == nil)
    }

    /// Deterministic words of eight letters and digits.
    private static let drawn: [String] = {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
        var state: UInt64 = 88_172_645_463_325_252
        return (0..<200).map { _ in
            String(
                (0..<8).map { _ in
                    state ^= state << 13
                    state ^= state >> 7
                    state ^= state << 17
                    return alphabet[Int(truncatingIfNeeded: (state >> 32) % UInt64(alphabet.count))]
                })
        }
    }()

    @Test("random passwords are detected", arguments: ["$dbpass='*';", "dbc_dbpass=*", "admin_pass: *"])
    func anyDraw(form: String) {
        let missed = Self.drawn.filter { word in
            let line = form.split(separator: "*", omittingEmptySubsequences: false).joined(separator: word)
            return SecretKind(of: Array("\(line)\n".utf8), path: "etc/file", mode: 0o640) != .password
        }
        #expect(missed.count <= 4, "\(missed)")
    }

    @Test("random bytes are detected", arguments: [16, 32, 64, 256])
    func anyBytes(size: Int) {
        let missed = (0..<40).filter { number in
            let bytes = (0..<size).map { Self.random[(number * 19 + $0) % Self.random.count] }
            return SecretKind(of: bytes, path: "etc/file", mode: 0o600) != .randomBytes
        }
        #expect(missed.count <= 1, "\(missed)")
    }

    private static let berkeley: [UInt8] = [UInt8](repeating: 0, count: 12) + [0x61, 0x15, 6, 0, 9, 0, 0, 0]
    private static let bigEndianTree: [UInt8] = [UInt8](repeating: 0, count: 12) + [0, 5, 0x31, 0x62, 0, 0, 0, 9]
    private static let firebird: [UInt8] =
        [1, 0] + [UInt8](repeating: 0, count: 14) + [0, 0x20, 0x0c, 0x80] + [UInt8](repeating: 0, count: 1004)

    static let databases = [
        SuspectFile("Heimdal", path: "var/lib/heimdal-kdc/heimdal.db", mode: 0o600, bytes: berkeley, .database),
        SuspectFile("a tree of another machine", path: "etc/x.db", mode: 0o600, bytes: bigEndianTree, .database),
        SuspectFile("Postfix's aliases", path: "etc/aliases.db", bytes: berkeley, .publicRandom),
        SuspectFile("sendmail's aliases", path: "etc/mail/aliases.db", mode: 0o640, bytes: berkeley, .publicRandom),
        SuspectFile("SQLite with state", path: "var/lib/bacula/bacula.db", "SQLite format 3\0", .database),
        SuspectFile("SQLite for some", path: "etc/x.sqlite", mode: 0o640, "SQLite format 3\0", .database),
        SuspectFile("SQLite for all", path: "usr/share/x.sqlite", "SQLite format 3\0", nil),
        SuspectFile("Firebird", path: "var/lib/firebird/3.0/system/security3.fdb", bytes: firebird, .database),
        SuspectFile("DH parameters", "-----BEGIN DH PARAMETERS-----\n\(base64)\n", .publicRandom),
        SuspectFile("words about parameters", "It is -----BEGIN DH PARAMETERS----- there.\n", nil),
    ]

    @Test("only data that is not secret is omitted from the warnings")
    func secrets() {
        #expect(SecretKind.allCases.filter { !$0.isSecret } == [.publicRandom])
    }

    static let others = [
        SuspectFile("munge", mode: 0o600, bytes: Array(random.prefix(128)), .randomBytes),
        SuspectFile("random bytes that all may read", bytes: random, nil),
        SuspectFile(
            "a key in base64", path: "etc/wg.key", "yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=\n", .randomBytes),
        SuspectFile(
            "a key in hex", path: "etc/app/secret.key",
            "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\n", .randomBytes),
        SuspectFile("a key in bytes", path: "var/lib/x/app.key", bytes: Array(random.prefix(32)), .randomBytes),
        SuspectFile(
            "a public key", path: "etc/wg.pub.key", "xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=\n", nil),
        SuspectFile(
            "DNS's anchor", path: "usr/share/dns/root.key", ". IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D084\n", nil),
        SuspectFile(
            "an identifier", path: "var/lib/x/machine-id", "a963a801a44b441b8377bd9235bcb677\n", .identifier),
        SuspectFile(
            "a UUID of a machine", path: "var/lib/x/host.uuid", "a963a801-a44b-441b-8377-bd9235bcb677\n", .identifier),
        SuspectFile("words of a machine", path: "var/lib/x/machine-id", "uninitialized uninitialized 12345\n", nil),
        SuspectFile("zeros", mode: 0o600, bytes: [UInt8](repeating: 0, count: 512), nil),
        SuspectFile("gzip", mode: 0o600, bytes: [0x1f, 0x8b] + random, nil),
        SuspectFile("varnish", mode: 0o600, "a963a801-a44b-441b-8377-bd9235bcb677\n", .randomBytes),
        SuspectFile("a short word for some", mode: 0o600, "z4CDLofS\n", .randomBytes),
        SuspectFile("base64 for some", mode: 0o600, "K2tf3TRjvQkVCmJF3/Z9vA==\n", .randomBytes),
        SuspectFile("one setting for some", mode: 0o600, "START_DAEMON=yes2\n", nil),
        SuspectFile("Erlang's cookie", mode: 0o400, "QMHXKJDPWZRTLSYBNVCF", .randomBytes),
        SuspectFile("a UUID that all may read", "a963a801-a44b-441b-8377-bd9235bcb677\n", nil),
        SuspectFile("a setting", mode: 0o640, "listen_addresses_everywhere\n", nil),
        SuspectFile("empty", mode: 0o600, "", nil),
        SuspectFile(
            "PostgreSQL", path: "var/lib/postgresql/15/main/global/pg_control", mode: 0o600, bytes: [1, 2], .database),
        SuspectFile("MariaDB", path: "var/lib/mysql/ibdata1", mode: 0o660, bytes: [0], .database),
        SuspectFile(
            "LMDB", path: "var/lib/ldap/data.mdb", bytes: [UInt8](repeating: 0, count: 16) + [0xde, 0xc0, 0xef, 0xbe],
            .database),
        SuspectFile("Samba", path: "var/lib/samba/private/secrets.tdb", mode: 0o600, "TDB file\n", .database),
        SuspectFile("another data.mdb", path: "var/lib/ldap/data.mdb", "text\n", nil),
    ]

    @Test(arguments: keys + settings + databases + others)
    func kind(file: SuspectFile) {
        #expect(SecretKind(of: file.bytes, path: file.path, mode: file.mode) == file.kind)
    }
}
