// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage
import Testing

/// A call that must fail, and its expected error.
struct BadCall: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// The arguments; `IMAGE` stands for the changed image directory and `LOCK` for a copy of the lock.
    let arguments: [String]
    /// The sed(1) scripts for image.yaml and for the lock.
    var image: String?
    var lock: String?
    let status: Core.ExitStatus
    let says: [String]
}

extension EndToEnd {
    /// Invalid input causes one error message, with a status for scripts.
    @Suite(.serialized)
    struct BadInputTests {
        static let calls = [
            BadCall(
                testDescription: "a key of image.yaml misspelt", arguments: ["build", "--base"],
                image: "s/^vendor:/vendr:/", status: .usage,
                says: ["image.yaml:16:1: The key 'vendr' is not known here.", "Did you mean 'vendor'?"]),
            BadCall(
                testDescription: "a value of image.yaml of another kind", arguments: ["build", "--base"],
                image: "s/^  uid: 1000/  uid: many/", status: .usage, says: ["image.yaml:", ":8: "]),
            BadCall(
                testDescription: "a stale lock", arguments: ["build", "--base"], image: "s/^    - jq$/    - mc/",
                status: .no, says: ["was not made from this image definition.", "Run `opencode-docker resolve --"]),
            BadCall(
                testDescription: "a stale lock, checked", arguments: ["resolve", "--check"],
                image: "s/^    - jq$/    - mc/", status: .no, says: ["was not made from this image definition."]),
            BadCall(
                testDescription: "a tag that is the name of the image with the agent",
                arguments: ["build", "--base", "--tag", "opencode-docker:1.0.0"], status: .usage,
                says: ["'opencode-docker:1.0.0' is the default name of another image", "Choose another --tag"]),
            BadCall(
                testDescription: "a tag that is the name of the program's own image",
                arguments: ["build", "--base", "--tag", "opencode-docker:1.0.0-base"],
                image: "s/^    - jq$/    - jq # own/", status: .usage,
                says: ["'opencode-docker:1.0.0-base' is the default name of another image"]),
            BadCall(
                testDescription: "a package that Debian does not have", arguments: ["resolve"],
                image: "s/^    - jq$/    - jqq/", status: .no,
                says: ["There is no package named 'jqq'.", "Did you mean 'jq'"]),
            BadCall(
                testDescription: "a lock cut off", arguments: ["build", "--base"], lock: "100q", status: .broken,
                says: ["versions.lock"]),
            BadCall(
                testDescription: "a lock without a package that is asked for, checked",
                arguments: ["resolve", "--check"],
                lock: "/\"name\": \"jq\"/d", status: .no,
                says: [
                    "was changed after it was written: 'jq' is requested, but not locked for ",
                    "or run `opencode-docker resolve --",
                ]),
            BadCall(
                testDescription: "a lock with another release's name", arguments: ["build", "--base"],
                lock: "s/\"codename\": \"bookworm\"/\"codename\": \"trixie\"/", status: .no,
                says: ["its archives are not those of bookworm"]),
            BadCall(
                testDescription: "a lock with both sides of a merge", arguments: ["resolve"], lock: "5i<<<<<<< HEAD",
                status: .broken, says: ["versions.lock, line 5: there is a merge conflict", "git checkout --theirs "]),
            BadCall(
                testDescription: "a release that there is not", arguments: ["resolve"],
                image: "s/codename: bookworm/codename: trixi/", status: .usage,
                says: ["image.yaml:", "'trixi' cannot be 'debian.codename'", "bookworm or trixie"]),
            BadCall(
                testDescription: "another release over an existing lock", arguments: ["build", "--base"],
                image: "s/codename: bookworm/codename: trixie/", status: .no, says: ["Run `opencode-docker resolve --"]),
            BadCall(
                testDescription: "the archive is older than the lock", arguments: ["resolve"],
                lock: "s/\"date\": *\"20[0-9]*-/\"date\": \"2037-/", status: .tryAgain, says: ["older than the one of"]),
            BadCall(
                testDescription: "the agent cannot be reached", arguments: ["build"], status: .tryAgain,
                says: ["Cannot download 'opencode ", "--base", "--artifact opencode="]),
            BadCall(
                testDescription: "no such output", arguments: ["build", "--base", "--output", "zip:x"], status: .usage,
                says: ["'zip:x' is not an output"]),
            BadCall(
                testDescription: "no such image", arguments: ["verify", "nothing:1"], status: .broken,
                says: ["There is no image 'nothing:1'"]),
        ]

        @Test(arguments: calls)
        func call(_ call: BadCall) async throws {
            let name = Files.uniqueSuffix()
            let directory = Harness.directory.appending("bad-\(name)")
            try Files.makeDirectories(directory)
            let image = directory.appending("image")
            let lock = directory.appending("versions.lock")
            let script = """
                cp -a "$1/image" "$1/versions.lock" "$2/"
                [ -z "$3" ] || { sed -i "$3" "$2/image/image.yaml"; ! cmp -s "$1/image/image.yaml" "$2/image/image.yaml"; }
                [ -z "$4" ] || { sed -i "$4" "$2/versions.lock"; ! cmp -s "$1/versions.lock" "$2/versions.lock"; }
                """
            try await Shell.must(
                "set -e; " + script, [Harness.repository.string, directory.string, call.image ?? "", call.lock ?? ""])
            let before = try await Shell.must("sha256sum < \"$1\"", [lock.string])
            let ending = try await Harness.run(
                call.arguments + ["--quiet", "--image-dir", image.string, "--lock", lock.string],
                store: Harness.directory.appending("bad-store"))
            expectSentence(ending, call.status, call.says)
            #expect(try await Shell.must("sha256sum < \"$1\"", [lock.string]) == before)
            #expect(try Files.list(directory).sorted() == ["image", "versions.lock"])
        }

        @Test(
            "a lying mirror is found out, named, and leaves nothing behind",
            arguments: [
                (Mirror.Fault.flipped, "digest mismatch"), (.truncated, "bytes instead of"), (.missing, "not there"),
            ])
        func package(_ fault: Mirror.Fault, _ word: String) async throws {
            let store = try await Harness.shared.warmStore("mirror-\(fault.rawValue)", layers: false)
            try await Shell.must(
                """
                digest=$(sed -n 's/.*"name": "tini".*"sha256": "\\([0-9a-f]*\\)".*/\\1/p' "$1/versions.lock")
                for one in $digest; do rm -f "$2/blobs/sha256/$one"; done
                """, [Harness.repository.string, store.string])
            let output = Harness.directory.appending("out.tar")
            let ending = try await Mirror.with(fault, "/tini_") { mirror in
                try await Harness.run(
                    ["build", "--base", "-q", "--mirror", mirror.address, "--output", "docker-archive:\(output)"],
                    store: store)
            }
            expectSentence(ending, .tryAgain, ["'tini ", word])
            #expect(!Files.exists(output))
            #expect(!Files.exists(store.appending("images")))
        }

        @Test(
            "a broken archive is found out by signature, digest or size",
            arguments: [
                (Mirror.Fault.text, "InRelease", Core.ExitStatus.broken, "The signature of"),
                (.truncated, "InRelease", .tryAgain, "is truncated"),
                (.truncated, "binary-(amd64|all)/", .tryAgain, ""),
                (.flipped, "binary-(amd64|all)/", .tryAgain, ""),
                (.missing, "InRelease", .tryAgain, "InRelease"),
            ])
        func archive(_ fault: Mirror.Fault, _ pattern: String, _ status: Core.ExitStatus, _ says: String) async throws {
            let store = Harness.directory.appending("archive-\(Files.uniqueSuffix())")
            let lock = Harness.directory.appending("new.lock")
            let ending = try await Mirror.with(fault, pattern) { mirror in
                try await Harness.run(
                    ["resolve", "-q", "--mirror", mirror.address, "--lock", lock.string], store: store)
            }
            expectSentence(ending, status, [says])
            #expect(!Files.exists(lock))
        }

        /// Runs the program more than a year from now, when today's signatures have expired.
        private func late(_ options: String..., apt: String) async throws -> (Ending, FilePath) {
            try Files.makeDirectories(Harness.directory)
            let configuration = Harness.directory.appending("apt-\(apt).conf")
            // APT_CONFIG is read first (apt.conf(5)); the machine's own files are excluded.
            let text = """
                Dir::Etc::Parts "/nonexistent"; Dir::Etc::Main "/nonexistent"; Acquire::Check-Valid-Until "\(apt)";

                """
            try Files.write(Array(text.utf8), to: configuration)
            let lock = Harness.directory.appending("late-\(Files.uniqueSuffix()).lock")
            let ending = try await Harness.run(
                ["resolve", "--lock", lock.string] + options, store: Harness.directory.appending("bad-store"),
                environment: ["APT_CONFIG": configuration.string],
                prefix: "cd \"$REPOSITORY\"; set -- -f '+400d' \"$PROGRAM\" \"$@\"; PROGRAM=faketime")
            return (ending, lock)
        }

        @Test("an expired release file", .enabled(if: Files.exists("/usr/bin/faketime")))
        func expired() async throws {
            let (ending, lock) = try await late("-q", apt: "true")
            expectSentence(ending, .broken, ["expired on", "--allow-expired"])
            #expect(!Files.exists(lock))
        }

        @Test(
            "an expired release file that is explicitly allowed",
            .enabled(if: Files.exists("/usr/bin/faketime")),
            arguments: [
                ("--allow-expired", "true", "--allow-expired"), ("--no", "false", "Acquire::Check-Valid-Until"),
            ])
        func allowed(_ option: String, _ apt: String, _ word: String) async throws {
            let (ending, lock) = option == "--no" ? try await late(apt: apt) : try await late(option, apt: apt)
            #expect(ending.status == 0, "\(ending.error)")
            let lines = ending.error.split(separator: "\n").filter { $0.contains("although expired") }
            #expect(lines.count == 1)
            #expect(lines.first?.contains(word) == true)
            #expect(Files.exists(lock))
        }
    }
}

/// Expects the status, one error and at most one hint on standard error, and no standard output.
func expectSentence(_ ending: Ending, _ status: Core.ExitStatus, _ says: [String]) {
    #expect(ending.status == status.rawValue, "\(ending.error)")
    #expect(ending.output == "")
    let lines = ending.error.split(separator: "\n")
    #expect(lines.first?.hasPrefix("error: ") == true, "\(ending.error)")
    #expect(lines.count == 1 || lines.count == 2 && lines[1].hasPrefix("hint: "), "\(ending.error)")
    #expect(!ending.error.contains("Unexpected error"), "\(ending.error)")
    for text in says where !text.isEmpty { #expect(ending.error.contains(text), "\(ending.error)") }
}
