// SPDX-License-Identifier: Apache-2.0

import Core
import Testing
import Transport

@Suite struct HTTPClientTests {
    @Test(arguments: [
        ("good", 200), ("busy", 200), ("later", 200), ("moved", 200), ("missing", 404), ("forbidden", 403),
        ("broken", 503), ("much_later", 429),
    ])
    func givesTheAnswer(_ fault: String, _ status: Int) async throws {
        try await FaultyServer.with { server in
            let bytes = try server.put("file", size: 5000)
            let response = try await HTTPClient(settings: .hasty()).get(server.url(fault, "file"), limit: 5000)
            #expect(response.status == status)
            if status == 200 { #expect(response.body == bytes) }
            #expect(response.headers["content-length"] == "\(response.body.count)")
        }
    }

    @Test(arguments: [
        ("good", 4999, "larger than the limit of 4999 bytes"), ("endless", 4999, "larger than the limit of 4999 bytes"),
        ("stall", 5000, "stalled"), ("silent", 5000, "stalled"), ("hang_up", 5000, "broke off"),
        ("loop", 5000, "forbidden redirect"), ("to_file", 5000, "forbidden redirect"),
    ])
    func failsWithoutAWholeAnswer(_ fault: String, _ limit: Int, _ reason: String) async throws {
        try await FaultyServer.with { server in
            _ = try server.put("file", size: 5000)
            let client = HTTPClient(settings: .hasty { $0.attempts = 2 })
            let error = await #expect(throws: TransportError.self) {
                _ = try await client.get(server.url(fault, "file"), limit: limit)
            }
            #expect(error?.sentence.contains(reason) == true, "\(error as Any)")
        }
    }

    @Test(arguments: ["", "nonsense", "ftp://127.0.0.1/a", "http://", "http://a b/", "gopher://x"])
    func refusesWhatIsNoAddress(_ url: String) async throws {
        await #expect(throws: TransportError.self) { try await HTTPClient(settings: .hasty()).get(url, limit: 10) }
    }

    @Test func hidesSecretsInAddresses() async throws {
        let error = await #expect(throws: TransportError.self) {
            try await HTTPClient(settings: .hasty()).get("http://me:pass@127.0.0.1:1/file?token=abc#x", limit: 10)
        }
        #expect(error?.sentence.contains("http://127.0.0.1:1/file") == true)
        for secret in ["me:", "pass", "token", "abc"] { #expect(error?.sentence.contains(secret) == false) }
    }

    @Test func manyShareOneClient() async throws {
        try await FaultyServer.with { server in
            let bytes = try server.put("file", size: 5000)
            let client = HTTPClient()
            try await withThrowingTaskGroup(of: [UInt8].self) { tasks in
                for _ in 0..<50 {
                    tasks.addTask { try await client.get(server.url("good", "file"), limit: 5000).body }
                }
                for try await body in tasks { #expect(body == bytes) }
            }
        }
    }
}
