// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The function that libFuzzer calls for each input (LLVM's documentation of libFuzzer, "Fuzz Target"). The variable
/// `FUZZ_TARGET` selects the target.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = data.map { Array(UnsafeBufferPointer(start: $0, count: count)) } ?? []
    do { try chosen?.run(bytes) } catch {
        let text = Array("finding: \(error)\n".utf8)
        _ = text.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
        abort()
    }
    return 0
}

private let chosen = getenv("FUZZ_TARGET").flatMap { FuzzTarget(rawValue: String(cString: $0)) }
