// SPDX-License-Identifier: Apache-2.0

import SystemPackage
import Transport

extension CommandEnvironment {
    /// The settings for transfers.
    ///
    /// libcurl itself reads `https_proxy`, `no_proxy` and `~/.netrc`. The variables with the certificate file are read
    /// only by the program `curl`, so they are read here in the same order (curl(1), "Environment").
    var transport: TransportSettings {
        var settings = TransportSettings()
        settings.certificates = (variable("CURL_CA_BUNDLE") ?? variable("SSL_CERT_FILE")).map { FilePath($0) }
        return settings
    }
}
