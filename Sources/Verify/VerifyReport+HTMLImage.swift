// SPDX-License-Identifier: Apache-2.0

import Claims
import Core

extension VerifyReport {
    var imageSection: HTML {
        guard let image = subject.composition else { return "" }
        return """
            <section>
            <h2>Image</h2>
            <dl>
            \(Self.row("Name", image.name))\
            \(Self.row("Platform", image.platform))\
            \(Self.row("Created", image.created.isEmpty ? "not specified" : image.created))\
            \(Self.row("Packages", packageCount))\
            \(Self.row("Size", "\(ByteSize(image.size)) in \(image.layers.count) layers, as stored"))</dl>
            \(layers(image))\(labels(image))</section>

            """
    }

    private var packageCount: String {
        let finding = findings.first { $0.probe == ProbeID.image(.packageCount).name }
        return finding.map { $0.actual.replacing("value:", with: "") } ?? "unknown"
    }

    private func layers(_ image: ImageComposition) -> HTML {
        let bar = image.layers.map { layer -> HTML in
            "<i style=\"flex-grow:\(Int(layer.size / 1024 + 1))\" title=\"\(layer.origin)\"></i>"
        }
        let lines = image.layers.enumerated().map { index, layer -> HTML in
            """
            <li><span class="size">\(ByteSize(layer.size).description)</span>\
            <span class="title">\(layer.origin.isEmpty ? "layer \(index + 1)" : layer.origin)</span>\
            <code class="digest">\(layer.digest.description)</code></li>

            """
        }
        return """
            <h3>Layers</h3>
            <div class="bar" aria-hidden="true">\(bar)</div>
            <ol class="layers">
            \(lines)</ol>

            """
    }

    private func labels(_ image: ImageComposition) -> HTML {
        guard !image.labels.isEmpty else { return "<h3>Labels</h3>\n<p class=\"note\">There are none.</p>\n" }
        let sorted = image.labels.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        return "<h3>Labels</h3>\n<dl class=\"labels\">\n\(sorted.map { Self.row($0.key, $0.value) })</dl>\n"
    }

    var machineSection: HTML {
        let facts = subject.engine.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        return """
            <section>
            <h2>Machine</h2>
            <p class="note">Facts about the machine and the engine of this report, for information only.</p>
            <dl>
            \(facts.map { Self.row($0.key, $0.value) })</dl>
            </section>

            """
    }

    var othersSection: HTML {
        guard !others.isEmpty else { return "" }
        let open: HTML = others.contains { $0.verdict == .red } ? " open" : ""
        return """
            <section>
            <h2>Beside the claims</h2>
            <details class="card"\(open)>
            <summary><span class="title">\(others.count) findings that no claim rests on</span></summary>
            \(Self.table(others))</details>
            </section>

            """
    }
}
