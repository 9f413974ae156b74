import FoundationEssentials

/// A value as DynamoDB keeps it: an object with one member, whose name is the type.
///
/// Strings keep their bytes. Numbers are text, so that nothing is rounded on the way; DynamoDB holds 38 digits.
///
/// Source: Amazon DynamoDB API Reference, `AttributeValue`.
public enum AttributeValue: Sendable, Hashable {
    case string(String)
    case number(String)
    case binary([UInt8])
    case stringSet([String])
    case numberSet([String])
    case binarySet([[UInt8]])
    case map(AttributeMap)
    case list([AttributeValue])
    case null
    case boolean(Bool)
}

/// An item, or the key of one: attributes by name.
public typealias AttributeMap = [String: AttributeValue]

extension AttributeValue {
    static func integer(_ value: some BinaryInteger) -> Self { .number(String(value)) }

    /// The value as a string, if it is one; likewise the others.
    var string: String? { if case .string(let value) = self { value } else { nil } }
    var integer: Int64? { if case .number(let value) = self { Int64(value) } else { nil } }
    var binary: [UInt8]? { if case .binary(let value) = self { value } else { nil } }
    var strings: [String]? { if case .stringSet(let value) = self { value } else { nil } }
    var map: AttributeMap? { if case .map(let value) = self { value } else { nil } }
    var list: [AttributeValue]? { if case .list(let value) = self { value } else { nil } }
}

extension AttributeValue: Codable {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case S, N, B, SS, NS, BS, M, L, NULL, BOOL
    }

    /// - Throws: `DecodingError` if the object has no member or several, or one that is no type of DynamoDB's.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        guard container.allKeys.count == 1, let key = container.allKeys.first else {
            throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "An attribute has one type."))
        }
        switch key {
        case .S: self = .string(try container.decode(String.self, forKey: key))
        case .N: self = .number(try container.decode(String.self, forKey: key))
        case .B: self = .binary(Array(try container.decode(Data.self, forKey: key)))
        case .SS: self = .stringSet(try container.decode([String].self, forKey: key))
        case .NS: self = .numberSet(try container.decode([String].self, forKey: key))
        case .BS: self = .binarySet(try container.decode([Data].self, forKey: key).map { Array($0) })
        case .M: self = .map(try container.decode(AttributeMap.self, forKey: key))
        case .L: self = .list(try container.decode([AttributeValue].self, forKey: key))
        case .NULL: self = .null
        case .BOOL: self = .boolean(try container.decode(Bool.self, forKey: key))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .string(let value): try container.encode(value, forKey: .S)
        case .number(let value): try container.encode(value, forKey: .N)
        case .binary(let value): try container.encode(Data(value), forKey: .B)
        case .stringSet(let value): try container.encode(value, forKey: .SS)
        case .numberSet(let value): try container.encode(value, forKey: .NS)
        case .binarySet(let value): try container.encode(value.map { Data($0) }, forKey: .BS)
        case .map(let value): try container.encode(value, forKey: .M)
        case .list(let value): try container.encode(value, forKey: .L)
        case .null: try container.encode(true, forKey: .NULL)
        case .boolean(let value): try container.encode(value, forKey: .BOOL)
        }
    }
}

extension AttributeValue {
    /// About what the value weighs against DynamoDB's limits, in bytes; never less than DynamoDB counts.
    ///
    /// Source: Amazon DynamoDB Developer Guide, "DynamoDB item sizes and formats".
    var size: Int {
        switch self {
        case .string(let value): value.utf8.count
        case .number(let value): value.utf8.count / 2 + 2
        case .binary(let value): value.count
        case .stringSet(let values): values.reduce(3) { $0 + 1 + $1.utf8.count }
        case .numberSet(let values): values.reduce(3) { $0 + 3 + $1.utf8.count / 2 }
        case .binarySet(let values): values.reduce(3) { $0 + 1 + $1.count }
        case .map(let values): 3 + values.size + values.count
        case .list(let values): values.reduce(3) { $0 + 1 + $1.size }
        case .null, .boolean: 1
        }
    }
}

extension AttributeMap {
    var size: Int { self.reduce(0) { $0 + $1.key.utf8.count + $1.value.size } }
}
