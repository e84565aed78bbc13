// SPDX-License-Identifier: Apache-2.0

import Core

extension ReleasePage {
    /// The layers as bars, drawn to scale: what has to be fetched is filled.
    var pullSection: HTML {
        guard !layers.isEmpty else { return "" }
        return """
            <section>
            <h2>Layers and pull</h2>
            <p class="note">Lowest layer first, to scale. Filled ones have changed: who has the image before fetches \(pull).</p>
            <div class="sheet plot">\(plot)</div>
            </section>

            """
    }

    private static let width = 720
    private static let rowHeight = 26
    private static let nameWidth = 190
    private static let sizeWidth = 80

    private var plot: HTML {
        let height = layers.count * Self.rowHeight + 8
        let most = max(1, layers.map(\.bytes).max() ?? 1)
        let bars = layers.enumerated().map { index, layer in
            bar(layer, y: index * Self.rowHeight + 4, most: most)
        }
        return """
            <svg viewBox="0 0 \(Self.width) \(height)" role="img" aria-label="Sizes of the layers">
            \(bars)</svg>
            """
    }

    private func bar(_ layer: Layer, y: Int, most: UInt64) -> HTML {
        let room = Self.width - Self.nameWidth - Self.sizeWidth
        let length = max(2, Int(Double(layer.bytes) / Double(most) * Double(room)))
        let start = Self.nameWidth
        let name = layer.name.count > 28 ? "\(layer.name.prefix(27))…" : layer.name
        return """
            <g class="\(layer.isFetched ? "fetched" : "kept")"><title>\(layer.name): \(layer.text)</title>\
            <text x="\(start - 8)" y="\(y + 14)" text-anchor="end">\(name)</text>\
            <rect x="\(start)" y="\(y + 2)" width="\(length)" height="16" rx="3"/>\
            <text class="size" x="\(start + length + 8)" y="\(y + 14)">\(layer.text)</text></g>

            """
    }
}
