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

    @Option(help: "Address to listen on.")
    var host = "127.0.0.1"

    @Option(help: "Port to listen on; 0 lets the system choose.")
    var port = 8443

    @Option(help: ArgumentHelp("Where the development certificate is kept.", valueName: "folder"))
    var certificates = ".gateway"

    @Flag(inversion: .prefixedNo, help: "Serve wss and https.")
    var tls = true

    func options(in folder: String) throws -> TemplateOptions {
        var options = TemplateOptions(baseDirectory: folder)
        options.listener.host = self.host
        options.listener.port = self.port
        let certificates = URL(fileURLWithPath: self.certificates).path
        options.listener.tls = self.tls ? .development(directory: certificates, names: []) : .off
        for text in self.parameter {
            let (name, value) = try Self.pair(text)
            options.parameters[name] = value
        }
        for text in self.reference {
            let (name, value) = try Self.pair(text)
            options.references[name] = value
        }
        for text in self.function {
            let (name, value) = try Self.pair(text)
            options.commands[name] = value.split(separator: " ").map(String.init)
        }
        for text in self.concurrency {
            let (name, value) = try Self.pair(text)
            guard let number = Int(value) else { throw ValidationError("--concurrency \(text): no number.") }
            options.concurrency[name] = number
        }
        for text in self.environment {
            let (name, value) = try Self.pair(text)
            let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { throw ValidationError("--environment must be ID.NAME=VALUE.") }
            options.environment[parts[0], default: [:]][parts[1]] = value
        }
        return options
    }

    /// - Note: The value may be a secret, so errors do not repeat it.
    private static func pair(_ text: String) throws -> (name: String, value: String) {
        guard let sign = text.firstIndex(of: "="), sign > text.startIndex else { throw ValidationError("NAME=VALUE is wanted.") }
        return (String(text[..<sign]), String(text[text.index(after: sign)...]))
    }
}
