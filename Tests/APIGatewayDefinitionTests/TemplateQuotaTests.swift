import Testing

@testable import APIGatewayDefinition

/// `--quota` of the Gateway: quotas that are given beside a template.
@Suite struct TemplateQuotaTests {
    /// Every quota, with a value that is not its default, as text and as it is read.
    static let samples: [(String, String, String)] = [
        ("connectsPerSecond", "7", "7"), ("requestsPerSecond", "7", "7"), ("burst", "7", "7"), ("messageBytes", "7", "7"),
        ("frameBytes", "7", "7"), ("urlBytes", "70", "70"), ("authorizerResultBytes", "70", "70"), ("routes", "7", "7"),
        ("idleTimeout", "90", "\(Duration.seconds(90))"), ("connectionLifetime", "3h", "\(Duration.seconds(10_800))"),
        ("integrationTimeout", "500ms", "\(Duration.milliseconds(500))"),
    ]

    private static func quotas(_ texts: [String: String]) throws -> QuotaDefinition {
        var options = TemplateOptions(baseDirectory: "/srv")
        options.quotas = texts
        return try APIDefinition(template: TemplateTests.example(), options: options).quotas
    }

    /// Each property's value as text, so that what was changed can be told from what was not.
    private static func values(_ quotas: QuotaDefinition) -> [String: String] {
        var values: [String: String] = [:]
        for child in Mirror(reflecting: quotas).children { values[child.label ?? ""] = String(describing: child.value) }
        return values
    }

    @Test func thereIsASampleOfEveryQuota() {
        #expect(Set(Self.samples.map { $0.0 }) == QuotaDefinition.keys)
        #expect(Set(Self.values(QuotaDefinition()).keys) == QuotaDefinition.keys)
    }

    /// The template's stage throttles, which `requestsPerSecond` and `burst` win over.
    @Test(arguments: Self.samples)
    func aQuotaIsChangedAndNoOther(name: String, text: String, value: String) throws {
        var expected = Self.values(try Self.quotas([:]))
        #expect(expected["requestsPerSecond"] == "Optional(1000)" && expected["burst"] == "Optional(500)")
        expected[name] = "Optional(\(value))"
        #expect(Self.values(try Self.quotas([name: text])) == expected)
        expected[name] = "nil"
        #expect(Self.values(try Self.quotas([name: "off"])) == expected)
    }

    @Test(arguments: [
        ("speed", "1", DefinitionError.Code.unknownKey), ("Burst", "1", .unknownKey), ("burst", "0", .value), ("burst", "many", .type),
        ("burst", "", .type), ("burst", "OFF", .type), ("urlBytes", "63", .value), ("idleTimeout", "soon", .type),
        ("idleTimeout", "1ms", .value),
    ])
    func anErrorNamesTheQuota(name: String, text: String, code: DefinitionError.Code) {
        let error = #expect(throws: DefinitionError.self) { try Self.quotas([name: text]) }
        #expect(error?.path == ["quotas", name] && error?.code == code, "\(String(describing: error))")
    }

    @Test func theTemplateIsCheckedAgainstTheQuotas() {
        let error = #expect(throws: DefinitionError.self) { try Self.quotas(["routes": "3"]) }
        #expect(error?.path == ["routes"] && error?.code == .limit)
    }
}
