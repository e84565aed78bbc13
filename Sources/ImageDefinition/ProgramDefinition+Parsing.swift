// SPDX-License-Identifier: Apache-2.0

import Core

extension ProgramDefinition {
    /// The programs of `programs:` in the order of the file, and the agent of `agent:` or of the list last.
    static func all(
        _ list: DefinitionNode?, agent: DefinitionNode?, architectures: [String]
    ) throws(DefinitionError) -> [ProgramDefinition] {
        let platforms = architectures.map { "linux/\($0)" }
        if let agent, list != nil {
            throw .wrongKind(
                agent.place, key: agent.key, needed: "an element of 'programs' with 'agent: true' where both keys are")
        }
        if let agent { return [try ProgramDefinition(agent: agent, platforms: platforms)] }
        var programs: [ProgramDefinition] = []
        for node in try list?.list() ?? [] {
            let program = try ProgramDefinition(node, platforms: platforms)
            if programs.contains(where: { $0.name == program.name }) {
                throw .twice(node.place, key: node.key, value: program.name)
            }
            if program.isAgent, programs.contains(where: \.isAgent) {
                throw .twice(node.place, key: node.key, value: "agent: true")
            }
            if let path = programs.lazy.compactMap({ $0.path(sharedWith: program) }).first {
                throw .twice(node.place, key: node.key, value: path)
            }
            programs.append(program)
        }
        return programs.filter { !$0.isAgent } + programs.filter(\.isAgent)
    }

    /// A path that both programs would fill.
    private func path(sharedWith other: ProgramDefinition) -> String? {
        ownPaths.first { path in
            other.ownPaths.contains { $0 == path || $0.hasPrefix(path + "/") || path.hasPrefix($0 + "/") }
        }
    }

    /// The one program of a definition without `programs:`, as its first version had it.
    private init(agent node: DefinitionNode, platforms: [String]) throws(DefinitionError) {
        let fields = try node.fields(["name", "version", "path", "mode", "artifacts"])
        name = try fields.need("name").fileName()
        version = try fields.need("version").version()
        isAgent = true
        placement = .file(path: try fields.need("path").path(), mode: try fields.need("mode").permissions())
        artifacts = try fields.need("artifacts").artifacts(platforms, version: version)
        (form, copyright, place) = (.tar(.any), nil, node.place)
        origin = ProgramOrigin(license: nil, homepage: nil, cpe: nil)
    }

    private init(_ node: DefinitionNode, platforms: [String]) throws(DefinitionError) {
        let fields = try node.fields([
            "name", "version", "agent", "license", "homepage", "cpe", "form", "date", "strip", "to", "links", "path",
            "mode", "copyright", "artifacts",
        ])
        name = try fields.need("name").fileName()
        isAgent = try fields["agent"]?.boolean() ?? false
        let version = try fields.need("version")
        self.version = isAgent ? try version.version() : try version.programVersion()
        artifacts = try fields.need("artifacts").artifacts(platforms, version: self.version)
        form = try ReleaseForm(fields)
        placement = try ProgramPlacement(fields, name: name, isFile: form.isFile)
        copyright = try fields["copyright"]?.releasePath()
        if let copyright = fields["copyright"], form.isFile {
            throw .wrongKind(copyright.place, key: copyright.key, needed: "left out for a bare file")
        }
        origin = ProgramOrigin(
            license: try fields["license"]?.text(/[A-Za-z0-9.+() -]+/, "an SPDX licence expression"),
            homepage: try fields["homepage"]?.address(),
            cpe: try fields["cpe"]?.text(/[a-z0-9._-]+:[a-z0-9._-]+/, "VENDOR:PRODUCT in small letters"))
        place = node.place
        if isAgent, command == nil {
            throw .wrongKind(node.place, key: "\(node.key).links", needed: "a list with a path that ends in '\(name)'")
        }
    }
}

extension ReleaseForm {
    fileprivate var isFile: Bool { if case .file = self { true } else { false } }

    fileprivate init(_ fields: DefinitionFields) throws(DefinitionError) {
        let form = try fields.need("form")
        let text = try form.text(/tar|tar\.gz|tar\.xz|file/, "one of tar, tar.gz, tar.xz, file")
        if let compression = TarCompression(rawValue: text) {
            if let date = fields["date"] {
                throw .wrongKind(date.place, key: date.key, needed: "left out where the archive has times")
            }
            self = .tar(compression)
        } else {
            let date = try fields.need("date")
            let needed = "the day of the release, such as 2026-11-30"
            guard let time = Timestamp(rfc3339: "\(try date.text(/[0-9-]{10}/, needed))T00:00:00Z") else {
                throw date.invalid(needed)
            }
            self = .file(date: time.seconds)
        }
    }
}

extension ProgramPlacement {
    fileprivate init(_ fields: DefinitionFields, name: String, isFile: Bool) throws(DefinitionError) {
        let tree = ["strip", "to", "links"].compactMap { fields[$0] }
        guard let path = fields["path"] else {
            let directory = try fields.need("to").programDirectory(name)
            if let mode = fields["mode"] { throw .wrongKind(mode.place, key: mode.key, needed: "left out beside 'to'") }
            if isFile, let strip = fields["strip"] {
                throw .wrongKind(strip.place, key: strip.key, needed: "left out for a bare file")
            }
            let strip = Int(try fields["strip"]?.number(0...9) ?? 0)
            self = .tree(directory: directory, strip: strip, links: try fields["links"]?.links() ?? [])
            return
        }
        if let other = tree.first { throw .wrongKind(other.place, key: other.key, needed: "left out beside 'path'") }
        let needed = "a path in \(ProgramDefinition.commands)"
        let text = try path.path()
        guard text.hasPrefix(ProgramDefinition.commands + "/"), text.split(separator: "/").count == 4 else {
            throw path.invalid(needed)
        }
        self = .file(path: text, mode: try fields["mode"]?.permissions() ?? 0o755)
    }
}

extension DefinitionNode {
    fileprivate func fileName() throws(DefinitionError) -> String {
        try text(/[a-z0-9][a-z0-9._-]*/, "a file name in small letters")
    }

    fileprivate func programVersion() throws(DefinitionError) -> String {
        guard Self.isProgramVersion(try text()) else { throw invalid("a version such as 1.2.3") }
        return try text()
    }

    /// A digit, then letters, digits and `.+~_-`.
    static func isProgramVersion(_ text: String) -> Bool {
        let pattern = /[0-9][A-Za-z0-9.+~_-]{0,99}/
        return (try? pattern.asciiOnlyCharacterClasses().wholeMatch(in: text)) != nil
    }

    fileprivate func permissions() throws(DefinitionError) -> UInt16 {
        UInt16(try text(/0[0-7]{3}/, "permission bits in quotes, such as \"0755\""), radix: 8) ?? 0
    }

    /// A directory that no package fills: `/opt/NAME`, `/usr/local/lib/NAME`, or one below them.
    fileprivate func programDirectory(_ name: String) throws(DefinitionError) -> String {
        let path = try path()
        let places = ["/opt/\(name)", "/usr/local/lib/\(name)"]
        guard places.contains(where: { path == $0 || path.hasPrefix($0 + "/") }) else {
            throw invalid("\(places[0]), \(places[1]), or a directory below one of them")
        }
        return path
    }

    /// A path of a release, without `.` and `..`.
    fileprivate func releasePath() throws(DefinitionError) -> String {
        let needed = "a path of the release, such as bin/node"
        let path = try text(/[A-Za-z0-9._+@-]+(?:\/[A-Za-z0-9._+@-]+)*/, needed)
        guard !path.split(separator: "/").contains(where: { $0 == "." || $0 == ".." }) else { throw invalid(needed) }
        return path
    }

    fileprivate func links() throws(DefinitionError) -> [String] {
        var paths: [String] = []
        for node in try list() {
            let path = try node.releasePath()
            let link = ProgramDefinition.link(to: path)
            if paths.contains(where: { ProgramDefinition.link(to: $0) == link }) {
                throw .twice(node.place, key: key, value: link)
            }
            paths.append(path)
        }
        return paths
    }

    fileprivate func artifacts(
        _ platforms: [String], version: String
    ) throws(DefinitionError) -> [String: ArtifactDefinition] {
        let pins = try fields(platforms)
        var artifacts: [String: ArtifactDefinition] = [:]
        for platform in platforms {
            artifacts[platform] = try ArtifactDefinition(pins.need(platform), version: version)
        }
        return artifacts
    }
}

extension ArtifactDefinition {
    fileprivate init(_ node: DefinitionNode, version: String) throws(DefinitionError) {
        let fields = try node.fields(["url", "sha256"])
        template = try fields.need("url").text(
            /(?:https?|file):\/\/[!-~]+/, "an address without spaces, such as https://host/{version}/file.tar.gz")
        url = template.replacing("{version}", with: version)
        sha256 = try fields.need("sha256").sha256()
    }
}
