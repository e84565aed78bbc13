// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

/// A helper process that outlives this process when it is killed (SIGKILL, out of memory) and then does the work of
/// `EmbeddedEngine.remove`: it ends the container and its network, and removes the mounts and the directory.
///
/// It blocks on a pipe whose other end only this process holds: the kernel closes that end, however the process ends.
struct CleanupGuard {
    private let process: ChildProcess
    private let line: FileDescriptor

    /// Starts the helper in a session of its own, so that it receives no signals of the terminal.
    ///
    /// - Throws: `FileError`, `ProgramError`.
    init(_ scratch: ContainerScratch, runtime: OCIRuntime, state: FilePath) throws {
        let pipe: AnonymousPipe
        do { pipe = try AnonymousPipe() } catch { throw FileError("make a pipe for", scratch.directory, error) }
        line = pipe.writer
        defer { try? pipe.reader.close() }
        let told = [runtime.path.string, state.string, scratch.directory.string]
        let arguments = ["/bin/sh", "-c", Self.script, "sh"] + told
        do {
            process = try ExternalProgram("/usr/bin/setsid", arguments, environment: EmbeddedEngine.toolEnvironment)
                .start(input: .descriptor(pipe.reader))
        } catch {
            try? line.close()
            throw error
        }
    }

    /// `$1` is the runtime, `$2` its state directory, `$3` the container's directory, whose name is the container's
    /// name. Processes that were starting when the launcher died are found by their arguments: the network helper,
    /// which writes its PID last, and a runtime whose container does not exist yet.
    private static let script = """
        read -r nothing
        cd "$3" || exit
        "$1" --root "$2" delete --force "${3##*/}"
        quiet=0
        while [ "$quiet" -lt 3 ]; do
            quiet=$((quiet + 1))
            sleep 0.1
            for file in $(printf '%s\\n' "$3/network" "$3/bundle" | grep -lzxFf - /proc/[0-9]*/cmdline); do
                process=${file#/proc/}
                kill -KILL "${process%/cmdline}"
                quiet=0
            done
        done
        "$1" --root "$2" delete --force "${3##*/}"
        for mount in network root data; do umount --lazy "$3/$mount"; done
        cd / && rm -rf "$3"
        """

    /// Ends the helper without any cleanup.
    func dismiss() {
        process.kill()
        try? line.close()
    }
}
