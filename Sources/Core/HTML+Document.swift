// SPDX-License-Identifier: Apache-2.0

extension HTML {
    /// A complete page that loads and runs nothing: no scripts, fonts or images from elsewhere, enforced by a content
    /// security policy. `style` is added to the common style sheet.
    package static func document(title: String, style: HTML, body: HTML) -> HTML {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta name="referrer" content="no-referrer">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
        <title>\(title)</title>
        <style>
        \(commonStyle)\(style)</style>
        </head>
        <body>
        \(body)
        </body>
        </html>

        """
    }

    /// The style sheet of all pages: system fonts, and a light and a dark color scheme.
    private static let commonStyle: HTML = """
        :root {
          --paper: #f6f7f9; --sheet: #ffffff; --ink: #17202a; --faint: #5b6673; --line: #e1e5ea; --code: #eef1f4;
          --green: #17703c; --green-wash: #e3f4e9; --red: #b3261e; --red-wash: #fdeae8;
          --amber: #8a5a00; --amber-wash: #fdf1d8; --grey-wash: #edf0f3; --accent: #2f6fde;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --paper: #101418; --sheet: #181d23; --ink: #e6eaef; --faint: #98a4b1; --line: #2a323b; --code: #222932;
            --green: #6fd596; --green-wash: #17301f; --red: #ff9a92; --red-wash: #3a1d1c;
            --amber: #f0c266; --amber-wash: #35290f; --grey-wash: #262d35; --accent: #7aa7ff;
          }
        }
        * { box-sizing: border-box; }
        body {
          margin: 0; background: var(--paper); color: var(--ink); -webkit-text-size-adjust: 100%;
          font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif;
        }
        code { font: .86em/1.45 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
        dd, td, code, .title, .name, h1 { overflow-wrap: anywhere; }
        header, main, footer { max-width: 60rem; margin: 0 auto; padding: 0 1.25rem; }
        header { padding-top: 2.5rem; }
        .what { margin: 0; color: var(--faint); font-size: .8rem; letter-spacing: .09em; text-transform: uppercase; }
        h1 { margin: .2rem 0 .1rem; font-size: clamp(1.6rem, 5vw, 2.4rem); line-height: 1.15; letter-spacing: -.015em; }
        header.green h1 { color: var(--green); }
        header.red h1 { color: var(--red); }
        .name { margin: 0; font-size: 1.1rem; }
        h2 { margin: 2.5rem 0 .5rem; font-size: 1.35rem; letter-spacing: -.01em; }
        h3 { margin: 1.6rem 0 .5rem; font-size: 1rem; }
        .note { margin: 0 0 1rem; color: var(--faint); font-size: .92rem; max-width: 44rem; }

        """
}
