// SPDX-License-Identifier: Apache-2.0

import Commands
import Testing

@Suite struct TableTests {
    private var table: Table {
        var table = Table([.init("CLAIM"), .init("WHAT", wraps: true), .init("PROBES", isRight: true)])
        table.add(["C01", "No capability is left", Table.Cell("12", .good)])
        table.add(["C02", "Set-uid files \u{1B}cannot be made", Table.Cell("3", .bad)])
        table.add(["C03"])
        return table
    }

    @Test func alignsItsColumns() {
        #expect(
            table.render() == """
                CLAIM  WHAT                           PROBES
                C01    No capability is left              12
                C02    Set-uid files ?cannot be made       3
                C03

                """)
    }

    @Test func wrapsWhatMayWrap() {
        #expect(
            table.render(width: 30) == """
                CLAIM  WHAT             PROBES
                C01    No capability        12
                       is left
                C02    Set-uid files         3
                       ?cannot be made
                C03

                """)
    }

    @Test func noLineIsWiderThanTheTerminal() {
        for width in 23...60 {
            let lines = table.render(width: width).split(separator: "\n")
            #expect(lines.allSatisfy { $0.count <= width }, "\(width)")
            #expect(lines.joined(separator: " ").contains("PROBES"))
        }
    }

    @Test(
        "A text in lines of five characters",
        arguments: [
            ("", [""]), ("a b c", ["a b c"]), ("one two", ["one", "two"]), ("a bc def", ["a bc", "def"]),
            ("abcdefghijkl m", ["abcde", "fghij", "kl m"]), ("a abcdefg", ["a", "abcde", "fg"]),
            ("caf\u{e9}s are", ["caf\u{e9}s", "are"]),
        ])
    func wraps(text: String, lines: [String]) { #expect(text.wrapped(to: 5) == lines) }

    @Test func longLinesHang() {
        #expect(
            "engine   one, two, three, four, five".hanging(by: 9, width: 30) == """
                engine   one, two, three,
                         four, five
                """)
        #expect("engine   one".hanging(by: 9, width: 30) == "engine   one")
        #expect("engine   one, two, three, four, five".hanging(by: 9, width: nil).count == 36)
    }

    @Test func coloursAreOutsideOfTheAlignment() {
        let coloured = table.render(colour: true)
        #expect(coloured.contains("\u{1B}[32m12\u{1B}[0m") && coloured.contains("\u{1B}[1mCLAIM\u{1B}[0m"))
        #expect(coloured.replacing(/\e\[\d+m/, with: "") == table.render())
    }

    @Test func withoutRows() { #expect(Table([.init("A"), .init("B")]).render() == "A  B\n") }
}
