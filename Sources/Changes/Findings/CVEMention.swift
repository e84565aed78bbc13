// SPDX-License-Identifier: Apache-2.0

import Debian

/// A mention of a vulnerability in a changelog entry, with its context.
package struct CVEMention: Hashable {
    let id: CVEIdentifier
    /// The statement, on one line.
    package let text: String
    /// The reason why it is not a fix; nil when it counts.
    let reason: DismissedMention.Reason?

    /// The mentions in an entry, in order.
    package static func mentions(in entry: DebianChangelog.Entry) -> [CVEMention] {
        ChangelogItem.items(of: entry.lines).flatMap { item in
            CVEScanner.matches(in: item.text).map { match in
                CVEMention(id: match.id, text: item.text, reason: MentionContext(match, in: item).reason)
            }
        }
    }
}

/// The sentence around a mention. Rules apply separately to the text before and after it, because one sentence may name
/// a fix and its cause.
private struct MentionContext {
    /// The text from the beginning of the sentence, after the headings of its list.
    private let before: String
    /// The text to the end of the sentence.
    private let after: String
    /// The word that contains the mention, such as a patch's file name.
    private let word: String

    init(_ match: CVEScanner.Match, in item: ChangelogItem) {
        let bytes = Array(item.text.utf8)
        let (left, right) = (bytes[..<match.range.lowerBound], bytes[match.range.upperBound...])
        let start = Self.sentenceStart(left)
        let head = item.heads.joined(separator: " ")
        before = Self.text(Array("\(start == 0 ? head : "") ".utf8) + left[start...])
        after = Self.text(right[..<Self.sentenceEnd(right)])
        let wordStart = left.lastIndex(of: 32).map { $0 + 1 } ?? 0
        let wordEnd = right.firstIndex(of: 32) ?? right.endIndex
        word = Self.text(bytes[wordStart..<wordEnd])
    }

    private static func text(_ bytes: some Collection<UInt8>) -> String {
        String(decoding: bytes, as: UTF8.self).lowercased()
    }

    /// The position after the last full stop or semicolon that is followed by a blank.
    private static func sentenceStart(_ bytes: ArraySlice<UInt8>) -> Int {
        let ends = bytes.indices.dropLast().filter { isEnd(bytes[$0]) && bytes[$0 + 1] == 32 }
        return ends.last.map { $0 + 2 } ?? 0
    }

    private static func sentenceEnd(_ bytes: ArraySlice<UInt8>) -> Int {
        bytes.indices.dropLast().first { isEnd(bytes[$0]) && bytes[$0 + 1] == 32 } ?? bytes.endIndex
    }

    private static func isEnd(_ byte: UInt8) -> Bool { byte == UInt8(ascii: ".") || byte == UInt8(ascii: ";") }

    /// Whether the mention is part of a file name, such as a patch.
    private var isFile: Bool { word.contains("/") || word.contains(".patch") || word.contains(".diff") }

    var reason: DismissedMention.Reason? {
        if isUnaffected { return .unaffected }
        if isRecord { return .record }
        if isReverted { return .reverted }
        if isUpstreamed { return .upstreamed }
        return isRegression ? .regression : nil
    }

    private var isUnaffected: Bool { Phrase.unaffected.isIn("\(before) \(after)") }

    private var isRecord: Bool { Phrase.record.isIn("\(before) \(after)") }

    /// "Revert the patch for …", "….patch: reverted". Not a patch whose name contains "revert".
    private var isReverted: Bool { Phrase.reverting.isIn(before) || Phrase.reverted.isIn(after) }

    private var isUpstreamed: Bool {
        Phrase.upstreamed.isIn(after) || isFile && (Phrase.dropping.isIn(before) || Phrase.dropped.isIn(after))
    }

    /// "Fix a regression caused by …", "CVE-…-regression.patch", "incomplete fix of …", "follow-up of …".
    private var isRegression: Bool {
        Phrase.regression.isIn(after)
            || [Phrase.regressionOf, .incomplete, .followUp].contains { $0.isIn(before) }
    }
}

/// A regular expression that is compiled once: a literal in a function is compiled at each evaluation, which takes a
/// hundred times as long as the search.
///
/// Sharing it between threads is safe although `Regex` is not `Sendable`: these expressions contain no custom code, the
/// reason for the missing conformance, and the lazily compiled program is stored atomically.
private struct Phrase: @unchecked Sendable {
    private let expression: Regex<AnyRegexOutput>

    init(_ expression: Regex<some Any>) { self.expression = Regex<AnyRegexOutput>(expression) }

    func isIn(_ text: String) -> Bool { text.contains(expression) }
}

extension Phrase {
    static let unaffected = Phrase(
        /not (affected|vulnerable|applicable)|unaffected|does(n't| not) (apply|affect)|no (patch|fix) (is )?needed/)
    static let record = Phrase(/(previous|previos|earlier|older|prior|last) (changelog|entry|entries)|changelog entr/)
    static let reverting = Phrase(/(^|[ :*])(revert(s|ed|ing)?|back(s|ed|ing)? out)[ :]/)
    static let reverted = Phrase(/^[^ ]*:? *revert/)
    static let upstreamed = Phrase(/^[^ ]*:? *(now |has been |is |already )*upstreamed/)
    static let dropping = Phrase(/(^|[ :*])(drop|remov|delet|disabl)[a-z]*[ ]/)
    static let dropped = Phrase(
        /^[^ ]*[:,(]? *\(?(drop|remov|delet|disabl|merged upstream|applied upstream|fixed upstream)/)
    static let regression = Phrase(/^[-_ ]*(fix )?regression/)
    static let regressionOf = Phrase(/regressions?[ :].*\b(of|from|in|by|following|after|for|with|due|fix|fixes)\b/)
    static let incomplete = Phrase(/(incomplete|insufficient|wrong) (fix(es)?|patch(es)?|application) (of|for|to) *$/)
    static let followUp = Phrase(/follow-?up (of|to|for|on) (the )?((fix|patch)(es)? )?((of|for|to) )?$/)
}
