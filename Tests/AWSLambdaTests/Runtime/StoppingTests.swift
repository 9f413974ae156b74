import Foundation
import Synchronization
import Testing

@testable import AWSLambda

@Suite(.timeLimit(.minutes(1)), .serialized)
struct StoppingTests {
    @Test func sigtermEndsAWaitingLoopWithoutAnError() async throws {
        let api = try await FakeRuntimeAPI()
        let runtime = try LambdaRuntime(environment: api.environment)
        async let run: Void = runtime.run(ClosureHandler { event, _ in event })
        _ = try await api.next()
        kill(getpid(), SIGTERM)
        try await run
        try await api.close()
    }

    @Test func sigtermLetsTheInvocationUnderWayEnd() async throws {
        let api = try await FakeRuntimeAPI()
        let runtime = try LambdaRuntime(environment: api.environment)
        let (release, releaser) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let (began, beginner) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        async let run: Void = runtime.run(
            ClosureHandler { event, _ in
                beginner.yield()
                for await _ in release { break }
                try Task.checkCancellation()
                return event
            })
        try await api.next().invoke("a", event: "42")
        for await _ in began { break }
        kill(getpid(), SIGTERM)
        releaser.yield()
        let answer = try await api.call()
        #expect(answer.path.hasSuffix("/a/response"))
        #expect(answer.text == "42")
        answer.reply(202)
        try await run
        try await api.close()
    }

    @Test func whileTheHandlerIsMadeAStopEndsItsMaking() async throws {
        let (began, beginner) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let error = try await servingMade({ _ -> ClosureHandler in
            beginner.yield()
            try await Task.sleep(for: .seconds(3600))
            throw CancellationError()
        }) { _ in
            for await _ in began { break }
        }
        #expect(error == nil)
    }
}
