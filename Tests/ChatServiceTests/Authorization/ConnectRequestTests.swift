import ChatService
import Testing

/// Where a token is looked for: the first place that has one decides.
struct ConnectRequestTests {
    @Test func theFieldComesFirst() {
        let request = ConnectRequest(authorization: "Bearer A", subprotocols: ["chat.v1", "bearer.B"], queryToken: "C")
        #expect(request.token == "A")
    }

    @Test func thenTheSubprotocol() {
        #expect(ConnectRequest(subprotocols: ["chat.v1", "bearer.B"], queryToken: "C").token == "B")
        #expect(ConnectRequest(subprotocols: ["bearer.B"]).token == "B")
        #expect(ConnectRequest(subprotocols: ["x", "bearer.B", "bearer.C"]).token == "B")
    }

    @Test func thenTheQuery() {
        #expect(ConnectRequest(subprotocols: ["chat.v1"], queryToken: "C").token == "C")
        #expect(ConnectRequest(queryToken: "").token == "")
    }

    @Test func thereMayBeNone() {
        #expect(ConnectRequest().token == nil)
        #expect(ConnectRequest(subprotocols: ["chat.v1", "Bearer.B", "bearer", "xbearer.B"]).token == nil)
    }

    @Test(arguments: ["bearer A", "BEARER A", "Bearer A"])
    func theSchemesNameHasNoCase(_ authorization: String) {
        #expect(ConnectRequest(authorization: authorization).token == "A")
    }

    /// A request with credentials of another kind was meant for somebody else; another place of it does not make up for that.
    @Test(arguments: ["Basic QTpC", "A", "", "Bearer", "Bearer ", "BearerA", "Digest A"])
    func anotherSchemeIsNotPassedOver(_ authorization: String) {
        let request = ConnectRequest(authorization: authorization, subprotocols: ["bearer.B"], queryToken: "C")
        #expect(request.token == "")
    }

    @Test func anEmptySubprotocolTokenDecidesToo() {
        #expect(ConnectRequest(subprotocols: ["bearer."], queryToken: "C").token == "")
    }

    @Test(
        arguments: [
            (["chat.v1"], "chat.v1"), (["bearer.T", "chat.v1"], "chat.v1"), (["chat.v2", "chat.v1"], "chat.v1"),
            ([], nil), (["bearer.T"], nil), (["chat.v2"], nil), (["CHAT.V1"], nil),
        ] as [([String], String?)])
    func theChatsOwnSubprotocolIsSelectedAndNeverTheToken(_ offered: [String], _ selected: String?) {
        #expect(ConnectRequest(subprotocols: offered).selectedSubprotocol == selected)
    }
}
