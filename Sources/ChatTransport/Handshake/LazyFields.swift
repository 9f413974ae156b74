import HTTPTypes
import Synchronization

/// The fields of a head, made when somebody asks for the first time.
final class LazyFields: Sendable {
    private enum State {
        case head(HandshakeHead)
        case made(HTTPFields)
    }

    private let state: Mutex<State>

    /// Copies the head, so that who keeps this does not keep what else was read with it.
    init(_ head: HandshakeHead) { self.state = Mutex(.head(head.copied())) }

    init(_ fields: HTTPFields) { self.state = Mutex(.made(fields)) }

    var fields: HTTPFields {
        self.state.withLock { state in
            switch state {
            case .made(let fields): return fields
            case .head(let head):
                let fields = head.makeFields()
                state = .made(fields)
                return fields
            }
        }
    }
}
