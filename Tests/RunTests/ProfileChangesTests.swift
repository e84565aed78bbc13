// SPDX-License-Identifier: Apache-2.0

import Engine
import Run
import Testing

@Suite("Changes of a profile by the command line") struct ProfileChangesTests {
    private static let profile = HardeningProfile(
        name: "standard", limits: ResourceLimits(pids: 1024, sharedMemory: 1 << 30))

    @Test(
        "Shared memory is at most half of the memory, unless its own option says otherwise",
        arguments: [
            (nil, nil, 1 << 30, 0), (4 << 30, nil, 1 << 30, 0), (1 << 30, nil, 512 << 20, 0),
            (1 << 30, 256 << 20, 256 << 20, 0), (nil, 2 << 30, 2 << 30, 1), (1 << 30, 768 << 20, 768 << 20, 0),
        ] as [(UInt64?, UInt64?, UInt64, Int)])
    func sharedMemory(_ memory: UInt64?, _ given: UInt64?, _ expected: UInt64, _ weakenings: Int) {
        var changes = ProfileChanges()
        (changes.memory, changes.sharedMemory) = (memory, given)
        #expect(changes.applied(to: Self.profile).limits.sharedMemory == expected)
        #expect(changes.weakenings(of: Self.profile).count == weakenings)
    }
}
