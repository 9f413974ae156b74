@testable import ChatProtocol

/// Reads one value that is the whole text.
func reading<Value>(_ bytes: [UInt8], _ read: (inout JSONReader) throws -> Value) throws -> Value {
    try bytes.withUnsafeBufferPointer { buffer in
        var reader = JSONReader(buffer)
        let value = try read(&reader)
        reader.skipWhitespace()
        guard reader.atEnd else { throw reader.error() }
        return value
    }
}

func reading<Value>(_ text: String, _ read: (inout JSONReader) throws -> Value) throws -> Value {
    try reading(Array(text.utf8), read)
}

/// A request whose member `x`, which no version knows, has the given value.
func requestWithUnknownField(_ json: [UInt8]) -> [UInt8] {
    Array(#"{"action":"ping","x":"#.utf8) + json + Array("}".utf8)
}
