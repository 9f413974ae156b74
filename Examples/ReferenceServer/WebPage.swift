import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// The page, and what it has to know of the server that it came from.
enum WebPage {
    /// The folder that the build copied beside the program.
    static var folder: String { Bundle.module.bundlePath + "/Web" }

    /// Adds `/config.json`.
    static func addConfiguration(to router: Router<BasicRequestContext>, userPoolId: String, clientId: String) {
        struct Configuration: Encodable {
            var userPoolId: String
            var clientId: String
            var userPoolEndpoint = "/"
            var webSocketPath = "/ws"
        }
        router.get("/config.json") { _, _ in
            let body = try JSONEncoder().encode(Configuration(userPoolId: userPoolId, clientId: clientId))
            return Response(
                status: .ok, headers: [.contentType: "application/json", .cacheControl: "no-store"],
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
        }
    }
}

/// Tells browsers to run nothing but the page's own files, and to show it in no frame.
struct SecurityHeaders<Context: RequestContext>: RouterMiddleware {
    func handle(_ request: Request, context: Context, next: (Request, Context) async throws -> Response) async throws -> Response {
        var response = try await next(request, context)
        response.headers[HTTPField.Name("Content-Security-Policy")!] =
            "default-src 'self'; connect-src 'self' ws: wss:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
        response.headers[HTTPField.Name("X-Content-Type-Options")!] = "nosniff"
        response.headers[HTTPField.Name("Referrer-Policy")!] = "no-referrer"
        return response
    }
}
