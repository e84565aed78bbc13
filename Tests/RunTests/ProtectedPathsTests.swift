// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import Run
import SystemPackage
import Testing

@Suite("Protected places from homes, variables and mounts")
struct ProtectedPathsTests {
    /// Refused paths with homes `/h/me` and `/h/account`, and optionally a variable.
    static let places: [(variable: String, path: String, isRefused: Bool)] = [
        ("", "/h/account", true), ("", "/h/account/.config/gh", true), ("", "/h/account/.config", true),
        ("", "/h/account/.ssh/keys", true), ("", "/h/account/work", false), ("", "/h", true),
        ("", "/h/me/.claude", true), ("", "/h/me/.codex", true), ("", "/h/me/.minikube", true),
        ("", "/h/me/.lima", true),
        ("", "/h/me/.colima", true), ("", "/h/me/.rd", true), ("", "/h/me/.oci", true),
        ("", "/h/me/.config/sops", true),
        ("", "/h/me/.config/rclone/x", true), ("", "/h/me/.config/opencode", true), ("", "/h/me/work/.claude", false),
        ("GNUPGHOME=/v/gpg", "/v/gpg", true), ("GNUPGHOME=/v/gpg", "/v/gpg/private-keys", true),
        ("GNUPGHOME=/v/gpg", "/v", true), ("GNUPGHOME=/v/gpg", "/v/other", false), ("GNUPGHOME=", "/v", false),
        ("KUBECONFIG=/v/a:/v/b/c", "/v/b", true), ("KUBECONFIG=/v/a:/v/b/c", "/v/d", false),
        ("AWS_SHARED_CREDENTIALS_FILE=/v/aws/cred", "/v/aws", true), ("AWS_CONFIG_FILE=/v/aws/conf", "/v/aws", true),
        ("GOOGLE_APPLICATION_CREDENTIALS=/v/g.json", "/v", true), ("CLOUDSDK_CONFIG=/v/g", "/v/g/x", true),
        ("AZURE_CONFIG_DIR=/v/az", "/v/az", true), ("REGISTRY_AUTH_FILE=/v/auth.json", "/v", true),
        ("NETRC=/v/netrc", "/v", true), ("PASSWORD_STORE_DIR=/v/p", "/v/p/a", true),
        ("DOCKER_CONFIG=/v/d", "/v/d", true),
        ("DOCKER_CERT_PATH=/v/d", "/v/d", true), ("SSH_AUTH_SOCK=/v/s/agent", "/v/s", true),
        ("DOCKER_HOST=unix:///v/s/docker", "/v/s", true), ("DOCKER_HOST=unix:///v/s/docker", "/v/t", false),
        ("DOCKER_HOST=tcp://v:1", "/v", false), ("CONTAINER_HOST=unix:///v/s/podman", "/v/s", true),
        ("XDG_RUNTIME_DIR=/v/run", "/v/run/x", true), ("XDG_CONFIG_HOME=/v/c", "/v/c/gh", true),
        ("XDG_CONFIG_HOME=/v/c", "/v/c/other", false), ("XDG_CONFIG_HOME=/v/c", "/v/c", true),
        ("XDG_DATA_HOME=/v/d", "/v/d/opencode", true), ("XDG_DATA_HOME=/v/d", "/v/d/containers", true),
        ("XDG_DATA_HOME=/v/d", "/v/d/icons", false), ("CARGO_HOME=/v/cargo", "/v/cargo", true),
        ("CARGO_HOME=/v/cargo", "/v/cargo/registry", false), ("GH_CONFIG_DIR=/v/gh", "/v/gh", true),
        ("GLAB_CONFIG_DIR=/v/gl", "/v/gl", true), ("OPENCODE_CONFIG_DIR=/v/oc", "/v/oc", true),
        // A variable that names a home, or a parent of one, seals nothing there: only the home's own places count.
        ("DOCKER_CONFIG=/h/me", "/h/me/work", false), ("XDG_RUNTIME_DIR=/tmp", "/tmp/work", false),
        ("GNUPGHOME=/", "/v/work", false), ("GNUPGHOME=/v/x/../gpg", "/v/gpg", true),
    ]

    @Test("Homes and variables", arguments: places)
    func place(variable: String, path: String, isRefused: Bool) {
        let parts = variable.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let environment = parts.count == 2 ? [parts[0]: parts[1]] : [:]
        let protected = ProtectedPaths(home: "/h/me", otherHomes: ["/h/account", "/"], environment: environment)
        let why = protected.refusal(of: FilePath(path))?.why
        #expect((why != nil) == isRefused, "\(why ?? "not refused")")
    }

    private static let table = """
        20 1 8:1 / / rw - ext4 /dev/sda1 rw
        21 20 0:5 / /proc rw shared:1 - proc proc rw
        22 20 8:1 /home/me/.ssh /srv/w/keys rw - ext4 /dev/sda1 rw
        23 20 8:1 /home/me/a\\040b /srv/w/a\\040\\134b rw - ext4 /dev/sda1 rw
        24 20 0:30 / /srv/w/tmp rw - tmpfs tmpfs rw
        25 20 8:2 / /home rw - ext4 /dev/sda2 rw
        26 20 8:2 /me/.aws/sub /srv/wide rw - ext4 /dev/sda2 rw
        27 20 0:4 net:[4026531840] /run/docker/netns/x rw - nsfs nsfs rw
        no line of a table

        """

    @Test(
        "Mount points below a directory",
        arguments: [
            ("/srv/w", ["/srv/w/keys", "/srv/w/a \\b", "/srv/w/tmp"]), ("/srv/w/keys", []), ("/srv/wid", []),
            ("/srv/w/tm", []), ("/home/me", []),
        ] as [(String, [String])])
    func below(directory: String, points: [String]) {
        #expect(MountPoints(Self.table).below(FilePath(directory)).map(\.string) == points)
    }

    @Test(
        "Other paths of a mounted directory",
        arguments: [
            ("/srv/w/keys", ["/home/me/.ssh"]), ("/srv/w/keys/x", ["/home/me/.ssh/x"]),
            ("/srv/wide", ["/home/me/.aws/sub"]),
            ("/srv/w/a \\b", ["/home/me/a b"]), ("/srv/w/tmp", []), ("/home/me/.aws/sub/x", ["/srv/wide/x"]),
            ("/opt", []),
        ] as [(String, [String])])
    func origins(path: String, names: [String]) {
        #expect(MountPoints(Self.table).origins(of: FilePath(path)).map(\.string) == names)
    }

    /// A path is an origin only if it leads to the same file: without a real mount, a link simulates the bind mount.
    @Test("A workspace with a secret mounted below it is refused")
    func mounted() throws {
        try Fixture.directory { directory in
            for name in ["me/.ssh/keys", "me/.config/gh/x", "me/work", "w/keys", "w/deep", "w/free"] {
                try Files.makeDirectories(directory.pushing(FilePath(name)))
            }
            let binds = [("me/.ssh", "w/keys"), ("me/.config/gh/x", "w/deep"), ("me/work", "w/free")]
            for (source, target) in binds {
                let point = directory.pushing(FilePath(target))
                let shown = directory.pushing(FilePath(source))
                let table = "20 1 8:1 / / rw - ext4 x rw\n22 20 8:1 \(shown) \(point) rw - ext4 x rw\n"
                let protected = ProtectedPaths(home: directory.appending("me"), mounts: MountPoints(table))
                try Fixture.shell("rmdir \"$1\"; ln -s \"$2\" \"$1\"", point.string, shown.string)
                let why = protected.refusal(of: directory.appending("w"))?.why
                #expect((why != nil) == (target != "w/free"), "\(target): \(why ?? "not refused")")
                if let why { #expect(why.hasPrefix("'\(point)' in it is a mount, and '~/.")) }
            }
        }
    }

    @Test("The refusal of a path of the caller that links lead into a project names the link")
    func linkedIntoProject() throws {
        try Fixture.directory { directory in
            try Fixture.shell("cd \"$1\"; mkdir -p h p/dots/gh; ln -s ../p/dots h/.config", directory.string)
            let project = directory.appending("p")
            let mount = {
                try MountableDirectory(project, protected: ProtectedPaths(home: directory.appending("h")))
            }
            let refusal = RunError.protectedWithin(
                project, place: directory.pushing("p/dots/gh"), name: directory.pushing("h/.config/gh"))
            #expect(throws: refusal) { try mount() }
            try Fixture.shell("mv \"$1/p/dots/gh\" \"$1/p/dots/gh.quarantined\"", directory.string)
            #expect(throws: Never.self) { try mount() }
        }
    }

    @Test("The refusal of a directory with a file that a variable names tells the variable")
    func namedByVariable() throws {
        try Fixture.directory { directory in
            let file = directory.appending("key.json")
            let refusal = RunError.variableWithin(directory, place: file, variable: "GOOGLE_APPLICATION_CREDENTIALS")
            for (value, isRefused) in [(file.string, true), ("/elsewhere/key.json", false), ("", false)] {
                let environment = ["GOOGLE_APPLICATION_CREDENTIALS": value]
                let protected = ProtectedPaths(home: "/nonexistent", environment: environment)
                let mount = { try MountableDirectory(directory, protected: protected) }
                if isRefused {
                    #expect(throws: refusal) { try mount() }
                } else {
                    #expect(throws: Never.self) { try mount() }
                }
            }
        }
    }

    @Test("The target of a container's link in a project is not protected", arguments: ["..", "../../other"])
    func linkOfContainer(target: String) throws {
        try Fixture.directory { directory in
            let script = "cd \"$1\"; mkdir -p h p/dots other; ln -s ../p/dots h/.config; ln -s \"$2\" p/dots/opencode"
            try Fixture.shell(script, directory.string, target)
            let protected = ProtectedPaths(
                home: directory.appending("h"), written: WrittenTrees([directory.appending("p")]))
            for name in ["p", "other"] {
                #expect(throws: Never.self) { try MountableDirectory(directory.appending(name), protected: protected) }
            }
        }
    }
}
