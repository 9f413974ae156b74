public import AsyncHTTPClient
import NIOCore
import NIOSSL

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The HTTP client of all that bring none. It lives as long as the process, so nobody has to shut it down.
enum SharedHTTPClient {
    static let result: Result<HTTPClient, AWSError> = Result { () throws(AWSError) -> HTTPClient in
        let bundle = ProcessInfo.processInfo.environment["AWS_CA_BUNDLE"].flatMap { $0.isEmpty ? nil : $0 }
        return HTTPClient(eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: try .aws(caBundle: bundle))
    }
}

extension HTTPClient.Configuration {
    /// How AWS is talked to: HTTP/1.1, no redirects, no proxy, 3 s to connect, up to 64 connections a host, each closed after 20 s without
    /// use, which is before a load balancer closes it.
    ///
    /// - Parameter caBundle: a file of certificates in PEM that are trusted in place of the system's, as `AWS_CA_BUNDLE` names one.
    /// - Throws: ``AWSError`` with `invalidConfiguration` if the file cannot be read or has no certificate.
    public static func aws(caBundle: String? = nil) throws(AWSError) -> Self {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.httpVersion = .http1Only
        configuration.timeout.connect = .seconds(3)
        configuration.connectionPool = ConnectionPool(idleTimeout: .seconds(20), concurrentHTTP1ConnectionsPerHostSoftLimit: 64)
        // Whether to try again is decided in one place, by the retry policy.
        configuration.connectionPool.retryConnectionEstablishment = false
        if let caBundle {
            let roots: [NIOSSLCertificate]
            do {
                roots = try NIOSSLCertificate.fromPEMFile(caBundle)
            } catch {
                throw AWSError(.invalidConfiguration, "the bundle of CA certificates cannot be read", underlying: error)
            }
            guard !roots.isEmpty else { throw AWSError(.invalidConfiguration, "the bundle of CA certificates is empty") }
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.trustRoots = .certificates(roots)
            configuration.tlsConfiguration = tls
        }
        return configuration
    }
}
