// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import OCI
import SystemPackage

/// The smallest program for a platform: it exits at once with status 0. Starting it is the only reliable test for an
/// emulator, wherever that was registered.
struct ForeignProgram {
    /// The whole file: an ELF header, one program header, a system call (elf(5)).
    let bytes: [UInt8]

    init(_ platform: Platform) {
        let (machine, code) = platform.architecture == "arm64" ? Self.arm64 : Self.amd64
        let headers: UInt64 = 64 + 56
        let base: UInt64 = 0x40_0000
        // Magic, 64 bits, little-endian, version 1, System V.
        var file: [UInt8] = [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0] + [UInt8](repeating: 0, count: 8)
        func add(_ value: some FixedWidthInteger) { withUnsafeBytes(of: value.littleEndian) { file += $0 } }
        // ET_EXEC, machine, version, entry, program headers right behind, no sections.
        add(UInt16(2)); add(machine); add(UInt32(1)); add(base + headers); add(UInt64(64)); add(UInt64(0))
        add(UInt32(0)); add(UInt16(64)); add(UInt16(56)); add(UInt16(1)); add(UInt16(0)); add(UInt16(0)); add(UInt16(0))
        // PT_LOAD, readable and executable: the whole file, on a page of at most 64 KiB.
        add(UInt32(1)); add(UInt32(5)); add(UInt64(0)); add(base); add(base)
        let size = headers + UInt64(code.count)
        add(size); add(size); add(UInt64(0x1_0000))
        bytes = file + code
    }

    /// EM_AARCH64: `mov x0, #0; mov x8, #93; svc #0`, which is exit(0).
    private static let arm64: (UInt16, [UInt8]) = (
        183, [0x00, 0x00, 0x80, 0xd2, 0xa8, 0x0b, 0x80, 0xd2, 0x01, 0x00, 0x00, 0xd4]
    )
    /// EM_X86_64: `mov eax, 60; xor edi, edi; syscall`.
    private static let amd64: (UInt16, [UInt8]) = (62, [0xb8, 0x3c, 0x00, 0x00, 0x00, 0x31, 0xff, 0x0f, 0x05])

    /// Returns whether the kernel starts the program, from a temporary file in `directory`.
    ///
    /// - Throws: `FileError` when the file cannot be written.
    func runs(in directory: FilePath) throws -> Bool {
        try Files.makeDirectories(directory)
        let file = directory.appending("foreign-\(Files.uniqueSuffix())")
        defer { try? Files.removeTree(file) }
        try Files.write(bytes, to: file)
        guard chmod(file.string, 0o700) == 0 else {
            throw FileError("change the mode of", file, Errno(rawValue: errno))
        }
        // A child that another thread starts at the same time may still hold the file open for writing (execve(2),
        // ETXTBSY).
        for _ in 0..<40 {
            do { return try ExternalProgram(file).run() == 0 } catch ProgramError.notStarted(_, .textFileBusy) {
                usleep(50_000)
            } catch { return false }
        }
        return false
    }
}
