/// What clients and functions may cost. Each default is API Gateway's own quota; `nil` switches that one off.
///
/// From <https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html>. A quota
/// of size that is switched off still ends at ``absoluteMessageBytes``: nothing here is without a bound.
public struct QuotaDefinition: Sendable, Equatable {
    /// New connections a second, all clients together. Default 500, with as many at once.
    public var connectsPerSecond: Int? = 500

    /// Messages and calls of `@connections` a second, together: the rate of the token bucket. Default 10,000.
    public var requestsPerSecond: Int? = 10_000

    /// The bucket's size: requests that may come at once. Default 5,000. `nil` is as large as the rate.
    public var burst: Int? = 5_000

    /// The longest message in bytes, either way. Default 131,072. A longer one closes the connection with 1009; a longer POST gets 413.
    public var messageBytes: Int? = 131_072

    /// The longest frame in bytes. Default 32,768. A longer one closes the connection with 1009.
    public var frameBytes: Int? = 32_768

    /// How long a connection may be without a message, either way. Default 600 s. Then it is closed with 1001.
    public var idleTimeout: Duration? = .seconds(600)

    /// How long a connection may live. Default 7,200 s. Then it is closed with 1001.
    public var connectionLifetime: Duration? = .seconds(7200)

    /// The most that a function may take, whatever its route says. Default 29 s. `nil` leaves the function's own timeout.
    public var integrationTimeout: Duration? = .seconds(29)

    /// The longest request target of an upgrade in bytes, path and query. Default 4,096.
    public var urlBytes: Int? = 4096

    /// The longest answer of an authorizer in bytes. Default 8,192. A longer one refuses the connection with 500.
    public var authorizerResultBytes: Int? = 8192

    /// The most routes of the API. Default 300.
    public var routes: Int? = 300

    /// What a message, a frame or an answer may have where its quota is switched off: 16 MiB.
    public static let absoluteMessageBytes = 16 * 1024 * 1024

    public init() {}

    /// Every quota switched off.
    public static var off: QuotaDefinition {
        var quotas = QuotaDefinition()
        quotas.connectsPerSecond = nil
        quotas.requestsPerSecond = nil
        quotas.burst = nil
        quotas.messageBytes = nil
        quotas.frameBytes = nil
        quotas.idleTimeout = nil
        quotas.connectionLifetime = nil
        quotas.integrationTimeout = nil
        quotas.urlBytes = nil
        quotas.authorizerResultBytes = nil
        quotas.routes = nil
        return quotas
    }
}
