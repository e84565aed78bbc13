// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage
import TestSupport
import Testing

@Suite struct FileReadingTests {
    /// A container can leave a FIFO or a device in the place of a file that is read later.
    @Test(arguments: ["mkfifo f", "mkdir f", "ln -s /dev/zero f", "mkfifo g; ln -s g f"])
    func onlyRegularFilesAreRead(script: String) throws {
        try withTemporaryDirectory { directory in
            try #require(system("cd '\(directory)' && \(script)") == 0)
            let error = #expect(throws: FileError.self) { try Files.read(directory.appending("f"), limit: 100) }
            #expect(error?.errno == .invalidArgument || error?.errno == .isDirectory)
        }
    }

    /// What a shell passes for `<(command)`.
    @Test func aPipeOfTheCallerIsRead() throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        defer { close(ends[0]) }
        #expect(write(ends[1], "key", 3) == 3)
        close(ends[1])
        #expect(try Files.read(FilePath("/dev/fd/\(ends[0])"), limit: 100) == Array("key".utf8))
    }
}
