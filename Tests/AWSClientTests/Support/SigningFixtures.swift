import AWSClient
import ChatProtocol
import HTTPTypes

extension AWSCredentials {
    /// AWS's own example, which its documentation and its vectors use.
    static let example = AWSCredentials(accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
}

extension Timestamp {
    /// When the project's own vectors were signed.
    static let vectors = Timestamp("2026-11-24T06:32:31Z")!
}

extension AWSHTTPRequest {
    /// What `Authorization` says after `Signature=`.
    var signature: String? {
        self.headers[.authorization]?.split(separator: "Signature=").last.map(String.init)
    }
}
