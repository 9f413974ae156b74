import AsyncHTTPClient
import NIOCore
import NIOPosix
import NIOSSL

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

extension AsyncAWSHTTPClient {
    /// What a failure below means to the caller. What matters is whether the service can have seen the request.
    static func awsError(_ error: any Error) -> AWSError {
        switch error {
        case let error as AWSError: return error
        case is NIOTooManyBytesError: return AWSError(.responseTooLarge, "the answer is longer than is allowed")
        case let error as HTTPClientError where error == .deadlineExceeded || error == .readTimeout:
            return AWSError(.timedOut, "no answer in time", underlying: error)
        default:
            return Self.failedBeforeRequest(error)
                ? AWSError(.unreachable, "no connection", underlying: error)
                : AWSError(.connectionFailed, "the connection was lost", underlying: error)
        }
    }

    /// In doubt false: what may have been seen is not repeated.
    private static func failedBeforeRequest(_ error: any Error) -> Bool {
        switch error {
        case is NIOConnectionError, NIOSSLError.handshakeFailed: true
        case let error as NIOSSLExtraError: error == .failedToValidateHostname
        case let error as HTTPClientError: [.connectTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout].contains(error)
        case let error as IOError: [ECONNREFUSED, ENETUNREACH, EADDRNOTAVAIL].contains(error.errnoCode)
        default: false
        }
    }
}
