// SPDX-License-Identifier: Apache-2.0

import Testing
import Verify

/// The identities of a container's processes, read from the host.
@Suite struct ProcessIdentityTests {
    static let bounding: UInt64 = 0xc9

    /// The relevant lines of `/proc/<pid>/status`, with changes.
    static func status(
        uid: String = "1000\t1000\t1000\t1000", groups: String = "1000 ", sets: [String] = ["0", "0", "0", "c9", "0"],
        nnp: String = "1", seccomp: String = "2"
    ) -> String {
        let names = ["Inh", "Prm", "Eff", "Bnd", "Amb"]
        let capabilities = zip(names, sets).map { "Cap\($0):\t\($1)\n" }.joined()
        return
            "Name:\tsleep\\nUid:\\t0\nUmask:\t0022\nState:\tS (sleeping)\nUid:\t\(uid)\nGid:\t1000\t1000\t1000\t1000\n"
            + "Groups:\t\(groups)\n\(capabilities)NoNewPrivs:\t\(nnp)\nSeccomp:\t\(seccomp)\nSeccomp_filters:\t1\n"
    }

    @Test func userIsTheUser() throws {
        let identity = try #require(ProcessIdentity(status: Self.status()))
        #expect(identity == ProcessIdentity(userID: 1000, groupID: 1000, bounding: Self.bounding))
        #expect("\(identity)" == "uid 1000 gid 1000 inh 0 prm 0 eff 0 bnd c9 amb 0 nnp 1 seccomp 2")
        #expect(identity.excess(over: Self.bounding, rootIsAllowed: false) == [])
    }

    @Test(
        arguments: [
            // The identity, whether root is allowed, and the surplus.
            (status(uid: "0\t0\t0\t0", sets: ["0", "c9", "c9", "c9", "0"]), true, []),
            (status(uid: "0\t0\t0\t0", sets: ["0", "c9", "c9", "c9", "0"]), false, ["root"]),
            (status(uid: "0\t1000\t0\t1000", sets: ["0", "c9", "0", "c9", "0"]), true, []),
            (status(uid: "1000\t1000\t0\t1000", sets: ["0", "c9", "0", "c9", "0"]), false, ["root"]),
            (
                status(uid: "0\t0\t0\t0", sets: ["0", "2000c9", "c9", "2000c9", "0"]), true,
                ["CapPrm 200000", "CapBnd 200000"]
            ),
            (status(sets: ["1", "1", "1", "c9", "1"]), true, ["CapInh 1", "CapPrm 1", "CapEff 1", "CapAmb 1"]),
            (status(sets: ["0", "0", "0", "1ffffffffff", "0"]), true, ["CapBnd 1ffffffff36"]),
            (status(sets: ["0", "0", "0", "0", "0"]), true, []),
            (status(nnp: "0"), true, ["NoNewPrivs 0"]), (status(seccomp: "0"), true, ["Seccomp 0"]),
            (status(seccomp: "3"), true, []),
            (status(seccomp: "1"), true, ["Seccomp 1"]),
        ] as [(String, Bool, [String])])
    func excessIsNamed(status: String, rootIsAllowed: Bool, excess: [String]) throws {
        let identity = try #require(ProcessIdentity(status: status))
        #expect(identity.excess(over: Self.bounding, rootIsAllowed: rootIsAllowed).map(\.description) == excess)
    }

    /// Only privileges that root of the container has anyway, during a change of user.
    @Test(arguments: [
        (status(sets: ["0", "c9", "c9", "c9", "0"]), [true, true]),
        (status(sets: ["0", "2000c9", "0", "c9", "0"]), [false]),
        (status(sets: ["1", "1", "0", "c9", "1"]), [false, true, false]), (status(nnp: "0"), [false]),
        (status(uid: "0\t0\t0\t0"), [false]),
    ])
    func onlyCapabilitiesOfRootMayPass(status: String, mayPass: [Bool]) throws {
        let identity = try #require(ProcessIdentity(status: status))
        #expect(identity.excess(over: Self.bounding, rootIsAllowed: false).map(\.mayPass) == mayPass)
    }

    @Test(arguments: [
        // Differences from the user's identity are in the text, and so in the report.
        (status(uid: "1000\t0\t1000\t1000"), "uid 1000/0/1000/1000 gid 1000 inh"),
        (status(groups: "4 27 1000 "), "uid 1000 gid 1000 groups 4/27 inh"),
        (status(groups: ""), "uid 1000 gid 1000 inh"),
    ])
    func differencesAreInTheText(status: String, beginning: String) throws {
        let identity = try #require(ProcessIdentity(status: status))
        #expect("\(identity)".hasPrefix(beginning), "\(identity)")
    }

    @Test(arguments: [
        "", "Uid:\t0\n", status().replacing("CapAmb", with: "CapXyz"), status().replacing("Seccomp:", with: "Secc:"),
        status(uid: "1000\t1000\t1000"), status(uid: "a\tb\tc\td"), status(sets: ["0", "0", "0", "x", "0"]),
    ])
    func oddStatusIsNone(status: String) { #expect(ProcessIdentity(status: status) == nil) }

    @Test(
        arguments: [
            // Lines of a map, an ID outside, and the one inside.
            ("0 100000 65536\n", 101_000, 1000), ("0 1000 1\n1 100000 65536\n", 1000, 0),
            ("0 1000 1\n1 100000 65536\n", 100_999, 1000), ("0 100000 65536\n", 0, 65534), ("", 5, 65534),
            ("         0          0 4294967295\n", 4_294_967_294, 4_294_967_294), ("x y z\n", 5, 65534),
        ] as [(String, UInt32, UInt32)])
    func numbersAreThoseInside(map: String, outside: UInt32, inside: UInt32) {
        #expect(IdentifierMap(map).inside(outside) == inside)
    }

    @Test func anotherNamespacesNumbersAreMapped() throws {
        let map = IdentifierMap("0 100000 65536\n")
        let status = Self.status(uid: "101000\t101000\t101000\t101000").replacing(
            "Gid:\t1000\t1000\t1000\t1000", with: "Gid:\t101000\t101000\t101000\t101000"
        )
        .replacing("Groups:\t1000 ", with: "Groups:\t101000 ")
        #expect(
            ProcessIdentity(status: status, users: map, groups: map)
                == ProcessIdentity(userID: 1000, groupID: 1000, bounding: Self.bounding))
    }
}
