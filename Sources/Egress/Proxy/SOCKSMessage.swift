// SPDX-License-Identifier: Apache-2.0

/// The messages of a client of SOCKS 5 (RFC 1928).
package enum SOCKSMessage {
    /// The result of parsing a message.
    package enum Parsed<Value: Hashable & Sendable>: Hashable, Sendable {
        /// More bytes are needed.
        case incomplete
        /// The message, and its length.
        case complete(Value, length: Int)
        /// The message is invalid, or asks for what is not there; the answer.
        case refused(Reply)
    }

    /// The codes of a reply (section 6).
    package enum Reply: UInt8, Sendable {
        case succeeded = 0
        case failure = 1
        case notAllowed = 2
        case unreachable = 4
        case timedOut = 6
        case unsupportedCommand = 7
        case unsupportedAddress = 8

        /// The reply's message, with an address of zeros.
        package var message: [UInt8] { [5, rawValue, 0, 1, 0, 0, 0, 0, 0, 0] }
    }

    /// The answer to a greeting: no authentication.
    package static let acceptance: [UInt8] = [5, 0]
    /// The answer to a greeting without a method that is served.
    package static let rejection: [UInt8] = [5, 0xff]

    /// The methods of a greeting (section 3): whether one of them is "no authentication".
    package static func greeting(_ bytes: [UInt8]) -> Parsed<Bool> {
        guard bytes.count >= 2 else { return .incomplete }
        let length = 2 + Int(bytes[1])
        guard bytes[0] == 5 else { return .refused(.failure) }
        return bytes.count < length ? .incomplete : .complete(bytes[2..<length].contains(0), length: length)
    }

    /// The destination of a request (section 4).
    package static func request(_ bytes: [UInt8]) -> Parsed<Destination> {
        guard bytes.count >= 5 else { return .incomplete }
        guard bytes[0] == 5, bytes[2] == 0 else { return .refused(.failure) }
        guard bytes[1] == 1 else { return .refused(.unsupportedCommand) }
        let host: Range<Int>
        switch bytes[3] {
        case 1: host = 4..<8
        case 3: host = 5..<5 + Int(bytes[4])
        case 4: host = 4..<20
        default: return .refused(.unsupportedAddress)
        }
        let length = host.upperBound + 2
        guard bytes.count >= length else { return .incomplete }
        let port = UInt16(bytes[length - 2]) << 8 | UInt16(bytes[length - 1])
        guard let host = Self.host(Array(bytes[host]), isName: bytes[3] == 3),
            let destination = Destination(host: host, port: port)
        else { return .refused(.failure) }
        return .complete(destination, length: length)
    }

    private static func host(_ bytes: [UInt8], isName: Bool) -> Destination.Host? {
        guard isName else { return IPAddress(bytes: bytes).map { .address($0) } }
        return String(validating: bytes, as: UTF8.self).flatMap { Destination.Host($0) }
    }
}
