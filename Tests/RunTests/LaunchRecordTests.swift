// SPDX-License-Identifier: Apache-2.0

import Engine
import Run
import SystemPackage
import Testing

@Suite("Launchers that were killed")
struct LaunchRecordTests {
    @Test("A record whose launcher is gone is found, one that is held is not")
    func orphans() throws {
        try Trial.folder { folder in
            let own = try LaunchRecord(engine: .docker, in: folder)
            try Trial.shell("touch \"$1/docker-1\" \"$1/podman-1\"", folder.string)
            #expect(LaunchRecord.orphans(engine: .docker, in: folder) == [folder.appending("docker-1")])
            own.remove()
            #expect(try Trial.shell("ls \"$1\"", folder.string) == "docker-1\npodman-1\n")
        }
    }
}
