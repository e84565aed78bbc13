// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage
import Testing

extension EndToEnd {
    /// Containers of two projects, each with an open network.
    @Suite(.serialized, .enabled(if: Daemon.isPossible))
    struct NetworkTests {
        /// A server in one project, and a client in another that gets its address; the client's own network works.
        private static let script = """
            mkdir -p ../other; "$PROGRAM" run --quiet -- python3 -c "$1" & launcher=$!
            while [ ! -s address ] && kill -0 $launcher; do sleep 0.1; done
            "$PROGRAM" run --quiet --project ../other -- python3 -c "$2" "$(cat address)"
            touch done; wait $launcher; rm done address; rmdir ../other
            """
        private static let server = """
            import os, socket, time
            s = socket.create_server(("", 18080)); s.settimeout(0.2)
            own = os.popen("hostname -I").read().split()[0]
            open("address.new", "w").write(own); os.rename("address.new", "address")
            while not os.path.exists("done"):
                try: s.accept()[0].sendall(b"found")
                except TimeoutError: pass
            """
        private static let client = """
            import socket, sys
            try: print(socket.create_connection((sys.argv[1], 18080), 3).recv(9))
            except OSError as error: print(type(error).__name__)
            """

        @Test("On Docker, containers of two projects are isolated")
        func docker() async throws {
            try await Daemon.with { daemon in
                try await RunHarness.with(engine: "docker", environment: daemon.environment) { harness in
                    let ending = try await harness.host(Self.script, [Self.server, Self.client])
                    #expect(ending.output == "TimeoutError\n", "\(ending.error)")
                    let options = "{{index .Options \"com.docker.network.bridge.enable_icc\"}}"
                    let made = try await daemon.run("docker network inspect --format '\(options)' opencode-docker")
                    #expect(made.output == "false\n")
                    _ = try await daemon.run(
                        "docker network rm opencode-docker && docker network create opencode-docker")
                    let foreign = try await harness.host("\"$PROGRAM\" run -- true; echo $?")
                    #expect(foreign.output == "2\n" && foreign.error.contains("is not this program's"))
                }
            }
        }
    }
}
