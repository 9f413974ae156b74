import AWSLambda
import ChatService

extension ConnectRequest {
    /// What a handshake says of who is asking, in the form in which API Gateway hands it on.
    ///
    /// Header names keep the client's casing, and HTTP does not care for it.
    init(header: (String) -> String?, query: [String: String]?) {
        self.init(
            authorization: header("Authorization"),
            subprotocols: (header("Sec-WebSocket-Protocol") ?? "").split(separator: ",").map { String($0.trimming(" \t")) },
            queryToken: query?["token"])
    }
}

extension Substring {
    fileprivate func trimming(_ characters: String) -> Substring {
        var text = self
        while let first = text.first, characters.contains(first) { text.removeFirst() }
        while let last = text.last, characters.contains(last) { text.removeLast() }
        return text
    }
}
