// SPDX-License-Identifier: Apache-2.0

import Debian

/// The list of third-party repositories.
extension DefinitionNode {
    func repositories() throws(DefinitionError) -> [RepositoryDefinition] {
        var repositories: [RepositoryDefinition] = []
        for node in try list() {
            let repository = try RepositoryDefinition(node)
            if repositories.contains(where: { $0.name == repository.name }) {
                throw .twice(node.place, key: key, value: repository.name)
            }
            repositories.append(repository)
        }
        return repositories
    }

    /// Keys in ASCII armor, over several lines, or the path of a file.
    fileprivate func repositoryKey() throws(DefinitionError) -> RepositoryKey {
        guard let text = node.scalar?.string, text.hasPrefix("-----BEGIN") else { return .file(try relativePath()) }
        guard (try? OpenPGPKeyring.binary(Array(text.utf8), file: file)) != nil else {
            throw .wrongKind(place, key: key, needed: "an OpenPGP public key in ASCII armour")
        }
        return .armoured(text)
    }
}

extension RepositoryDefinition {
    fileprivate init(_ node: DefinitionNode) throws(DefinitionError) {
        let fields = try node.fields(["name", "uri", "suite", "components", "key", "packages"])
        let name = try fields.need("name")
        self.name = try name.text(/[a-z][a-z0-9-]{0,62}/, "a repository's name in small letters")
        if ["debian", "debian-security", "local"].contains(self.name) {
            throw name.invalid("another name: this one means something in the lock")
        }
        let address = try fields.need("uri").text(
            /https?:\/\/[A-Za-z0-9.:\[\]-]+(?:\/[A-Za-z0-9._+~%:-]+)*\/?/,
            "an http or https address without user, query and spaces")
        uri = address.hasSuffix("/") ? String(address.dropLast()) : address
        let suite = try fields.need("suite")
        self.suite = try suite.text(
            /\.\/|[A-Za-z0-9][A-Za-z0-9._+~-]*(?:\/[A-Za-z0-9][A-Za-z0-9._+~-]*)*\/?/,
            "a suite's name, or a path that ends in '/'")
        let isFlat = self.suite.hasSuffix("/")
        let component = /[A-Za-z0-9][A-Za-z0-9._+~-]*(?:\/[A-Za-z0-9][A-Za-z0-9._+~-]*)*/
        components = try fields["components"]?.texts(component, "a component's name") ?? []
        if let list = fields["components"], isFlat || components.isEmpty {
            throw .wrongKind(
                list.place, key: list.key, needed: isFlat ? "left out, where the suite ends in '/'" : "a list of names")
        }
        if !isFlat { _ = try fields.need("components") }
        key = try fields.need("key").repositoryKey()
        packages = try fields["packages"]?.texts(/[a-z0-9][a-z0-9+.-]+/, "a Debian package's name") ?? []
    }
}
