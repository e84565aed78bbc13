// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// The forms of what people see as a table.
enum TableFormat: String, ExpressibleByArgument, CaseIterable {
    case table, json
}
