// SPDX-License-Identifier: Apache-2.0

import Core

extension ReleasePage {
    /// The layers as bars, drawn to scale: the layers that must be fetched are filled.
    var pullSection: HTML {
        guard !layers.isEmpty else { return "" }
        return """
            <section>
            <h2>Layers and pull</h2>
            <p class="note">The lowest layer comes first, all of them to scale. An update from the previous version fetches the filled ones: \
            \(pull).</p>
            <div class="sheet plot">
            <div class="whole" role="img" aria-label="What is fetched of the whole image">\(shares)</div>
            <p class="legend"><span class="fetched">changed, fetched</span> <span class="kept">as before, kept</span></p>
            <ol class="bars">
            \(bars)</ol>
            </div>
            </section>

            """
    }

    /// The whole image as one bar: each layer has its share, in order.
    private var shares: HTML {
        let total = layers.reduce(0.0) { $0 + Double($1.bytes) }
        return HTML(
            layers.map { "<i class=\"\($0.kind)\" style=\"width:\(Self.percent($0, of: total))%\"></i>" as HTML })
    }

    private var bars: HTML {
        let most = Double(layers.map(\.bytes).max() ?? 0)
        return HTML(
            layers.map { layer in
                """
                <li class="\(layer.kind)"><span class="of">\(layer.name)</span>\
                <span class="track"><i style="width:\(Self.percent(layer, of: most))%"></i></span>\
                <span class="size">\(layer.text)</span></li>

                """
            })
    }

    /// The percentage with two decimals, formatted independently of the locale.
    private static func percent(_ layer: Layer, of whole: Double) -> String {
        let share = whole > 0 ? Int((min(1, Double(layer.bytes) / whole) * 10_000).rounded()) : 0
        let rest = share % 100
        return "\(share / 100).\(rest < 10 ? "0" : "")\(rest)"
    }
}

extension ReleasePage.Layer {
    /// The CSS class of the layer.
    fileprivate var kind: String { isFetched ? "fetched" : "kept" }
}
