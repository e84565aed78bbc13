// SPDX-License-Identifier: Apache-2.0

import CCurl
import Glibc

extension Transfer {
    /// Sets every option of the transfer (curl_easy_setopt(3)).
    func configure(
        _ handle: UnsafeMutableRawPointer, message: UnsafeMutablePointer<CChar>,
        fields: UnsafeMutablePointer<curl_slist>?
    ) {
        let address = Address(request.url)
        ccurl_set_text(handle, CURLOPT_URL, request.url)
        ccurl_set_text(handle, CURLOPT_PROTOCOLS_STR, Address.schemes)
        ccurl_set_text(handle, CURLOPT_REDIR_PROTOCOLS_STR, address.redirectSchemes)
        ccurl_set_long(handle, CURLOPT_FOLLOWLOCATION, request.followsRedirects ? 1 : 0)
        ccurl_set_long(handle, CURLOPT_MAXREDIRS, request.settings.redirects)
        ccurl_set_text(handle, CURLOPT_USERAGENT, request.settings.userAgent)
        let netrc = request.usesNetrc ? CURL_NETRC_OPTIONAL : CURL_NETRC_IGNORED
        ccurl_set_long(handle, CURLOPT_NETRC, Int(netrc.rawValue))
        if let fields { ccurl_set_pointer(handle, CURLOPT_HTTPHEADER, fields) }
        if request.offset > 0 { ccurl_set_text(handle, CURLOPT_RANGE, "\(request.offset)-") }
        if let bundle = request.settings.certificates { ccurl_set_text(handle, CURLOPT_CAINFO, bundle.string) }
        if let server = request.settings.server, server.applies(to: request.url) {
            server.configure(handle, bundle: request.settings.certificates)
        }
        // Decodes what a server encodes without being asked; the fields ask for no encoding (RFC 9110 section 12.5.3).
        if request.decodes { ccurl_set_text(handle, CURLOPT_ACCEPT_ENCODING, "gzip, deflate") }
        ccurl_set_pointer(handle, CURLOPT_ERRORBUFFER, message)
        ccurl_set_long(handle, CURLOPT_BUFFERSIZE, 1 << 18)
        limitTime(handle)
        connectReceivers(handle)
        setMethod(handle)
    }

    private func setMethod(_ handle: UnsafeMutableRawPointer) {
        if request.method == .head { ccurl_set_long(handle, CURLOPT_NOBODY, 1) }
        if let source = request.source {
            ccurl_set_long(handle, CURLOPT_UPLOAD, 1)
            ccurl_set_offset(handle, CURLOPT_INFILESIZE_LARGE, curl_off_t(clamping: source.count))
            ccurl_set_long(handle, CURLOPT_UPLOAD_BUFFERSIZE, 1 << 19)
            connectSource(handle)
        }
        if request.method != .get, request.method != .head {
            ccurl_set_text(handle, CURLOPT_CUSTOMREQUEST, request.method.rawValue)
        }
    }

    private func connectSource(_ handle: UnsafeMutableRawPointer) {
        let transfer = Unmanaged.passUnretained(self).toOpaque()
        ccurl_set_receiver(handle, CURLOPT_READFUNCTION) { bytes, size, count, transfer in
            guard let bytes, let transfer else { return 0 }
            let buffer = UnsafeMutableRawBufferPointer(start: bytes, count: size * count)
            return Unmanaged<Transfer>.fromOpaque(transfer).takeUnretainedValue().giveBody(buffer)
                ?? Int(CURL_READFUNC_ABORT)
        }
        ccurl_set_pointer(handle, CURLOPT_READDATA, transfer)
        ccurl_set_seeker(handle, CURLOPT_SEEKFUNCTION) { transfer, offset, origin in
            guard let transfer, origin == SEEK_SET, offset >= 0 else { return CURL_SEEKFUNC_CANTSEEK }
            Unmanaged<Transfer>.fromOpaque(transfer).takeUnretainedValue().request.source?.seek(to: UInt64(offset))
            return CURL_SEEKFUNC_OK
        }
        ccurl_set_pointer(handle, CURLOPT_SEEKDATA, transfer)
    }

    private func limitTime(_ handle: UnsafeMutableRawPointer) {
        let settings = request.settings
        ccurl_set_long(handle, CURLOPT_CONNECTTIMEOUT_MS, settings.connectTimeout.milliseconds)
        ccurl_set_long(handle, CURLOPT_LOW_SPEED_LIMIT, 1000)
        ccurl_set_long(handle, CURLOPT_LOW_SPEED_TIME, max(1, settings.stallTimeout.milliseconds / 1000))
        // No SIGALRM, and no waiting for the resolver's thread when a transfer is cancelled: it ends by itself.
        ccurl_set_long(handle, CURLOPT_NOSIGNAL, 1)
        ccurl_set_long(handle, CURLOPT_QUICK_EXIT, 1)
    }

    /// The handle does not own the transfer: the loop keeps it until libcurl has released the handle.
    private func connectReceivers(_ handle: UnsafeMutableRawPointer) {
        let transfer = Unmanaged.passUnretained(self).toOpaque()
        ccurl_set_receiver(handle, CURLOPT_HEADERFUNCTION) { bytes, size, count, transfer in
            guard let bytes, let transfer else { return 0 }
            let buffer = UnsafeRawBufferPointer(start: bytes, count: size * count)
            Unmanaged<Transfer>.fromOpaque(transfer).takeUnretainedValue().takeHeader(buffer)
            return size * count
        }
        ccurl_set_pointer(handle, CURLOPT_HEADERDATA, transfer)
        ccurl_set_receiver(handle, CURLOPT_WRITEFUNCTION) { bytes, size, count, transfer in
            guard let bytes, let transfer else { return 0 }
            let buffer = UnsafeRawBufferPointer(start: bytes, count: size * count)
            let goesOn = Unmanaged<Transfer>.fromOpaque(transfer).takeUnretainedValue().takeBody(buffer)
            return goesOn ? size * count : Int(CURL_WRITEFUNC_ERROR)
        }
        ccurl_set_pointer(handle, CURLOPT_WRITEDATA, transfer)
    }
}

extension Duration {
    /// Whole milliseconds, at least 1.
    fileprivate var milliseconds: Int {
        Int(clamping: max(1, components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000))
    }
}

extension FailureReason {
    /// The reason for libcurl's error (libcurl-errors(3)).
    init(code: CURLcode, text: String, handle: UnsafeMutableRawPointer) {
        let text = text.isEmpty ? String(cString: curl_easy_strerror(code)) : text
        let proxyStatus = ccurl_get_long(handle, CURLINFO_HTTP_CONNECTCODE)
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_CONNECT, CURLE_PROXY:
            self = .unreachable(text)
        case CURLE_RECV_ERROR where proxyStatus >= 400: self = .unreachable("the proxy returned \(proxyStatus)")
        case CURLE_OPERATION_TIMEDOUT:
            // Before the request was sent the host did not respond; later the transfer stalled.
            self = ccurl_get_long(handle, CURLINFO_REQUEST_SIZE) == 0 ? .unanswered(text) : .stalled
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_CERTPROBLEM:
            self = .untrusted(text)
        case CURLE_TOO_MANY_REDIRECTS: self = .badRedirect(text)
        case CURLE_UNSUPPORTED_PROTOCOL:
            self = ccurl_get_long(handle, CURLINFO_REDIRECT_COUNT) > 0 ? .badRedirect(text) : .malformed(text)
        case CURLE_URL_MALFORMAT: self = .malformed(text)
        case CURLE_FILE_COULDNT_READ_FILE: self = .notFound(status: 404)
        default: self = .interrupted(text)
        }
    }
}
