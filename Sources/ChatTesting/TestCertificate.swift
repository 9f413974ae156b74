package import NIOSSL

/// A certificate for `localhost` that signs itself, valid until 2126, and its key, which nothing else uses. Made with
///
///     openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500 \
///         -subj /CN=localhost -addext subjectAltName=DNS:localhost
package enum TestCertificate {
    package static func serverConfiguration() throws -> TLSConfiguration {
        .makeServerConfiguration(
            certificateChain: [.certificate(try self.certificate())],
            privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(self.key.utf8), format: .pem)))
    }

    /// Trusts that certificate and no other.
    package static func clientConfiguration() throws -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .certificates([try self.certificate()])
        return configuration
    }

    private static func certificate() throws -> NIOSSLCertificate {
        try NIOSSLCertificate(bytes: Array(self.pem.utf8), format: .pem)
    }

    private static let pem = """
        -----BEGIN CERTIFICATE-----
        MIIBlTCCATugAwIBAgIUQQtKy8lCQ5mScZ9LEzA/T+3wZ8YwCgYIKoZIzj0EAwIw
        FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyNDE1NTE1N1oYDzIxMjYxMDMx
        MTU1MTU3WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
        PQMBBwNCAAQDtn2XJ6VmTTUd7YvEj3/Al+PJ1hF9xgVnuklxxmNug3Vg3ITNiply
        sb3k64Hh2zgFK7/S1P6I4CTWGsfNfoRvo2kwZzAdBgNVHQ4EFgQUcOaoMI1B+EQ1
        F4f3WiDTpw/EPXUwHwYDVR0jBBgwFoAUcOaoMI1B+EQ1F4f3WiDTpw/EPXUwDwYD
        VR0TAQH/BAUwAwEB/zAUBgNVHREEDTALgglsb2NhbGhvc3QwCgYIKoZIzj0EAwID
        SAAwRQIhAJyQOyHU45JjAzLt5taoUOY6pyREzxKfeo3te0QCf5bGAiBclsG/duMS
        wEIHeqN6BLS6/i/m+JxrEbJ7wsuldjOEPA==
        -----END CERTIFICATE-----
        """

    private static let key = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgv7jnFXyjsTcFL84d
        /kv2fu0u5ckNq9M16o0sI/A5Iq2hRANCAAQDtn2XJ6VmTTUd7YvEj3/Al+PJ1hF9
        xgVnuklxxmNug3Vg3ITNiplysb3k64Hh2zgFK7/S1P6I4CTWGsfNfoRv
        -----END PRIVATE KEY-----
        """
}
