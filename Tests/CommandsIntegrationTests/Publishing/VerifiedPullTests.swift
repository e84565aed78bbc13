// SPDX-License-Identifier: Apache-2.0

import Testing

@Suite("pull --verify", .serialized, .enabled(if: Harness.isPossible && SigningFixture.isPossible))
struct VerifiedPullTests {
    /// A pull on a machine without state, after `script`, and the expected result.
    struct TestCase: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var script = ""
        let pull: String
        var status: Int32 = 1
        let says: String
    }

    private static let functions = #"""
        push() { skopeo copy --quiet --all --dest-cert-dir "$CERTS" "oci:$1" "docker://$2"; }
        sign() { (cd "$REPOSITORY" && "$PROGRAM" sign "$@"); }
        take() { "$PROGRAM" pull "$@" --verify; }
        index() { jq -r '.manifests[] | select(.annotations["org.opencontainers.image.ref.name"] == "index").digest' "$1/index.json"; }
        export OPENCODE_DOCKER_STATE="$BED/state-$TRIAL" OPENCODE_DOCKER_STORE="$BED/store-$TRIAL" OPENCODE_DOCKER_PROGRESS=plain
        """#

    /// In this order, because the registry keeps what each test pushes.
    private static let tests = [
        TestCase(
            testDescription: "what is signed for its name", pull: #"take "$IMAGE:1.4.3" | grep -qx "$(index layout)""#,
            status: 0, says: "is version 1.4.3, signed by"),
        TestCase(
            testDescription: "a digest", pull: #"take "$IMAGE@$(index layout)""#, status: 0, says: "is version 1.4.3"),
        TestCase(
            testDescription: "nobody says how fresh it is", pull: #"take "$IMAGE:latest" --require-fresh"#,
            says: "it has no signed record of a check for security updates"),
        TestCase(
            testDescription: "unsigned",
            script: #"bash "$TINY_INDEX" other second >/dev/null 2>&1; push other:index "$IMAGE:2.0.0""#,
            pull: #"take "$IMAGE:2.0.0""#, says: "it has no signature"),
        TestCase(
            testDescription: "signed by a stranger", script: #"sign "$IMAGE:2.0.0" --key "$BED/foreign.key""#,
            pull: #"take "$IMAGE:2.0.0""#, says: "none of its signatures is by a trusted key"),
        TestCase(
            testDescription: "re-tagged", script: #"push layout:index "$IMAGE:9.9.9""#, pull: #"take "$IMAGE:9.9.9""#,
            says: "its signatures are for other names"),
        TestCase(
            testDescription: "older than what was verified here",
            script:
                #"push other:index "$IMAGE:1.5.0"; sign "$IMAGE:1.5.0" --key "$BED/release.key"; take "$IMAGE:1.5.0""#,
            pull: #"take "$IMAGE:1.4.3""#, says: "is version 1.4.3, but 1.5.0 was verified on this machine before"),
        TestCase(
            testDescription: "older, and that is meant", script: #"take "$IMAGE:1.5.0""#,
            pull: #"take "$IMAGE:1.4.3" --allow-downgrade"#, status: 0, says: "is version 1.4.3"),
        TestCase(
            testDescription: "a repository that the trust file does not name",
            script: #""$PROGRAM" copy "$IMAGE:1.4.3" "$HOST/other/image:1.4.3""#,
            pull: #"take "$HOST/other/image:1.4.3""#, status: 64, says: "The trust file does not list"),
        TestCase(
            testDescription: "without a trust file", pull: #"OPENCODE_DOCKER_TRUST= take "$IMAGE:1.4.3""#, status: 64,
            says: "trust"),
        TestCase(
            testDescription: "a copy in a directory", script: #""$PROGRAM" copy "$IMAGE:1.4.3" oci:airgap"#,
            pull: #"take oci:airgap:1.4.3 | grep -qx "$(index layout)""#, status: 0, says: "is version 1.4.3"),
        TestCase(
            testDescription: "the only image of a directory, under another tag",
            script: #""$PROGRAM" copy oci:airgap:1.4.3 oci:moved:9"#,
            pull: "take oci:moved", says: "its signatures are for other names"),
        TestCase(
            testDescription: "a copy without its signatures",
            script: #""$PROGRAM" copy "$IMAGE:1.4.3" oci:bare --without-attachments"#, pull: "take oci:bare",
            says: "it has no signature"),
        TestCase(
            testDescription: "no provenance where a builder is named",
            script: #"""
                cd "$REPOSITORY"; "$PROGRAM" sbom --format provenance | jq -r .runDetails.builder.id > "$BED/builder"; cd "$BED"
                jq --arg id "$(cat builder)" '.repositories[0].builder = $id' trust.json > strict.json
                """#,
            pull: #"take "$IMAGE:1.4.3" --trust strict.json"#,
            says: "no provenance by a trusted key names the builder 'opencode-docker:builder/local/v1'"),
        TestCase(
            testDescription: "the builder that is named",
            script: #"sign "$IMAGE:1.4.3" --tag latest --key "$BED/release.key" --attest"#,
            pull: #"take "$IMAGE:1.4.3" --trust strict.json"#, status: 0, says: "is version 1.4.3"),
        TestCase(
            testDescription: "another builder",
            script: #"jq '.repositories[0].builder += "0"' strict.json > stranger.json"#,
            pull: #"take "$IMAGE:1.4.3" --trust stranger.json"#, says: "no provenance by a trusted key names"),
    ]

    @Test("Only images signed for their name by a trusted key are accepted")
    func verdicts() async throws {
        try await SigningFixture.with { fixture in
            for (number, test) in Self.tests.enumerated() {
                try await fixture.must("TRIAL=\(number)\n\(Self.functions)\n\(test.script)")
                let ending = try await fixture.run("TRIAL=\(number)\n\(Self.functions)\n\(test.pull)")
                #expect(ending.status == test.status, "\(test.testDescription): \(ending.error)")
                #expect(ending.error.contains(test.says), "\(test.testDescription): \(ending.error)")
            }
        }
    }

    @Test("An expired heartbeat causes a warning or a refusal, also when an older one is served later")
    func heartbeat() async throws {
        try await SigningFixture.with { fixture in
            func pull(_ options: String) async throws -> Ending {
                try await fixture.run("TRIAL=1\n\(Self.functions)\ntake \"$IMAGE:latest\" \(options)")
            }
            try await fixture.beat("1.4.3", of: "1.4.3", daysAgo: 30)
            let warned = try await pull("")
            #expect(warned.status == 0 && warned.error.contains("there was no check for security updates since"))
            #expect(try await pull("--require-fresh").status == 1)
            try await fixture.beat("1.4.3", of: "1.4.3", daysAgo: 1)
            #expect(try await pull("--require-fresh").status == 0)
            try await fixture.beat("1.5.0", of: "1.4.3", daysAgo: 0)
            let outdated = try await pull("--require-fresh")
            #expect(
                outdated.status == 1 && outdated.error.contains("version 1.5.0 was available at"), "\(outdated.error)")
            try await fixture.beat("1.4.3", of: "1.4.3", daysAgo: 1)
            #expect(try await pull("--require-fresh").status == 1, "the newest one is remembered")
        }
    }
}
