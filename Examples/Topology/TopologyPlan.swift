import Foundation

/// What the boxes have to know of each other: names, programs and the gateway's arguments.
struct TopologyPlan {
    static let region = "us-east-1"
    static let userPool = "us-east-1_topology"
    static let client = "topology"
    static let connectionsTable = "topology-connections"
    static let messagesTable = "topology-messages"
    static let stage = "prod"

    var dynamoDB: String
    var userPool: String
    var template: String
    var programs: String
    var gatewayPort: Int
    var usesTLS: Bool
    var certificates: String

    /// The template is AWS's; what it leaves to AWS is said here.
    var gatewayArguments: [String] {
        let functions = ["ConnectAuthorizer", "ConnectHandler", "DisconnectHandler", "MessageHandler"]
        let parameters = ["ArtifactsBucket=none", "StageName=\(Self.stage)"] + functions.map { "\($0)Key=none" }
        let references = [
            "UserPool=\(Self.userPool)", "UserPoolClient=\(Self.client)", "ConnectionsTable=\(Self.connectionsTable)",
            "MessagesTable=\(Self.messagesTable)",
        ]
        var environment = ["AWS_ENDPOINT_URL_DYNAMODB=\(self.dynamoDB)", "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER=\(self.userPool)"]
        if self.usesTLS {
            environment.append("AWS_CA_BUNDLE=\(self.certificateFile)")
        } else {
            environment.append("AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI=http://127.0.0.1:\(self.gatewayPort)/\(Self.stage)")
        }
        var arguments = ["--template", self.template, "--port", "\(self.gatewayPort)"]
        arguments += self.usesTLS ? ["--certificates", self.certificates] : ["--no-tls"]
        arguments += parameters.flatMap { ["--parameter", $0] } + references.flatMap { ["--reference", $0] }
        arguments += functions.flatMap { ["--function", "\($0)=\(self.programs)/\($0)"] }
        arguments += environment.flatMap { ["--environment", "*.\($0)"] }
        return arguments
    }

    var certificateFile: String { "\(self.certificates)/cert.pem" }

    var webSocket: String { "\(self.usesTLS ? "wss" : "ws")://127.0.0.1:\(self.gatewayPort)/\(Self.stage)" }

    /// `config.json` of the page.
    var pageConfiguration: String {
        #"{"userPoolId":"\#(Self.userPool)","clientId":"\#(Self.client)","userPoolEndpoint":"\#(self.userPool)","webSocketPath":"\#(self.webSocket)"}"#
    }
}
