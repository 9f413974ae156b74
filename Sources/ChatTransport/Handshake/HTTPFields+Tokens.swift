import HTTPTypes

extension HTTPFields {
    /// Whether a token, in lower case, is in a list of them (RFC 9110 section 5.6.1), which may be spread over several fields.
    func hasToken(_ token: String, in name: HTTPField.Name) -> Bool {
        self[values: name].contains { value in
            value.split(separator: ",").contains { $0.trimmingSpaces().lowercased() == token }
        }
    }
}
