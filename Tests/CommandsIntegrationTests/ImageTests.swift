// SPDX-License-Identifier: Apache-2.0

import Foundation
import SystemPackage
import Testing

extension EndToEnd {
    /// The image checked with external tools.
    @Suite(.serialized)
    struct ImageTests {
        @Test("umoci, dpkg and the lock agree on the packages")
        func packages() async throws {
            let image = try await Harness.shared.image()
            let files = image.files.string
            let audit = try await Shell.must("chroot \"$1\" dpkg --audit; chroot \"$1\" dpkg --verify", [files])
            #expect(audit == "")
            let installed = try await Shell.must(
                "chroot \"$1\" dpkg-query -W -f '${Package} ${Version} ${Architecture} ${db:Status-Abbrev}\\n'", [files]
            )
            let machine = try await Shell.must("dpkg --print-architecture").trimmingCharacters(in: .newlines)
            let locked = try lock().architectures[machine] ?? []
            #expect(locked.count > 200)
            #expect(
                Set(installed.split(separator: "\n").map(String.init))
                    == Set(locked.map { "\($0.name) \($0.version) \($0.architecture) ii " }))
        }

        @Test("No file is set-uid or set-gid, or has a capability")
        func privileges() async throws {
            let files = try await Harness.shared.image().files.string
            #expect(try await Shell.must("find \"$1\" -xdev -type f -perm /6000", [files]) == "")
            #expect(try await Shell.must("getcap -r \"$1\" 2> /dev/null || true", [files]) == "")
            #expect(try await Shell.must("find \"$1\" -xdev ! -type f ! -type d ! -type l", [files]) == "")
        }

        @Test("skopeo finds the digest and the labels")
        func labels() async throws {
            let image = try await Harness.shared.image()
            let text = try await Shell.must("skopeo inspect \"oci:$1:$2\"", [image.layout.string, Harness.tag])
            let found = try JSONDecoder().decode(Inspected.self, from: Data(text.utf8))
            #expect(found.digest == image.digest)
            #expect(try lock().snapshot == found.created)
            for label in ["title", "description", "version", "licenses", "created", "vendor"] {
                #expect(found.labels["org.opencontainers.image.\(label)"]?.isEmpty == false, "\(label)")
            }
            #expect(found.labels["org.opencontainers.image.version"] == "\(Harness.version)-base")
            // containers.dev, "Image metadata": what a label may have.
            let metadata = """
                [{"capAdd":["CHOWN","FOWNER","SETGID","SETUID"],"overrideCommand":false,"remoteUser":"opencode",\
                "securityOpt":["no-new-privileges"],"updateRemoteUserUID":true,"userEnvProbe":"loginInteractiveShell"}]
                """
            #expect(found.labels["devcontainer.metadata"] == metadata)
        }

        @Test("A second build does nothing and prints the same")
        func again() async throws {
            let image = try await Harness.shared.image()
            let ending = try await Harness.run(["build", "--base"], store: image.store)
            #expect(ending.status == 0)
            #expect(ending.output == image.digest + "\n")
            #expect(ending.error == "Nothing changed: the image is already built.\n")
        }

        private func lock() throws -> Lock {
            let file = URL(fileURLWithPath: Harness.repository.appending("versions.lock").string)
            return try JSONDecoder().decode(Lock.self, from: Data(contentsOf: file))
        }
    }
}

/// versions.lock, read by an independent parser.
private struct Lock: Decodable {
    struct Package: Decodable { let name, version, architecture: String }
    let architectures: [String: [Package]]
    let snapshot: String
}

/// The output of skopeo-inspect(1).
private struct Inspected: Decodable {
    let digest, created: String
    let labels: [String: String]

    enum CodingKeys: String, CodingKey {
        case digest = "Digest"
        case created = "Created"
        case labels = "Labels"
    }
}
