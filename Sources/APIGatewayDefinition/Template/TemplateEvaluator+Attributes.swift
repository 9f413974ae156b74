extension TemplateEvaluator {
    /// What `Fn::GetAtt` yields, where it follows from the name.
    func attribute(_ attribute: String, of name: String, type: String) -> String? {
        let options = self.template.options
        let suffix = AWSPartition.urlSuffix(of: options.region)
        let partition = AWSPartition.name(of: options.region)
        switch (type, attribute) {
        case ("AWS::ApiGatewayV2::Api", "ApiId"): return name
        case ("AWS::ApiGatewayV2::Api", "ApiEndpoint"): return "wss://\(name).execute-api.\(options.region).\(suffix)"
        case ("AWS::ApiGatewayV2::Authorizer", "AuthorizerId"), ("AWS::ApiGatewayV2::Integration", "IntegrationId"): return name
        case ("AWS::Lambda::Function", "Arn"): return self.arn("lambda", "function:" + name)
        case ("AWS::Lambda::Alias", "AliasArn"), ("AWS::Lambda::Version", "FunctionArn"): return name
        case ("AWS::DynamoDB::Table", "Arn"), ("AWS::DynamoDB::GlobalTable", "Arn"): return self.arn("dynamodb", "table/" + name)
        case ("AWS::DynamoDB::Table", "StreamArn"): return self.arn("dynamodb", "table/\(name)/stream/local")
        case ("AWS::IAM::Role", "Arn"): return "arn:\(partition):iam::\(options.accountId):role/\(name)"
        case ("AWS::S3::Bucket", "Arn"): return "arn:\(partition):s3:::\(name)"
        case ("AWS::S3::Bucket", "DomainName"): return "\(name).s3.\(suffix)"
        case ("AWS::S3::Bucket", "RegionalDomainName"): return "\(name).s3.\(options.region).\(suffix)"
        case ("AWS::Logs::LogGroup", "Arn"): return self.arn("logs", "log-group:\(name):*")
        case ("AWS::SQS::Queue", "Arn"): return self.arn("sqs", name)
        case ("AWS::SQS::Queue", "QueueName"), ("AWS::SNS::Topic", "TopicName"): return name
        case ("AWS::SNS::Topic", "TopicArn"): return self.arn("sns", name)
        case ("AWS::Cognito::UserPool", "UserPoolId"): return name
        case ("AWS::Cognito::UserPool", "Arn"): return self.arn("cognito-idp", "userpool/" + name)
        case ("AWS::Cognito::UserPool", "ProviderName"): return "cognito-idp.\(options.region).\(suffix)/\(name)"
        case ("AWS::Cognito::UserPool", "ProviderURL"): return "https://cognito-idp.\(options.region).\(suffix)/\(name)"
        case ("AWS::Cognito::UserPoolClient", "ClientId"): return name
        default: return nil
        }
    }

    func arn(_ service: String, _ resource: String) -> String {
        let options = self.template.options
        return "arn:\(AWSPartition.name(of: options.region)):\(service):\(options.region):\(options.accountId):\(resource)"
    }
}
