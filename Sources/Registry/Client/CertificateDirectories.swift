// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage
import Transport

/// The directories with the certificates of single registries, one below them for each `host:port`: Docker's
/// `certs.d`, and those of containers-certs.d(5), which have the same content.
package struct CertificateDirectories: Sendable {
    private let roots: [FilePath]

    private static let sizeLimit = 1 << 20

    /// The directories `roots`, the one that takes precedence first.
    package init(_ roots: [FilePath]) { self.roots = roots }

    /// The caller's directory, then the machine's.
    package init(environment: [String: String]) {
        let home = environment["HOME"].flatMap { $0.hasPrefix("/") ? FilePath($0).appending(".config") : nil }
        let settings = environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? FilePath($0) : nil } ?? home
        let own = settings.map { [$0.appending("containers")] } ?? []
        roots = (own + ["/etc/containers", "/etc/docker"]).map { $0.appending("certs.d") }
    }

    /// The certificates for `host`: each `*.crt` is an authority, the first `NAME.cert` with a `NAME.key` the client's.
    /// `nil` when no directory has that name, or none may be read.
    ///
    /// - Throws: `FileError` for an authority that cannot be read.
    func security(of host: String, checked isChecked: Bool) throws -> ServerSecurity? {
        let places = roots.map { $0.appending(host) }.filter { !host.contains("/") && Files.exists($0) }
        for place in places {
            guard let names = try? Files.list(place) else { continue }
            let authorities = try names.filter { $0.hasSuffix(".crt") }.map {
                try Files.read(place.appending($0), limit: Self.sizeLimit) + Array("\n".utf8)
            }
            let stem = names.filter { $0.hasSuffix(".cert") }.map { String($0.dropLast(".cert".count)) }
                .first { names.contains("\($0).key") }
            return ServerSecurity(
                host: host, isChecked: isChecked, authorities: authorities.flatMap(\.self),
                clientCertificate: stem.map { place.appending("\($0).cert") },
                clientKey: stem.map { place.appending("\($0).key") })
        }
        return isChecked ? nil : ServerSecurity(host: host, isChecked: false)
    }
}
