/// Certificates for other hosts, made and to be used as those for `localhost`.
extension CertificatePair {
    /// For 127.0.0.1.
    static let loopback1 = Self(
        certificatePEM: """
            -----BEGIN CERTIFICATE-----
            MIIBhDCCASqgAwIBAgIUN40G/oqjPyix6GyjxsUAW7ReZJAwCgYIKoZIzj0EAwIw
            DjEMMAoGA1UEAwwDb25lMCAXDTI2MTEyNTIxMTUxM1oYDzIxMjYxMTAxMjExNTEz
            WjAOMQwwCgYDVQQDDANvbmUwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAT/1l+T
            upPyTwqLTb/RRD350FfFTvdH+Lq3IlU4x2AMwnV13JkIhfyXPf3FkS1fePrfVFpH
            tRuGr5ZgcD7lu7Yao2QwYjAdBgNVHQ4EFgQUTmjIZ3CfGixqH1KoT19z0+ezr7Aw
            HwYDVR0jBBgwFoAUTmjIZ3CfGixqH1KoT19z0+ezr7AwDwYDVR0TAQH/BAUwAwEB
            /zAPBgNVHREECDAGhwR/AAABMAoGCCqGSM49BAMCA0gAMEUCID30064dQ/0e2QcQ
            mBc3qn28ZCpjXMdTtkWpXA9i1ij1AiEAti2ZIZY0dkH5v26LPF42Ex7kAN+ZzL5d
            Bh4c7JavGxg=
            -----END CERTIFICATE-----
            """,
        keyPEM: """
            -----BEGIN PRIVATE KEY-----
            MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgivNApceNtq0K32eL
            Snf81X2sLekx5t6nUoRH6wlzkUqhRANCAAT/1l+TupPyTwqLTb/RRD350FfFTvdH
            +Lq3IlU4x2AMwnV13JkIhfyXPf3FkS1fePrfVFpHtRuGr5ZgcD7lu7Ya
            -----END PRIVATE KEY-----
            """)

    /// For 127.0.0.2.
    static let loopback2 = Self(
        certificatePEM: """
            -----BEGIN CERTIFICATE-----
            MIIBhDCCASqgAwIBAgIUT1e16g1vXC4eNJZ9aXc8doc8tUgwCgYIKoZIzj0EAwIw
            DjEMMAoGA1UEAwwDdHdvMCAXDTI2MTEyNTIxMTUxM1oYDzIxMjYxMTAxMjExNTEz
            WjAOMQwwCgYDVQQDDAN0d28wWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAASS9TiR
            K5AiIjQc0ZOt4j1P6HYgtIwQmd+vHqJyjKwakZ9kHvy8QR7OMm513KGy1Xggcjz1
            8naxqIuo+nddGxG9o2QwYjAdBgNVHQ4EFgQUsyA8gaBAyKisQ5WprZW2K8j4H04w
            HwYDVR0jBBgwFoAUsyA8gaBAyKisQ5WprZW2K8j4H04wDwYDVR0TAQH/BAUwAwEB
            /zAPBgNVHREECDAGhwR/AAACMAoGCCqGSM49BAMCA0gAMEUCIQDqskwga/UIB9m6
            S/pZh51kRvIsnT30acS24dO0G+qhCwIgSFqZZ/bLZXBbxOqwgznZtaVOAkVzSI4E
            nqlea6SEZDA=
            -----END CERTIFICATE-----
            """,
        keyPEM: """
            -----BEGIN PRIVATE KEY-----
            MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgTloN+S2V83H36Ltf
            f+xLySoawuPvVmPF9/tJtIY746qhRANCAASS9TiRK5AiIjQc0ZOt4j1P6HYgtIwQ
            md+vHqJyjKwakZ9kHvy8QR7OMm513KGy1Xggcjz18naxqIuo+nddGxG9
            -----END PRIVATE KEY-----
            """)

    /// For `localhost`, `*.example.com`, 127.0.0.1 and ::1.
    static let names = Self(
        certificatePEM: """
            -----BEGIN CERTIFICATE-----
            MIIBtzCCAVygAwIBAgIUAZeJZdnUtWdUUPKMVXdpgZMb+6kwCgYIKoZIzj0EAwIw
            EDEOMAwGA1UEAwwFbmFtZXMwIBcNMjYxMTI1MjExNTEzWhgPMjEyNjExMDEyMTE1
            MTNaMBAxDjAMBgNVBAMMBW5hbWVzMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE
            kIu/zthruFTICWWiVlFHPW5si5Ud9loU4Yioi+NfMHrXVQIdgWvgzZHHLXogl2QR
            QKcNwujYn1fGA2Za6DMz0KOBkTCBjjAdBgNVHQ4EFgQUmFZ+9c3tcpSxfRPKGGgJ
            oT0IU3gwHwYDVR0jBBgwFoAUmFZ+9c3tcpSxfRPKGGgJoT0IU3gwDwYDVR0TAQH/
            BAUwAwEB/zA7BgNVHREENDAygglsb2NhbGhvc3SCDSouZXhhbXBsZS5jb22HBH8A
            AAGHEAAAAAAAAAAAAAAAAAAAAAEwCgYIKoZIzj0EAwIDSQAwRgIhAMCtcaVPoV2w
            QqWTQaEc4xvnxeeEPas0fG5E6AP3+owrAiEAgpLCl8zihySWO98nNsJdH7g3oRF8
            aolkX4dYMvZb1Dg=
            -----END CERTIFICATE-----
            """,
        keyPEM: """
            -----BEGIN PRIVATE KEY-----
            MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgCAIoW+v8wvMWa0PB
            b3/HM6y+WrFOwF8cghDSVXV0eImhRANCAASQi7/O2Gu4VMgJZaJWUUc9bmyLlR32
            WhThiKiL418wetdVAh2Ba+DNkccteiCXZBFApw3C6NifV8YDZlroMzPQ
            -----END PRIVATE KEY-----
            """)

    /// For `localhost`, which is its common name; it has no alternative names.
    static let commonName = Self(
        certificatePEM: """
            -----BEGIN CERTIFICATE-----
            MIIBgDCCASWgAwIBAgIUGtyOLHgaikaU3ZH3JSilloQs+xswCgYIKoZIzj0EAwIw
            FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyNTIxMTUxM1oYDzIxMjYxMTAx
            MjExNTEzWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
            PQMBBwNCAAS5IcIgtaGVSB07MJ1o4izEgAciWIc4LQPeiO1Vgq1gsca46pw1+KCN
            wGCrvF6ka5pzMK000t+9Ps3TgZibQl8To1MwUTAdBgNVHQ4EFgQUB7j2oHa5l1vG
            8qXZxHzOTYMty7UwHwYDVR0jBBgwFoAUB7j2oHa5l1vG8qXZxHzOTYMty7UwDwYD
            VR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNJADBGAiEAr5QaJoiuILKDQfyBhaJS
            iH7giEiikWS/v7xkoo6xNvMCIQCwSyvVwOsgXdfwSTtjRvpaT3oXeexXL+wJDOym
            epWTjg==
            -----END CERTIFICATE-----
            """,
        keyPEM: """
            -----BEGIN PRIVATE KEY-----
            MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg9AXeeU/JYFo7hOND
            vfoz9fPNnumA9/jIg66rlkeRI+uhRANCAAS5IcIgtaGVSB07MJ1o4izEgAciWIc4
            LQPeiO1Vgq1gsca46pw1+KCNwGCrvF6ka5pzMK000t+9Ps3TgZibQl8T
            -----END PRIVATE KEY-----
            """)
}
