@testable import ChatProtocol

extension MessageInflater.Limits {
    /// Beyond what the tests that use it inflate.
    static let generous = Self(maximumBytes: 1 << 24, maximumRatio: 2000)
}

extension MessageDeflater {
    convenience init(windowBits: Int = 15, takesOverContext: Bool = false) {
        self.init(windowBits: windowBits, memoryLevel: 8, level: 6, takesOverContext: takesOverContext)
    }

    func deflate(_ message: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        message.withUnsafeBytes { self.deflate($0) { output.append(contentsOf: $0) } }
        return output
    }
}

extension MessageInflater {
    func inflate(_ chunk: [UInt8], isLast: Bool = true, limit: Limits = .generous) throws(InflateError) -> [UInt8] {
        var output: [UInt8] = []
        try self.inflate(chunk, isLast: isLast, limit: limit, into: &output)
        return output
    }

    func inflate(_ chunk: [UInt8], isLast: Bool, limit: Limits, into output: inout [UInt8]) throws(InflateError) {
        let result = chunk.withUnsafeBytes { bytes in
            Result { () throws(InflateError) in try self.inflate(bytes, isLast: isLast, limit: limit) { output.append(contentsOf: $0) } }
        }
        try result.get()
    }

    /// A message that comes in chunks of random size, some of them empty.
    func inflate(_ message: [UInt8], chunksUpTo size: Int, using generator: inout SplitMix64) throws(InflateError) -> [UInt8] {
        var output: [UInt8] = []
        var rest = message[...]
        while true {
            let chunk = rest.prefix(Int.random(in: 0...size, using: &generator))
            rest = rest.dropFirst(chunk.count)
            // The end may also come as an empty chunk, as an empty continuation frame does.
            let isLast = rest.isEmpty && Bool.random(using: &generator)
            try self.inflate(Array(chunk), isLast: isLast, limit: .generous, into: &output)
            if isLast { return output }
        }
    }
}

/// Bytes of several kinds: noise, text, runs, and mixtures of them.
func deflateSample(count: Int, using generator: inout SplitMix64) -> [UInt8] {
    let letters = Array("aeinorst \"{}:,".utf8)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    while bytes.count < count {
        let length = min(count - bytes.count, Int.random(in: 1...2000, using: &generator))
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: for _ in 0..<length { bytes.append(UInt8.random(in: 0...255, using: &generator)) }
        case 1: for _ in 0..<length { bytes.append(letters[Int.random(in: 0..<letters.count, using: &generator)]) }
        case 2: bytes.append(contentsOf: repeatElement(UInt8.random(in: 0...255, using: &generator), count: length))
        default:
            guard !bytes.isEmpty else { continue }
            let start = Int.random(in: 0..<bytes.count, using: &generator)
            bytes.append(contentsOf: Array(bytes[start..<min(bytes.count, start + length)]))
        }
    }
    return bytes
}
