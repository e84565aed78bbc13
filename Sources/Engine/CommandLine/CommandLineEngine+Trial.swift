// SPDX-License-Identifier: Apache-2.0

extension CommandLineEngine {
    /// Starts a container of `image` that does nothing, without network and privileges, to find out why the engine's
    /// client could not start another one on the caller's terminal, where its message is not read.
    ///
    /// - Throws: `EngineError` for a failure whose meaning is known; nothing when the start succeeds, or fails otherwise.
    package func tryStart(of image: String) async throws {
        let confinement = ["--network", "none", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"]
        let words = ["run", "--rm", "--pull", "never"] + confinement + ["--entrypoint", "/bin/true", image]
        guard let failure = CommandLineFailure(kind, try await call(words, timeout: .seconds(30))) else { return }
        if case .engineFailed = failure.error { return }
        throw failure.error
    }
}
