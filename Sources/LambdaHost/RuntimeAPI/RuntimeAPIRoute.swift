/// What a runtime asks for, by method and path. Version 2018-06-01 of the Lambda Runtime API.
enum RuntimeAPIRoute: Equatable {
    case next
    case response(requestId: String)
    case error(requestId: String)
    case initError
    /// No such path.
    case unknown
    /// There is such a path, but not with this method.
    case methodNotAllowed

    private static let prefix = "/2018-06-01/runtime/"

    init(method: String, path: String) {
        guard path.hasPrefix(Self.prefix) else {
            self = .unknown
            return
        }
        let parts = path.dropFirst(Self.prefix.count).split(separator: "/", omittingEmptySubsequences: false)
        let isPost = method == "POST"
        switch (parts.count, parts[0]) {
        case (2, "invocation") where parts[1] == "next": self = method == "GET" ? .next : .methodNotAllowed
        case (2, "init") where parts[1] == "error": self = isPost ? .initError : .methodNotAllowed
        case (3, "invocation") where parts[2] == "response": self = isPost ? .response(requestId: String(parts[1])) : .methodNotAllowed
        case (3, "invocation") where parts[2] == "error": self = isPost ? .error(requestId: String(parts[1])) : .methodNotAllowed
        default: self = .unknown
        }
    }
}
