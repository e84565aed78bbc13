// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import SystemPackage
import Testing

@Suite struct EngineAddressTests {
    @Test(arguments: [
        ([:], "unix:///var/run/docker.sock", false, true),
        (["DOCKER_HOST": ""], "unix:///var/run/docker.sock", false, true),
        (["DOCKER_CONTEXT": "default"], "unix:///var/run/docker.sock", false, true),
        (["DOCKER_HOST": "unix:///x"], "unix:///x", true, true),
        (["DOCKER_HOST": "ssh://me@host"], "ssh://me@host", true, false),
        (["DOCKER_HOST": "tcp://127.0.0.1:2375"], "tcp://127.0.0.1:2375", true, false),
        (["DOCKER_CONTEXT": "unknown"], "", true, false),
    ])
    func docker(environment: [String: String], text: String, isChosen: Bool, isSocket: Bool) {
        let address = EngineAddress(.docker, environment: environment)
        #expect(address.text == text && address.isChosen == isChosen && address.isSocket == isSocket)
    }

    @Test(arguments: [
        ([:], false, true), (["CONTAINER_HOST": "unix:///run/user/1/podman.sock"], true, true),
        (["CONTAINER_HOST": "ssh://host/run/podman.sock"], true, false),
        (["CONTAINER_CONNECTION": "there"], true, false),
        (["DOCKER_HOST": "ssh://host"], false, true),
    ])
    func podman(environment: [String: String], isChosen: Bool, isSocket: Bool) {
        let address = EngineAddress(.podman, environment: environment)
        #expect(address.isChosen == isChosen && address.isSocket == isSocket)
    }

    /// The files are stored as by `docker context create`: the directory is `printf %s far | sha256sum`.
    @Test func contextsAreFollowed() throws {
        let directory = FilePath("/tmp/address-\(Files.uniqueSuffix())")
        defer { try? Files.removeTree(directory) }
        let meta = directory.pushing("contexts/meta/512eea46ceb3921dff4363c7069d89d4964d1d9fccaa0f411851a7aa60a5c868")
        try Files.makeDirectories(meta)
        try Files.write(
            Array(#"{"Name":"far","Endpoints":{"docker":{"Host":"ssh://far","SkipTLSVerify":false}}}"#.utf8),
            to: meta.appending("meta.json"))
        let environment = ["DOCKER_CONFIG": directory.string]
        #expect(EngineAddress(.docker, environment: environment).isSocket)
        try Files.write(Array(#"{"auths":{},"currentContext":"far"}"#.utf8), to: directory.appending("config.json"))
        #expect(EngineAddress(.docker, environment: environment).text == "ssh://far")
        let host = environment.merging(["DOCKER_HOST": "unix:///run/user/7/docker.sock"]) { $1 }
        #expect(EngineAddress(.docker, environment: host).isOfUser)
    }
}
