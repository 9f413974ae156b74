import APIGatewayDefinition
import ChatTransport
import LambdaHost
import NIOCore
import NIOPosix

extension APIDefinition {
    /// Chooses the port where the system was to, and says in events where the API is: the name that handlers make their `@connections` URL
    /// of must be known before the first of them, and must not be a client's to choose.
    mutating func settleAddress() throws {
        if self.listener.port == 0 {
            let channel = try ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton).bind(host: self.listener.host, port: 0).wait()
            self.listener.port = channel.localAddress?.port ?? 0
            try channel.close().wait()
        }
        guard self.domainName == nil else { return }
        let isEveryAddress = ["0.0.0.0", "::"].contains(self.listener.host)
        let host = isEveryAddress ? "localhost" : self.listener.host
        self.domainName = "\(host.contains(":") ? "[\(host)]" : host):\(self.listener.port)"
    }
}

extension ListenerDefinition {
    /// - Returns: nil for a listener without TLS.
    func serverTLS() throws -> ServerTLS? {
        switch self.tls {
        case .off: return nil
        case .files(let certificate, let key): return try ServerTLS(certificateChainFile: certificate, privateKeyFile: key)
        case .development(let directory, let names):
            _ = try DevelopmentCertificate.load(directory: directory, names: names)
            return try ServerTLS(
                certificateChainFile: DevelopmentCertificate.certificateFile(in: directory),
                privateKeyFile: DevelopmentCertificate.keyFile(in: directory))
        }
    }
}

extension LambdaHost {
    /// - Parameter environment: the gateway's own, of which functions get no more than where programs are.
    convenience init(_ definition: APIDefinition, environment: [String: String], log: @escaping LambdaLogSink) {
        var configuration = LambdaHostConfiguration()
        configuration.region = definition.region
        configuration.accountId = definition.accountId
        configuration.environment = environment
        let functions = definition.functions.mapValues { function in
            // HOME is handed on, and with it an SDK would find the developer's own credentials.
            let defaults = [
                "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "AWS_CONFIG_FILE": "/dev/null", "AWS_EC2_METADATA_DISABLED": "true",
            ]
            var variables = defaults.merging(function.environment) { $1 }
            if let id = function.accessKeyId, let key = definition.accessKeys.first(where: { $0.accessKeyId == id }) {
                variables["AWS_ACCESS_KEY_ID"] = key.accessKeyId
                variables["AWS_SECRET_ACCESS_KEY"] = key.secretAccessKey
            }
            return LambdaFunctionConfiguration(
                command: function.command, workingDirectory: function.workingDirectory, environment: variables, handler: function.handler,
                timeout: function.timeout, memory: function.memory, concurrency: function.concurrency)
        }
        self.init(functions: functions, configuration: configuration, log: log)
    }
}
