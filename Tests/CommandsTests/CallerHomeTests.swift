// SPDX-License-Identifier: Apache-2.0

import Glibc
import Launching
import SystemPackage
import Testing

@Suite("The caller's home and base directories are absolute")
struct CallerHomeTests {
    private var account: FilePath? {
        getpwuid(geteuid()).flatMap { $0.pointee.pw_dir }.map { FilePath(platformString: $0) }
    }

    @Test(arguments: [[:], ["HOME": ""], ["HOME": "relative"], ["HOME": "./x"]])
    func home(variables: [String: String]) { #expect(Caller.home(in: variables) == account ?? "/") }

    @Test func ownHome() { #expect(Caller.home(in: ["HOME": "/elsewhere"]) == "/elsewhere") }

    @Test(arguments: [("/a", "/a"), ("", nil), ("a", nil), ("~/a", nil)] as [(String, FilePath?)])
    func base(value: String, expected: FilePath?) {
        #expect(Caller.base("XDG_CACHE_HOME", in: ["XDG_CACHE_HOME": value]) == expected)
        #expect(Caller.base("XDG_CACHE_HOME", in: [:]) == nil)
    }
}
