"""The REQUEST authorizer: the query item `token` says what it does."""


def handler(event, context):
    token = event.get("queryStringParameters", {}).get("token")
    if token == "stranger":
        raise Exception("Unauthorized")  # The very word: it makes the gateway answer 401.
    if token == "broken":
        raise ValueError("the authorizer fails")
    if token == "malformed":
        return {"principalId": "no policy"}
    if token == "elsewhere":
        return policy("user|elsewhere", "Allow", event["methodArn"].replace("$connect", "other"))
    return policy("user|" + (token or ""), "Deny" if token == "denied" else "Allow", event["methodArn"])


def policy(principal_id, effect, resource):
    return {
        "principalId": principal_id,
        "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [{"Action": "execute-api:Invoke", "Effect": effect, "Resource": resource}],
        },
        "context": {"team": "blue", "level": 7, "admin": False},
    }
