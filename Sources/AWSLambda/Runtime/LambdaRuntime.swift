public import Logging
public import NIOCore
import NIOPosix

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Runs a handler in a process that Lambda, or what stands in for it, has started: asks the Runtime API for the next event, hands
/// it to the handler, reports the answer or the failure, and asks again.
///
/// One process runs one invocation at a time: Lambda starts more processes for more of them. (Of Lambda Managed Instances'
/// concurrent invocations it makes no use.)
///
/// Source: the pages *Using the Lambda runtime API* and *Building a custom runtime* of AWS's developer guide.
public struct LambdaRuntime: Sendable {
    let environment: [String: String]
    let address: RuntimeAPIAddress
    let configuration: LambdaRuntimeConfiguration
    let eventLoopGroup: (any EventLoopGroup)?
    let logger: Logger

    /// - Parameters:
    ///   - environment: Where `AWS_LAMBDA_RUNTIME_API` (`host:port`) is looked up; `nil` (default) means the process's own.
    ///   - configuration: See ``LambdaRuntimeConfiguration``.
    ///   - eventLoopGroup: Where the connection lives and handlers run. `nil` (default) means one thread that nothing else uses, so that a
    ///     handler that computes for long keeps nobody waiting.
    ///   - logger: Where the runtime says what went wrong, and what an invocation's logger is made from. By default JSON on standard
    ///     output, see ``JSONLogHandler``.
    /// - Throws: ``LambdaRuntimeError/Code/notOnLambda``.
    public init(
        environment: [String: String]? = nil, configuration: LambdaRuntimeConfiguration = .init(),
        eventLoopGroup: (any EventLoopGroup)? = nil, logger: Logger? = nil
    ) throws(LambdaRuntimeError) {
        let environment = environment ?? ProcessInfo.processInfo.environment
        guard let text = environment["AWS_LAMBDA_RUNTIME_API"] else {
            throw LambdaRuntimeError(.notOnLambda, "AWS_LAMBDA_RUNTIME_API is not set")
        }
        guard let address = RuntimeAPIAddress(text) else {
            throw LambdaRuntimeError(.notOnLambda, "AWS_LAMBDA_RUNTIME_API is no host and port")
        }
        self.environment = environment
        self.address = address
        self.configuration = configuration
        self.eventLoopGroup = eventLoopGroup
        self.logger = logger ?? Logger(label: "lambda", factory: { JSONLogHandler(label: $0, environment: environment) })
    }

    /// Serves events with the handler until the process is told to stop.
    /// - Throws: ``LambdaRuntimeError``, when there is nothing left that this process could do.
    public func run(_ handler: some LambdaHandler) async throws {
        try await self.run { _ in handler }
    }

    /// Makes a handler, and serves events with it until the process is told to stop.
    /// - Parameter makeHandler: Given the environment; runs once. If it throws, Lambda is told so (`init/error`), and the loop ends.
    /// - Throws: ``LambdaRuntimeError``, when there is nothing left that this process could do; ``LambdaRuntimeError/Code/initFailed``
    ///   with what `makeHandler` threw.
    ///
    /// Cancelling the task ends the loop as SIGTERM does: after the invocation under way, without an error.
    public func run<Handler: LambdaHandler>(
        makeHandler: @escaping @Sendable (_ environment: [String: String]) async throws -> Handler
    ) async throws {
        if let group = self.eventLoopGroup { return try await self.run(on: group.next(), makeHandler: makeHandler) }
        let own = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        do {
            try await self.run(on: own.next(), makeHandler: makeHandler)
        } catch {
            try? await own.shutdownGracefully()
            throw error
        }
        try? await own.shutdownGracefully()
    }

    private func run<Handler: LambdaHandler>(
        on eventLoop: any EventLoop, makeHandler: @escaping @Sendable ([String: String]) async throws -> Handler
    ) async throws {
        let executor = EventLoopExecutor(eventLoop)
        let loop = RuntimeLoop(runtime: self, executor: executor)
        let signal = self.configuration.stopsOnSIGTERM ? TerminationSignal.install { loop.stop() } : nil
        defer { signal?.cancel() }
        try await withTaskCancellationHandler {
            try await withTaskExecutorPreference(executor) { try await loop.run(makeHandler: makeHandler) }
        } onCancel: {
            loop.stop()
        }
    }

    /// What a function's program does: makes a handler, serves events with it, and exits; with 0 when it was told to stop, else with 1
    /// after it has logged why.
    public static func main<Handler: LambdaHandler>(
        configuration: LambdaRuntimeConfiguration = .init(),
        makeHandler: @escaping @Sendable (_ environment: [String: String]) async throws -> Handler
    ) async -> Never {
        let logger = Logger(label: "lambda", factory: { JSONLogHandler(label: $0) })
        do {
            try await LambdaRuntime(configuration: configuration, logger: logger).run(makeHandler: makeHandler)
            exit(0)
        } catch {
            logger.critical("the runtime ends", metadata: ["error": "\(error)"])
            exit(1)
        }
    }
}
