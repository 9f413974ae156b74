import NIOSSL

extension TLSConfiguration {
    /// Leaves out TLS 1.0 and 1.1 (RFC 8996), which NIOSSL takes unless it is told otherwise.
    ///
    /// - Throws: ``InvalidConfigurationError`` if no version is left.
    mutating func requireModernVersion() throws(InvalidConfigurationError) {
        switch self.minimumTLSVersion {
        case .tlsv1, .tlsv11: self.minimumTLSVersion = .tlsv12
        case .tlsv12, .tlsv13: break
        }
        switch self.maximumTLSVersion {
        case .tlsv1, .tlsv11: throw InvalidConfigurationError("TLS before 1.2 is not supported.")
        case .tlsv12 where self.minimumTLSVersion == .tlsv13:
            throw InvalidConfigurationError("The oldest version of TLS is newer than the newest.")
        case .tlsv12, .tlsv13, nil: break
        }
    }
}
