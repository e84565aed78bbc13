// SPDX-License-Identifier: Apache-2.0

import Archive
import Build
import Core
import OCI

/// Describes the difference between a rebuilt and the expected image.
struct DifferenceReport {
    let rebuilt: PlacedImage
    let expected: PlacedImage
    let finder: ScriptFinder

    /// The verdict, with the first different path and its origin.
    ///
    /// - Throws: `OCIError`, `ArchiveError`, `FileError`.
    func outcome() throws -> Reproduction.Outcome {
        guard let difference = try ImageDifference.between(rebuilt, expected) else {
            return .init(rebuilt: rebuilt.image.digest, expected: expected.image.digest)
        }
        return .init(
            rebuilt: rebuilt.image.digest, expected: expected.image.digest, difference: try rows(for: difference))
    }

    private func rows(for difference: ImageDifference) throws -> [(String, String)] {
        switch difference {
        case .layers(let here, let there):
            return [("layers", "rebuilt alone: \(list(here)); expected alone: \(list(there))")]
        case .files(let layer, let files): return [("layer", layer)] + (try rows(for: files, layer: layer))
        case .layerBytes(let layer): return [("layer", layer), ("order", "the same files in another order")]
        case .compression(let layer):
            return [("layer", layer), ("bytes", "the same tar, compressed differently (another libdeflate version?)")]
        case .configuration(let place): return [("image", "its configuration differs at '\(place)'")]
        case .manifest: return [("image", "its manifest differs")]
        }
    }

    private func rows(for files: [FileDifference], layer: String) throws -> [(String, String)] {
        // Different times are usually a consequence of another difference.
        guard let first = files.first(where: { !$0.kind.isTime }) ?? files.first else { return [] }
        let writers = layer.hasPrefix("state") ? try finder.writers(of: first.path) : []
        let owner = try finder.owner(of: first.path) ?? (writers.count == 1 ? writers.first?.script?.package : nil)
        var rows = [("path", "/\(first.path)"), ("package", owner ?? (writers.isEmpty ? "none" : "not known"))]
        let names = writers.map(name).joined(separator: " or ") + (writers.count > 1 ? ", by the time" : "")
        rows.append(("script", writers.isEmpty ? source(of: layer) : names))
        rows.append(contentsOf: self.rows(for: first.kind))
        let others = files.filter { $0.path != first.path }.prefix(10).map { "/\($0.path)" }
        if !others.isEmpty {
            rows.append(
                ("also", others.joined(separator: ", ") + (files.count > 11 ? " and \(files.count - 11) more" : "")))
        }
        return rows
    }

    private func name(of writer: ConfigureTracer.Worker) -> String {
        switch writer {
        case .configuring(let package): "\(package).postinst configure (configure step)"
        case .triggered(let package): "\(package).postinst triggered (configure step)"
        case .preparing(let package): "\(package).preinst install (configure step)"
        case .program(let doing): "image/configure: \(doing)"
        }
    }

    /// The origin of the files of a layer that no script wrote.
    private func source(of layer: String) -> String {
        switch layer {
        case "rootfs": "none: copied from image/rootfs, or from this program (first-start)"
        case "agent": "none: from the agent's release archive"
        case "state", "state-usr": "unknown: the rebuild has no such file"
        default: "none: unpacked from the package"
        }
    }

    private func rows(for kind: FileDifference.Kind) -> [(String, String)] {
        switch kind {
        case .onlyInFirst: [("found", "rebuilt alone")]
        case .onlyInSecond: [("found", "expected alone")]
        case .type(let one, let other): pair("type", text(one), text(other))
        case .contents(let offset, let one, let other):
            offset.map { [("offset", "\($0)")] + pair("byte", text(one), text(other)) } ?? [("bytes", "differ")]
        case .mode(let one, let other): pair("mode", String(one, radix: 8), String(other, radix: 8))
        case .owner(let one, let other): pair("owner", one, other)
        case .time(let one, let other): pair("time", "\(one)", "\(other)")
        case .attribute(let name): [("attribute", name)]
        }
    }

    private func pair(_ what: String, _ rebuilt: String, _ expected: String) -> [(String, String)] {
        [(what, "\(expected) expected, \(rebuilt) rebuilt")]
    }

    private func text(_ byte: UInt8?) -> String {
        guard let byte else { return "the end" }
        let hex = "0x" + String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        return (33...126).contains(byte) ? "\(hex) '\(Character(Unicode.Scalar(byte)))'" : hex
    }

    private func text(_ kind: ArchiveEntry.Kind) -> String {
        switch kind {
        case .file(let size): "a file of \(size) bytes"
        case .directory: "a directory"
        case .symlink(let target): "a link to \(target)"
        case .hardlink(let target): "a hard link to /\(target)"
        }
    }

    private func list(_ names: [String]) -> String { names.isEmpty ? "none" : names.joined(separator: " ") }
}
