import Testing

@testable import LambdaHost

struct RuntimeAPIRouteTests {
    @Test(arguments: [
        ("GET", "invocation/next", RuntimeAPIRoute.next), ("POST", "invocation/next", .methodNotAllowed),
        ("POST", "invocation/abc/response", .response(requestId: "abc")), ("GET", "invocation/abc/response", .methodNotAllowed),
        ("POST", "invocation/abc/error", .error(requestId: "abc")), ("POST", "invocation//response", .response(requestId: "")),
        ("POST", "init/error", .initError), ("GET", "init/error", .methodNotAllowed), ("GET", "init/next", .unknown),
        ("POST", "invocation/abc/response/more", .unknown), ("GET", "", .unknown), ("GET", "restore/next", .unknown),
    ])
    func isReadFromThePath(method: String, path: String, route: RuntimeAPIRoute) {
        #expect(RuntimeAPIRoute(method: method, path: "/2018-06-01/runtime/" + path) == route)
    }

    @Test(arguments: ["/", "/2018-06-01/invocation/next", "/2018-06-02/runtime/invocation/next", "*", ""])
    func isUnknownElsewhere(path: String) {
        #expect(RuntimeAPIRoute(method: "GET", path: path) == .unknown)
    }

    @Test func answersAreTheEmulatorsBytes() {
        #expect(RuntimeAPIAnswer.accepted == RuntimeAPIAnswer(status: 202, body: "{\"status\":\"OK\"}\n"))
        #expect(
            RuntimeAPIAnswer.invalidRequestId
                == RuntimeAPIAnswer(status: 400, body: "{\"errorMessage\":\"Invalid request ID\",\"errorType\":\"InvalidRequestID\"}\n"))
        #expect(
            RuntimeAPIAnswer.invalidStateTransition(from: "Running", to: "InitError").body
                == "{\"errorMessage\":\"State transition from Running to InitError failed for runtime. Error: State transition is not allowed\",\"errorType\":\"InvalidStateTransition\"}\n"
        )
        #expect(RuntimeAPIAnswer.tooLarge(maximumBytes: 6_291_556).status == 413)
        #expect(RuntimeAPIAnswer.tooLarge(maximumBytes: 6_291_556).body.contains("maximum allowed payload size (6291556 bytes)"))
    }
}
