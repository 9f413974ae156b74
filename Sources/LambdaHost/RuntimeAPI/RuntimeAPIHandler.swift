import NIOCore
import NIOHTTP1

/// One connection of a runtime: gathers a request, hands it to the process that it comes from, and writes the answer.
final class RuntimeAPIHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let process: FunctionProcess
    private let maximumBodyBytes: Int
    private var request: RuntimeAPIRequest?
    private var closesAfterAnswer = false
    private var context: ChannelHandlerContext?

    init(process: FunctionProcess, maximumBodyBytes: Int) {
        self.process = process
        self.maximumBodyBytes = maximumBodyBytes
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelActive(context: ChannelHandlerContext) {
        if !self.process.connected(self) { context.close(promise: nil) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.context = nil
        self.process.disconnected(self)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch self.unwrapInboundIn(data) {
        case .head(let head): self.begin(head, context: context)
        case .body(let bytes): self.gather(bytes)
        case .end(let trailers):
            guard var request = self.request else { return }
            self.request = nil
            if let type = trailers?.first(name: "Lambda-Runtime-Function-Error-Type") {
                request.errorType = type
                request.hasErrorTrailer = true
            }
            self.process.receive(request, from: self)
        }
    }

    private func begin(_ head: HTTPRequestHead, context: ChannelHandlerContext) {
        self.closesAfterAnswer = !head.isKeepAlive
        var request = RuntimeAPIRequest(route: RuntimeAPIRoute(method: head.method.rawValue, path: head.uri))
        request.errorType = head.headers.first(name: "Lambda-Runtime-Function-Error-Type")
        if let mode = head.headers.first(name: "Lambda-Runtime-Function-Response-Mode"), mode != "streaming" {
            request.responseMode = .unknown
        }
        self.request = request
        // libcurl asks before a body of more than 1 MiB, and waits a second if it is not told.
        if head.headers.first(name: "Expect")?.lowercased() == "100-continue" {
            let goOn = HTTPResponseHead(version: .http1_1, status: .continue)
            context.writeAndFlush(self.wrapOutboundOut(.head(goOn)), promise: nil)
        }
    }

    private func gather(_ bytes: ByteBuffer) {
        guard self.request != nil, self.request?.isTooLarge == false else { return }
        guard self.request!.body.readableBytes + bytes.readableBytes <= self.maximumBodyBytes else {
            // What is still to come is read and thrown away, so that the runtime gets to read why.
            self.request?.isTooLarge = true
            self.request?.body = ByteBuffer()
            return
        }
        if self.request!.body.readableBytes == 0 {
            self.request!.body = bytes
        } else {
            self.request!.body.writeImmutableBuffer(bytes)
        }
    }

    // MARK: Answering

    func send(_ answer: RuntimeAPIAnswer) {
        var headers = HTTPHeaders()
        let isJSON = answer.body.hasPrefix("{")
        if !answer.body.isEmpty { headers.add(name: "Content-Type", value: isJSON ? "application/json" : "text/plain; charset=utf-8") }
        self.send(status: HTTPResponseStatus(statusCode: answer.status), headers: headers, body: ByteBuffer(string: answer.body))
    }

    /// Hands over an event as the answer to the question for the next one.
    ///
    /// - Parameter deadline: in milliseconds since the epoch.
    func send(_ invocation: Invocation, functionARN: String, deadline: Int64) {
        var headers = HTTPHeaders()
        headers.reserveCapacity(6)
        headers.add(name: "Content-Type", value: "application/json")
        headers.add(name: "Lambda-Runtime-Aws-Request-Id", value: invocation.requestId)
        headers.add(name: "Lambda-Runtime-Deadline-Ms", value: String(deadline))
        headers.add(name: "Lambda-Runtime-Invoked-Function-Arn", value: functionARN)
        // Absent rather than empty.
        if let traceId = invocation.traceId { headers.add(name: "Lambda-Runtime-Trace-Id", value: traceId) }
        self.send(status: .ok, headers: headers, body: invocation.event)
    }

    private func send(status: HTTPResponseStatus, headers: HTTPHeaders, body: ByteBuffer) {
        guard let context else { return }
        var headers = headers
        headers.add(name: "Content-Length", value: String(body.readableBytes))
        if self.closesAfterAnswer { headers.add(name: "Connection", value: "close") }
        context.write(self.wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: status, headers: headers))), promise: nil)
        if body.readableBytes > 0 { context.write(self.wrapOutboundOut(.body(.byteBuffer(body))), promise: nil) }
        let written = context.writeAndFlush(self.wrapOutboundOut(.end(nil)))
        if self.closesAfterAnswer { written.assumeIsolated().whenComplete { _ in context.close(promise: nil) } }
    }

    func close() { self.context?.close(promise: nil) }
}
