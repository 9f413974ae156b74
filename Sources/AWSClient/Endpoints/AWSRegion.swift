/// Which region to talk to, and what follows from it.
public enum AWSRegion {
    /// The region that the environment names: `AWS_REGION`, which Lambda sets, or `AWS_DEFAULT_REGION`. An empty one counts as absent.
    ///
    /// - Throws: ``AWSError`` with `invalidConfiguration` if there is none, or if it could be no part of a host name.
    public static func resolve(environment: [String: String]) throws -> String {
        for variable in ["AWS_REGION", "AWS_DEFAULT_REGION"] {
            if let region = environment[variable], !region.isEmpty { return try Self.validated(region, source: variable) }
        }
        throw AWSError(.invalidConfiguration, "no region: set AWS_REGION")
    }

    /// Stops a region from smuggling another host into an endpoint.
    static func validated(_ region: String, source: String) throws(AWSError) -> String {
        guard AWSEndpoint.isLabel(region) else { throw AWSError(.invalidConfiguration, "\(source) is no name of a region") }
        return region
    }

    /// The domain of the partition that a region belongs to. A region whose partition is not known is taken for one of the public ones.
    static func domain(region: String) -> String {
        let partitions = [
            ("cn-", "amazonaws.com.cn"), ("us-iso-", "c2s.ic.gov"), ("us-isob-", "sc2s.sgov.gov"), ("eu-isoe-", "cloud.adc-e.uk"),
            ("us-isof-", "csp.hci.ic.gov"), ("eusc-", "amazonaws.eu"),
        ]
        // GovCloud (us-gov-) has the public domain.
        return partitions.first { region.hasPrefix($0.0) }?.1 ?? "amazonaws.com"
    }
}
