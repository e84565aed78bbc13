// SPDX-License-Identifier: Apache-2.0

import Core

extension RegistrySettings {
    /// The settings, with warnings of registries reported as progress.
    package func telling(_ progress: @escaping ProgressSink) -> RegistrySettings {
        var settings = self
        settings.warnings = RegistryWarnings { progress(.warning($0)) }
        return settings
    }
}
