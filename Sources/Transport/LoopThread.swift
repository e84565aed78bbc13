// SPDX-License-Identifier: Apache-2.0

import CCurl
import Core
import Glibc
import Synchronization

/// The thread of a `TransferLoop`: takes commands from an inbox and drives libcurl.
///
/// Unchecked: only the loop's thread uses `multi`, except for curl_multi_wakeup(3), which libcurl allows from any
/// thread; only the loop's thread uses `active`; the inbox is locked. The thread holds a reference to this object, so
/// `multi` is not cleaned up before the thread ends.
final class LoopThread: @unchecked Sendable {
    /// Identifies a transfer before, while and after it runs, and records its cancellation.
    final class Ticket: Sendable {
        fileprivate let cancelled = Atomic(false)
    }

    private enum Order {
        case run(Transfer, Ticket)
        case cancel(Ticket)
        case stop
    }

    private static let globalStart: CURLcode = curl_global_init(Int(CURL_GLOBAL_DEFAULT))

    private let multi: UnsafeMutableRawPointer
    private let inbox: Mutex<[Order]> = Mutex([])
    /// The running transfers, by their libcurl handle.
    private var active: [UnsafeMutableRawPointer: (transfer: Transfer, ticket: Ticket)] = [:]

    init() throws {
        guard Self.globalStart == CURLE_OK, let multi = curl_multi_init() else {
            throw TransportError.cannotStart("libcurl did not start")
        }
        self.multi = multi
    }

    deinit { curl_multi_cleanup(multi) }

    func submit(_ transfer: Transfer, _ ticket: Ticket) { post(.run(transfer, ticket)) }

    /// May be called before the transfer is submitted, and after it has ended.
    func cancel(_ ticket: Ticket) {
        ticket.cancelled.store(true, ordering: .releasing)
        post(.cancel(ticket))
    }

    func stop() { post(.stop) }

    private func post(_ order: Order) {
        inbox.withLock { $0.append(order) }
        curl_multi_wakeup(multi)
    }

    func start() throws {
        if let failure = BackgroundThread.failure(of: { self.run() }) {
            throw TransportError.cannotStart("no thread can be started (\(failure))")
        }
    }
}

extension LoopThread {
    /// OpenSSL writes with write(2), which raises SIGPIPE on a connection that the peer closed, except on such a thread.
    private func run() {
        while takeOrders() {
            var running: Int32 = 0
            curl_multi_perform(multi, &running)
            collect()
            curl_multi_poll(multi, nil, 0, 1000, nil)
        }
        for handle in active.keys { finish(handle) { $0.end(throwing: CancellationError()) } }
    }

    /// Executes the commands of the inbox; returns whether the loop continues.
    private func takeOrders() -> Bool {
        let orders = inbox.withLock { orders in
            defer { orders = [] }
            return orders
        }
        for order in orders {
            switch order {
            case .run(let transfer, let ticket): begin(transfer, ticket)
            case .cancel(let ticket): cancelNow(ticket)
            case .stop: return false
            }
        }
        return true
    }

    private func begin(_ transfer: Transfer, _ ticket: Ticket) {
        if ticket.cancelled.load(ordering: .acquiring) { return transfer.end(throwing: CancellationError()) }
        guard let handle = transfer.open(), curl_multi_add_handle(multi, handle) == CURLM_OK else {
            return transfer.end(throwing: TransportError.cannotStart("libcurl ran out of memory"))
        }
        active[handle] = (transfer, ticket)
    }

    private func cancelNow(_ ticket: Ticket) {
        guard let handle = active.first(where: { $0.value.ticket === ticket })?.key else { return }
        finish(handle) { $0.end(throwing: CancellationError()) }
    }

    /// Ends the transfers that libcurl reports as done.
    private func collect() {
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            let (kind, handle, code) = (message.pointee.msg, message.pointee.easy_handle, message.pointee.data.result)
            if kind == CURLMSG_DONE, let handle { finish(handle) { $0.end(code) } }
        }
    }

    private func finish(_ handle: UnsafeMutableRawPointer, _ end: (Transfer) -> Void) {
        guard let (transfer, _) = active.removeValue(forKey: handle) else { return }
        curl_multi_remove_handle(multi, handle)
        end(transfer)
    }
}
