// SPDX-License-Identifier: Apache-2.0

import Glibc
import SystemPackage

/// The folders that are never mounted into a container, with what is above them: mounting `/home/me` mounts `~/.ssh`.
package struct ProtectedPaths: Sendable {
    /// A place, and why it is not mounted.
    struct Place: Sendable {
        let path: FilePath
        let why: String
        /// Whether what is below it is refused too.
        let isSealed: Bool
    }

    let places: [Place]
    /// The trees that containers write: no link in them is followed.
    package var written: [FilePath] = []
    /// Places below sealed ones that are free: removable media.
    private let free: [FilePath]

    /// The folders of the system and those below a home folder.
    ///
    /// - Parameters:
    ///   - home: The caller's home.
    ///   - own: Folders of this program that hold credentials or other projects' state.
    package init(home: FilePath, own: [FilePath] = []) {
        let system = Self.system.map { Place(path: FilePath($0), why: "it is part of the system", isSealed: true) }
        let roots = Self.roots.map {
            Place(path: FilePath($0), why: "projects of all kinds are in it", isSealed: false)
        }
        let secrets = Self.secrets.map {
            Place(path: home.pushing(FilePath($0)), why: "'~/\($0)' holds credentials", isSealed: true)
        }
        let engines = Self.engines.map { Place(path: FilePath($0), why: "it is a container engine's", isSealed: true) }
        let user = ["docker", "containers"].map {
            Place(path: home.pushing(".local/share").appending($0), why: "it is a container engine's", isSealed: true)
        }
        let program = own.map { Place(path: $0, why: "it is this program's own", isSealed: true) }
        let itself = [Place(path: home, why: "it is your home folder, with all credentials in it", isSealed: false)]
        let named = itself + engines + user + secrets + program + system + roots
        // A protected folder may itself be a link to another place, which is then meant.
        places = named.flatMap { place in
            let real = RealPath.of(place.path).map { Place(path: $0, why: place.why, isSealed: place.isSealed) }
            return [place] + (real.map { $0.path == place.path ? [] : [$0] } ?? [])
        }
        free = ["/run/media"]
    }

    /// Why the real path `path` is not mounted: it is one of the places, below one or above one; `nil` when it may be.
    package func refusal(of path: FilePath) -> String? {
        if path.components.isEmpty { return "it is the whole machine" }
        if free.contains(where: { path.starts(with: $0) && path != $0 }) { return nil }
        for place in places {
            if path == place.path || (place.isSealed && path.starts(with: place.path)) { return place.why }
            if place.path.starts(with: path) { return "'\(place.path)' is in it" }
        }
        return Self.refusalInHomes(of: path) ?? sameFileRefusal(of: path)
    }

    /// Root may go to work in somebody else's home; the same places hold the same things there.
    private static func refusalInHomes(of path: FilePath) -> String? {
        guard path.starts(with: "/home"), path.components.count >= 2 else { return nil }
        let home = FilePath(root: "/", path.components.prefix(2))
        if path == home { return "it is somebody's home folder" }
        let secret = secrets.first { name in
            let place = home.pushing(FilePath(name))
            return path.starts(with: place) || place.starts(with: path)
        }
        return secret.map { "'\(home)/\($0)' holds credentials" }
    }

    /// The same question by device and inode: a bind mount shows a folder under another name.
    private func sameFileRefusal(of path: FilePath) -> String? {
        let above = Set(RealPath.withAncestors(path).dropLast().compactMap(RealPath.identity))
        guard let own = RealPath.identity(path) else { return nil }
        for place in places {
            guard let identity = RealPath.identity(place.path) else { continue }
            if identity == own || (place.isSealed && above.contains(identity)) { return place.why }
            let ancestors = RealPath.withAncestors(place.path).dropFirst()
            if ancestors.contains(where: { RealPath.identity($0) == own }) { return "'\(place.path)' is in it" }
        }
        return nil
    }

    private static let system = [
        "/bin", "/boot", "/dev", "/etc", "/lib", "/lib32", "/lib64", "/libx32", "/lost+found", "/proc", "/run", "/sbin",
        "/sys", "/usr/bin", "/usr/include", "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/libexec", "/usr/local/bin",
        "/usr/local/etc", "/usr/local/lib", "/usr/local/sbin", "/usr/sbin", "/usr/share", "/var/backups", "/var/cache",
        "/var/lib/apt", "/var/lib/dpkg", "/var/lib/systemd", "/var/lock", "/var/log", "/var/mail", "/var/run",
        "/var/spool",
    ]
    private static let roots = ["/home", "/media", "/mnt", "/opt", "/root", "/srv", "/tmp", "/var/tmp"]
    private static let engines = [
        "/run/containerd", "/run/crio", "/run/docker.sock", "/run/podman", "/var/lib/containerd", "/var/lib/containers",
        "/var/lib/crio", "/var/lib/docker", "/var/lib/kubelet", "/var/lib/lxc", "/var/lib/rancher",
    ]
    private static let secrets = [
        ".ssh", ".aws", ".azure", ".gnupg", ".kube", ".docker", ".netrc", ".password-store", ".config/gh",
        ".config/glab-cli", ".config/hub", ".config/gcloud", ".config/op", ".config/containers",
        ".config/git/credentials",
        ".git-credentials", ".npmrc", ".pypirc", ".pgpass", ".vault-token", ".terraform.d", ".cargo/credentials.toml",
        ".local/share/keyrings", ".local/share/kwalletd", ".local/share/opencode", ".config/opencode", ".mozilla",
        ".thunderbird", ".pki", ".config/google-chrome", ".config/chromium", ".config/BraveSoftware",
        ".config/microsoft-edge", ".config/vivaldi", ".config/1Password", ".config/Bitwarden", "snap/firefox",
        "snap/chromium", ".var/app", ".electrum", ".bitcoin", "Library/Keychains", ".ethereum",
    ]
}
