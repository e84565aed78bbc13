// SPDX-License-Identifier: Apache-2.0

/// Domains below which unrelated owners have names: a short form of the Public Suffix List (publicsuffix.org), for the
/// rules that a mistake makes too wide.
enum PublicSuffix {
    /// Whether unrelated owners have names directly below `domain`.
    static func contains(_ domain: HostName) -> Bool {
        let labels = domain.text.split(separator: ".")
        guard labels.count > 1 else { return true }
        if labels.count == 2, labels[1].count == 2, registries.contains(String(labels[0])) { return true }
        if domain.text.hasSuffix(".amazonaws.com") || domain.text.hasSuffix(".on.aws") { return true }
        return hosting.contains(domain.text)
            || hosting.contains { suffix in suffix.hasSuffix("." + domain.text) }
    }

    /// The second level of country codes.
    private static let registries: Set = [
        "ac", "co", "com", "edu", "gob", "gov", "govt", "gv", "ltd", "me", "mil", "ne", "net", "nom", "or", "org",
        "plc",
        "sch",
    ]

    /// Services on which everyone can have a name.
    private static let hosting: Set = [
        "amazonaws.com", "amplifyapp.com", "appspot.com", "b-cdn.net", "blogspot.com", "cloudfunctions.net", "nip.io",
        "oast.fun", "ondigitalocean.app", "on.aws", "ngrok.dev", "sslip.io", "supabase.co", "awsapprunner.com",
        "azureedge.net", "azurestaticapps.net", "azurewebsites.net",
        "blob.core.windows.net", "bitbucket.io", "cloudapp.net", "cloudfront.net", "deno.dev", "duckdns.org",
        "elasticbeanstalk.com", "execute-api.us-east-1.amazonaws.com", "firebaseapp.com", "fly.dev", "github.io",
        "gitlab.io", "glitch.me", "hf.space", "herokuapp.com", "loca.lt", "myshopify.com", "netlify.app",
        "ngrok-free.app",
        "ngrok.app", "ngrok.io", "onrender.com", "pages.dev", "r2.dev", "railway.app", "readthedocs.io", "repl.co",
        "replit.app", "replit.dev", "run.app", "s3.amazonaws.com", "serveo.net", "surge.sh", "trycloudflare.com",
        "vercel.app", "web.app", "webhook.site", "workers.dev",
    ]
}
