extension APIDefinition {
    /// Checks what the parts say of each other, and every range.
    ///
    /// - Throws: ``DefinitionError`` with the place of the first thing that is wrong, named as in a configuration file.
    public func validate() throws(DefinitionError) {
        try Self.check(self.apiId, "api.id", 1...64, "of a-z, 0-9 and -") { $0.isLowercaseLetter || $0.isDigit || $0 == "-" }
        if self.stage != "$default" {
            try Self.check(self.stage, "api.stage", 1...128, "of letters, digits, _ and -, or $default") {
                $0.isLetter || $0.isDigit || $0 == "_" || $0 == "-"
            }
        }
        try Self.check(self.region, "api.region", 1...32, "of a-z, 0-9 and -") { $0.isLowercaseLetter || $0.isDigit || $0 == "-" }
        try Self.check(self.accountId, "api.account", 12...12, "digits", allowed: \.isDigit)
        if let domainName { try Self.check(domainName, "listen.domainName", 1...255, "printable characters", allowed: \.isGraphic) }
        try Self.check(self.routeSelectionExpression, "api.routeSelectionExpression", 1...1024, "bytes", allowed: { _ in true })
        if let accessLogFormat {
            guard accessLogFormat.utf8.count <= 3072 else {
                throw DefinitionError(.limit, path: ["accessLog", "format"], "has more than 3,072 bytes")
            }
            guard !accessLogFormat.contains(where: { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }) else {
                throw DefinitionError(.value, path: ["accessLog", "format"], "has more than one line")
            }
        }
        guard (0...65_535).contains(self.listener.port) else {
            throw DefinitionError(.value, path: ["listen", "port"], "must be 0 to 65535")
        }
        try self.validateRoutes()
        for (name, function) in self.functions.sorted(by: { $0.key < $1.key }) { try self.validate(function, name: name) }
        try self.validateAccessKeys()
        try self.quotas.validate()
    }

    private func validateRoutes() throws(DefinitionError) {
        guard !self.routes.isEmpty else { throw DefinitionError(.missing, path: ["routes"], "there is no route") }
        if let most = self.quotas.routes, self.routes.count > most {
            throw DefinitionError(.limit, path: ["routes"], "there are more than \(most): raise quotas.routes")
        }
        for (key, route) in self.routes.sorted(by: { $0.key < $1.key }) {
            let path = ["routes", key]
            guard !key.isEmpty, key.utf8.count <= 128 else { throw DefinitionError(.value, path: path, "must have 1 to 128 bytes") }
            guard !key.hasPrefix("$") || ["$connect", "$disconnect", "$default"].contains(key) else {
                throw DefinitionError(.value, path: path, "only $connect, $disconnect and $default may start with $")
            }
            guard self.functions[route.function] != nil else {
                throw DefinitionError(.reference, path: path + ["function"], "names no function: \(route.function.prefix(140))")
            }
            guard (.milliseconds(50))...(.seconds(900)) ~= route.integrationTimeout else {
                throw DefinitionError(.value, path: path + ["timeout"], "must be 50 ms to 900 s")
            }
            guard route.requiresAuthorizer else { continue }
            guard key == "$connect" else { throw DefinitionError(.value, path: path + ["authorize"], "only $connect can be authorized") }
            guard self.authorizer != nil else { throw DefinitionError(.reference, path: path + ["authorize"], "there is no authorizer") }
        }
        guard let authorizer else { return }
        guard self.functions[authorizer.function] != nil else {
            throw DefinitionError(.reference, path: ["authorizer", "function"], "names no function: \(authorizer.function.prefix(140))")
        }
        for (index, source) in authorizer.identitySources.enumerated() {
            let kinds = ["route.request.querystring.", "route.request.header.", "context.", "stageVariables."]
            guard let kind = kinds.first(where: source.hasPrefix), source.utf8.count > kind.utf8.count, source.utf8.count <= 256 else {
                throw DefinitionError(
                    .value, path: ["authorizer", "identitySources", String(index)],
                    "must be \(kinds.map { $0 + "NAME" }.joined(separator: ", ")), of at most 256 bytes")
            }
        }
    }

    private func validate(_ function: FunctionDefinition, name: String) throws(DefinitionError) {
        let path = ["functions", name]
        guard (1...140).contains(name.utf8.count),
            name.unicodeScalars.allSatisfy({ $0.isLetter || $0.isDigit || "-_".unicodeScalars.contains($0) })
        else { throw DefinitionError(.value, path: path, "must be 1 to 140 letters, digits, - and _") }
        guard let program = function.command.first, !program.isEmpty else {
            throw DefinitionError(.missing, path: path + ["command"], "is empty")
        }
        guard function.command.count <= 256, function.command.allSatisfy({ $0.utf8.count <= 4096 && !$0.utf8.contains(0) }) else {
            throw DefinitionError(.limit, path: path + ["command"], "has more than 256 words, or one of more than 4,096 bytes")
        }
        guard (.seconds(1))...(.seconds(900)) ~= function.timeout else {
            throw DefinitionError(.value, path: path + ["timeout"], "must be 1 s to 900 s")
        }
        guard 128...10_240 ~= function.memory else { throw DefinitionError(.value, path: path + ["memory"], "must be 128 to 10240") }
        guard 1...1000 ~= function.concurrency else { throw DefinitionError(.value, path: path + ["concurrency"], "must be 1 to 1000") }
        for (name, value) in function.environment.sorted(by: { $0.key < $1.key }) {
            guard let first = name.unicodeScalars.first, first.isLetter || first == "_",
                name.unicodeScalars.allSatisfy({ $0.isLetter || $0.isDigit || $0 == "_" })
            else { throw DefinitionError(.value, path: path + ["environment", name], "is no name of a variable") }
            guard value.utf8.count <= 32_768, !value.utf8.contains(0) else {
                throw DefinitionError(.limit, path: path + ["environment", name], "has more than 32,768 bytes, or one that is 0")
            }
        }
        if let id = function.accessKeyId, !self.accessKeys.contains(where: { $0.accessKeyId == id }) {
            throw DefinitionError(.reference, path: path + ["accessKey"], "names no access key")
        }
    }

    private func validateAccessKeys() throws(DefinitionError) {
        var seen: Set<String> = []
        for key in self.accessKeys {
            let path = ["accessKeys", key.accessKeyId]
            try Self.check(key.accessKeyId, path, 16...128, "letters, digits and _") { $0.isLetter || $0.isDigit || $0 == "_" }
            try Self.check(key.secretAccessKey, path + ["secret"], 16...128, "printable ASCII characters", allowed: \.isGraphic)
            guard seen.insert(key.accessKeyId).inserted else { throw DefinitionError(.value, path: path, "is there twice") }
        }
    }

    private static func check(
        _ text: String, _ place: String, _ length: ClosedRange<Int>, _ what: String, allowed: (Unicode.Scalar) -> Bool
    ) throws(DefinitionError) {
        try self.check(text, place.split(separator: ".").map(String.init), length, what, allowed: allowed)
    }

    private static func check(
        _ text: String, _ path: [String], _ length: ClosedRange<Int>, _ what: String, allowed: (Unicode.Scalar) -> Bool
    ) throws(DefinitionError) {
        guard length.contains(text.utf8.count), text.unicodeScalars.allSatisfy(allowed) else {
            let count = length.lowerBound == length.upperBound ? "\(length.lowerBound)" : "\(length.lowerBound) to \(length.upperBound)"
            throw DefinitionError(.value, path: path, "must be \(count) \(what)")
        }
    }
}

extension Unicode.Scalar {
    fileprivate var isDigit: Bool { "0"..."9" ~= self }
    fileprivate var isLowercaseLetter: Bool { "a"..."z" ~= self }
    fileprivate var isLetter: Bool { self.isLowercaseLetter || "A"..."Z" ~= self }
    /// Printable ASCII without the blank.
    fileprivate var isGraphic: Bool { "!"..."~" ~= self }
}
