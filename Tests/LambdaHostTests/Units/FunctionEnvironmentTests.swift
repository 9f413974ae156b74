import Testing

@testable import LambdaHost

struct FunctionEnvironmentTests {
    private func variables(
        host: [String: String] = [:], own: [String: String] = [:], configure: (inout LambdaHostConfiguration) -> Void = { _ in }
    ) -> [String: String] {
        var configuration = LambdaHostConfiguration()
        configuration.environment = host
        configure(&configuration)
        let function = LambdaFunctionConfiguration(command: ["x"], environment: own, handler: "app.handler", memory: 256)
        return FunctionEnvironment(function: "chat", configuration: function, host: configuration, logStream: "stream")
            .variables(runtimeAPI: "127.0.0.1:9001", taskRoot: "/srv/chat")
    }

    @Test func isWhatLambdaSets() {
        #expect(
            self.variables() == [
                "AWS_DEFAULT_REGION": "us-east-1", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256", "AWS_LAMBDA_FUNCTION_NAME": "chat",
                "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST", "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
                "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/chat", "AWS_LAMBDA_LOG_STREAM_NAME": "stream",
                "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:9001", "AWS_REGION": "us-east-1", "LAMBDA_RUNTIME_DIR": "/var/runtime",
                "LAMBDA_TASK_ROOT": "/srv/chat", "LANG": "en_US.UTF-8", "PATH": "/usr/local/bin:/usr/bin:/bin", "TZ": ":UTC",
                "_HANDLER": "app.handler",
            ])
    }

    @Test func theHostsOwnVariablesStayWithIt() {
        let host = [
            "PATH": "/opt/bin", "HOME": "/home/me", "AWS_SECRET_ACCESS_KEY": "secret", "CHAT_TOKEN_KEY": "secret", "LD_PRELOAD": "x.so",
        ]
        let variables = self.variables(host: host)
        #expect(variables["PATH"] == "/opt/bin")
        #expect(variables["HOME"] == "/home/me")
        #expect(!variables.values.contains("secret"))
        #expect(variables["LD_PRELOAD"] == nil)
    }

    @Test func theFunctionsOwnVariablesCountMoreButForTheRuntimeAPI() {
        let variables = self.variables(own: ["TABLE": "t", "AWS_REGION": "eu-west-1", "AWS_LAMBDA_RUNTIME_API": "elsewhere:1"])
        #expect(variables["TABLE"] == "t")
        #expect(variables["AWS_REGION"] == "eu-west-1")
        #expect(variables["AWS_LAMBDA_RUNTIME_API"] == "127.0.0.1:9001")
    }

    @Test func logStreamsHaveADayAndANameOfTheirOwn() throws {
        let first = FunctionContext.logStream()
        #expect(first.wholeMatch(of: /\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}/) != nil)
        #expect(first != FunctionContext.logStream())
    }

    @Test func requestIdsAreRandomUUIDs() {
        let ids = (0..<200).map { _ in Invocation.randomId() }
        #expect(Set(ids).count == 200)
        for id in ids { #expect(id.wholeMatch(of: /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/) != nil) }
    }
}
