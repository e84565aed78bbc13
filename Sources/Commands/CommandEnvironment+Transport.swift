// SPDX-License-Identifier: Apache-2.0

import SystemPackage
import Transport

extension CommandEnvironment {
    /// How transfers go here.
    ///
    /// libcurl itself reads `https_proxy`, `no_proxy` and `~/.netrc`. The file with the trusted certificates is named
    /// by variables that only the program `curl` reads, so that it is done here, in the same order (curl(1),
    /// "Environment").
    var transport: TransportSettings {
        var settings = TransportSettings()
        settings.certificates = (variable("CURL_CA_BUNDLE") ?? variable("SSL_CERT_FILE")).map { FilePath($0) }
        return settings
    }
}
