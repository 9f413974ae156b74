/// One client: what it waits for, and the bytes that could not be used or sent at once.
struct LoadConnection {
    enum State {
        case connecting
        case upgrading
        case open
        /// The server has said goodbye, and so have we.
        case closing
        case closed
    }

    var descriptor: Int32
    var state = State.connecting
    /// The start of a frame whose rest has not come.
    var unread: [UInt8] = []
    var unsent: [UInt8] = []
}
