// SPDX-License-Identifier: Apache-2.0

import Claims

extension ExpectationCatalogue {
    static func controlGroups(_ container: ExpectedContainer) -> [Expectation] {
        let limit = container.processLimit.map { inside(.controlGroup(.pidsMax), .value(String($0))) }
        return [
            all([ControlGroupProbe.writable, .releaseAgent, .devicesAllow], "value:none"),
            limit ?? fact(.controlGroup(.pidsMax), .agent, .root), fact(.controlGroup(.memoryMax), .agent, .root),
            fact(.controlGroup(.cpuMax), .agent, .root),
        ].flatMap(\.self)
    }
}
