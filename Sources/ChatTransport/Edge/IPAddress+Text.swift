extension IPAddress {
    /// Reads either family.
    ///
    /// - Returns: nil unless the whole text is an address, without brackets, port and zone.
    package init?(_ text: some StringProtocol) {
        guard let address = Self(v6: text.utf8) ?? Self(v4: text.utf8) else { return nil }
        self = address
    }

    /// Four decimal numbers. None has a zero in front, which some would read as octal.
    init?(v4 text: some Collection<UInt8>) {
        guard text.count <= 15 else { return nil }
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bits: UInt32 = 0
        for part in parts {
            guard let number = UInt8(decimal: part) else { return nil }
            bits = bits << 8 | UInt32(number)
        }
        self.init(v4: bits)
    }

    /// Any of the forms of RFC 4291 section 2.2: eight groups, zeros left out once, the last two groups as an IPv4 address.
    init?(v6 text: some Collection<UInt8>) {
        guard (2...45).contains(text.count), text.contains(UInt8(ascii: ":")) else { return nil }
        let parts = text.split(separator: UInt8(ascii: ":"), maxSplits: 9, omittingEmptySubsequences: false)
        var groups: [UInt16] = []
        /// How many groups come before the zeros that were left out.
        var gap: Int?
        for (index, part) in parts.enumerated() {
            if part.isEmpty {
                // Text that starts or ends with the two colons splits into two empty parts there: the outer one says nothing, provided
                // that the inner one is empty too.
                if index == 0, parts[1].isEmpty { continue }
                if index == parts.count - 1, parts[index - 1].isEmpty { continue }
                guard gap == nil, index > 0, index < parts.count - 1 else { return nil }
                gap = groups.count
            } else if index == parts.count - 1, part.contains(UInt8(ascii: ".")) {
                guard let tail = Self(v4: part) else { return nil }
                groups += [UInt16(truncatingIfNeeded: tail.bits >> 16), UInt16(truncatingIfNeeded: tail.bits)]
            } else {
                guard let group = UInt16(hexadecimal: part) else { return nil }
                groups.append(group)
            }
        }
        guard gap == nil ? groups.count == 8 : groups.count < 8 else { return nil }
        if let gap { groups.insert(contentsOf: repeatElement(0, count: 8 - groups.count), at: gap) }
        self.init(bits: groups.reduce(0) { $0 << 16 | UInt128($1) })
    }
}

extension IPAddress: CustomStringConvertible {
    /// The one form that RFC 5952 recommends; a mapped address as IPv4.
    package var description: String {
        if self.isIPv4 {
            return (0..<4).map { "\(UInt8(truncatingIfNeeded: self.bits >> (24 - 8 * $0)))" }.joined(separator: ".")
        }
        let groups = (0..<8).map { UInt16(truncatingIfNeeded: self.bits >> (112 - 16 * $0)) }
        let zeros = Self.longestRunOfZeros(in: groups)
        let text = { (groups: ArraySlice<UInt16>) in groups.map { String($0, radix: 16) }.joined(separator: ":") }
        // A single group of zeros is not left out (section 4.2.2).
        guard zeros.count > 1 else { return text(groups[...]) }
        return "\(text(groups[..<zeros.lowerBound]))::\(text(groups[zeros.upperBound...]))"
    }

    /// The first of the longest (section 4.2.3).
    private static func longestRunOfZeros(in groups: [UInt16]) -> Range<Int> {
        var longest = 0..<0
        var start = 0
        for (index, group) in groups.enumerated() {
            if group != 0 {
                start = index + 1
            } else if index + 1 - start > longest.count {
                longest = start..<index + 1
            }
        }
        return longest
    }
}

extension FixedWidthInteger {
    /// Digits only, and no zero in front.
    init?(decimal digits: some Collection<UInt8>) {
        guard let first = digits.first, first != UInt8(ascii: "0") || digits.count == 1 else { return nil }
        var value: Self = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            let (product, tooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, stillTooLarge) = product.addingReportingOverflow(Self(digit - UInt8(ascii: "0")))
            guard !tooLarge, !stillTooLarge else { return nil }
            value = sum
        }
        self = value
    }
}

extension UInt16 {
    /// One to four digits.
    fileprivate init?(hexadecimal digits: some Collection<UInt8>) {
        guard (1...4).contains(digits.count) else { return nil }
        var value: UInt16 = 0
        for digit in digits {
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt16(digit - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt16(digit - UInt8(ascii: "a") + 10)
            case UInt8(ascii: "A")...UInt8(ascii: "F"): value = value << 4 | UInt16(digit - UInt8(ascii: "A") + 10)
            default: return nil
            }
        }
        self = value
    }
}
