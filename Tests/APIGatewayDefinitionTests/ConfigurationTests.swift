import Testing

@testable import APIGatewayDefinition

@Suite struct ConfigurationTests {
    static let minimal = """
        routes:
          $default: echo
        functions:
          echo:
            command: ./bootstrap
        """

    static let full = """
        listen:
          host: 0.0.0.0
          port: 9443
          domainName: localhost:9443
          tls:
            directory: certs
            names: [chat.test]
        api:
          id: abc1234567
          stage: prod
          region: eu-west-1
          account: "123456789012"
          routeSelectionExpression: $request.body.kind
          stageVariables: {level: "1"}
        routes:
          $connect: {function: connect, authorize: true}
          $disconnect: connect
          sendMessage: {function: message, response: true, timeout: 500ms}
        authorizer:
          function: authorize
          identitySources: [route.request.querystring.token]
        functions:
          connect: {command: [./bootstrap]}
          authorize: {command: [python3, -m, awslambdaric, app.handler], handler: app.handler, workingDirectory: /srv/auth}
          message:
            command: [./bootstrap]
            workingDirectory: ./message
            environment: {TABLE: messages, EMPTY: }
            timeout: 29s
            memory: 512
            concurrency: 16
            accessKey: AKIAMESSAGE0000000
        accessKeys:
          AKIAMESSAGE0000000:
            secretVariable: MESSAGE_SECRET
            policy:
              Version: "2012-10-17"
              Statement: {Effect: Allow, Action: execute-api:ManageConnections, Resource: "*"}
        quotas:
          connectsPerSecond: off
          messageBytes: 1048576
          idleTimeout: 2h
          connectionLifetime: off
        accessLog:
          format: "$context.requestId $context.routeKey"
        """

    @Test func everyKeyIsRead() throws {
        let api = try APIDefinition(
            configuration: Self.full, baseDirectory: "/etc/chat", environment: ["MESSAGE_SECRET": "0123456789abcdef"])
        #expect(api.listener.host == "0.0.0.0" && api.listener.port == 9443 && api.domainName == "localhost:9443")
        #expect(api.listener.tls == .development(directory: "/etc/chat/certs", names: ["chat.test"]))
        #expect(api.stageARN == "arn:aws:execute-api:eu-west-1:123456789012:abc1234567/prod")
        #expect(api.routeSelectionExpression == "$request.body.kind" && api.stageVariables == ["level": "1"])
        #expect(
            api.routes == [
                "$connect": RouteDefinition(function: "connect", requiresAuthorizer: true),
                "$disconnect": RouteDefinition(function: "connect"),
                "sendMessage": RouteDefinition(function: "message", hasRouteResponse: true, integrationTimeout: .milliseconds(500)),
            ])
        #expect(api.authorizer == AuthorizerDefinition(function: "authorize", identitySources: ["route.request.querystring.token"]))
        #expect(
            api.functions["message"]
                == FunctionDefinition(
                    command: ["./bootstrap"], workingDirectory: "/etc/chat/message", environment: ["TABLE": "messages", "EMPTY": ""],
                    timeout: .seconds(29), memory: 512, concurrency: 16, accessKeyId: "AKIAMESSAGE0000000"))
        #expect(api.functions["authorize"]?.command == ["python3", "-m", "awslambdaric", "app.handler"])
        #expect(api.functions["authorize"]?.workingDirectory == "/srv/auth" && api.functions["connect"]?.workingDirectory == "/etc/chat")
        #expect(api.accessKeys.map(\.secretAccessKey) == ["0123456789abcdef"])
        var quotas = QuotaDefinition()
        quotas.connectsPerSecond = nil
        quotas.messageBytes = 1_048_576
        quotas.idleTimeout = .seconds(7200)
        quotas.connectionLifetime = nil
        #expect(api.quotas == quotas)
        #expect(api.accessLogFormat == "$context.requestId $context.routeKey")
    }

    @Test func theDefaultsAreAPIGateways() throws {
        let api = try APIDefinition(configuration: Self.minimal, baseDirectory: "/etc")
        #expect(api.quotas == QuotaDefinition())
        #expect(api.quotas.messageBytes == 131_072 && api.quotas.frameBytes == 32_768 && api.quotas.connectsPerSecond == 500)
        #expect(api.quotas.idleTimeout == .seconds(600) && api.quotas.connectionLifetime == .seconds(7200))
        #expect(api.listener.host == "127.0.0.1" && api.listener.tls == .development(directory: "/etc/.gateway", names: []))
        #expect(api.functions["echo"]?.timeout == .seconds(3))
    }

    @Test(arguments: [
        ("listen: {prot: 1}", ["listen", "prot"], DefinitionError.Code.unknownKey),
        ("listen: {port: 70000}", ["listen", "port"], .value), ("listen: {port: many}", ["listen", "port"], .type),
        ("listen: {tls: on}", ["listen", "tls"], .type), ("listen: {tls: {certificate: a}}", ["listen", "tls", "key"], .missing),
        ("listen: {tls: {certificate: a, key: b, names: []}}", ["listen", "tls", "names"], .value),
        ("api: {id: UPPER}", ["api", "id"], .value), ("api: {account: 12}", ["api", "account"], .value),
        ("api: {stage: a/b}", ["api", "stage"], .value), ("api: []", ["api"], .type),
        ("authorizer: {function: nobody}", ["authorizer", "function"], .reference),
        ("authorizer: {function: echo, identitySources: [token]}", ["authorizer", "identitySources", "0"], .value),
        ("quotas: {messageBytes: 0}", ["quotas", "messageBytes"], .value),
        ("quotas: {messageBytes: 999999999}", ["quotas", "messageBytes"], .value),
        ("quotas: {idleTimeout: soon}", ["quotas", "idleTimeout"], .type), ("quotas: {speed: 1}", ["quotas", "speed"], .unknownKey),
        ("quotas: {routes: 1}\naccessLog: {}", ["accessLog", "format"], .missing),
        ("accessKeys: {short: {secret: 0123456789abcdef, policy: {Statement: []}}}", ["accessKeys", "short"], .value),
        ("accessKeys: {AKIA000000000000: {secret: short, policy: {Statement: []}}}", ["accessKeys", "AKIA000000000000", "secret"], .value),
        ("accessKeys: {AKIA000000000000: {secret: 0123456789abcdef}}", ["accessKeys", "AKIA000000000000", "policy"], .missing),
        ("accessKeys: {AKIA000000000000: {secretVariable: NONE}}", ["accessKeys", "AKIA000000000000", "secretVariable"], .reference),
        (
            "accessKeys: {AKIA000000000000: {secret: 0123456789abcdef, policy: {Statement: {Effect: Allow, Action: '*', Resource: '*', Condition: {}}}}}",
            ["accessKeys", "AKIA000000000000", "policy", "Statement", "Condition"], .policy
        ),
        ("colour: red", ["colour"], .unknownKey), ("api: !Sub x", ["api"], .unsupported),
    ])
    func anErrorNamesThePlace(line: String, path: [String], code: DefinitionError.Code) {
        let error = #expect(throws: DefinitionError.self) {
            try APIDefinition(configuration: Self.minimal + "\n" + line, baseDirectory: "/")
        }
        #expect(error?.path == path && error?.code == code, "\(String(describing: error))")
    }

    @Test(arguments: [
        ("$default: other", ["routes", "$default", "function"], DefinitionError.Code.reference),
        ("$custom: echo", ["routes", "$custom"], .value),
        ("send: {function: echo, authorize: true}", ["routes", "send", "authorize"], .value),
        ("$connect: {function: echo, authorize: true}", ["routes", "$connect", "authorize"], .reference),
        ("send: {function: echo, response: maybe}", ["routes", "send", "response"], .type),
        ("send: {response: true}", ["routes", "send", "function"], .missing),
        ("send: {function: echo, timeout: 10ms}", ["routes", "send", "timeout"], .value),
    ])
    func routes(line: String, path: [String], code: DefinitionError.Code) {
        let text = "routes:\n  \(line)\nfunctions: {echo: {command: ./bootstrap}}"
        let error = #expect(throws: DefinitionError.self) { try APIDefinition(configuration: text, baseDirectory: "/") }
        #expect(error?.path == path && error?.code == code, "\(String(describing: error))")
    }

    @Test(arguments: [
        ("command: []", "command", DefinitionError.Code.missing), ("timeout: 1s", "command", .missing),
        ("{command: a, memory: 1}", "memory", .value),
        ("{command: a, timeout: 0s}", "timeout", .value), ("{command: a, concurrency: 0}", "concurrency", .value),
        ("{command: a, accessKey: AKIA000000000000}", "accessKey", .reference), ("{command: a, comand: b}", "comand", .unknownKey),
        ("{command: [a, [b]]}", "command", .type), ("{command: a, environment: [b]}", "environment", .type),
    ])
    func functions(body: String, key: String, code: DefinitionError.Code) {
        let text = "routes: {$default: echo}\nfunctions:\n  echo:\n    \(body)"
        let error = #expect(throws: DefinitionError.self) { try APIDefinition(configuration: text, baseDirectory: "/") }
        #expect(error?.path.prefix(3) == ["functions", "echo", key] && error?.code == code, "\(String(describing: error))")
    }

    @Test func anErrorSaysTheLine() {
        let error = #expect(throws: DefinitionError.self) {
            try APIDefinition(configuration: Self.minimal + "\nlisten:\n  port: 99999", baseDirectory: "/")
        }
        #expect(error?.line == 7)
        #expect(error?.description == "line 7: listen.port: must be 0 to 65535, and is 99999")
    }

    @Test func secretsAreInNoDescription() throws {
        let api = try APIDefinition(configuration: Self.full, baseDirectory: "/", environment: ["MESSAGE_SECRET": "very-secret-value"])
        var dumped = ""
        dump(api, to: &dumped)
        #expect(dumped.contains("AKIAMESSAGE0000000"))
        for text in [dumped, String(describing: api), String(reflecting: api)] { #expect(!text.contains("very-secret-value")) }
    }
}
