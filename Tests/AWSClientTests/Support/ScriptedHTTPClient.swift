import HTTPTypes
import Synchronization

@testable import AWSClient

/// Answers one request after the other from a list, and keeps what was asked.
final class ScriptedHTTPClient: AWSHTTPClient {
    typealias Answer = Result<AWSHTTPResponse, AWSError>

    private struct State {
        var answers: [Answer]
        var requests: [AWSHTTPRequest] = []
    }

    private let state: Mutex<State>

    init(_ answers: [Answer]) {
        self.state = Mutex(State(answers: answers))
    }

    var requests: [AWSHTTPRequest] { self.state.withLock { $0.requests } }

    func send(_ request: AWSHTTPRequest, timeout: Duration, maximumResponseBytes: Int) throws -> AWSHTTPResponse {
        let answer: Answer? = self.state.withLock { state in
            state.requests.append(request)
            return state.answers.isEmpty ? nil : state.answers.removeFirst()
        }
        guard let answer else { throw AWSError(.invalidRequest, "the script has ended") }
        return try answer.get()
    }
}

extension ScriptedHTTPClient.Answer {
    static func answer(_ status: Int, _ body: String = "", headers: HTTPFields = [:]) -> Self {
        .success(AWSHTTPResponse(status: .init(code: status), headers: headers, body: Array(body.utf8)))
    }

    static func error(_ code: AWSError.Code) -> Self { .failure(AWSError(code, "scripted")) }
}
