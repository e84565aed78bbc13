// SPDX-License-Identifier: Apache-2.0

import Engine
import SystemPackage

/// The credentials and sockets that environment variables name.
struct NamedPlaces: Sendable {
    /// The places, all sealed.
    let places: [ProtectedPaths.Place]

    /// - Parameters:
    ///   - homes: The caller's homes: a variable that names one, or a parent of one, seals nothing there.
    ///   - roots: Directories with projects of all kinds, treated like the homes.
    init(environment: [String: String], homes: [FilePath], roots: [FilePath]) {
        let variable: (String) -> String? = { name in environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        var found: [(path: FilePath, name: String)] = []
        for name in Self.single { if let value = variable(name) { found.append((FilePath(value), name)) } }
        for name in Self.lists {
            found += (variable(name) ?? "").split(separator: ":").map { (FilePath(String($0)), name) }
        }
        for (name, files) in Self.inside {
            guard let value = variable(name) else { continue }
            found += files.map { (FilePath(value).pushing(FilePath($0)), name) }
        }
        for (name, dialect) in [("Docker's address", CommandLineDialect.docker), ("CONTAINER_HOST", .podman)] {
            let address = EngineAddress(dialect, environment: environment)
            if address.isChosen, let socket = address.socket { found.append((FilePath(socket), name)) }
        }
        let spared = homes + roots
        places = found.compactMap { path, name in
            guard let path = path.isAbsolute ? path.lexicallyNormalized() : RealPath.of(path),
                !spared.contains(where: { $0.starts(with: path) })
            else { return nil }
            return ProtectedPaths.Place(
                path: path, why: "\(name) names '\(path)'", isSealed: true, variable: name)
        }
    }

    /// Variables with one file, directory or socket.
    private static let single = [
        "ANSIBLE_VAULT_PASSWORD_FILE", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_WEB_IDENTITY_TOKEN_FILE",
        "AZURE_CONFIG_DIR", "BITWARDENCLI_APPDATA_DIR", "CLAUDE_CONFIG_DIR", "CLOUDSDK_CONFIG", "CODEX_HOME",
        "COLIMA_HOME",
        "DOCKER_CERT_PATH", "DOCKER_CONFIG", "GH_CONFIG_DIR", "GLAB_CONFIG_DIR", "GNUPGHOME",
        "GOOGLE_APPLICATION_CREDENTIALS", "HELM_REGISTRY_CONFIG", "LIMA_HOME", "MINIKUBE_HOME", "NETRC",
        "NPM_CONFIG_USERCONFIG", "OCI_CLI_CONFIG_FILE", "OPENCODE_CONFIG", "OPENCODE_CONFIG_DIR", "PASSWORD_STORE_DIR",
        "PGPASSFILE", "RCLONE_CONFIG", "REGISTRY_AUTH_FILE", "SOPS_AGE_KEY_FILE", "SSH_AUTH_SOCK", "TF_CLI_CONFIG_FILE",
        "VAULT_CLIENT_KEY", "VAULT_CONFIG_PATH", "XDG_RUNTIME_DIR",
    ]

    /// Variables with several paths, separated by colons.
    private static let lists = ["KUBECONFIG"]

    /// Variables with a directory in which some files are credentials.
    private static let inside: [(String, [String])] = [
        ("CARGO_HOME", ["credentials", "credentials.toml"]),
        ("XDG_CONFIG_HOME", below(".config/")),
        ("XDG_DATA_HOME", below(".local/share/") + ["docker", "containers"]),
    ]

    /// The secrets of a home below one of its directories, without that directory's name.
    private static func below(_ directory: String) -> [String] {
        ProtectedPaths.secrets.filter { $0.hasPrefix(directory) }.map { String($0.dropFirst(directory.count)) }
    }
}
