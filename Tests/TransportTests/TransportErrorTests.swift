// SPDX-License-Identifier: Apache-2.0

import Core
import Testing
import Transport

@Suite struct TransportErrorTests {
    private static let one = FailedDownload(
        name: "git 1:2.39",
        failures: [
            FailedAddress(url: "https://me:secret@a.example/pool/git.deb?token=1", reason: .notFound(status: 404)),
            FailedAddress(url: "https://a.example/past/git.deb", reason: .notFound(status: 410)),
            FailedAddress(url: "http://b.example:8080/git.deb", reason: .unreachable("Connection refused")),
        ])
    private static let other = FailedDownload(
        name: "jq 1.6", failures: [FailedAddress(url: "file:///x", reason: .digestMismatch(actual: Digest(of: [])))])

    static let cases: [(TransportError, String, Bool)] = [
        (
            .unavailable([one]),
            "Cannot download 'git 1:2.39' from a.example: not there; from b.example:8080: cannot be reached.", false
        ),
        (
            .unavailable([other, one, one]),
            "Cannot download 'jq 1.6' and 2 more from this machine: digest mismatch.", true
        ),
        (
            .unavailable([FailedDownload(name: "x", failures: [])]), "Cannot download 'x': no address is known.", false
        ),
        (
            .unavailable([other]).followed(by: .unavailable([one])),
            "Cannot download 'jq 1.6' from this machine: digest mismatch.", true
        ),
        (
            .unavailable([
                FailedDownload(name: "git 1:2.39", failures: [FailedAddress(url: "http://c", reason: .stalled)])
            ])
            .followed(by: .unavailable([one])),
            """
            Cannot download 'git 1:2.39' from c: the transfer stalled; from a.example: not there; \
            from b.example:8080: cannot be reached.
            """, false
        ),
    ]

    @Test(arguments: cases)
    func oneShortSentence(_ error: TransportError, _ sentence: String, _ isDamage: Bool) {
        #expect(error.sentence == sentence)
        #expect(error.isDamage == isDamage)
        #expect(error.exitStatus == .tryAgain)
    }

    @Test func whoIsNotTrustedIsNotAskedAgain() {
        let failure = FailedAddress(url: "https://a", reason: .untrusted("self-signed"))
        let error = TransportError.unavailable([FailedDownload(name: "x", failures: [failure])])
        #expect(error.sentence == "Cannot download 'x' from a: cannot be trusted.")
        #expect(error.hint?.contains("SSL_CERT_FILE") == true)
    }

    @Test func detailsNameEveryAddressAndNoSecret() {
        #expect(
            TransportError.unavailable([Self.one, Self.other]).details == [
                "git 1:2.39: https://a.example/pool/git.deb: not there (status 404)",
                "git 1:2.39: https://a.example/past/git.deb: not there (status 410)",
                "git 1:2.39: http://b.example:8080/git.deb: cannot be reached (Connection refused)",
                "jq 1.6: file:///x: digest mismatch (\(Digest(of: [])))",
            ])
    }
}
