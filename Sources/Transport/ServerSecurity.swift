// SPDX-License-Identifier: Apache-2.0

import CCurl
import Core
import SystemPackage

/// How connections to one server are encrypted. All other servers are checked against the system's certificates.
package struct ServerSecurity: Sendable, Hashable {
    /// Host and port as in its URLs.
    let host: String
    /// Whether its certificate is checked.
    let isChecked: Bool
    /// Certificates of authorities in PEM, in addition to the system's.
    let authorities: [UInt8]
    /// The file with the client's certificate.
    let clientCertificate: FilePath?
    /// The file with its key.
    let clientKey: FilePath?

    /// The security of connections to `host`.
    package init(
        host: String, isChecked: Bool, authorities: [UInt8] = [], clientCertificate: FilePath? = nil,
        clientKey: FilePath? = nil
    ) {
        self.host = host.lowercased()
        self.isChecked = isChecked
        self.authorities = authorities
        self.clientCertificate = clientCertificate
        self.clientKey = clientKey
    }

    /// The files in which distributions keep the system's authorities.
    private static let bundles: [FilePath] = [
        "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem",
    ]

    /// Whether it is for the server of `url`.
    func applies(to url: String) -> Bool {
        let address = Address(url)
        return address.scheme == "https" && address.host == host
    }

    /// Sets the options of a transfer. A redirect that libcurl follows keeps them.
    ///
    /// - Parameter bundle: The file that replaces the system's authorities.
    func configure(_ handle: UnsafeMutableRawPointer, bundle: FilePath?) {
        if !isChecked {
            ccurl_set_long(handle, CURLOPT_SSL_VERIFYPEER, 0)
            ccurl_set_long(handle, CURLOPT_SSL_VERIFYHOST, 0)
        }
        if let clientCertificate, let clientKey {
            ccurl_set_text(handle, CURLOPT_SSLCERT, clientCertificate.string)
            ccurl_set_text(handle, CURLOPT_SSLKEY, clientKey.string)
        }
        guard !authorities.isEmpty else { return }
        let file = bundle ?? Self.bundles.first { Files.exists($0) }
        let known = file.flatMap { try? Files.read($0, limit: 1 << 23) } ?? []
        let all = known + Array("\n".utf8) + authorities
        all.withUnsafeBytes { bytes in
            _ = ccurl_set_copy(handle, CURLOPT_CAINFO_BLOB, bytes.baseAddress, bytes.count)
        }
    }
}
