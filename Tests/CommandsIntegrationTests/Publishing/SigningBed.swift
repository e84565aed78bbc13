// SPDX-License-Identifier: Apache-2.0

import Core
import Foundation
import SystemPackage
import Testing

/// A registry with a signed image, for programs that check signatures.
struct SigningBed: Sendable {
    static let isPossible = [
        "/usr/bin/docker-registry", "/usr/bin/htpasswd", "/usr/bin/skopeo", "/usr/bin/umoci", "/usr/bin/jq",
        "/usr/bin/openssl",
    ].allSatisfy { Files.exists(FilePath($0)) }

    let folder: FilePath
    let host: String

    /// What the scripts of the tests know by name.
    ///
    /// HOME has the `registries.d` that makes skopeo and podman look for signatures beside images.
    var variables: [String: String] {
        [
            "PROGRAM": Bench.program.string, "BED": folder.string, "HOST": host, "IMAGE": "\(host)/team/image",
            "HOME": folder.appending("home").string, "XDG_CONFIG_HOME": "", "REGISTRY_AUTH_FILE": "\(folder)/auth.json",
            "CERTS": "\(folder)/certificates", "SSL_CERT_FILE": "\(folder)/certificates/ca.crt",
            "CURL_CA_BUNDLE": "\(folder)/certificates/ca.crt", "DOCKER_CONFIG": "\(folder)/docker",
            "REPOSITORY": Bench.repository.string, "PATH": "\(folder)/tools/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "OPENCODE_DOCKER_STATE": "\(folder)/state", "OPENCODE_DOCKER_STORE": "\(folder)/store",
            "OPENCODE_DOCKER_PROGRESS": "none", "NO_COLOR": "1", "no_proxy": "127.0.0.1",
            "OPENCODE_DOCKER_TRUST": "\(folder)/trust.json", "TINY_INDEX": fixture("tiny_index.sh"),
            "NEWER_TOOLS": fixture("newer_tools.sh"),
        ]
    }

    private func fixture(_ name: String) -> String {
        FilePath(#filePath).removingLastComponent().removingLastComponent().pushing("Fixtures").appending(name).string
    }

    /// Runs `body` with a registry that has the image `1.4.3`, an index, signed for `1.4.3` and `latest` by `release.key`.
    static func with(_ body: @Sendable (SigningBed) async throws -> Void) async throws {
        try await empty { bed in
            try await bed.must(Self.preparation)
            try await body(bed)
        }
    }

    /// Runs `body` with a registry that has nothing; `prefix` is a command that starts it elsewhere.
    static func empty(
        inside prefix: [String] = [], _ body: @Sendable (SigningBed) async throws -> Void
    ) async throws {
        let folder = FilePath(NSTemporaryDirectory()).appending("signing-\(Files.uniqueSuffix())")
        try Files.makeDirectories(folder)
        defer { try? Files.removeTree(folder) }
        try await Loopback.with("docker_registry.py", [folder.string], inside: prefix) { port in
            let bed = SigningBed(folder: folder, host: "127.0.0.1:\(port)")
            try await bed.must(Self.clients)
            try await body(bed)
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
