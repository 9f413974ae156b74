import ArgumentParser
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore

/// The site's box: the page's files, as CloudFront serves them from S3.
struct ServeSite: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "site", abstract: "Serves the page.", shouldDisplay: false)

    @Option(help: "Folder with the page.") var page: String
    @Option(help: "Port to listen on; 0 lets the system choose.") var port = 0
    @Option(help: "What the page has to know, as JSON: the content of config.json.") var configuration: String
    @Option(help: "Where else the page may connect to.") var connect: [String] = []

    func run() async throws {
        let router = Router()
        router.add(middleware: PageHeaders(sources: self.connect))
        router.add(middleware: FileMiddleware(self.page, searchForIndexHtml: true))
        let json = self.configuration
        router.get("/config.json") { _, _ in
            Response(
                status: .ok, headers: [.contentType: "application/json", .cacheControl: "no-cache"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: json)))
        }
        try await serve(router, port: self.port)
    }
}

/// As the template's response headers policy has them.
private struct PageHeaders<Context: RequestContext>: RouterMiddleware {
    let sources: [String]

    func handle(_ request: Request, context: Context, next: (Request, Context) async throws -> Response) async throws -> Response {
        var response = try await next(request, context)
        let connect = (["'self'"] + self.sources).joined(separator: " ")
        response.headers[HTTPField.Name("Content-Security-Policy")!] =
            "default-src 'self'; connect-src \(connect); frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
        response.headers[HTTPField.Name("X-Content-Type-Options")!] = "nosniff"
        response.headers[HTTPField.Name("Referrer-Policy")!] = "no-referrer"
        return response
    }
}

/// Serves on the loopback interface until SIGTERM or SIGINT, and says where.
func serve(_ router: Router<BasicRequestContext>, port: Int) async throws {
    let app = Application(
        router: router, configuration: .init(address: .hostname("127.0.0.1", port: port), serverName: nil),
        onServerRunning: { channel in
            print("listening on http://127.0.0.1:\(channel.localAddress?.port ?? 0)")
            fflush(nil)
        },
        logger: Logger(label: "topology") { StreamLogHandler.standardError(label: $0) })
    try await app.runService()
}
