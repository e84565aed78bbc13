// SPDX-License-Identifier: Apache-2.0

import Core
import Foundation
import SystemPackage
import Testing

/// A registry with a signed image, for programs that verify signatures.
struct SigningFixture: Sendable {
    static let isPossible = [
        "/usr/bin/docker-registry", "/usr/bin/htpasswd", "/usr/bin/skopeo", "/usr/bin/umoci", "/usr/bin/jq",
        "/usr/bin/openssl",
    ].allSatisfy { Files.exists(FilePath($0)) }

    let directory: FilePath
    let host: String

    /// The environment variables of the tests' scripts.
    ///
    /// HOME contains the `registries.d` that makes skopeo and podman look for signatures beside images.
    var variables: [String: String] {
        [
            "PROGRAM": Harness.program.string, "BED": directory.string, "HOST": host, "IMAGE": "\(host)/team/image",
            "HOME": directory.appending("home").string, "XDG_CONFIG_HOME": "",
            "REGISTRY_AUTH_FILE": "\(directory)/auth.json",
            "CERTS": "\(directory)/certificates", "SSL_CERT_FILE": "\(directory)/certificates/ca.crt",
            "CURL_CA_BUNDLE": "\(directory)/certificates/ca.crt", "DOCKER_CONFIG": "\(directory)/docker",
            "REPOSITORY": Harness.repository.string, "PATH": "\(directory)/tools/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "OPENCODE_DOCKER_STATE": "\(directory)/state", "OPENCODE_DOCKER_STORE": "\(directory)/store",
            "OPENCODE_DOCKER_PROGRESS": "none", "NO_COLOR": "1", "no_proxy": "127.0.0.1",
            "OPENCODE_DOCKER_TRUST": "\(directory)/trust.json", "TINY_INDEX": fixture("tiny_index.sh"),
            "NEWER_TOOLS": fixture("newer_tools.sh"),
        ]
    }

    private func fixture(_ name: String) -> String {
        FilePath(#filePath).removingLastComponent().removingLastComponent().pushing("Fixtures").appending(name).string
    }

    /// Runs `body` with a registry that contains the image `1.4.3`, an index, signed for `1.4.3` and `latest` with
    /// `release.key`.
    static func with(_ body: @Sendable (SigningFixture) async throws -> Void) async throws {
        try await empty { fixture in
            try await fixture.must(Self.preparation)
            try await body(fixture)
        }
    }

    /// Runs `body` with an empty registry; `prefix` is a command that starts it elsewhere.
    static func empty(
        inside prefix: [String] = [], _ body: @Sendable (SigningFixture) async throws -> Void
    ) async throws {
        let directory = FilePath(NSTemporaryDirectory()).appending("signing-\(Files.uniqueSuffix())")
        try Files.makeDirectories(directory)
        defer { try? Files.removeTree(directory) }
        try await Loopback.with("docker_registry.py", [directory.string], inside: prefix) { port in
            let fixture = SigningFixture(directory: directory, host: "127.0.0.1:\(port)")
            try await fixture.must(Self.clients)
            try await body(fixture)
        }
    }

    @discardableResult
    func must(_ script: String) async throws -> String {
        try await Shell.must("set -eu; cd \"$BED\"; \(script)", environment: variables)
    }

    /// Expects every command of `script` to succeed.
    func expect(_ script: String) async throws {
        let ending = try await run(script)
        #expect(ending.status == 0, "\(ending.output)\(ending.error)")
    }

    func run(_ script: String) async throws -> Ending {
        try await Shell.run("set -eu; cd \"$BED\"; \(script)", environment: variables)
    }

    private static let clients = #"""
        mkdir -p home/.config/containers/registries.d docker
        cp auth.json docker/config.json
        printf 'docker:\n  %s:\n    use-sigstore-attachments: true\n' "$HOST" > home/.config/containers/registries.d/x.yaml
        for name in release foreign; do "$PROGRAM" keygen --name "$name" 2>/dev/null; done
        jq -n --arg image "$IMAGE" '{version: 1, repositories: [{repository: $image, keys: [{file: "release.pub"}]}]}' \
            > trust.json
        """#

    private static let preparation = #"""
        for name in release foreign; do
            jq -n --arg image "$IMAGE" --arg key "$BED/$name.pub" '{default: [{type: "reject"}],
                transports: {docker: {($image): [{type: "sigstoreSigned", keyPath: $key}]}}}' > "$name.policy"
        done
        bash "$TINY_INDEX" layout first >/dev/null 2>&1
        push() { skopeo copy --quiet --all --dest-cert-dir "$CERTS" "oci:$1" "docker://$2"; }
        push layout:index "$IMAGE:1.4.3"
        push layout:index "$IMAGE:latest"
        "$PROGRAM" sign "$IMAGE:1.4.3" --tag latest --key release.key
        """#
}
