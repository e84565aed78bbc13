// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A seccomp filter as a value: `linux.seccomp` of a `config.json` (runtime-spec, config-linux.md, "Seccomp").
package struct SystemCallFilter: Hashable, Sendable {
    /// A comparison of one argument of a call with a number (seccomp_rule_add(3)).
    package struct Comparison: Hashable, Sendable {
        let index: Int
        let value: UInt64
        let valueTwo: UInt64
        let op: String
    }

    /// The action for a call.
    package struct Action: Hashable, Sendable {
        let name: String
        let errno: Int?

        /// Whether the call runs, or a supervisor may let it run.
        var permits: Bool {
            ["SCMP_ACT_ALLOW", "SCMP_ACT_LOG", "SCMP_ACT_TRACE", "SCMP_ACT_NOTIFY"].contains(name)
        }
    }

    /// The actions for one call: depending on its arguments, and by default.
    package struct Access: Hashable, Sendable {
        let otherwise: Action
        /// Sets of comparisons that must all match, and their actions.
        let cases: [Set<Comparison>: Action]
    }

    /// The action for calls without a rule.
    package let otherwise: Action
    /// The calls with rules.
    package let calls: [String: Access]
    /// The architectures whose calls are accepted.
    package let architectures: Set<String>
    /// Flags of seccomp(2).
    package let flags: Set<String>

    /// The filter of a container without seccomp.
    package static let none = SystemCallFilter(
        otherwise: Action(name: "SCMP_ACT_ALLOW", errno: nil), calls: [:], architectures: [], flags: [])

    private init(otherwise: Action, calls: [String: Access], architectures: Set<String>, flags: Set<String>) {
        self.otherwise = otherwise
        self.calls = calls
        self.architectures = architectures
        self.flags = flags
    }

    /// The actions for a call, by its name.
    package func access(to call: String) -> Access { calls[call] ?? Access(otherwise: otherwise, cases: [:]) }
}

extension SystemCallFilter {
    private struct Document: Decodable {
        struct Rule: Decodable {
            struct Argument: Decodable {
                let index: Int
                let value: UInt64
                let valueTwo: UInt64?
                let op: String
            }
            let names: [String]
            let action: String
            let errnoRet: Int?
            let args: [Argument]?
        }
        let defaultAction: String
        let defaultErrnoRet: Int?
        let architectures: [String]?
        let flags: [String]?
        let syscalls: [Rule]?
    }

    /// Parses the JSON of a filter.
    ///
    /// - Throws: `EngineError.invalidSeccomp` with the name `profile`.
    package init(_ bytes: [UInt8], of profile: String) throws {
        guard let document = try? JSONDecoder().decode(Document.self, from: Data(bytes)) else {
            throw EngineError.invalidSeccomp(profile: profile)
        }
        let otherwise = Action(name: document.defaultAction, errno: document.defaultErrnoRet)
        let rules = Dictionary(
            grouping: (document.syscalls ?? []).flatMap { rule in rule.names.map { ($0, rule) } }, by: \.0)
        self.init(
            otherwise: otherwise, calls: rules.mapValues { Self.access($0.map(\.1), otherwise) },
            architectures: Set(document.architectures ?? []), flags: Set(document.flags ?? []))
    }

    /// A rule without arguments replaces all other rules of its call, as in libseccomp. Of two contradictory rules the
    /// permissive one counts: a comparison must never overestimate a filter's strictness.
    private static func access(_ rules: [Document.Rule], _ otherwise: Action) -> Access {
        let unconditional = rules.filter { ($0.args ?? []).isEmpty }.map(action)
        if let first = unconditional.first {
            return Access(otherwise: unconditional.first(where: \.permits) ?? first, cases: [:])
        }
        let cases = rules.flatMap { rule in alternatives(rule.args ?? []).map { ($0, action(rule)) } }
        return Access(
            otherwise: otherwise, cases: Dictionary(cases) { first, second in first.permits ? first : second })
    }

    private static func action(_ rule: Document.Rule) -> Action { Action(name: rule.action, errno: rule.errnoRet) }

    /// Comparisons of different arguments must all match; two comparisons of the same argument are alternatives (runc
    /// and crun both follow Docker here).
    private static func alternatives(_ arguments: [Document.Rule.Argument]) -> [Set<Comparison>] {
        let comparisons = arguments.map {
            Comparison(index: $0.index, value: $0.value, valueTwo: $0.valueTwo ?? 0, op: $0.op)
        }
        let isDistinct = Set(comparisons.map(\.index)).count == comparisons.count
        return isDistinct ? [Set(comparisons)] : comparisons.map { [$0] }
    }
}
