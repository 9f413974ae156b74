/// Names and numbers of the protocol that hold where nothing else was said. `docs/PROTOCOL.md` lists them.
public enum ChatDefaults {
    /// The room that an action means when it names none. A connection is a member of it from the start.
    public static let room = "general"

    /// The WebSocket subprotocol of this protocol (`Sec-WebSocket-Protocol`, RFC 6455 section 4.2.2).
    public static let subprotocol = "chat.v1"

    /// A client that cannot set `Authorization` offers its token as a further subprotocol with this prefix.
    ///
    /// A JSON Web Token has only characters that a subprotocol may have (RFC 7515 section 3, RFC 7230 `token`). The server
    /// never selects it, so the token is not repeated to anybody.
    public static let bearerSubprotocolPrefix = "bearer."
}
