/// Events as API Gateway sends them: the members and spellings of captures, with our own values.
enum Events {
    private static let authorizer = """
        "authorizer":{"principalId":"7b1f0e1c-sub","integrationLatency":142,"name":"alice","level":3,"ratio":0.5,"admin":false}
        """

    private static let common = """
        "extendedRequestId":"PJqB0E1tKRcF-Qw=","requestTime":"29/Nov/2023:08:04:01 +0000","messageDirection":"IN","stage":"production",\
        "connectedAt":1701245041796,"requestTimeEpoch":1701245041798,"identity":{"userAgent":"swift-chat/1","sourceIp":"203.0.113.9"},\
        "requestId":"PJqB0E1tKRcF-Qw=","domainName":"a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com","connectionId":"PJqB0fHsqRcCHlw=",\
        "apiId":"a1b2c3d4e5"
        """

    private static let upgradeHeaders = """
        "headers":{"Host":"a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com","Origin":"https://chat.example",\
        "Sec-WebSocket-Extensions":"permessage-deflate","Sec-WebSocket-Key":"dGhlIHNhbXBsZSBub25jZQ==","Sec-WebSocket-Version":"13",\
        "X-Amzn-Trace-Id":"Root=1-65d2ff2e-718990494fd688f062bf1571","X-Forwarded-For":"203.0.113.9","X-Forwarded-Port":"443",\
        "X-Forwarded-Proto":"https"},\
        "multiValueHeaders":{"Host":["a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com"],"Sec-WebSocket-Version":["13"],\
        "X-Forwarded-For":["203.0.113.9","198.51.100.2"]}
        """

    private static let query = """
        "queryStringParameters":{"token":"b"},"multiValueQueryStringParameters":{"token":["a","b"]}
        """

    static let connect = """
        {\(upgradeHeaders),"requestContext":{"routeKey":"$connect","eventType":"CONNECT",\(common)},"isBase64Encoded":false}
        """

    static let connectWithQuery = """
        {\(upgradeHeaders),\(query),"requestContext":{"routeKey":"$connect",\(authorizer),"eventType":"CONNECT",\(common)},"isBase64Encoded":false}
        """

    static let message = """
        {"requestContext":{"routeKey":"sendMessage",\(authorizer),"messageId":"PJqCFfHyKRcCHlw=","eventType":"MESSAGE",\(common)},\
        "body":"{\\"action\\":\\"sendMessage\\",\\"message\\":\\"h\\u00e9 \\ud83d\\ude00\\\\n\\u0001\\"}","isBase64Encoded":false}
        """

    static let defaultMessage = """
        {"requestContext":{"routeKey":"$default","messageId":"PJqCFfHyKRcCHlw=","eventType":"MESSAGE",\(common)},\
        "body":"no JSON","isBase64Encoded":false}
        """

    static let disconnect = """
        {"headers":{"Host":"a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com","x-api-key":"","X-Forwarded-For":"","x-restapi":""},\
        "multiValueHeaders":{"Host":["a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com"],"x-api-key":[""],"X-Forwarded-For":[""],"x-restapi":[""]},\
        "requestContext":{"routeKey":"$disconnect",\(authorizer),"disconnectStatusCode":1005,"eventType":"DISCONNECT",\
        "disconnectReason":"Client-side close frame status not set",\(common)},"isBase64Encoded":false}
        """

    static let every = [connect, connectWithQuery, message, defaultMessage, disconnect]

    static let authorizerRequest = """
        {"type":"REQUEST","methodArn":"arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5/production/$connect",\
        \(upgradeHeaders),\(query),"stageVariables":{},"requestContext":{"routeKey":"$connect","eventType":"CONNECT",\(common)}}
        """
}
