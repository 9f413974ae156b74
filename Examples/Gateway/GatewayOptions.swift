import APIGatewayDefinition
public import ArgumentParser
import Foundation
public import Logging

/// What Gateway can be told.
struct GatewayOptions: ParsableArguments {
    @Option(help: ArgumentHelp("What to serve, in YAML (docs/GATEWAY.md).", valueName: "file"))
    var configuration: String?

    @OptionGroup(title: "A CloudFormation template instead") var template: TemplateArguments

    @Option(help: "Threads that connections and functions share. More than one pays only above some thousand messages a second.")
    var eventLoops = 1

    @Option(help: "trace, debug, info, notice, warning, error or critical.")
    var logLevel: Logger.Level = .notice

    func validate() throws {
        guard (self.configuration == nil) != (self.template.template == nil) else {
            throw ValidationError("Either --configuration or --template.")
        }
        if self.configuration != nil, !self.template.given.isEmpty {
            let options = self.template.given.joined(separator: ", ")
            throw ValidationError("Only --template takes \(options): a configuration file has keys of its own for that.")
        }
        guard 1...64 ~= self.eventLoops else { throw ValidationError("--event-loops must be between 1 and 64.") }
    }

    func definition() throws -> APIDefinition {
        let definition: APIDefinition
        do {
            if let configuration {
                definition = try APIDefinition(
                    configuration: try Self.text(of: configuration), baseDirectory: Self.folder(of: configuration),
                    environment: ProcessInfo.processInfo.environment)
            } else {
                let file = self.template.template ?? ""
                definition = try APIDefinition(
                    template: try Self.text(of: file), options: try self.template.options(in: Self.folder(of: file)))
            }
            try definition.validate()
        } catch let error as DefinitionError {
            throw ValidationError("\(self.configuration ?? self.template.template ?? ""): \(error)")
        }
        return definition
    }

    private static func text(of path: String) throws -> String {
        do { return try String(contentsOfFile: path, encoding: .utf8) } catch { throw ValidationError("\(path) cannot be read.") }
    }

    private static func folder(of path: String) -> String { URL(fileURLWithPath: path).deletingLastPathComponent().path }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}
