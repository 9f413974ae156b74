import NIOCore

/// One request of a runtime, whole.
struct RuntimeAPIRequest {
    /// How an answer comes: `Lambda-Runtime-Function-Response-Mode`.
    enum ResponseMode: Equatable {
        /// Also a streamed answer, which is gathered here: API Gateway takes nothing else.
        case known
        case unknown
    }

    var route: RuntimeAPIRoute
    var responseMode = ResponseMode.known
    /// `Lambda-Runtime-Function-Error-Type`, from the headers, or from the trailers of a streamed answer that fails midway.
    var errorType: String?
    var hasErrorTrailer = false
    var body = ByteBuffer()
    /// The body was longer than may be, and is not kept.
    var isTooLarge = false
}
