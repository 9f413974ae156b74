/// What a file may be. Each stops one that would take all memory or all time to read.
enum DocumentLimits {
    /// Bytes of text: what CloudFormation takes for a template in S3.
    static let bytes = 1_048_576
    /// Lists and mappings in one another.
    static let depth = 64
    /// Parts, all together.
    static let nodes = 100_000
}
