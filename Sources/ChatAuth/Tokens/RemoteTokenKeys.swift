import HTTPTypes

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Keys from a JWKS URL, fetched when they are first needed, kept, and fetched again when a token names a key that is not among
/// them or when they are old.
///
/// However many tokens with made-up `kid`s arrive, the issuer is asked once an interval; and while one fetch is under way,
/// all wait for that one.
public actor RemoteTokenKeys: TokenKeySource {
    /// How often an issuer is asked.
    public struct Configuration: Sendable {
        /// Keys are fetched anew when they are older. Default 1 hour.
        public var maximumAge: Duration = .seconds(3600)
        /// The shortest time between two fetches, failed ones among them. Default 10 s. Stops made-up `kid`s from becoming requests.
        public var minimumInterval: Duration = .seconds(10)
        /// How long one fetch may take. Default 5 s.
        public var timeout: Duration = .seconds(5)

        public init() {}
    }

    private let url: String
    private let configuration: Configuration
    private let exchange: any HTTPExchange
    private let elapsed: @Sendable () -> Duration

    private var keys: [String: TokenKey] = [:]
    private var fetchedAt: Duration?
    private var triedAt: Duration?
    private var fetch: Task<[String: TokenKey]?, Never>?

    /// - Parameters:
    ///   - url: for Cognito `https://cognito-idp.REGION.amazonaws.com/POOL/.well-known/jwks.json`.
    ///   - exchange: who sends the request. Default: ``AsyncHTTPExchange``.
    public init(
        url: String, configuration: Configuration = Configuration(), exchange: any HTTPExchange = AsyncHTTPExchange()
    ) {
        let clock = ContinuousClock()
        let start = clock.now
        self.init(url: url, configuration: configuration, exchange: exchange, elapsed: { start.duration(to: clock.now) })
    }

    package init(
        url: String, configuration: Configuration, exchange: any HTTPExchange, elapsed: @escaping @Sendable () -> Duration
    ) {
        self.url = url
        self.configuration = configuration
        self.exchange = exchange
        self.elapsed = elapsed
    }

    public func key(id: String) async throws(TokenError) -> TokenKey? {
        let now = self.elapsed()
        let isFresh = self.fetchedAt.map { now - $0 < self.configuration.maximumAge } ?? false
        if isFresh, let key = self.keys[id] { return key }
        if self.fetch != nil || self.triedAt.map({ now - $0 >= self.configuration.minimumInterval }) ?? true {
            await self.refresh()
        }
        // Old keys are better than none while the issuer cannot be reached.
        guard self.fetchedAt != nil else { throw .keysUnavailable }
        return self.keys[id]
    }

    private func refresh() async {
        let fetch: Task<[String: TokenKey]?, Never>
        if let current = self.fetch {
            fetch = current
        } else {
            self.triedAt = self.elapsed()
            fetch = Task { [url, exchange, timeout = self.configuration.timeout] in
                guard let answer = try? await exchange.send(HTTPExchangeRequest(method: .get, url: url, timeout: timeout)),
                    answer.status == .ok, let set = try? JSONDecoder().decode(JSONWebKeySet.self, from: Data(answer.body))
                else { return nil }
                return await set.tokenKeys()
            }
            self.fetch = fetch
        }
        let keys = await fetch.value
        guard self.fetch == fetch else { return }  // Another waiter has kept the result already.
        self.fetch = nil
        if let keys {
            self.keys = keys
            self.fetchedAt = self.elapsed()
        }
    }
}
