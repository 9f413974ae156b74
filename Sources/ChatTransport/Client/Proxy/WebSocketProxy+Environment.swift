#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension WebSocketProxy {
    /// The proxy that the environment names for a URL, as other programs understand it.
    ///
    /// A `wss` URL takes `https_proxy`, a `ws` URL `http_proxy`, as curl does; both are tunnelled. Either takes `all_proxy` next.
    /// `no_proxy` lists exceptions, separated by commas: names, which stand for their subdomains too; addresses; networks such as
    /// `10.0.0.0/8`; any of them but networks with a port; `*` for all. Names in upper case are read too, but not `HTTP_PROXY`, which
    /// the `Proxy` field of a request sets in a CGI program (CVE-2016-5385). An empty value is none.
    ///
    /// - Parameters:
    ///   - url: the WebSocket's.
    ///   - environment: nil, the default, is the process's.
    /// - Returns: nil to connect without a proxy.
    /// - Throws: ``WebSocketError`` if the URL is not a WebSocket's; ``InvalidConfigurationError`` if the proxy is not one that is
    ///   supported. To connect without it may not be what is wanted.
    public static func fromEnvironment(for url: String, environment: [String: String]? = nil) throws -> WebSocketProxy? {
        let url = try WebSocketURL(url)
        let environment = environment ?? ProcessInfo.processInfo.environment
        let names = url.isSecure ? ["https_proxy", "HTTPS_PROXY"] : ["http_proxy"]
        guard let proxy = Self.first(of: names + ["all_proxy", "ALL_PROXY"], in: environment) else { return nil }
        if let exceptions = Self.first(of: ["no_proxy", "NO_PROXY"], in: environment),
            ProxyExceptions(exceptions).contains(host: url.host, port: url.port)
        {
            return nil
        }
        return try WebSocketProxy(url: proxy)
    }

    private static func first(of names: [String], in environment: [String: String]) -> String? {
        names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
    }
}
