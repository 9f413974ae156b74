import APIGatewayDefinition
import ArgumentParser
import Foundation

/// What a template leaves open: parameters, what its resources are in truth, and what runs its functions.
struct TemplateArguments: ParsableArguments {
    @Option(help: ArgumentHelp("The template, in YAML or JSON.", valueName: "file"))
    var template: String?

    @Option(help: ArgumentHelp("A parameter of the template; may be repeated.", valueName: "name=value"))
    var parameter: [String] = []

    @Option(
        help: ArgumentHelp(
            "What !Ref or !GetAtt of a resource yields, such as UserPool=us-east-1_local; may be repeated.", valueName: "name=value"))
    var reference: [String] = []

    @Option(
        help: ArgumentHelp(
            "The command of a function, by its logical id, with blanks between its words; may be repeated.", valueName: "id=command"))
    var function: [String] = []

    @Option(
        help: ArgumentHelp(
            "A variable of a function's environment, by its logical id, or of all with '*'; may be repeated.", valueName: "id.name=value"))
    var environment: [String] = []

    @Option(help: ArgumentHelp("The most processes of a function, by its logical id; may be repeated.", valueName: "id=number"))
    var concurrency: [String] = []

    @Option(
        help: ArgumentHelp(
            "A quota, with the names and values of a configuration file; 'off' for none; may be repeated.", valueName: "name=value"))
    var quota: [String] = []

    // What follows has no default here, so that it is known whether it was given.

    @Option(help: "Address to listen on. (default: 127.0.0.1)")
    var host: String?

    @Option(help: "Port to listen on; 0 lets the system choose. (default: 8443)")
    var port: Int?

    @Option(help: ArgumentHelp("Where the development certificate is kept. (default: .gateway)", valueName: "folder"))
    var certificates: String?

    @Flag(inversion: .prefixedNo, help: "Serve wss and https. (default: --tls)")
    var tls: Bool?

    /// The options that were given, but for `--template` itself.
    var given: [String] {
        let options: [(name: String, isGiven: Bool)] = [
            ("--parameter", !self.parameter.isEmpty), ("--reference", !self.reference.isEmpty), ("--function", !self.function.isEmpty),
            ("--environment", !self.environment.isEmpty), ("--concurrency", !self.concurrency.isEmpty), ("--quota", !self.quota.isEmpty),
            ("--host", self.host != nil), ("--port", self.port != nil), ("--certificates", self.certificates != nil),
            ("--tls", self.tls == true), ("--no-tls", self.tls == false),
        ]
        return options.filter { $0.isGiven }.map { $0.name }
    }

    func options(in folder: String) throws -> TemplateOptions {
        var options = TemplateOptions(baseDirectory: folder)
        if let host { options.listener.host = host }
        if let port { options.listener.port = port }
        let certificates = URL(fileURLWithPath: self.certificates ?? ".gateway").path
        options.listener.tls = self.tls == false ? .off : .development(directory: certificates, names: [])
        for text in self.parameter {
            let (name, value) = try Self.pair(text, of: "--parameter")
            options.parameters[name] = value
        }
        for text in self.reference {
            let (name, value) = try Self.pair(text, of: "--reference")
            options.references[name] = value
        }
        for text in self.function {
            let (name, value) = try Self.pair(text, of: "--function")
            options.commands[name] = value.split(separator: " ").map(String.init)
        }
        for text in self.quota {
            let (name, value) = try Self.pair(text, of: "--quota \(text)")
            options.quotas[name] = value
        }
        for text in self.concurrency {
            let (name, value) = try Self.pair(text, of: "--concurrency \(text)")
            guard let number = Int(value) else { throw ValidationError("--concurrency \(text): no number.") }
            options.concurrency[name] = number
        }
        for text in self.environment {
            let (name, value) = try Self.pair(text, of: "--environment")
            let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { throw ValidationError("--environment must be ID.NAME=VALUE.") }
            options.environment[parts[0], default: [:]][parts[1]] = value
        }
        return options
    }

    /// - Parameter option: what an error calls it. A value may be a secret, so no error repeats the text unless the option can have none.
    private static func pair(_ text: String, of option: String) throws -> (name: String, value: String) {
        guard let sign = text.firstIndex(of: "="), sign > text.startIndex else { throw ValidationError("\(option): NAME=VALUE is wanted.") }
        return (String(text[..<sign]), String(text[text.index(after: sign)...]))
    }
}
