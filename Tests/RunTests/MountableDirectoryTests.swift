// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import Run
import SystemPackage
import Testing

@Suite("Directories that may be mounted")
struct MountableDirectoryTests {
    /// A home with a project and with secrets.
    private func withHome(_ body: (FilePath, ProtectedPaths) throws -> Void) throws {
        try Fixture.directory { directory in
            let home = directory.appending("me")
            for name in ["work/api/src", ".ssh/keys", ".aws", ".config/gh", ".config/other", ".local/share/opencode"] {
                try Files.makeDirectories(home.pushing(FilePath(name)))
            }
            try Fixture.shell(
                "cd \"$1\"; ln -s ../.ssh work/keys; ln -s work/api link; touch file; mkfifo pipe", home.string)
            try body(home, ProtectedPaths(home: home))
        }
    }

    @Test(
        "Below a home",
        arguments: [
            ("work/api", true), ("work/api/", true), ("work/api/src/..", true), ("link", true), ("work", true),
            (".config/other", true), (".ssh", false), (".ssh/", false), (".ssh/keys", false), ("work/keys", false),
            ("work/keys/keys", false), (".", false), ("..", false), ("work/..", false), ("work/../.ssh", false),
            (".config", false), (".config/gh", false), (".local", false), (".local/share", false), (".aws", false),
            ("file", false), ("pipe", false), ("missing", false),
        ] as [(String, Bool)])
    func belowHome(path: String, isMounted: Bool) throws {
        try withHome { home, protected in
            let asked = FilePath("\(home)/\(path)")
            let found = try? MountableDirectory(asked, protected: protected)
            #expect((found != nil) == isMounted, "\(path)")
            // The same directory through the links of /proc.
            let around = FilePath("/proc/self/root\(home)/\(path)")
            #expect(((try? MountableDirectory(around, protected: protected)) != nil) == isMounted, "\(around)")
        }
    }

    @Test(
        "System directories",
        arguments: [
            "/", "//", "/.", "/etc", "/etc/ssh", "/usr", "/usr/bin", "/bin", "/proc", "/proc/self", "/proc/self/root",
            "/sys", "/dev", "/dev/shm", "/run", "/var", "/var/lib", "/var/run", "/home", "/root", "/tmp", "/tmp/..",
            "/boot", "/usr/share/doc",
        ])
    func system(path: String) throws {
        guard access(path, F_OK) == 0 else { return }
        #expect(throws: RunError.self) {
            try MountableDirectory(FilePath(path), protected: ProtectedPaths(home: "/home/nobody-here"))
        }
    }

    /// These paths need not exist, because only the path is checked.
    @Test(
        "In another user's home",
        arguments: [
            ("/home/ada", true), ("/home/ada/.ssh", true), ("/home/ada/.ssh/x", true), ("/home/ada/.config", true),
            ("/home/ada/work", false), ("/home/ada/.sshx", false), ("/home/ada/work/.ssh", false),
        ])
    func otherHomes(path: String, isRefused: Bool) {
        #expect((ProtectedPaths(home: "/root").refusal(of: FilePath(path)) != nil) == isRefused)
        #expect(ProtectedPaths(home: "/home/ada").refusal(of: "/home/ada")?.why.contains("your home directory") == true)
    }

    @Test("A protected link protects its target")
    func linkedSecret() throws {
        try withHome { home, _ in
            try Fixture.shell("mkdir \"$1/vault\"; rm -r \"$1/.aws\"; ln -s vault \"$1/.aws\"", home.string)
            #expect(throws: RunError.self) {
                try MountableDirectory(home.appending("vault"), protected: ProtectedPaths(home: home))
            }
        }
    }

    @Test(
        "Names with special bytes",
        arguments: [
            ("with space", true), ("a:b", true), ("a,b", true), ("a\"b", true), ("a'b", true), ("-rf", true),
            ("$HOME", true),
            ("a;b", true), ("é", true), ("e\u{301}", true), ("*", true), ("a\\b", true), ("a\nb", false),
            ("a\tb", false),
            ("\u{7f}", false), ("\u{1b}[31m", false),
        ] as [(String, Bool)])
    func odd(name: String, isMounted: Bool) throws {
        try Fixture.directory { directory in
            let path = directory.appending(name)
            try Files.makeDirectories(path)
            let found = try? MountableDirectory(path, protected: ProtectedPaths(home: "/nowhere"))
            #expect(found?.text == (isMounted ? path.string : nil))
        }
    }

    @Test("A name that is not UTF-8 is refused with a message")
    func notUnicode() throws {
        try Fixture.directory { directory in
            try Fixture.shell("mkdir \"$(printf '%s/\\377' \"$1\")\"", directory.string)
            let bytes = Array("\(directory)/".utf8).map { CChar(bitPattern: $0) } + [CChar(bitPattern: 0xff), 0]
            let path = FilePath(platformString: bytes)
            #expect(throws: RunError.oddName(path, "its name is not UTF-8")) {
                try MountableDirectory(path, protected: ProtectedPaths(home: "/nowhere"))
            }
        }
    }

    @Test("A socket is not mounted, and the message names its kind")
    func socket() throws {
        try Fixture.directory { directory in
            let path = directory.appending("s")
            try Fixture.shell(
                "python3 -c 'import socket,sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' \"$1\"", path.string)
            #expect(throws: RunError.notDirectory(path, "a socket")) {
                try MountableDirectory(path, protected: ProtectedPaths(home: "/nowhere"))
            }
        }
    }

    @Test(
        "--add-dir",
        arguments: [
            ("a", "a", false), ("a:ro", "a", true), ("a:rw", "a", false), ("a:b", "a:b", false),
            ("a:b:ro", "a:b", true),
        ] as [(String, String, Bool)])
    func added(text: String, path: String, isReadOnly: Bool) {
        #expect(AddedDirectory(text).path == FilePath(path))
        #expect(AddedDirectory(text).readOnly == isReadOnly)
    }
}
