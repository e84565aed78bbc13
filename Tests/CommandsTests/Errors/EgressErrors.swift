// SPDX-License-Identifier: Apache-2.0

import Egress

let egressErrors: [Reviewed] = [
    Reviewed(EgressError.noRules, .usage),
    Reviewed(EgressError.unknownPreset("gihtub", nearest: "github", known: ["github"]), .usage),
    Reviewed(EgressError.unknownPreset("intranet", nearest: nil, known: ["github", "npm"]), .usage),
    Reviewed(EgressError.invalidRule("a.com/x", "a rule is a host, not a URL"), .usage, withoutHint: Alone.saysItself),
    Reviewed(
        EgressError.uselessRule("*.1.2.3.4", "no name is below an address"), .usage, withoutHint: Alone.saysItself),
    Reviewed(EgressError.publicSuffix("*.com", "com"), .usage),
    Reviewed(EgressError.invalidDestination("a b"), .usage, withoutHint: Alone.saysItself),
]
