// SPDX-License-Identifier: Apache-2.0

import Testing

@Suite("Imports point down")
struct LayeringTests {
    /// Modules of the toolchain; every module may use them, except the probe, which is static and small.
    static let toolchain: Set<String> = [
        "Dispatch", "Foundation", "FoundationEssentials", "Glibc", "RegexBuilder", "Swift", "Synchronization",
    ]
    static let noFoundation: Set<String> = ["Claims", "Forwarder", "Probe", "Tunnel"]

    let table: ModuleTable
    let manifest: PackageManifest

    init() throws {
        table = ModuleTable(markdown: try Repository.text("docs/architecture.md"))
        manifest = PackageManifest(try Repository.text("Package.swift"))
    }

    @Test("The table in docs/architecture.md is that of Package.swift")
    func tableIsTheCode() throws {
        let documented = Dictionary(table.rows.map { ($0.module, $0.mayImport) }, uniquingKeysWith: { $0.union($1) })
        for module in Set(documented.keys).union(manifest.dependencies.keys).sorted() {
            #expect(documented[module] == manifest.dependencies[module], "\(module)")
        }
    }

    @Test("Every directory of Sources is a module of the table")
    func everyDirectoryHasARow() throws {
        #expect(try Repository.directories(in: "Sources") == table.rows.map(\.module).sorted())
    }

    @Test("A module imports only what its row allows")
    func importsAreAllowed() throws {
        for row in table.rows {
            let allowed = row.mayImport.union(Self.noFoundation.contains(row.module) ? ["Glibc"] : Self.toolchain)
                .union(["SystemPackage"])
            for file in try Repository.swiftFiles(below: "Sources/\(row.module)") {
                let imports = Self.imports(of: try Repository.text(file))
                #expect(imports.subtracting(allowed).isEmpty, "\(file) imports what its row does not allow")
            }
        }
    }

    @Test("A row allows only imports of rows above it, and no stage imports another")
    func rowsPointDown() {
        let floor = Dictionary(table.rows.map { ($0.module, $0.floor) }, uniquingKeysWith: { first, _ in first })
        for (index, row) in table.rows.enumerated() {
            let above = Set(table.rows[..<index].map(\.module))
            for imported in row.mayImport {
                guard let other = floor[imported] else { continue }
                #expect(above.contains(imported), "\(row.module) imports \(imported), whose row is not above")
                #expect(other != "third" || row.floor != "third", "the stage \(row.module) imports \(imported)")
            }
        }
    }

    @Test("A module that combines stages parses no options and prints nothing")
    func workflowsAreValues() throws {
        let workflows = table.rows.filter { $0.floor == "fourth" }
        #expect(!workflows.isEmpty)
        for row in workflows { #expect(!row.mayImport.contains("ArgumentParser"), "\(row.module)") }
    }

    @Test(
        "Imports are found in every form",
        arguments: [
            ("import Core", ["Core"]), ("@preconcurrency import Core // why", ["Core"]),
            ("package import struct Core.Digest", ["Core"]), ("#if os(Linux)\n    import Glibc\n#endif", ["Glibc"]),
            ("let a = \"\"\"\nimport Core\n\"\"\"", []), ("// import Core", []),
        ])
    func scanner(source: String, modules: [String]) {
        #expect(Self.imports(of: source) == Set(modules))
    }

    @Test("Manifests are parsed")
    func manifests() {
        let manifest = PackageManifest(
            """
            .systemLibrary(name: "C", providers: [.apt(["libc-dev"])]), .target(name: "L"),
            module("A", [yams, "L"]),
            module(
                "B",  // why
                ["A",
                 system]),
            .executableTarget(name: "the-tool", dependencies: ["B"], swiftSettings: strict),
            """)
        #expect(
            manifest.dependencies
                == ["C": [], "L": [], "A": ["Yams", "L"], "B": ["A", "SystemPackage"], "the-tool": ["B"]])
    }

    static func imports(of source: String) -> Set<String> {
        let statement = /^\s*(?:@\w+ )?(?:\w+ )?import (?:(?:struct|class|enum|protocol|func|let|var|typealias) )?(\w+)/
        return Set(BlankedSource(source).lines.compactMap { $0.firstMatch(of: statement).map { String($0.1) } })
    }
}
