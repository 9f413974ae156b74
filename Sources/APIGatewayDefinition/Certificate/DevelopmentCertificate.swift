import Crypto
import FoundationEssentials
import SwiftASN1
import X509

/// A self-signed certificate for `wss` on one's own machine, with its key.
///
/// It is its own issuer (`CA:TRUE`), since BoringSSL, and so NIOSSL, trusts no other self-signed certificate; so whoever trusts it trusts
/// this key for every name: it is for one's own machine. `AWS_CA_BUNDLE`, Python's `verify=`, `curl --cacert` and NIOSSL's trust roots all take the certificate's file.
public struct DevelopmentCertificate: Sendable, Equatable {
    /// The certificate, PEM.
    public let certificatePEM: String

    /// Its key, PEM (PKCS #8). A secret.
    public let privateKeyPEM: String

    /// 397 days: the longest that browsers take.
    static let lifetime: TimeInterval = 397 * 86_400

    /// One that ends sooner than this is remade, so that it does not end under a running gateway.
    static let renewal: TimeInterval = 7 * 86_400

    /// Makes a key on P-256 and a certificate for it.
    ///
    /// - Parameter names: host names and addresses; empty ones, and ones that are neither, are left out.
    static func make(names: [String], now: Date) throws -> DevelopmentCertificate {
        let key = P256.Signing.PrivateKey()
        let publicKey = Certificate.PublicKey(key.publicKey)
        let subject = try DistinguishedName {
            OrganizationName("Development certificate")
            CommonName("localhost")
        }
        let identifier = SubjectKeyIdentifier(hash: publicKey)
        let certificate = try Certificate(
            version: .v3,
            serialNumber: Certificate.SerialNumber(),
            publicKey: publicKey,
            // An hour back: a container's clock may be behind.
            notValidBefore: now.addingTimeInterval(-3600),
            notValidAfter: now.addingTimeInterval(Self.lifetime - 3600),
            issuer: subject,
            subject: subject,
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                Critical(KeyUsage(digitalSignature: true, keyCertSign: true))
                try ExtendedKeyUsage([.serverAuth])
                SubjectAlternativeNames(self.generalNames(names))
                identifier
                AuthorityKeyIdentifier(keyIdentifier: identifier.keyIdentifier)
            },
            issuerPrivateKey: Certificate.PrivateKey(key))
        return DevelopmentCertificate(
            certificatePEM: try certificate.serializeAsPEM().pemString + "\n", privateKeyPEM: key.pemRepresentation + "\n")
    }

    /// Whether the two belong together, cover `names`, and will for a while.
    func isUsable(names: [String], now: Date) -> Bool {
        guard let certificate = try? Certificate(pemEncoded: self.certificatePEM),
            let key = try? P256.Signing.PrivateKey(pemRepresentation: self.privateKeyPEM),
            certificate.publicKey == Certificate.PublicKey(key.publicKey),
            (try? certificate.extensions.basicConstraints) == .isCertificateAuthority(maxPathLength: 0),
            certificate.notValidBefore <= now, certificate.notValidAfter >= now.addingTimeInterval(Self.renewal),
            let covered = try? certificate.extensions.subjectAlternativeNames
        else { return false }
        return Set(Self.generalNames(names)).isSubset(of: covered)
    }

    private static func generalNames(_ names: [String]) -> [GeneralName] {
        var general: [GeneralName] = []
        for name in names {
            let entry: GeneralName
            if let address = SystemFile.addressBytes(name) {
                entry = .ipAddress(ASN1OctetString(contentBytes: address[...]))
            } else if self.isHostName(name) {
                entry = .dnsName(name.lowercased())
            } else {
                continue
            }
            if !general.contains(entry) { general.append(entry) }
        }
        return general
    }

    /// Labels of letters, digits and `-`, 1 to 63 each, 253 together.
    private static func isHostName(_ name: String) -> Bool {
        name.utf8.count <= 253
            && name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
                (1...63).contains(label.utf8.count)
                    && label.utf8.allSatisfy { byte in
                        switch byte {
                        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                            UInt8(ascii: "0")...UInt8(ascii: "9"):
                            true
                        default: byte == UInt8(ascii: "-")
                        }
                    }
            }
    }
}

extension DevelopmentCertificate: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The certificate, without the key.
    public var description: String { "DevelopmentCertificate(certificatePEM: \(self.certificatePEM), privateKeyPEM: <redacted>)" }
    public var debugDescription: String { self.description }
    public var customMirror: Mirror { Mirror(self, children: ["certificatePEM": self.certificatePEM]) }
}
