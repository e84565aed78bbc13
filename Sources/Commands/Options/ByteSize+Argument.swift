// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Core

extension ByteSize: ExpressibleByArgument {
    package init?(argument: String) { self.init(argument) }
}
