// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// Local files in place of the downloads of programs.
struct ProgramFileOptions: ParsableArguments {
    @Option(
        help: .init(
            """
            Use a local file instead of downloading the release of a program; may be repeated. [environment: \
            OPENCODE_DOCKER_ARTIFACT]
            """, valueName: "name=file"))
    var artifact: [String] = []
}
