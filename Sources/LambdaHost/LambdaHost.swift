public import NIOCore
public import NIOPosix

/// Runs Lambda functions of any language as processes of this machine, and feeds them events through the Lambda Runtime API.
///
/// A function is a command whose program speaks the Runtime API, as every Lambda runtime does: AWS's own for Python, Node, Java and so on, a
/// `bootstrap`, or this package's. It gets the environment that Lambda would give it, and of the host's own next to nothing.
///
/// Processes are started when calls need them and kept for later ones. Each function's pool is on one event loop; a call of a process that has
/// nothing to do costs one write. End a host by ``shutdown()``: its processes do not end with the object.
///
/// Functions run with the rights of the host's own user. They are not confined, and their `memory` is not enforced. What they leave running in
/// their process group ends with them. If the host is killed, a small shell that it keeps beside them kills them.
public final class LambdaHost: LambdaInvoker {
    private let pools: [String: NIOLoopBoundBox<FunctionPool>]
    private let configuration: LambdaHostConfiguration
    private let orphans = OrphanGuard()

    /// Starts nothing yet.
    ///
    /// - Parameters:
    ///   - functions: by name.
    ///   - eventLoopGroup: SwiftNIO's POSIX one. It has to outlive the host.
    ///   - log: gets what functions write, and what Lambda writes about them.
    public init(
        functions: [String: LambdaFunctionConfiguration], configuration: LambdaHostConfiguration = LambdaHostConfiguration(),
        eventLoopGroup: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton, log: @escaping LambdaLogSink = { _ in }
    ) {
        self.configuration = configuration
        var pools: [String: NIOLoopBoundBox<FunctionPool>] = [:]
        for (name, function) in functions {
            let loop = eventLoopGroup.next()
            let context = FunctionContext(name: name, configuration: function, host: configuration, orphans: self.orphans, sink: log)
            pools[name] = .makeBoxSendingValue(FunctionPool(function: context, loop: loop), eventLoop: loop)
        }
        self.pools = pools
    }

    /// Calls a function. If the caller's task is cancelled, the call goes on.
    public func invoke(_ function: String, event: [UInt8], traceId: String?) async -> LambdaOutcome {
        await withCheckedContinuation { continuation in
            self.invoke(function, event: event, traceId: traceId) { continuation.resume(returning: $0) }
        }
    }

    /// Calls a function without a task.
    ///
    /// - Parameter complete: called once, on an event loop or before this returns.
    public func invoke(_ function: String, event: [UInt8], traceId: String?, complete: @escaping @Sendable (LambdaOutcome) -> Void) {
        guard let pool = self.pools[function] else { return complete(.failed(reason: "there is no function of this name")) }
        guard event.count <= self.configuration.maximumPayloadBytes else {
            return complete(.failed(reason: "the event is over \(self.configuration.maximumPayloadBytes) bytes"))
        }
        let invocation = Invocation(event: ByteBuffer(bytes: event), traceId: traceId, complete: complete)
        if pool.eventLoop.inEventLoop {
            pool.value.invoke(invocation)
        } else {
            pool.eventLoop.execute { pool.value.invoke(invocation) }
        }
    }

    /// Takes no more calls, waits for those that are under way, at most for the drain time, and ends every process. Returns when all are gone.
    public func shutdown() async {
        await withTaskGroup(of: Void.self) { group in
            for pool in self.pools.values {
                group.addTask {
                    try? await pool.eventLoop.flatSubmit { pool.value.shutdown() }.get()
                }
            }
        }
        await self.orphans.close()
    }
}
