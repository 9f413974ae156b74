import AWSClient
import ChatProtocol
import ChatService
import ChatStore
import HTTPTypes
import Synchronization
import Testing

@testable import ChatAWS

struct ConnectionsPortTests {
    private static let event = ChatEvent(.left(room: "x"))

    /// Members c-100, c-101, … of `general`.
    private func store(_ count: Int) async throws -> InMemoryStore {
        let store = InMemoryStore()
        for index in 0..<count {
            try await store.insert(
                ConnectionRecord(
                    id: "c-\(100 + index)", user: ChatMessage.Sender(id: "s", name: "n"), connectedAt: Timestamp(millisecondsSinceEpoch: 0),
                    expiresAt: Timestamp(millisecondsSinceEpoch: .max), rooms: ["general"]))
        }
        return store
    }

    private final class Reports: Sendable {
        let all = Mutex<[FanOut]>([])
    }

    private func port(
        _ store: any ConnectionStore, _ http: ScriptedHTTPClient, concurrency: Int = 64, page: Int = 500, reports: Reports = Reports(),
        patience: Duration = .seconds(60)
    ) -> APIGatewayConnectionsPort {
        var configuration = APIGatewayConnectionsPort.Configuration()
        configuration.maximumConcurrency = concurrency
        configuration.pageSize = page
        configuration.patience = patience
        return APIGatewayConnectionsPort(
            client: ConnectionsClient(.sample(service: "execute-api", http: http)), connections: store, configuration: configuration,
            logger: .silent, report: { fanOut in reports.all.withLock { $0.append(fanOut) } })
    }

    private static func id(_ request: AWSHTTPRequest) -> String { String(request.path.split(separator: "/").last ?? "") }

    @Test(arguments: [1, 3, 64], [1, 7, 20, 500])
    func everybodyInTheRoomGetsTheEventOnce(_ concurrency: Int, _ page: Int) async throws {
        let store = try await self.store(20)
        let reports = Reports()
        let http = ScriptedHTTPClient { _, _ in AWSHTTPResponse(status: .ok) }
        try await self.port(store, http, concurrency: concurrency, page: page, reports: reports).publish(Self.event, room: "general")
        #expect(http.seen.map(Self.id).sorted() == (0..<20).map { "c-\(100 + $0)" })
        #expect(http.seen.allSatisfy { $0.body == Self.event.encoded() })
        let report = try #require(reports.all.withLock { $0 }.first)
        #expect([report.delivered, report.gone, report.failed] == [20, 0, 0])
        #expect(report.duration > .zero)
    }

    @Test func thoseThatAreGoneAreForgotten() async throws {
        let store = try await self.store(4)
        let reports = Reports()
        let http = ScriptedHTTPClient { request, _ in
            AWSHTTPResponse(status: ["c-101", "c-103"].contains(Self.id(request)) ? .gone : .ok)
        }
        try await self.port(store, http, reports: reports).publish(Self.event, room: "general")
        let left = try await store.connections(room: "general", after: nil, limit: 10, now: Timestamp(millisecondsSinceEpoch: 0))
        #expect(left == ["c-100", "c-102"])
        let report = try #require(reports.all.withLock { $0 }.first)
        #expect([report.delivered, report.gone, report.failed] == [2, 2, 0])
    }

    /// API Gateway answers 410 for a connection whose `$connect` has not returned, and that one is to be there afterwards.
    @Test func whoIsStillConnectingIsNotForgotten() async throws {
        let store = try await self.store(1)
        let now = Timestamp.now()
        try await store.insert(
            ConnectionRecord(
                id: "c-new", user: ChatMessage.Sender(id: "s", name: "n"), connectedAt: now, expiresAt: now + .seconds(60),
                rooms: ["general"]))
        let reports = Reports()
        let http = ScriptedHTTPClient { _, _ in AWSHTTPResponse(status: .gone) }
        try await self.port(store, http, reports: reports).publish(Self.event, room: "general")
        #expect(try await store.connections(room: "general", after: nil, limit: 10, now: now) == ["c-new"])
        let report = try #require(reports.all.withLock { $0 }.first)
        #expect([report.delivered, report.gone, report.failed] == [0, 1, 0])
    }

    @Test func oneThatFailsKeepsNobodyFromGettingIt() async throws {
        let store = try await self.store(5)
        let reports = Reports()
        let http = ScriptedHTTPClient { request, _ in
            switch Self.id(request) {
            case "c-100": AWSHTTPResponse(status: .internalServerError)
            case "c-101": throw AWSError(.connectionFailed, "gone")
            case "c-102": AWSHTTPResponse(status: .forbidden)
            default: AWSHTTPResponse(status: .ok)
            }
        }
        try await self.port(store, http, concurrency: 2, reports: reports).publish(Self.event, room: "general")
        let report = try #require(reports.all.withLock { $0 }.first)
        #expect([report.delivered, report.gone, report.failed] == [2, 0, 3])
        let left = try await store.connections(room: "general", after: nil, limit: 10, now: Timestamp(millisecondsSinceEpoch: 0))
        #expect(left.count == 5)
    }

    /// Counts who is between the beginning and the end of a request. It opens once as many as may be are inside.
    private actor Gate {
        private let expected: Int
        private var inside = 0
        private var isOpen = false
        private var waiting: [CheckedContinuation<Void, Never>] = []
        private(set) var most = 0

        init(expected: Int) {
            self.expected = expected
        }

        func pass() async {
            self.inside += 1
            self.most = max(self.most, self.inside)
            if self.inside == self.expected { self.isOpen = true }
            if !self.isOpen {
                await withCheckedContinuation { self.waiting.append($0) }
            } else {
                for continuation in self.waiting { continuation.resume() }
                self.waiting = []
            }
            self.inside -= 1
        }
    }

    @Test func noMoreAreUnderWayThanMayBe() async throws {
        let store = try await self.store(24)
        let gate = Gate(expected: 8)
        let http = ScriptedHTTPClient { _, _ in
            await gate.pass()
            return AWSHTTPResponse(status: .ok)
        }
        try await self.port(store, http, concurrency: 8).publish(Self.event, room: "general")
        #expect(await gate.most == 8)
        #expect(http.seen.count == 24)
    }

    @Test func eachGetsTheEventsInTheirOrder() async throws {
        let store = try await self.store(5)
        let reports = Reports()
        let events = (1...4).map { ChatEvent(.left(room: String($0))) }
        let http = ScriptedHTTPClient { _, index in
            for _ in 0..<(index % 7) { await Task.yield() }
            return AWSHTTPResponse(status: .ok)
        }
        try await self.port(store, http, reports: reports).publish(events, room: "general") {}
        for member in 100..<105 {
            #expect(http.seen.filter { Self.id($0) == "c-\(member)" }.map(\.body) == events.map { $0.encoded() })
        }
        #expect(reports.all.withLock { $0 }.map(\.delivered) == [20])
    }

    /// What comes next in the room does not wait for it; the function does.
    @Test func oneThatIsSlowHoldsUpNobody() async throws {
        let store = try await self.store(3)
        let reports = Reports()
        let (reached, isReached) = AsyncStream.makeStream(of: Void.self)
        let http = ScriptedHTTPClient { request, _ in
            // Answers once the others have been reached.
            if Self.id(request) == "c-101" { for await _ in reached { break } }
            return AWSHTTPResponse(status: .ok)
        }
        let count = Mutex(0)
        try await self.port(store, http, reports: reports, patience: .milliseconds(1)).publish([Self.event], room: "general") {
            count.withLock { $0 += 1 }
            isReached.yield()
        }
        #expect(count.withLock { $0 } == 1)
        #expect(reports.all.withLock { $0 }.map(\.delivered) == [3])
    }

    @Test func postingToOneThatIsGoneSaysSo() async throws {
        let http = ScriptedHTTPClient { _, _ in AWSHTTPResponse(status: .gone) }
        await #expect(throws: ConnectionGone.self) { try await self.port(InMemoryStore(), http).post(Self.event, to: "c") }
    }

    @Test(arguments: [HTTPResponse.Status.noContent, .gone])
    func closingEndsTheConnection(_ status: HTTPResponse.Status) async throws {
        let http = ScriptedHTTPClient { _, _ in AWSHTTPResponse(status: status) }
        try await self.port(InMemoryStore(), http).close(connectionId: "c", code: .tokenExpired, reason: "expired")
        #expect(http.seen.map(\.method) == [.delete])
    }

    private struct Broken: ConnectionStore {
        let first: [String]
        func insert(_ connection: ConnectionRecord) async throws {}
        func connection(id: String, now: Timestamp) async throws -> ConnectionRecord? { nil }
        func join(room: String, connectionId: String, maximumRooms: Int) async throws -> Bool { false }
        func leave(room: String, connectionId: String) async throws {}
        func remove(id: String) async throws {}
        func connections(room: String, after: String?, limit: Int, now: Timestamp) async throws -> [String] {
            guard after == nil else { throw StoreError(.failed, "The second page fails.") }
            return self.first
        }
    }

    @Test func aRoomThatCannotBeReadToItsEndIsAnErrorAfterAllThatCouldBeDone() async throws {
        let http = ScriptedHTTPClient { _, _ in AWSHTTPResponse(status: .ok) }
        let reports = Reports()
        let port = self.port(Broken(first: ["a", "b"]), http, page: 2, reports: reports)
        await #expect(throws: StoreError.self) { try await port.publish(Self.event, room: "general") }
        #expect(http.seen.count == 2)
        #expect(reports.all.withLock { $0 }.map(\.delivered) == [2])
    }
}
