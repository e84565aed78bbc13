// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite("Links in the documents are valid")
struct LinkTests {
    @Test("A link's file and heading exist")
    func repository() throws {
        let pages = try Repository.pages()
        for page in pages {
            let directory = page.contains("/") ? page[..<(page.lastIndex(of: "/") ?? page.startIndex)] + "/" : ""
            for link in Self.links(try Repository.text(page)) {
                let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
                let target = parts[0].isEmpty ? page : directory + parts[0]
                let file = Repository.root.appending(path: target).standardizedFileURL
                #expect(FileManager.default.fileExists(atPath: file.path), "\(page): \(link)")
                guard parts.count == 2, file.pathExtension == "md" else { continue }
                let anchors = Self.anchors(try String(contentsOf: file, encoding: .utf8))
                #expect(anchors.contains(String(parts[1])), "\(page): \(link)")
            }
        }
    }

    @Test("Links and headings are parsed as on GitHub")
    func scanner() {
        let text = "# A `b`, c\n[x](a.md#one) ![y](b.png) [z](https://a.example) `[no](c.md)`\n\n    [no](d.md)\n"
        #expect(Self.links(text) == ["a.md#one", "b.png"])
        #expect(Self.anchors(text) == ["a-b-c"])
    }

    static func links(_ markdown: String) -> [String] {
        markdown.split(separator: "\n").filter { !$0.hasPrefix("    ") }.flatMap { line in
            line.replacing(#/`[^`]*`/#, with: "").matches(of: #/\]\(([^)\s]+)\)/#).map { String($0.1) }
        }.filter { !$0.contains(":") }
    }

    static func anchors(_ markdown: String) -> Set<String> {
        Set(
            markdown.split(separator: "\n").filter { $0.hasPrefix("#") }.map { line in
                let title = line.drop { $0 == "#" || $0 == " " }.lowercased()
                return String(title.filter { $0.isLetter || $0.isNumber || $0 == " " || $0 == "-" || $0 == "_" })
                    .replacing(" ", with: "-")
            })
    }
}

extension Repository {
    /// The Markdown pages of the root, docs and Benchmarks.
    static func pages() throws -> [String] {
        let top = try FileManager.default.contentsOfDirectory(atPath: root.path).filter { $0.hasSuffix(".md") }
        let below = ["docs", "Benchmarks", ".github"].flatMap { directory in
            (FileManager.default.enumerator(atPath: root.appending(path: directory).path)?.compactMap { $0 as? String }
                ?? [])
                .filter { $0.hasSuffix(".md") }.map { "\(directory)/\($0)" }
        }
        return (top + below).sorted()
    }
}
