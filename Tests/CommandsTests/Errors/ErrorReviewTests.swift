// SPDX-License-Identifier: Apache-2.0

import Core
import Testing

/// One error with its expected status.
struct Reviewed: Sendable, CustomTestStringConvertible {
    let error: any UserFacingError
    let status: Core.ExitStatus
    /// The reason why there is no hint.
    let withoutHint: String?

    init(_ error: any UserFacingError, _ status: Core.ExitStatus = .broken, withoutHint: String? = nil) {
        (self.error, self.status, self.withoutHint) = (error, status, withoutHint)
    }

    var testDescription: String { error.sentence }
}

/// Reasons for an error without a hint.
enum Alone {
    /// The sentence names the valid alternative.
    static let saysItself = "the sentence names the solution"
    /// A bug of this program, which a user can only report.
    static let ourFault = "only a bug of the program causes it"
    /// The message comes from another program.
    static let othersWords = "the reason is another program's message"
    /// The data must be fixed by its producer.
    static let theirs = "the data was produced elsewhere"
}

@Suite("Each user-facing error is a sentence with a hint and the right status")
struct ErrorReviewTests {
    static let all =
        groundErrors + archiveErrors + debianErrors + imageErrors + definitionErrors + engineErrors + egressErrors
        + runErrors + commandErrors + workflowErrors + releaseErrors + registryErrors + signingErrors + trustErrors

    @Test(arguments: all)
    func sentence(reviewed: Reviewed) throws {
        let sentence = reviewed.error.sentence
        #expect(Self.faults(of: sentence) == [])
        for detail in reviewed.error.details { #expect(!detail.contains("\n")) }
        #expect(reviewed.error.exitStatus == reviewed.status)
    }

    @Test(arguments: all)
    func hint(reviewed: Reviewed) throws {
        guard let hint = reviewed.error.hint else {
            #expect(reviewed.withoutHint != nil, "no hint, and no reason why")
            return
        }
        #expect(reviewed.withoutHint == nil, "there is a hint")
        #expect(Self.faults(of: hint.hasSuffix("?") ? hint.dropLast() + "." : hint) == [])
    }

    @Test("No two errors have the same sentence")
    func different() {
        let sentences = Self.all.map(\.error.sentence)
        #expect(Set(sentences).count == sentences.count)
    }

    @Test(
        "The review finds faults",
        arguments: [
            ("It is broken.", 0), ("It is broken", 1), ("It is\nbroken.", 1), ("it is broken.", 1), ("", 2),
            ("'a' is broken..", 1), ("image.yaml:1:2: it is broken.", 0), ("a is. Broken.", 1), ("`a` fixes it.", 0),
        ])
    func review(text: String, faults: Int) { #expect(Self.faults(of: text).count == faults) }

    static func faults(of sentence: some StringProtocol) -> [String] {
        var faults: [String] = []
        if !sentence.hasSuffix(".") { faults.append("it does not end with a period") }
        if sentence.hasSuffix("..") || sentence.contains(". .") { faults.append("two periods") }
        if sentence.contains("\n") { faults.append("more than a line") }
        if String(sentence).contains(#/[a-z]\. [A-Z][a-z]+ /#) && sentence.count < 60 { faults.append("two sentences") }
        // A sentence begins with a quoted name, a number, a file with its position, or a capital letter.
        if !String(sentence).contains(
            #/^(?:['`A-Z0-9\/]|[\w.\/-]+(?::\d+:\d+)?[:,] |[\w\/-]+\.\w+ |(?:runc|pasta|gpgv|ssh-\w+) )/#)
        {
            faults.append("it does not begin as a sentence does")
        }
        return faults
    }
}
