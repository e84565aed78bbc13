// SPDX-License-Identifier: Apache-2.0

import Core
import OCI
import StoreMaintenance

/// The contents of the store, and the entries to remove.
struct CleaningReport {
    let items: [StoreInventory.Item]
    /// The entries to remove; `nil` when nothing was requested.
    let victims: [StoreInventory.Item]?

    /// The report as a table by kind.
    func text(_ terminal: OutputTerminal) -> String {
        let amounts: [Table.Column] = [.init("IN STORE", isRight: true), .init("SIZE", isRight: true)]
        let removals: [Table.Column] = [.init("TO REMOVE", isRight: true), .init("SIZE", isRight: true)]
        var table = Table([.init("")] + amounts + (victims == nil ? [] : removals))
        for kind in StoreInventory.Kind.allCases {
            table.add([.init(kind.rawValue)] + cells { $0.kind == kind })
        }
        table.add([.init("together", .strong)] + cells { _ in true })
        return table.render(width: terminal.width, colour: terminal.colour)
    }

    private func cells(_ belongs: (StoreInventory.Item) -> Bool) -> [Table.Cell] {
        [items, victims].compactMap(\.self).flatMap { list -> [Table.Cell] in
            let some = list.filter(belongs)
            return [.init("\(some.count)"), .init(ByteSize(some.reduce(0) { $0 + $1.bytes }).description)]
        }
    }

    /// The report as JSON (docs/schemas/clean.schema.json).
    var json: JSONValue {
        let kinds = StoreInventory.Kind.allCases.map { kind in
            let members = [("inStore", items), ("toRemove", victims ?? [])].map { name, list in
                (name, Self.amount(list.filter { $0.kind == kind }))
            }
            return (kind.rawValue, JSONValue.object(Dictionary(members) { first, _ in first }))
        }
        return .object([
            "schema": .string("opencode-docker.clean/1"), "kinds": .object(Dictionary(kinds) { first, _ in first }),
        ])
    }

    private static func amount(_ items: [StoreInventory.Item]) -> JSONValue {
        .object([
            "count": .integer(Int64(items.count)),
            "bytes": .integer(Int64(clamping: items.reduce(0) { $0 + $1.bytes })),
        ])
    }
}
