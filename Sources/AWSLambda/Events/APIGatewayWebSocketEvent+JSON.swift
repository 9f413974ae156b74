extension APIGatewayWebSocketEvent: JSONRepresentable {
    public var json: [UInt8] {
        var text = JSONText(reservingCapacity: 1024 + (self.body?.utf8.count ?? 0))
        text.object {
            $0.member("headers", self.headers)
            $0.member("multiValueHeaders", self.multiValueHeaders)
            $0.member("queryStringParameters", self.queryStringParameters)
            $0.member("multiValueQueryStringParameters", self.multiValueQueryStringParameters)
            $0.member("stageVariables", self.stageVariables)
            $0.name("requestContext")
            self.requestContext.write(to: &$0)
            $0.member("body", self.body)
            $0.member("isBase64Encoded", self.isBase64Encoded)
        }
        return text.bytes
    }
}

extension APIGatewayAuthorizerRequest: JSONRepresentable {
    public var json: [UInt8] {
        var text = JSONText(reservingCapacity: 2048)
        text.object {
            $0.member("type", self.type)
            $0.member("methodArn", self.methodArn)
            $0.member("headers", self.headers)
            $0.member("multiValueHeaders", self.multiValueHeaders)
            $0.member("queryStringParameters", self.queryStringParameters)
            $0.member("multiValueQueryStringParameters", self.multiValueQueryStringParameters)
            $0.member("stageVariables", self.stageVariables)
            $0.name("requestContext")
            self.requestContext.write(to: &$0)
        }
        return text.bytes
    }
}

extension APIGatewayProxyResponse: JSONRepresentable {
    public var json: [UInt8] {
        var text = JSONText(reservingCapacity: 128 + (self.body?.utf8.count ?? 0))
        text.object {
            $0.member("statusCode", Int64(self.statusCode))
            $0.member("headers", self.headers)
            $0.member("multiValueHeaders", self.multiValueHeaders)
            $0.member("body", self.body)
            $0.member("isBase64Encoded", self.isBase64Encoded)
        }
        return text.bytes
    }
}

extension APIGatewayRequestContext {
    fileprivate func write(to text: inout JSONText) {
        text.object {
            $0.member("routeKey", self.routeKey)
            $0.member("messageId", self.messageId)
            if let authorizer {
                $0.name("authorizer")
                authorizer.write(to: &$0)
            }
            $0.member("disconnectStatusCode", self.disconnectStatusCode.map(Int64.init))
            $0.member("eventType", self.eventType.rawValue)
            $0.member("extendedRequestId", self.extendedRequestId)
            $0.member("requestTime", self.requestTime)
            $0.member("messageDirection", self.messageDirection)
            $0.member("disconnectReason", self.disconnectReason)
            $0.member("stage", self.stage)
            $0.member("connectedAt", self.connectedAt)
            $0.member("requestTimeEpoch", self.requestTimeEpoch)
            if let identity {
                $0.name("identity")
                $0.object {
                    $0.member("userAgent", identity.userAgent)
                    $0.member("sourceIp", identity.sourceIp)
                }
            }
            $0.member("requestId", self.requestId)
            $0.member("domainName", self.domainName)
            $0.member("connectionId", self.connectionId)
            $0.member("apiId", self.apiId)
        }
    }
}

extension APIGatewayAuthorizerContext {
    fileprivate func write(to text: inout JSONText) {
        text.object {
            $0.member("principalId", self.principalId)
            $0.member("integrationLatency", self.integrationLatency)
            for (name, value) in self.ownValues.sorted(by: { $0.key < $1.key }) { $0.member(name, value) }
        }
    }
}
