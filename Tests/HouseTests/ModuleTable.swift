// SPDX-License-Identifier: Apache-2.0

/// The permitted imports: the table of modules in docs/architecture.md.
struct ModuleTable {
    /// A row of the table; a row with several modules counts for each of them.
    struct Row: Equatable {
        let module: String
        let floor: String
        let mayImport: Set<String>
    }

    /// In the order of the document: lower floors first.
    let rows: [Row]

    /// Parses the one table of `markdown` whose header begins with "floor" and "module".
    init(markdown: String) {
        let lines = markdown.split(separator: "\n", omittingEmptySubsequences: false)
        let table = lines.drop { !$0.hasPrefix("| floor | module") }.dropFirst(2).prefix { $0.hasPrefix("|") }
        rows = table.flatMap { line in
            let cells = line.split(separator: "|").map { $0.drop { $0 == " " } }
            guard cells.count >= 4 else { return [Row]() }
            let floor = String(cells[0].prefix { $0 != " " })
            return Self.names(in: cells[1]).map {
                Row(module: $0, floor: floor, mayImport: Set(Self.names(in: cells[3])))
            }
        }
    }

    /// The words between backticks.
    private static func names(in cell: Substring) -> [String] {
        cell.split(separator: "`", omittingEmptySubsequences: false).enumerated()
            .filter { $0.offset % 2 == 1 }.map { String($0.element) }
    }
}

/// The modules of a Package.swift, parsed as text: `module("Name", [dependencies])` and the plain target calls.
struct PackageManifest {
    /// The dependencies of each module by name; products of other packages by their import name.
    let dependencies: [String: Set<String>]

    private static let products = [
        "argumentParser": "ArgumentParser", "subprocess": "Subprocess", "system": "SystemPackage", "yams": "Yams",
    ]

    init(_ source: String) {
        let call = /(?:\.(target|executableTarget|systemLibrary)\(\s*name:|\bmodule\()\s*"([\w-]+)"/
        let starts = source.matches(of: call)
        let ends = starts.dropFirst().map(\.range.lowerBound) + [source.endIndex]
        dependencies = Dictionary(
            zip(starts, ends).map { match, end in
                let rest = source[match.range.upperBound..<end]
                return (String(match.2), match.1 == "systemLibrary" ? [] : Self.firstList(in: rest))
            }, uniquingKeysWith: { $0.union($1) })
    }

    /// The strings and known names of the first `[…]`, without comments; empty when the call ends before it.
    private static func firstList(in text: Substring) -> Set<String> {
        let code = text.replacing(/\/\/.*/, with: "")
        guard let open = code.firstIndex(of: "["), !code[..<open].contains(")"),
            let close = code[open...].firstIndex(of: "]")
        else { return [] }
        return Set(
            code[open..<close].matches(of: /"([\w-]+)"|\b(\w+)\b/).compactMap { match in
                if let name = match.1 { return String(name) }
                return match.2.flatMap { products[String($0)] }
            })
    }
}
