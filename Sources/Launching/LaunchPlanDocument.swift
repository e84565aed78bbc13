// SPDX-License-Identifier: Apache-2.0

import Engine
import Foundation
import Run

/// The plan of a start as a JSON document, as printed by `run --dry-run --format json`.
struct LaunchPlanDocument: Encodable {
    private struct User: Encodable {
        let uid: UInt32
        let gid: UInt32
    }

    private struct Tree: Encodable {
        let source: String
        let device: UInt64
        let inode: UInt64
        let target: String
        let readOnly: Bool
        let guarded: [Guarded]
    }

    private struct Guarded: Encodable {
        let path: String
        let readOnly: Bool
        let isPlaceholder: Bool
    }

    private struct Mount: Encodable {
        let source: String
        let target: String
        let readOnly: Bool
    }

    private struct Copy: Encodable {
        let source: String
        let target: String
    }

    private let engine: EngineKind
    private let image: String
    private let name: String
    private let command: [String]?
    private let workingDirectory: String
    private let user: User
    private let profile: String
    private let network: String
    private let allowed: [String]?
    private let environment: [String]
    private let trees: [Tree]
    private let mounts: [Mount]
    private let copies: [Copy]
    private let files: [String]
    private let credentials: [String]
    private let call: [String]?

    /// The document of `plan`.
    ///
    /// - Parameters:
    ///   - credentials: The provided credentials, one line each; a start mounts them from a temporary directory.
    ///   - call: The engine's command line; `nil` for the embedded engine.
    init(_ plan: LaunchPlan, environment: [String], credentials: [String], call: [String]?) {
        engine = plan.engine
        image = plan.image
        name = plan.name
        command = plan.command
        workingDirectory = plan.workingDirectory
        user = User(uid: plan.user.userID, gid: plan.user.groupID)
        profile = plan.profile.name
        network = plan.network.name
        allowed = plan.access.map { $0.rules.map(\.text) }
        self.environment = environment
        trees = plan.host.trees.map(Self.tree)
        mounts = plan.host.otherMounts.map {
            Mount(source: $0.source.string, target: $0.target, readOnly: $0.readOnly)
        }
        copies = plan.host.copies.map { Copy(source: $0.source.string, target: $0.target.string) }
        files = plan.host.files.map(\.path.string)
        self.credentials = credentials
        self.call = call
    }

    /// The indented JSON with sorted keys.
    func text() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    private static func tree(_ source: TreeSource) -> Tree {
        Tree(
            source: source.path.string, device: source.identity.device, inode: source.identity.inode,
            target: source.target.string, readOnly: source.isReadOnly,
            guarded: source.paths.map {
                Guarded(path: $0.path.string, readOnly: $0.isReadOnly, isPlaceholder: $0.placeholder != nil)
            })
    }
}
