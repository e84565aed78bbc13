// SPDX-License-Identifier: Apache-2.0

import Claims
import Core
import SystemPackage
import Testing
import Verify

/// The page in a real browser: it is parsed correctly and fits on a phone.
@Suite(.serialized, .enabled(if: Files.exists("/usr/bin/chromium"), "needs chromium"))
struct BrowserTests {
    static let long = String(repeating: "/a-name-without-a-place-to-break", count: 12)

    static func report() throws -> VerifyReport {
        let probes = ProbeID.all.prefix(26)
        let claims = probes.enumerated().map { number, probe in
            Claim(
                id: "C\(10 + number)", title: "Claim with <angles> and \(long)", proof: .probe, probes: [probe])
        }
        let layer = ImageComposition.Layer(digest: Digest(of: [3]), size: 123_456_789, origin: long)
        return Judge.judge(
            results: probes.enumerated().map { ProbeResult($1, .agent, .value($0 == 2 ? long : "1")) },
            catalogue: ExpectationCatalogue(
                expectations: probes.map { Expectation($0, .agent, .oneOf([.value("1")])) }),
            claims: claims,
            about: ReportSubject(
                image: Digest(of: [1]), profile: Digest(of: [2]), engine: ["kernel": long],
                composition: ImageComposition(
                    name: long, platform: "linux/amd64", created: "2025-01-01T00:00:00Z", layers: [layer, layer],
                    labels: [long: long])))
    }

    /// The page in a frame of a given width, with everything expanded, and a measuring script outside of it.
    private static func framed(_ page: String, width: Int) -> String {
        let quoted = page.replacing("&", with: "&amp;").replacing("\"", with: "&quot;")
        return """
            <!doctype html><title>nothing</title>
            <iframe id="f" style="width: \(width)px; height: 3000px; border: 0" srcdoc="\(quoted)"></iframe>
            <script>
            f.onload = () => {
              const page = f.contentDocument, all = s => page.querySelectorAll(s).length;
              page.querySelectorAll('details').forEach(d => d.open = true);
              const root = page.documentElement;
              document.title = [root.scrollWidth - root.clientWidth, all('details'), all('details tbody tr'), all('script'),
                all('.card .pill.red'), page.querySelector('h1').textContent].join('|');
            };
            </script>
            """
    }

    @Test(arguments: [320, 360, 768, 1280])
    func pageFits(width: Int) async throws {
        let directory = FilePath("/tmp/browser-\(Files.uniqueSuffix())")
        try Files.makeDirectories(directory)
        defer { try? Files.removeTree(directory) }
        let page = String(decoding: try Self.report().html(), as: UTF8.self)
        let file = directory.appending("page.html")
        try Files.write(Array(Self.framed(page, width: width).utf8), to: file)
        let result = try await ExternalProgram(
            "/usr/bin/timeout",
            [
                "60", "/usr/bin/chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                "--user-data-dir=\(directory.appending("profile"))", "--window-size=1400,1200",
                "--virtual-time-budget=4000",
                "--dump-dom", "file://\(file)",
            ], environment: ExternalProgram.ownEnvironment
        ).result(limit: 1 << 24, error: .null)
        let title = String(decoding: result.standardOutput, as: UTF8.self).firstMatch(of: /<title>(.*?)<\/title>/).map {
            String($0.1)
        }
        #expect(title == "0|26|26|0|1|1 claim does not hold")
    }
}
