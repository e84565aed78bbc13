// SPDX-License-Identifier: Apache-2.0

import OCI
import Testing

@Suite("The name of a local image")
struct LocalNameTests {
    @Test(
        "The spellings of one name that Docker and Podman take for the same image",
        arguments: [
            "a:1", "docker.io/a:1", "docker.io/library/a:1", "library/a:1", "index.docker.io/library/a:1",
            "Docker.IO/a:1", "docker.io:443/library/a:1", "localhost/a:1",
        ])
    func same(text: String) throws { #expect(try ImageReference(text).localName == "a:1") }

    @Test(
        "Other names",
        arguments: [
            ("a", "a:latest"), ("r.example/a:1", "r.example/a:1"), ("team/a:1", "team/a:1"),
            ("localhost:5000/a:1", "localhost:5000/a:1"),
        ])
    func other(text: String, name: String) throws { #expect(try ImageReference(text).localName == name) }
}
