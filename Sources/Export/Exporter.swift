// SPDX-License-Identifier: Apache-2.0

import Engine
import OCI

/// The stage: renders a hardening profile as a document from which another program than `run` starts the image.
package struct Exporter: Sendable {
    /// The form of the document.
    package let form: ExportForm

    /// An exporter of documents of one form.
    package init(_ form: ExportForm) { self.form = form }

    /// The document, the same for the same request.
    ///
    /// - Throws: `ExportError`, `EngineError`, `OCIError.invalidReference`.
    package func document(_ request: ExportRequest) throws -> ExportedDocument {
        try Self.check(request)
        switch form {
        case .devcontainer: return try DevcontainerDocument(request: request).document()
        case .compose: return try ComposeDocument(request: request).document()
        case .kubernetes: return KubernetesDocument(request: request).document()
        }
    }

    /// Names of hosts, services and images have none of the characters that begin a variable.
    private static func check(_ request: ExportRequest) throws {
        for name in [request.name, request.claim].compactMap(\.self) where !isLabel(name) {
            throw ExportError.invalidName(name)
        }
        _ = try ImageReference(request.image)
    }

    /// A label of RFC 1123, short enough for the names that engines derive from it.
    private static func isLabel(_ name: String) -> Bool {
        let isWord = name.utf8.allSatisfy {
            (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "-")
        }
        return isWord && (1...40).contains(name.utf8.count) && !name.hasPrefix("-") && !name.hasSuffix("-")
    }
}

extension ExportRequest {
    /// Remarks on what Docker decides by itself: the lists of hidden kernel files are its own.
    var dockerRemarks: [ExportRemark] {
        var remarks: [ExportRemark] = []
        if profile.seccomp != nil, seccompFile == nil {
            remarks.append(
                ExportRemark(
                    .seccomp,
                    "seccomp: Docker's default filter; the image adds the rules against set-uid files to its "
                        + "own processes, not to those of the engine. "
                        + "`--seccomp FILE` writes the profile's filter and names it here."))
        }
        if !profile.maskedPaths.isEmpty {
            remarks.append(ExportRemark(.maskedPaths, "hidden kernel files: Docker's list."))
        }
        remarks.append(ExportRemark(.readOnlyPaths, "read-only kernel files: Docker's list."))
        if profile.sudo, !hasRoot {
            remarks.append(ExportRemark(.sudo, "sudo: not available without capabilities."))
        }
        return remarks
    }
}
