/// The part of AWS that a region belongs to: `AWS::Partition` and `AWS::URLSuffix` of a template, and the second field of every ARN.
enum AWSPartition {
    static func name(of region: String) -> String {
        if region.hasPrefix("cn-") { return "aws-cn" }
        if region.hasPrefix("us-gov-") { return "aws-us-gov" }
        return "aws"
    }

    static func urlSuffix(of region: String) -> String {
        region.hasPrefix("cn-") ? "amazonaws.com.cn" : "amazonaws.com"
    }
}
