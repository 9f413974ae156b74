import Foundation
import HTTPTypes
import Testing

@testable import ChatAuth

struct RemoteTokenKeysTests {
    let clock = ManualClock()
    let issuer = FakeIssuer()
    let forge = TokenForge.shared
    let keys: RemoteTokenKeys

    init() async throws {
        self.keys = RemoteTokenKeys(
            url: "https://issuer.example/.well-known/jwks.json", configuration: .init(), exchange: self.issuer,
            elapsed: { [clock] in clock.elapsed })
        self.issuer.publish(try await self.forge.keySet())
    }

    @Test func aKeyIsFetchedWhenItIsNeededAndKept() async throws {
        for _ in 0..<5 { #expect(try await self.keys.key(id: self.forge.keyId)?.id == self.forge.keyId) }
        #expect(self.issuer.requests.map(\.url) == ["https://issuer.example/.well-known/jwks.json"])
        #expect(self.issuer.requests.map(\.method) == [.get])
        #expect(self.issuer.requests.map(\.timeout) == [.seconds(5)])
    }

    @Test func aVerifierWaitsForTheKey() async throws {
        let verifier = TokenVerifier(
            configuration: .init(issuer: TokenForge.issuer, clientIds: ["client-1"]), keys: self.keys, now: { self.clock.now })
        #expect(try await verifier.verify(self.forge.accessToken()).subject == "sub-1")
    }

    @Test func allWaitForOneFetch() async throws {
        self.issuer.hold()
        let found = try await withThrowingTaskGroup(of: Bool.self) { group in
            for index in 0..<50 {
                group.addTask { try await self.keys.key(id: index % 2 == 0 ? self.forge.keyId : "other") != nil }
            }
            await self.issuer.nextRequest()
            self.issuer.release()
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(found == 25)
        #expect(self.issuer.requests.count == 1)
    }

    @Test func madeUpIdsAreNoRequests() async throws {
        for index in 0..<100 { #expect(try await self.keys.key(id: "made up \(index)") == nil) }
        #expect(self.issuer.requests.count == 1)
        self.clock.advance(by: .milliseconds(9999))
        #expect(try await self.keys.key(id: "made up") == nil)
        #expect(self.issuer.requests.count == 1)
        self.clock.advance(by: .milliseconds(1))
        for index in 0..<100 { #expect(try await self.keys.key(id: "made up \(index)") == nil) }
        #expect(self.issuer.requests.count == 2)
    }

    @Test func anIssuersNewKeyIsFound() async throws {
        _ = try await self.keys.key(id: self.forge.keyId)
        let next = TokenForge()
        var both = try await self.forge.keySet()
        both.keys += try await next.keySet().keys
        self.issuer.publish(both)
        #expect(try await self.keys.key(id: next.keyId) == nil)
        self.clock.advance(by: .seconds(10))
        #expect(try await self.keys.key(id: next.keyId)?.id == next.keyId)
        #expect(try await self.keys.key(id: self.forge.keyId) != nil)
        #expect(self.issuer.requests.count == 2)
    }

    @Test func aWithdrawnKeyIsForgotten() async throws {
        _ = try await self.keys.key(id: self.forge.keyId)
        self.issuer.publish(try await TokenForge().keySet())
        self.clock.advance(by: .seconds(3599))
        #expect(try await self.keys.key(id: self.forge.keyId) != nil)
        #expect(self.issuer.requests.count == 1)
        self.clock.advance(by: .seconds(1))
        #expect(try await self.keys.key(id: self.forge.keyId) == nil)
        #expect(self.issuer.requests.count == 2)
    }

    @Test func oldKeysAreKeptWhileTheIssuerIsDown() async throws {
        _ = try await self.keys.key(id: self.forge.keyId)
        self.issuer.answer(nil)
        self.clock.advance(by: .seconds(3600))
        for _ in 0..<10 { #expect(try await self.keys.key(id: self.forge.keyId) != nil) }
        #expect(self.issuer.requests.count == 2)
        self.clock.advance(by: .seconds(10))
        #expect(try await self.keys.key(id: self.forge.keyId) != nil)
        #expect(self.issuer.requests.count == 3)
    }

    @Test func anIssuerThatIsDownIsAskedAgain() async throws {
        self.issuer.answer(nil)
        for _ in 0..<10 {
            await #expect(throws: TokenError.keysUnavailable) { try await self.keys.key(id: self.forge.keyId) }
        }
        #expect(self.issuer.requests.count == 1)
        self.issuer.publish(try await self.forge.keySet())
        self.clock.advance(by: .seconds(10))
        #expect(try await self.keys.key(id: self.forge.keyId) != nil)
        #expect(self.issuer.requests.count == 2)
    }

    @Test(arguments: [
        (500, #"{"keys":[]}"#), (404, #"{"keys":[]}"#), (302, ""), (200, ""), (200, "<html>"), (200, "[]"), (200, #"{"keys":{}}"#),
    ])
    func anAnswerThatIsNoKeySetIsNone(_ status: Int, _ body: String) async throws {
        self.issuer.answer(HTTPExchangeResponse(status: .init(code: status), body: Array(body.utf8)))
        await #expect(throws: TokenError.keysUnavailable) { try await self.keys.key(id: self.forge.keyId) }
    }
}
