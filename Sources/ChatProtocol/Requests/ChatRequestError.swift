/// A request that could not be read, with the `ref` to answer if it had one.
public struct ChatRequestError: Error, Sendable, Hashable {
    public var ref: String?
    public var error: ChatError

    public init(ref: String? = nil, error: ChatError) {
        self.ref = ref
        self.error = error
    }
}
