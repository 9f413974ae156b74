/// Why a compressed message is refused. The connection cannot go on after it.
package enum InflateError: Error, Hashable {
    /// The payload is not what RFC 7692 section 7.2.1 makes. Close with 1007, as Jetty and ws do: the frames are sound, their data is not.
    case invalid
    /// The message inflates beyond a limit. Close with 1009.
    case tooBig
}
