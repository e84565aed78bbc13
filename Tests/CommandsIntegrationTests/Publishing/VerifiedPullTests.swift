// SPDX-License-Identifier: Apache-2.0

import Testing

@Suite("pull --verify", .serialized, .enabled(if: Bench.isPossible && SigningBed.isPossible))
struct VerifiedPullTests {
    /// A pull on a machine that begins with nothing, after `script`, and what comes of it.
    struct Trial: Sendable, CustomTestStringConvertible {
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

    /// In this order: the registry keeps what each of them puts there.
    private static let trials = [
        Trial(
            testDescription: "what is signed for its name", pull: #"take "$IMAGE:1.4.3" | grep -qx "$(index layout)""#,
            status: 0, says: "is version 1.4.3, signed by"),
        Trial(
            testDescription: "a digest", pull: #"take "$IMAGE@$(index layout)""#, status: 0, says: "is version 1.4.3"),
        Trial(
            testDescription: "nobody says how fresh it is", pull: #"take "$IMAGE:latest" --require-fresh"#,
            says: "nobody says when security updates were last looked for"),
        Trial(
            testDescription: "unsigned",
            script: #"bash "$TINY_INDEX" other second >/dev/null 2>&1; push other:index "$IMAGE:2.0.0""#,
            pull: #"take "$IMAGE:2.0.0""#, says: "it has no signature"),
        Trial(
            testDescription: "signed by a stranger", script: #"sign "$IMAGE:2.0.0" --key "$BED/foreign.key""#,
            pull: #"take "$IMAGE:2.0.0""#, says: "its signatures are not by a key that is trusted here"),
        Trial(
            testDescription: "re-tagged", script: #"push layout:index "$IMAGE:9.9.9""#, pull: #"take "$IMAGE:9.9.9""#,
            says: "its signatures are for other names"),
        Trial(
            testDescription: "older than what was verified here",
            script:
                #"push other:index "$IMAGE:1.5.0"; sign "$IMAGE:1.5.0" --key "$BED/release.key"; take "$IMAGE:1.5.0""#,
            pull: #"take "$IMAGE:1.4.3""#, says: "is version 1.4.3, but 1.5.0 was verified here before"),
        Trial(
            testDescription: "older, and that is meant", script: #"take "$IMAGE:1.5.0""#,
            pull: #"take "$IMAGE:1.4.3" --allow-downgrade"#, status: 0, says: "is version 1.4.3"),
        Trial(
            testDescription: "a repository that the trust file does not name",
            script: #""$PROGRAM" copy "$IMAGE:1.4.3" "$HOST/other/image:1.4.3""#,
            pull: #"take "$HOST/other/image:1.4.3""#, status: 64, says: "The trust file says nothing of"),
        Trial(
            testDescription: "without a trust file", pull: #"OPENCODE_DOCKER_TRUST= take "$IMAGE:1.4.3""#, status: 64,
            says: "trust"),
        Trial(
            testDescription: "a copy in a folder", script: #""$PROGRAM" copy "$IMAGE:1.4.3" oci:airgap"#,
            pull: #"take oci:airgap:1.4.3 | grep -qx "$(index layout)""#, status: 0, says: "is version 1.4.3"),
        Trial(
            testDescription: "the only image of a folder, under another tag",
            script: #""$PROGRAM" copy oci:airgap:1.4.3 oci:moved:9"#,
            pull: "take oci:moved", says: "its signatures are for other names"),
        Trial(
            testDescription: "a copy without its signatures",
            script: #""$PROGRAM" copy "$IMAGE:1.4.3" oci:bare --without-attachments"#, pull: "take oci:bare",
            says: "it has no signature"),
        Trial(
            testDescription: "no provenance where a builder is named",
            script: #"""
                cd "$REPOSITORY"; "$PROGRAM" sbom --format provenance | jq -r .runDetails.builder.id > "$BED/builder"; cd "$BED"
                jq --arg id "$(cat builder)" '.repositories[0].builder = $id' trust.json > strict.json
                """#,
            pull: #"take "$IMAGE:1.4.3" --trust strict.json"#,
            says: "no provenance by a trusted key says that 'opencode-docker:builder/local/v1'"),
        Trial(
            testDescription: "the builder that is named",
            script: #"sign "$IMAGE:1.4.3" --tag latest --key "$BED/release.key" --attest"#,
            pull: #"take "$IMAGE:1.4.3" --trust strict.json"#, status: 0, says: "is version 1.4.3"),
        Trial(
            testDescription: "another builder",
            script: #"jq '.repositories[0].builder += "0"' strict.json > stranger.json"#,
            pull: #"take "$IMAGE:1.4.3" --trust stranger.json"#, says: "no provenance by a trusted key says"),
    ]

    @Test("What is signed for its name by a trusted key is taken, and nothing else")
    func trials() async throws {
        try await SigningBed.with { bed in
            for (number, trial) in Self.trials.enumerated() {
                try await bed.must("TRIAL=\(number)\n\(Self.functions)\n\(trial.script)")
                let ending = try await bed.run("TRIAL=\(number)\n\(Self.functions)\n\(trial.pull)")
                #expect(ending.status == trial.status, "\(trial.testDescription): \(ending.error)")
                #expect(ending.error.contains(trial.says), "\(trial.testDescription): \(ending.error)")
            }
        }
    }

    @Test("A heartbeat that is over is a warning, or a refusal; an older one shown later does not help")
    func heartbeat() async throws {
        try await SigningBed.with { bed in
            func pull(_ options: String) async throws -> Ending {
                try await bed.run("TRIAL=1\n\(Self.functions)\ntake \"$IMAGE:latest\" \(options)")
            }
            try await bed.beat("1.4.3", of: "1.4.3", daysAgo: 30)
            let warned = try await pull("")
            #expect(warned.status == 0 && warned.error.contains("nobody has looked for security updates since"))
            #expect(try await pull("--require-fresh").status == 1)
            try await bed.beat("1.4.3", of: "1.4.3", daysAgo: 1)
            #expect(try await pull("--require-fresh").status == 0)
            try await bed.beat("1.5.0", of: "1.4.3", daysAgo: 0)
            let outdated = try await pull("--require-fresh")
            #expect(
                outdated.status == 1 && outdated.error.contains("version 1.5.0 is there since"), "\(outdated.error)")
            try await bed.beat("1.4.3", of: "1.4.3", daysAgo: 1)
            #expect(try await pull("--require-fresh").status == 1, "the newest one is remembered")
        }
    }
}
