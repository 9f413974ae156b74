/// A unit that CloudWatch knows. An open set, with the members that it has had so far.
public struct MetricUnit: RawRepresentable, Sendable, Hashable {
    public var rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    public static let seconds = Self(rawValue: "Seconds")
    public static let microseconds = Self(rawValue: "Microseconds")
    public static let milliseconds = Self(rawValue: "Milliseconds")
    public static let bytes = Self(rawValue: "Bytes")
    public static let kilobytes = Self(rawValue: "Kilobytes")
    public static let megabytes = Self(rawValue: "Megabytes")
    public static let gigabytes = Self(rawValue: "Gigabytes")
    public static let terabytes = Self(rawValue: "Terabytes")
    public static let bits = Self(rawValue: "Bits")
    public static let kilobits = Self(rawValue: "Kilobits")
    public static let megabits = Self(rawValue: "Megabits")
    public static let gigabits = Self(rawValue: "Gigabits")
    public static let terabits = Self(rawValue: "Terabits")
    public static let percent = Self(rawValue: "Percent")
    public static let count = Self(rawValue: "Count")
    public static let bytesPerSecond = Self(rawValue: "Bytes/Second")
    public static let kilobytesPerSecond = Self(rawValue: "Kilobytes/Second")
    public static let megabytesPerSecond = Self(rawValue: "Megabytes/Second")
    public static let gigabytesPerSecond = Self(rawValue: "Gigabytes/Second")
    public static let terabytesPerSecond = Self(rawValue: "Terabytes/Second")
    public static let bitsPerSecond = Self(rawValue: "Bits/Second")
    public static let kilobitsPerSecond = Self(rawValue: "Kilobits/Second")
    public static let megabitsPerSecond = Self(rawValue: "Megabits/Second")
    public static let gigabitsPerSecond = Self(rawValue: "Gigabits/Second")
    public static let terabitsPerSecond = Self(rawValue: "Terabits/Second")
    public static let countPerSecond = Self(rawValue: "Count/Second")
    public static let none = Self(rawValue: "None")
}
