// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// The output formats of tables.
enum TableFormat: String, ExpressibleByArgument, CaseIterable {
    case table, json
}
