// SPDX-License-Identifier: Apache-2.0

import Commands
import Testing

@Suite struct TableTests {
    private var table: Table {
        var table = Table([.init("CLAIM"), .init("WHAT", canShrink: true), .init("PROBES", isRight: true)])
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

    @Test func cutsWhatMayBeCut() {
        #expect(
            table.render(width: 30) == """
                CLAIM  WHAT             PROBES
                C01    No capability …      12
                C02    Set-uid files …       3
                C03

                """)
    }

    @Test func coloursAreOutsideOfTheAlignment() {
        let coloured = table.render(colour: true)
        #expect(coloured.contains("\u{1B}[32m12\u{1B}[0m") && coloured.contains("\u{1B}[1mCLAIM\u{1B}[0m"))
        #expect(coloured.replacing(/\e\[\d+m/, with: "") == table.render())
    }

    @Test func withoutRows() { #expect(Table([.init("A"), .init("B")]).render() == "A  B\n") }
}
