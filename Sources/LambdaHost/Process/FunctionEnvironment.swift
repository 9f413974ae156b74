/// The variables that a function's process gets, and no others.
///
/// See the AWS documentation, "Defined runtime environment variables".
struct FunctionEnvironment {
    var function: String
    var configuration: LambdaFunctionConfiguration
    var host: LambdaHostConfiguration
    /// Of this process.
    var logStream: String

    /// Where a runtime would be on Lambda; there is nothing there here.
    static let runtimeDirectory = "/var/runtime"
    static let usualPath = "/usr/local/bin:/usr/bin:/bin"

    /// - Parameters:
    ///   - runtimeAPI: host and port of the Runtime API for this process.
    ///   - taskRoot: the directory that it starts in.
    func variables(runtimeAPI: String, taskRoot: String) -> [String: String] {
        var variables = self.host.environment.filter { self.host.inheritedVariables.contains($0.key) }
        if variables["PATH"] == nil { variables["PATH"] = Self.usualPath }
        if variables["LANG"] == nil { variables["LANG"] = "en_US.UTF-8" }
        let own = [
            "_HANDLER": self.configuration.handler,
            "AWS_DEFAULT_REGION": self.host.region,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": String(self.configuration.memory),
            "AWS_LAMBDA_FUNCTION_NAME": self.function,
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/\(self.function)",
            "AWS_LAMBDA_LOG_STREAM_NAME": self.logStream,
            "AWS_REGION": self.host.region,
            "LAMBDA_RUNTIME_DIR": Self.runtimeDirectory,
            "LAMBDA_TASK_ROOT": taskRoot,
            "TZ": ":UTC",
        ]
        variables.merge(own) { $1 }
        variables.merge(self.configuration.environment) { $1 }
        // Not to be had from a configuration: it is how the process finds us.
        variables["AWS_LAMBDA_RUNTIME_API"] = runtimeAPI
        return variables
    }
}
