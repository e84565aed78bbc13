// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import OCI
import SystemPackage
import TestSupport
import Testing

@Suite struct EmulationTests {
    /// An entry of Debian's qemu-user-static, as the kernel shows it.
    static let qemu = """
        enabled
        interpreter /usr/libexec/qemu-binfmt/aarch64-binfmt-P
        flags: POF
        offset 0
        magic 7f454c460201010000000000000000000200b700
        mask ffffffffffffff00fffffffffffffffffeffffff

        """
    static let header: [UInt8] =
        [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0] + [UInt8](repeating: 0, count: 8) + [2, 0, 0xb7, 0]

    /// The beginning of a file with changed bytes.
    static func header(_ changes: [Int: UInt8]) -> [UInt8] {
        changes.reduce(into: header) { $0[$1.key] = $1.value }
    }

    @Test(arguments: [
        (header, true), (header([7: 3]), true), (header([16: 3]), true), (header([18: 0x3e]), false),
        (header([4: 1]), false), (Array(header.dropLast()), false), ([], false),
    ])
    func anEntryMatchesItsFiles(bytes: [UInt8], matches: Bool) throws {
        #expect(try #require(BinaryFormat(Self.qemu)).matches(bytes) == matches)
    }

    @Test(arguments: [
        (qemu, true, true), (qemu.replacing("POF", with: "PO"), true, false),
        (qemu.replacing("flags: POF", with: "flags: "), true, false),
        (qemu.replacing("enabled", with: "disabled"), false, true),
    ])
    func entriesAreRead(text: String, isEnabled: Bool, isOpened: Bool) throws {
        let format = try #require(BinaryFormat(text))
        #expect(format.isEnabled == isEnabled && format.isOpened == isOpened)
        #expect(format.interpreter == "/usr/libexec/qemu-binfmt/aarch64-binfmt-P")
    }

    @Test(arguments: [
        "", "enabled\n", "enabled\ninterpreter /usr/bin/jexec\nflags:\nextension .jar\n",
        qemu.replacing("offset 0", with: "offset 9999"), qemu.replacing("magic 7f", with: "magic 7"),
        qemu.replacing("magic 7f", with: "magic xy"),
    ])
    func whatIsNoEntryIsNone(text: String) { #expect(BinaryFormat(text) == nil) }

    /// Programs of the native architecture need no emulator; running the fixture shows that it is valid.
    @Test func theMachinesOwnProgramsRun() throws {
        try withTemporaryDirectory { directory in
            #expect(try Emulation.find(for: .machine, scratch: directory) == nil)
            let other: Platform = Platform.machine == .amd64 ? .arm64 : .amd64
            let found = try Emulation.find(for: .machine, on: other, scratch: directory, registry: "/nowhere")
            #expect(found == Emulation(platform: .machine, interpreter: nil))
            #expect(try Files.list(directory) == [])
        }
    }

    @Test func anEmulatorThatContainersCannotFindIsRefused() throws {
        try withTemporaryDirectory { directory in
            let text = Self.qemu.replacing("POF", with: "PO")
            try Files.write(Array(text.utf8), to: directory.appending("qemu-aarch64"))
            let error = #expect(throws: EngineError.self) {
                try Emulation.find(for: .arm64, on: .amd64, scratch: directory, registry: directory)
            }
            #expect(
                error == .emulatorOutOfReach(.arm64, interpreter: "/usr/libexec/qemu-binfmt/aarch64-binfmt-P"))
        }
    }
}
