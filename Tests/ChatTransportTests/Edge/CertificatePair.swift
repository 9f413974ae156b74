import NIOSSL

/// Two certificates for `localhost` that sign themselves, valid until 2126, and their keys, which nothing else uses. Made as
/// `TestCertificate` was.
struct CertificatePair {
    let certificatePEM: String
    let keyPEM: String

    func certificate() throws -> NIOSSLCertificate { try NIOSSLCertificate(bytes: Array(self.certificatePEM.utf8), format: .pem) }

    func key() throws -> NIOSSLPrivateKey { try NIOSSLPrivateKey(bytes: Array(self.keyPEM.utf8), format: .pem) }

    /// The certificate, with its own key or another.
    func serverConfiguration(key: CertificatePair? = nil) throws -> TLSConfiguration {
        .makeServerConfiguration(
            certificateChain: [.certificate(try self.certificate())], privateKey: .privateKey(try (key ?? self).key()))
    }

    static let a = Self(
        certificatePEM: """
            -----BEGIN CERTIFICATE-----
            MIIBljCCATugAwIBAgIULrgkPZIfrhZV9LYiJJRxXKYATZcwCgYIKoZIzj0EAwIw
            FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyNDE4MDYzMVoYDzIxMjYxMDMx
            MTgwNjMxWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
            PQMBBwNCAATqZRCMV3hVyvgO6b6xg5SjMF2VEr4bo7G00YELt+99Dt9hBlW97vDg
            XkJLJoHkWab7AQM7tGGGlcKLmK7IgV6jo2kwZzAdBgNVHQ4EFgQU1y1Oq6OZW8Sk
            QeoBWyfmkloh5iEwHwYDVR0jBBgwFoAU1y1Oq6OZW8SkQeoBWyfmkloh5iEwDwYD
            VR0TAQH/BAUwAwEB/zAUBgNVHREEDTALgglsb2NhbGhvc3QwCgYIKoZIzj0EAwID
            SQAwRgIhAJpv9kJhRC7oSF8jxNvZezY1xgs4B5A4BqIS6bD1L5YlAiEAr/td52C3
            hGnVaGSC9zqv/NJ0BUf3CP9l8l8jpm+pp+s=
            -----END CERTIFICATE-----
            """,
        keyPEM: """
            -----BEGIN PRIVATE KEY-----
            MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgm0tGt5SIWY9X1QYU
            kyxG9AOav5oQ6HwYCGFs57sixsehRANCAATqZRCMV3hVyvgO6b6xg5SjMF2VEr4b
            o7G00YELt+99Dt9hBlW97vDgXkJLJoHkWab7AQM7tGGGlcKLmK7IgV6j
            -----END PRIVATE KEY-----
            """)

    static let b = Self(
        certificatePEM: """
            -----BEGIN CERTIFICATE-----
            MIIBljCCATugAwIBAgIUZdSLuDetRlGNrU6D4JyShYF+Ev4wCgYIKoZIzj0EAwIw
            FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyNDE4MDYzMVoYDzIxMjYxMDMx
            MTgwNjMxWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
            PQMBBwNCAAShT8FA6kw6tHZamhsBb4rgKRXVYzagy7GvpKFxDqTZVnVuhEV06v2L
            te1HINbFR6DWxw4gLmCpVHVaitweZP4Jo2kwZzAdBgNVHQ4EFgQUorvbBv+ijcbt
            TSqI70qVQodyp64wHwYDVR0jBBgwFoAUorvbBv+ijcbtTSqI70qVQodyp64wDwYD
            VR0TAQH/BAUwAwEB/zAUBgNVHREEDTALgglsb2NhbGhvc3QwCgYIKoZIzj0EAwID
            SQAwRgIhALlo+zn0S7TtiFl34iSWi9IqvwtqAQeUTQjiNhHsk9xUAiEAvvLSCTGg
            Z/INoNpooOYow24O188oUMsgMv7pIk1JwfU=
            -----END CERTIFICATE-----
            """,
        keyPEM: """
            -----BEGIN PRIVATE KEY-----
            MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgPpVTJ/opED5sSyPx
            Si9lvnIzLqX91m1PWhR0bIsGhEihRANCAAShT8FA6kw6tHZamhsBb4rgKRXVYzag
            y7GvpKFxDqTZVnVuhEV06v2Lte1HINbFR6DWxw4gLmCpVHVaitweZP4J
            -----END PRIVATE KEY-----
            """)
}
