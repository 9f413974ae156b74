import ChatProtocol

/// The XML in which STS answers: four elements of text under `Credentials`.
enum WebIdentityAnswer {
    /// - Throws: ``AWSError`` with `credentialsUnavailable` if it is not that document. The error repeats nothing of it.
    static func credentials(_ body: [UInt8]) throws(AWSError) -> AWSCredentials {
        let path = ["AssumeRoleWithWebIdentityResponse", "AssumeRoleWithWebIdentityResult", "Credentials"]
        guard let fields = FlatXML.texts(in: body, under: path),
            let id = fields["AccessKeyId"], let secret = fields["SecretAccessKey"], let token = fields["SessionToken"],
            let expiration = fields["Expiration"].flatMap(Timestamp.init), !id.isEmpty, !secret.isEmpty, !token.isEmpty
        else { throw AWSError(.credentialsUnavailable, "STS's answer is not the expected document") }
        return AWSCredentials(accessKeyId: id, secretAccessKey: secret, sessionToken: token, expiresAt: expiration)
    }
}
