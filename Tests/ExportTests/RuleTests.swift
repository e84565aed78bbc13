// SPDX-License-Identifier: Apache-2.0

import Engine
import Export
import Testing

@Suite("Each rule of a profile is in the document, or a remark names it")
struct RuleTests {
    /// A change of one rule.
    struct Change: Sendable, CustomTestStringConvertible {
        let rule: HardeningRule
        let testDescription: String
        let apply: @Sendable (inout HardeningProfile) -> Void

        init(_ rule: HardeningRule, _ what: String, _ apply: @escaping @Sendable (inout HardeningProfile) -> Void) {
            (self.rule, testDescription, self.apply) = (rule, "\(rule): \(what)", apply)
        }
    }

    static let changes: [Change] =
        [
            Change(.capabilities, "one more") { $0.capabilities.insert(.netRaw) },
            Change(.noNewPrivileges, "off") { $0.noNewPrivileges = false },
            Change(.seccomp, "none") { $0.seccomp = nil },
            Change(.maskedPaths, "none") { $0.maskedPaths = [] },
            Change(.readOnlyPaths, "none") { $0.readOnlyPaths = [] },
            Change(.readOnlyRoot, "other") { $0.readOnlyRoot.toggle() },
            Change(.sudo, "other") { $0.sudo.toggle() },
            Change(.network, "none") { $0.network = $0.network == .none ? .full : .none },
            Change(.network, "host") { $0.network = .host },
            Change(.limits, "processes") { $0.limits.pids = 7 },
            Change(.limits, "no limit") { $0.limits.pids = nil },
            Change(.limits, "memory") { $0.limits.memory = 1 << 30 },
            Change(.limits, "processors") { $0.limits.cpus = 1.5 },
            Change(.temporaryFileSystems, "one more") {
                $0.temporaryFileSystems.append(TemporaryFileSystem(target: "/x"))
            },
            Change(.temporaryFileSystems, "a size") { $0.temporaryFileSystems[0].sizeBytes = 4096 },
            Change(.temporaryFileSystems, "an option") { $0.temporaryFileSystems[0].options = ["noexec"] },
        ]
        + Namespace.allCases.filter { $0 != .mount }.map { space in
            Change(.namespaces, space.rawValue) { $0.namespaces.remove(space) }
        }

    static let forms = ExportForm.allCases.flatMap { form in ["standard", "strict"].map { (form, $0) } }

    @Test("The rules are the properties of a profile, and each has a change")
    func complete() throws {
        let properties = Mirror(reflecting: try ExportFixture.profile("standard")).children.compactMap(\.label)
        #expect(Set(properties).subtracting(["name"]) == Set(HardeningRule.allCases.map(\.rawValue)))
        #expect(Set(Self.changes.map(\.rule)) == Set(HardeningRule.allCases))
    }

    @Test("A changed rule changes the document, or is a remark", arguments: forms, changes)
    func visible(form: (ExportForm, String), change: Change) throws {
        for file in [nil, "seccomp.json"] {
            let before = try ExportFixture.document(form.0, form.1) { $0.seccompFile = file }
            let after = try ExportFixture.document(form.0, form.1) {
                $0.seccompFile = file
                change.apply(&$0.profile)
            }
            let isRemarked = (before.remarks + after.remarks).contains { $0.rule == change.rule }
            #expect(after.text != before.text || isRemarked, "\(change.rule) is lost")
        }
    }

    @Test("The mount namespace of the host is refused, or the pod's own is used", arguments: ExportForm.allCases)
    func mountNamespace(form: ExportForm) throws {
        let shared: () throws -> ExportedDocument = {
            try ExportFixture.document(form, "standard") { $0.profile.namespaces.remove(.mount) }
        }
        if form == .kubernetes {
            #expect(try shared().remarks.contains { $0.rule == .namespaces })
        } else {
            #expect(throws: EngineError.self) { try shared() }
        }
    }

    @Test("Every remark is a comment of the document", arguments: forms)
    func comments(form: ExportForm, profile: String) throws {
        let document = try ExportFixture.document(form, profile)
        let comments = document.text.split(separator: "\n").filter { $0.hasPrefix("#") || $0.hasPrefix("//") }
        let words = comments.joined(separator: " ").split(separator: " ").filter { $0 != "#" && $0 != "//" }
        for remark in document.remarks {
            #expect(words.joined(separator: " ").contains(remark.text))
        }
        #expect(comments.allSatisfy { $0.utf8.count <= 110 })
    }

    @Test("The same request gives the same document", arguments: forms)
    func deterministic(form: ExportForm, profile: String) throws {
        #expect(try ExportFixture.document(form, profile) == ExportFixture.document(form, profile))
    }
}
