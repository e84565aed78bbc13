// SPDX-License-Identifier: Apache-2.0

import Testing

@Suite(.serialized, .enabled(if: Harness.isPossible && SigningFixture.isPossible))
struct SignedImageTests {
    /// A call of an external program, and whether it must accept the image.
    struct TestCase: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let script: String
        let isTaken: Bool
        /// The expected message of a refusal.
        var says = ""
    }

    /// skopeo copies under the policy of a key; cosign verifies the index by its digest.
    private static let functions = #"""
        push() { skopeo copy --quiet --all --dest-cert-dir "$CERTS" "oci:$1" "docker://$2"; }
        take() {
            rm -rf taken
            skopeo --policy "$1.policy" copy --quiet --src-cert-dir "$CERTS" "docker://$IMAGE:$2" dir:taken
        }
        pull() { podman5 pull --quiet --cert-dir "$CERTS" --signature-policy "$1.policy" "$IMAGE:$2"; }
        image=$(jq -r '.manifests[0].digest' layout/index.json)
        index=$(jq -r '.manifests[1].digest' layout/index.json)
        cosign() { program=$1; key=$2; shift 2; "cosign$program" verify --key "$key.pub" --insecure-ignore-tlog=true "$@" "$IMAGE@$index"; }
        attested() { cosign3 verify-attestation --key release.pub --insecure-ignore-tlog=true --type "$1" "$IMAGE@$image"; }
        """#

    static let tests = [
        TestCase(testDescription: "skopeo, the version", script: "take release 1.4.3", isTaken: true),
        TestCase(testDescription: "skopeo, the second tag", script: "take release latest", isTaken: true),
        TestCase(
            testDescription: "skopeo, a foreign key", script: "take foreign 1.4.3", isTaken: false,
            says: "cryptographic signature verification failed"),
        TestCase(
            testDescription: "skopeo, re-tagged", script: #"push layout:index "$IMAGE:9.9.9"; take release 9.9.9"#,
            isTaken: false, says: "is not accepted"),
        TestCase(
            testDescription: "skopeo, another image under a tag",
            script: #"""
                bash "$TINY_INDEX" other second >/dev/null 2>&1; push other:index "$IMAGE:1.5.0"; take release 1.5.0
                """#, isTaken: false, says: "no signature exists"),
        TestCase(
            testDescription: "skopeo, a signature that was changed",
            script: #"""
                type='application/vnd.oci.image.manifest.v1+json'
                tag=$(echo "$image" | sed 's/:/-/').sig
                registry() { curl -sS --fail --cacert "$SSL_CERT_FILE" -u me:secret "$@" "https://$HOST/v2/team/image/manifests/$tag"; }
                registry -H "Accept: $type" > before
                jq -c '.layers |= (map(.annotations) as $all | to_entries
                    | map(.value + {annotations: $all[1 - .key]}))' before > after
                registry -H "Content-Type: $type" -T after
                status=0; take release 1.4.3 || status=$?
                registry -H "Content-Type: $type" -T before
                exit $status
                """#, isTaken: false, says: "cryptographic signature verification failed"),
        TestCase(testDescription: "podman, the version", script: "pull release 1.4.3", isTaken: true),
        TestCase(
            testDescription: "podman, a foreign key", script: "pull foreign 1.4.3", isTaken: false,
            says: "cryptographic signature verification failed"),
        TestCase(
            testDescription: "podman, re-tagged", script: "pull release 9.9.9", isTaken: false,
            says: "is not accepted"),
        TestCase(
            testDescription: "podman, another image under a tag", script: "pull release 1.5.0", isTaken: false,
            says: "no signature exists"),
        TestCase(testDescription: "cosign 2", script: "cosign 2 release", isTaken: true),
        TestCase(
            testDescription: "cosign 2, a foreign key", script: "cosign 2 foreign", isTaken: false,
            says: "no matching signatures"),
        TestCase(
            testDescription: "cosign 3, by the bundle", script: "cosign 3 release -a version=1.4.3", isTaken: true),
        TestCase(
            testDescription: "cosign 3, another version", script: "cosign 3 release -a version=1.4.4", isTaken: false,
            says: "incorrect annotation"),
        TestCase(
            testDescription: "cosign 3, by the .sig tag", script: "cosign 3 release --new-bundle-format=false",
            isTaken: true),
        TestCase(
            testDescription: "cosign 3, a foreign key", script: "cosign 3 foreign", isTaken: false,
            says: "no matching attestations"),
        TestCase(testDescription: "cosign 3, the bill of materials", script: "attested spdxjson", isTaken: true),
        TestCase(testDescription: "cosign 3, the provenance", script: "attested slsaprovenance1", isTaken: true),
        TestCase(
            testDescription: "cosign 3, what nobody said", script: "attested openvex", isTaken: false, says: "none"),
    ]

    @Test("skopeo, podman 5, cosign 2 and cosign 3 accept only signed images")
    func otherPrograms() async throws {
        try await SigningFixture.with { fixture in
            try await fixture.must(#"bash "$NEWER_TOOLS" "$BED/tools""#)
            try await fixture.must(
                #"cd "$REPOSITORY"; "$PROGRAM" sign "$IMAGE:1.4.3" --tag latest --key "$BED/release.key" --attest"#)
            for test in Self.tests {
                let ending = try await fixture.run("\(Self.functions)\n\(test.script)")
                #expect((ending.status == 0) == test.isTaken, "\(test.testDescription): \(ending.error)")
                #expect(
                    test.says.isEmpty || ending.error.contains(test.says),
                    "\(test.testDescription): \(ending.error)"
                )
            }
        }
    }

    @Test("openssl verifies the raw signatures that curl downloads")
    func openssl() async throws {
        try await SigningFixture.with { fixture in
            try await fixture.expect(
                #"""
                get() {
                    curl -sS --fail --cacert "$SSL_CERT_FILE" -u me:secret \
                        -H "Accept: application/vnd.oci.image.manifest.v1+json" "https://$HOST/v2/team/image/$1"
                }
                name=org.opencontainers.image.ref.name
                index=$(jq -r ".manifests[] | select(.annotations[\"$name\"] == \"index\").digest" layout/index.json)
                for digest in "$index" $(jq -r '.manifests[].digest' "layout/blobs/sha256/${index#sha256:}"); do
                    get "manifests/$(echo "$digest" | sed 's/:/-/').sig" > manifest
                    test "$(jq '.layers | length' manifest)" = 2
                    get "blobs/$(jq -r '.layers[0].digest' manifest)" > payload
                    jq -r '.layers[0].annotations["dev.cosignproject.cosign/signature"]' manifest | base64 -d > signature
                    openssl dgst -sha256 -verify release.pub -signature signature payload
                    test "$(jq -r '.critical.image["docker-manifest-digest"]' payload)" = "$digest"
                    test "$(jq -r '.critical.identity["docker-reference"]' payload)" = "$IMAGE:1.4.3"
                done
                """#)
        }
    }

    @Test("Signing again writes nothing")
    func again() async throws {
        try await SigningFixture.with { fixture in
            try await fixture.expect(
                #"""
                list() { find data -name link | sort; }
                list > before
                "$PROGRAM" sign "$IMAGE:1.4.3" --tag latest --key release.key
                list | diff before -
                """#)
        }
    }

    @Test("spdx-tools accepts the bill of materials, and in-toto's parser the provenance")
    func documents() async throws {
        try await SigningFixture.with { fixture in
            try await fixture.expect(
                #"""
                python3 -m venv venv && venv/bin/pip install --quiet spdx-tools==0.8.3 in-toto-attestation==0.9.3
                cd "$REPOSITORY"
                for platform in linux/amd64 linux/arm64; do
                    "$PROGRAM" sbom --platform "$platform" --output "$BED/sbom.spdx.json"
                    "$BED/venv/bin/pyspdxtools" --infile "$BED/sbom.spdx.json"
                    "$PROGRAM" sbom --platform "$platform" --output - | cmp - "$BED/sbom.spdx.json"
                    "$PROGRAM" sbom --platform "$platform" --format provenance | "$BED/venv/bin/python" -c '
                import sys
                from google.protobuf import json_format
                from in_toto_attestation.predicates.provenance.v1 import provenance_pb2
                told = json_format.Parse(sys.stdin.read(), provenance_pb2.Provenance())
                assert len(told.build_definition.resolved_dependencies) > 100
                assert told.build_definition.build_type and told.run_details.builder.id
                '
                done
                """#.replacing("\n                ", with: "\n"))
        }
    }
}
