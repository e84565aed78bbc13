// SPDX-License-Identifier: Apache-2.0

import SystemPackage

/// The protected places of every machine.
extension ProtectedPaths {
    /// The reason for refusing an engine's directory.
    static let enginesOwn = "it is a container engine's"

    static let system = [
        "/bin", "/boot", "/dev", "/etc", "/lib", "/lib32", "/lib64", "/libx32", "/lost+found", "/proc", "/run", "/sbin",
        "/sys", "/usr/bin", "/usr/include", "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/libexec", "/usr/local/bin",
        "/usr/local/etc", "/usr/local/lib", "/usr/local/sbin", "/usr/sbin", "/usr/share", "/var/backups", "/var/cache",
        "/var/lib/apt", "/var/lib/dpkg", "/var/lib/systemd", "/var/lock", "/var/log", "/var/mail", "/var/run",
        "/var/spool",
    ]
    static let roots = ["/home", "/media", "/mnt", "/opt", "/root", "/srv", "/tmp", "/var/tmp"]
    static let engines = [
        "/run/containerd", "/run/crio", "/run/docker.sock", "/run/podman", "/var/lib/containerd", "/var/lib/containers",
        "/var/lib/crio", "/var/lib/docker", "/var/lib/kubelet", "/var/lib/lxc", "/var/lib/rancher",
    ]
    static let secrets = [
        ".ssh", ".aws", ".azure", ".gnupg", ".kube", ".docker", ".netrc", ".password-store", ".config/gh",
        ".config/glab-cli", ".config/hub", ".config/gcloud", ".config/op", ".config/containers",
        ".config/git/credentials",
        ".git-credentials", ".npmrc", ".pypirc", ".pgpass", ".vault-token", ".terraform.d", ".cargo/credentials.toml",
        ".cargo/credentials", ".claude", ".claude.json", ".codex", ".minikube", ".lima", ".colima", ".rd", ".oci",
        ".config/sops", ".config/rclone",
        ".local/share/keyrings", ".local/share/kwalletd", ".local/share/opencode", ".config/opencode", ".mozilla",
        ".thunderbird", ".pki", ".config/google-chrome", ".config/chromium", ".config/BraveSoftware",
        ".config/microsoft-edge", ".config/vivaldi", ".config/1Password", ".config/Bitwarden", "snap/firefox",
        "snap/chromium", ".var/app", ".electrum", ".bitcoin", "Library/Keychains", ".ethereum",
    ]
}
